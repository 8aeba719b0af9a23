package caretaker.cli;

import caretaker.chassis.LogSettings;
import caretaker.chassis.Logs;
import caretaker.cli.demo.RepairShow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A cluster that does not exist, in one process: for a first look, and for dashboards. */
@Command(
        name = "demo",
        description = "Run everything with simulated GPU hosts: no GPU, no Docker, no settings needed.",
        footer = {
            "",
            "The same seed gives the same readings. Data is kept only with --data.",
            "Within its first five minutes things go wrong and become well again. While it runs:",
            "  caretaker events tail health     what is raised and cleared",
            "  caretaker gpu status             how the GPUs are",
            "  caretaker recovery list          where Docker is: a stand-in for Grafana crashes, and is repaired",
            "  amtool --alertmanager.url=http://127.0.0.1:9093 alert",
            "  curl http://127.0.0.1:9811/metrics"
        })
final class DemoCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--hosts", paramLabel = "N", defaultValue = "4", description = "Hosts (default: ${DEFAULT-VALUE}).")
    private int hosts;

    @Option(
            names = "--gpus",
            paramLabel = "N",
            defaultValue = "8",
            description = "GPUs in each host, 1 to 100 (default: ${DEFAULT-VALUE}).")
    private int gpus;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--faults",
            paramLabel = "WHICH",
            defaultValue = "demo",
            description = "demo (a built-in script of five minutes), none, or a file (default: ${DEFAULT-VALUE}).")
    private String faults = "demo";

    @Option(names = "--for", paramLabel = "TIME", description = "End after this time: 60s, 5m.")
    private @Nullable Duration limit;

    @Option(names = "--data", paramLabel = "DIR", description = "Keep Kafka's log here (default: a temporary folder).")
    private @Nullable Path data;

    @Option(names = "--no-docker", description = "Leave this machine's Docker engine alone: no repair is shown.")
    private boolean noDocker;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting, as in the file of 'run'.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Override
    public Integer call() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("log.level", "error"); // what matters shows in the events
        settings.put("log.format", "logfmt");
        settings.put("gpu-agent.source", "simulated");
        settings.put("gpu-agent.simulated.hosts", Integer.toString(hosts));
        if (hosts == 1) {
            settings.put("gpu-agent.host", "node-1"); // as the first of several would be called
        }
        settings.put("gpu-agent.simulated.gpus", Integer.toString(gpus));
        settings.put("gpu-agent.simulated.seed", Long.toString(seed));
        settings.put("gpu-agent.simulated.faults", faults);
        String project = "caretaker-demo-" + ProcessHandle.current().pid();
        settings.put("recovery-service.scope.projects", project);
        settings.put("recovery-service.host", simulatedHost());
        settings.putAll(set);
        Path folder = data == null ? temporary() : data;
        settings.put("data", folder.toString());
        var read = Environment.settings(null, settings);
        LogSettings log = read.apply(Map.of()).log();
        Logs.configure(log);
        PrintWriter out = spec().commandLine().getOut();
        out.printf(
                "caretaker %s demo: %d simulated hosts with %d GPUs each, seed %d%n",
                Version.text(), hosts, gpus, seed);
        out.flush();
        long begun = System.nanoTime();
        Mailbox mailbox = Mailbox.start(folder.resolve("mailbox"), out, InstantSource.system());
        Path alerting = mailbox.writeConfig(folder.resolve("alertmanager.yml"));
        settings.putIfAbsent("alert-router.alerting.config-file", alerting.toString());
        out.printf("  %-16s  mails to %s%n", "mailbox", folder.resolve("mailbox"));
        RunConfig asked = read.apply(Map.of());
        var services = RunCommand.withEngine(EnumSet.allOf(Service.class), asked.recoveryService(), out);
        if (noDocker) {
            services.remove(Service.RECOVERY_SERVICE);
        } else if (services.contains(Service.RECOVERY_SERVICE) && saysNothingOfDocker()) {
            settings.put("gpu-agent.docker.enabled", "true");
            settings.put("gpu-agent.docker.projects", project); // nobody else's containers are looked at
        }
        var environment = Environment.start(Environment.settings(null, settings), services, out);
        RunCommand.ready(environment, begun, out);
        out.println("see what goes wrong and becomes well again: caretaker events tail health");
        out.flush();
        URI recovery = environment.uri(Service.RECOVERY_SERVICE);
        URI engine = URI.create(asked.recoveryService().docker().host());
        RepairShow show =
                recovery == null ? null : RepairShow.start(engine, recovery, project, folder.resolve("stand-in"), out);
        Foreground.run(
                () -> {
                    if (show != null) {
                        show.close();
                    }
                    environment.close();
                    mailbox.close();
                    if (data == null) {
                        delete(folder);
                    }
                },
                environment.failed(),
                limit);
        return Exit.OK;
    }

    private boolean saysNothingOfDocker() {
        return set.keySet().stream().noneMatch(key -> key.startsWith("gpu-agent.docker."));
    }

    /** Containers are those of the first host. */
    private String simulatedHost() {
        return set.getOrDefault("gpu-agent.host", set.getOrDefault("gpu-agent.simulated.prefix", "node-") + "1");
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("caretaker-demo-");
        } catch (IOException e) {
            throw new CommandFailure(Exit.FAILURE, "no temporary folder; give one with --data DIR: " + e.getMessage());
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("used without picocli");
        }
        return spec;
    }
}
