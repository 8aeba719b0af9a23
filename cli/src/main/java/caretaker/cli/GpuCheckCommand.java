package caretaker.cli;

import caretaker.cli.fleet.FleetCheck;
import caretaker.cli.fleet.FleetCheck.Check;
import caretaker.cli.fleet.FleetCheck.Status;
import caretaker.cli.fleet.FleetView;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Judges the hosts, for a person or a script. */
@Command(
        name = "check",
        description = "Judge the hosts: readings fresh, every GPU up, nothing raised.",
        footer = {
            "",
            "Ends with 0 if all is well, 3 if something is only a warning, 4 if something is wrong, 8 without Kafka.",
            "A host that is known from its inventory and says nothing is wrong. Drills are listed and do not count."
        })
final class GpuCheckCommand extends FleetCommand {
    @Option(
            names = "--since",
            paramLabel = "AGE",
            defaultValue = "2m",
            description = "How far back to look for a host's readings (default: ${DEFAULT-VALUE}).")
    private Duration since = Duration.ofMinutes(2);

    @Override
    int run(BusReader reader) {
        FleetView view = view(reader, since);
        List<Check> checks = FleetCheck.judge(view.hosts(), asOf());
        if (checks.isEmpty()) {
            throw new CommandFailure(
                    Exit.CHECK_FAILED,
                    "no host has said anything for " + since.toSeconds() + " s; is an agent running?");
        }
        Status worst = FleetCheck.worst(checks);
        if (isJson()) {
            out().println(Json.line(json(worst, checks)));
        } else {
            checks.forEach(check -> out().println(line(check)));
        }
        out().flush();
        return switch (worst) {
            case OK -> Exit.OK;
            case WARN -> Exit.DEGRADED;
            case FAIL -> Exit.CHECK_FAILED;
        };
    }

    private static String line(Check check) {
        return String.format(
                        Locale.ROOT,
                        "%-4s  %-14s  %s%s: %s",
                        word(check.status()),
                        check.id(),
                        check.host(),
                        check.entity().isEmpty() ? "" : " " + check.entity(),
                        check.message())
                .replaceAll("\\p{Cntrl}", "?");
    }

    private static ObjectNode json(Status worst, List<Check> checks) {
        ObjectNode document = Json.document()
                .put(
                        "status",
                        switch (worst) {
                            case OK -> "ok";
                            case WARN -> "degraded";
                            case FAIL -> "failed";
                        });
        ArrayNode list = document.putArray("checks");
        for (Check check : checks) {
            list.addObject()
                    .put("id", check.id())
                    .put("status", word(check.status()))
                    .put("host", check.host())
                    .put("entity", check.entity())
                    .put("message", check.message());
        }
        document.putArray("errors");
        return document;
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
