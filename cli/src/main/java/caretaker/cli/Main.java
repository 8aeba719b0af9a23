package caretaker.cli;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ScopeType;

/** The {@code caretaker} command: parses, runs one subcommand, and turns every failure into a line and an exit code. */
@Command(
        name = "caretaker",
        description = "Keeps multi-node NVIDIA GPU clusters healthy.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            ServiceCommand.Agent.class,
            ServiceCommand.OfReadings.class,
            ServiceCommand.OfAlerts.class,
            ServiceCommand.OfRecoveries.class,
            AlertmanagerCommand.class,
            EventsCommand.class,
            GpuCommand.class,
            NotifyCommand.class,
            RecoverCommand.class,
            RecoveryCommand.class,
            ReportCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:bad arguments or config file",
            "3:works, but not as it should",
            "4:a check failed",
            "5:not found",
            "6:not done: refused, or it needs --yes",
            "7:another instance holds it",
            "8:something outside is missing or out of reach (Kafka, driver, port)",
            "9:took too long",
            "11:in quarantine, or the breaker is open: a person must look"
        })
final class Main {
    private Main() {}

    public static void main(String[] args) {
        boolean inItsPlace = args.length > 0 && args[0].equals("alertmanager");
        System.exit(
                inItsPlace
                        ? AlertmanagerCommand.run(List.of(args).subList(1, args.length))
                        : commandLine().execute(args));
    }

    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Main());
        commandLine.registerConverter(Duration.class, new Durations());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            Failures.print(failure, command.getErr());
            return Failures.exitCode(failure);
        });
        return commandLine;
    }
}
