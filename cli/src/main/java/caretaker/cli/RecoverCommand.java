package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code caretaker recover}: look at containers, and repair them. */
@Command(
        name = "recover",
        description = "Look at containers, judge them, repair them.",
        subcommands = {RecoverCommand.Diagnose.class, RecoverCommand.Repair.class, RecoverCommand.Verify.class})
final class RecoverCommand {
    /** Which containers are meant. */
    private static final class Meant {
        @Option(
                names = "--service",
                required = true,
                paramLabel = "NAME",
                description = "A container's name or key, a compose service, or all that may be repaired.")
        private String service = "";
    }

    /** Looks, and changes nothing. */
    abstract static sealed class Looking extends OfRecovery {
        @Mixin
        private Meant meant = new Meant();

        @Override
        final int run(RecoveryClient client) {
            ObjectNode answer = client.get("/diagnosis?name=" + ServiceClient.encoded(meant.service));
            List<String> lines = new ArrayList<>();
            for (JsonNode each : answer.path("containers")) {
                lines.add(Table.plain(each.path("container").path("key").asText() + ": "
                        + each.path("status").asText()));
                var table = new Table("STATUS", "CHECK", "SEEN", "CAUSE", "REMEDY");
                for (JsonNode check : each.path("checks")) {
                    table.row(
                            check.path("status").asText(),
                            check.path("title").asText(),
                            check.path("evidence").asText(),
                            check.path("cause").asText(),
                            check.path("fix").asText());
                }
                table.lines().forEach(line -> lines.add("  " + line));
            }
            show(answer, lines);
            return judge(answer.path("status").asText());
        }

        abstract int judge(String status);
    }

    @Command(
            name = "diagnose",
            description = "Look at containers, their logs and their services now. Changes nothing.",
            footer = {
                "",
                "Exits with 3 if something is not well.",
                "",
                "Examples:",
                "  caretaker recover diagnose --service grafana",
                "  caretaker recover diagnose --service all --json | jq '.containers[].checks[]'"
            })
    static final class Diagnose extends Looking {
        @Override
        int judge(String status) {
            return status.equals("ok") ? Exit.OK : Exit.DEGRADED;
        }
    }

    @Command(
            name = "verify",
            description = "Judge containers, for scripts. Changes nothing.",
            footer = {
                "",
                "Exits with 3 if there are only warnings, with 4 if something is not well.",
                "",
                "Examples:",
                "  caretaker recover verify --service all || mail -s 'containers' ops@example.org"
            })
    static final class Verify extends Looking {
        @Override
        int judge(String status) {
            return switch (status) {
                case "ok" -> Exit.OK;
                case "warn" -> Exit.DEGRADED;
                default -> Exit.CHECK_FAILED;
            };
        }
    }

    @Command(
            name = "repair",
            description = "Repair containers now, and say what happens until it is over.",
            footer = {
                "",
                "Waits for no backoff and no rate, and takes steps that need a person's word. A quarantine, a pause and",
                "the breaker hold it back all the same.",
                "",
                "Exits with 0 if they are well; 3 if one is not; 4 if a repair did not help; 6 if it is refused or would",
                "only be told; 9 if it is not over in time (it goes on); 11 for a quarantine or the breaker.",
                "",
                "Examples:",
                "  caretaker recover repair --service grafana",
                "  caretaker recover repair --service all --dry-run",
                "  caretaker recover repair --service research/web/1 --wait 15m --json"
            })
    static final class Repair extends OfRecovery {
        @Mixin
        private Meant meant = new Meant();

        @Mixin
        private Person person = new Person();

        @Option(names = "--dry-run", description = "Only tell what would be done.")
        private boolean dryRun;

        @Option(
                names = "--wait",
                paramLabel = "TIME",
                defaultValue = "5m",
                description = "How long to wait for the end (default: ${DEFAULT-VALUE}).")
        private Duration wait = Duration.ofMinutes(5);

        @Option(names = "--no-wait", description = "Ask for it and end.")
        private boolean noWait;

        @Override
        int run(RecoveryClient client) {
            ObjectNode body = Json.object()
                    .put("container", meant.service)
                    .put("dryRun", dryRun)
                    .put("by", person.name());
            JsonNode asked = client.post("/repair", body).path("containers");
            ObjectNode document = Json.document();
            if (noWait) {
                List<String> lines = new ArrayList<>();
                asked.forEach(each ->
                        lines.add(Table.plain("asked for: " + each.path("key").asText() + "  "
                                + each.path("incident").asText())));
                document.put("status", "asked").set("containers", asked);
                show(document, lines);
                return Exit.OK;
            }
            var watch = new RepairWatch(client, asked, dryRun, line -> {
                if (!isJson()) {
                    print(line);
                }
            });
            watch.follow(wait);
            Conclusion worst = watch.worst();
            ArrayNode containers = document.put("status", worst.outcome()).putArray("containers");
            watch.addTo(containers);
            show(document, List.of());
            return worst.exitCode();
        }
    }
}
