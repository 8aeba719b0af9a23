package caretaker.cli;

import caretaker.cli.fleet.FleetView;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the newest readings of every GPU, and what is raised. */
@Command(
        name = "status",
        description = "Show the newest readings of every GPU, and what is raised on its host.",
        footer = {
            "",
            "Examples:",
            "  caretaker gpu status",
            "  caretaker gpu status --host node-1 --watch",
            "  caretaker gpu status --json | jq '.hosts[].gpus[] | select(.up | not)'"
        })
final class GpuStatusCommand extends FleetCommand {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

    @Option(
            names = "--since",
            paramLabel = "AGE",
            defaultValue = "2m",
            description = "How far back to look for a host's readings (default: ${DEFAULT-VALUE}).")
    private Duration since = Duration.ofMinutes(2);

    @Option(names = "--watch", description = "Go on, and show it anew each second.")
    private boolean watch;

    @Option(names = "--for", paramLabel = "TIME", description = "With --watch: end after this time.")
    private Duration limit = Duration.ofDays(36_500);

    @Override
    int run(BusReader reader) {
        FleetView view = view(reader, since);
        show(view, asOf(), false);
        long end = now().toEpochMilli() + limit.toMillis();
        while (watch && now().toEpochMilli() < end && !out().checkError()) {
            reader.readFor(EVERY, host(), record -> take(view, record));
            show(view, now(), Terminal.console().isPresent());
        }
        return Exit.OK;
    }

    private void show(FleetView view, Instant asOf, boolean clear) {
        var printer = new StatusPrinter(view, asOf);
        if (isJson()) {
            out().println(Json.line(printer.json()));
        } else {
            out().print((clear ? CLEAR_SCREEN : "") + printer.text());
        }
        out().flush();
    }
}
