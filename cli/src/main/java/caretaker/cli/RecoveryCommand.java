package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code caretaker recovery}: how it is with the repairs of a host, and what people change about them. */
@Command(
        name = "recovery",
        description = "See and change what is repaired on a host.",
        subcommands = {
            RecoveryCommand.ListAll.class,
            RecoveryCommand.Show.class,
            RecoveryCommand.Release.class,
            RecoveryCommand.Quarantine.class,
            RecoveryCommand.Pause.class,
            RecoveryCommand.Resume.class,
            RecoveryCommand.Breaker.class,
            RecoveryCommand.Illness.class,
            MaintenanceCommand.Lock.class,
            MaintenanceCommand.Unlock.class
        })
final class RecoveryCommand {
    private static final String EXITS =
            "Exits with 3 if something is not well or held back, with 11 for a quarantine or an open breaker.";

    @Command(
            name = "list",
            description = "The host and all its containers.",
            footer = {"", EXITS, "", "Examples:", "  caretaker recovery list --url http://node-07:9812"})
    static final class ListAll extends OfRecovery {
        @Override
        int run(RecoveryClient client) {
            ObjectNode host = client.get("/host");
            JsonNode containers = client.get("/containers").path("containers");
            Conclusion conclusion = RecoveryView.judge(host, containers);
            ObjectNode document = Json.document().put("status", conclusion.outcome());
            host.remove("schemaVersion");
            document.set("host", host);
            document.set("containers", containers);
            List<String> lines = new ArrayList<>(RecoveryView.host(host));
            lines.addAll(RecoveryView.table(containers));
            show(document, lines);
            return conclusion.exitCode();
        }
    }

    @Command(
            name = "show",
            description = "All that is known of a container.",
            footer = {"", EXITS, "", "Examples:", "  caretaker recovery show grafana"})
    static final class Show extends OfRecovery {
        @Parameters(paramLabel = "NAME", description = "A container's name or key, or a compose service.")
        private String name = "";

        @Override
        int run(RecoveryClient client) {
            JsonNode containers = client.get("/containers?name=" + ServiceClient.encoded(name))
                    .path("containers");
            Conclusion conclusion = RecoveryView.judge(Json.object(), containers);
            ObjectNode document = Json.document().put("status", conclusion.outcome());
            document.set("containers", containers);
            List<String> lines = new ArrayList<>();
            containers.forEach(each -> lines.addAll(RecoveryView.details(each)));
            show(document, lines);
            return conclusion.exitCode();
        }
    }

    /** Changes something, in the name of a person. */
    abstract static class Change extends OfRecovery {
        @Mixin
        private Person person = new Person();

        private final String path;
        private final String done;

        Change(String path, String done) {
            this.path = path;
            this.done = done;
        }

        /** What the service is told besides who asks. */
        abstract void describe(ObjectNode body);

        @Override
        final int run(RecoveryClient client) {
            ObjectNode body = Json.object().put("by", person.name());
            describe(body);
            JsonNode containers = client.post(path, body).path("containers");
            List<String> keys = new ArrayList<>();
            containers.forEach(each -> keys.add(each.path("key").asText()));
            ObjectNode document = Json.document().put("status", "ok");
            document.set("containers", containers);
            show(document, List.of(Table.plain(keys.isEmpty() ? done : done + ": " + String.join(", ", keys))));
            return Exit.OK;
        }
    }

    @Command(
            name = "release",
            description = "End the quarantine of a container; its attempts are forgotten.",
            footer = {"", "Examples:", "  caretaker recovery release grafana"})
    static final class Release extends Change {
        @Parameters(paramLabel = "NAME", description = "A container's name or key, or a compose service.")
        private String name = "";

        Release() {
            super("/release", "released");
        }

        @Override
        void describe(ObjectNode body) {
            body.put("container", name);
        }
    }

    @Command(
            name = "quarantine",
            description = "Let nobody but a person touch a container, until it is released.",
            footer = {"", "Examples:", "  caretaker recovery quarantine trainer --reason 'debugging, ask Anna'"})
    static final class Quarantine extends Change {
        @Parameters(paramLabel = "NAME", description = "A container's name or key, or a compose service.")
        private String name = "";

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "One sentence.")
        private String reason = "";

        Quarantine() {
            super("/quarantine", "in quarantine");
        }

        @Override
        void describe(ObjectNode body) {
            body.put("container", name).put("reason", reason);
        }
    }

    @Command(
            name = "pause",
            description = "Repair nothing on this host.",
            footer = {
                "",
                "For some containers, or on several hosts, see `caretaker recovery lock`.",
                "",
                "Examples:",
                "  caretaker recovery pause --for 30m --reason 'kernel update'"
            })
    static final class Pause extends Change {
        @Option(
                names = "--for",
                paramLabel = "TIME",
                description = "Go on after this time, at most 7d (default: when somebody resumes).")
        private @Nullable Duration length;

        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "One sentence.")
        private String reason = "";

        Pause() {
            super("/pause", "paused");
        }

        @Override
        void describe(ObjectNode body) {
            body.put("reason", reason);
            if (length != null) {
                body.put("for", length.toMillis() + "ms");
            }
        }
    }

    @Command(name = "resume", description = "Go on with repairs after a pause.")
    static final class Resume extends Change {
        Resume() {
            super("/resume", "repairs go on");
        }

        @Override
        void describe(ObjectNode body) {}
    }

    @Command(name = "breaker", description = "What stops all repairs after too many.", subcommands = Reset.class)
    static final class Breaker {}

    @Command(
            name = "reset",
            description = "Close the breaker: repairs go on.",
            footer = {"", "Look first why so much was repaired: caretaker report"})
    static final class Reset extends Change {
        Reset() {
            super("/breaker/reset", "the breaker is closed");
        }

        @Override
        void describe(ObjectNode body) {}
    }

    @Command(
            name = "illness",
            description = "What the whole host is said to suffer from: no container is repaired meanwhile.",
            subcommands = Clear.class)
    static final class Illness {}

    @Command(
            name = "clear",
            description = "The host is well whatever was said: repairs go on.",
            footer = {
                "",
                "`caretaker recovery list` shows what there is. What is still so is not said again.",
                "",
                "Examples:",
                "  caretaker recovery illness clear gpu.lost"
            })
    static final class Clear extends Change {
        @Parameters(paramLabel = "NAME", description = "Its name, only the first word of it, or all.")
        private String name = "";

        Clear() {
            super("/illness/clear", "the host counts as well");
        }

        @Override
        void describe(ObjectNode body) {
            body.put("illness", name);
        }
    }
}
