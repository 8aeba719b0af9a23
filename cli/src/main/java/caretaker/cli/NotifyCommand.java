package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code caretaker notify}: who was told of what. */
@Command(
        name = "notify",
        description = "See who was told of what, try a receiver, check Alertmanager's file.",
        subcommands = {
            NotifyCheckCommand.class,
            NotifyCommand.Test.class,
            NotifyCommand.History.class,
            NotifyCommand.Dead.class
        })
final class NotifyCommand {

    /** A command that asks an alert router. */
    abstract static sealed class OfRouter extends Asking {
        @Mixin
        private RouterOptions router = new RouterOptions();

        @Override
        final int ask() {
            try (var client = new RouterClient(router, System.getenv())) {
                return run(client);
            }
        }

        abstract int run(RouterClient client);

        /** Prints an answer as it is, or as people read it. */
        final void show(String name, JsonNode answer, List<String> lines) {
            ObjectNode document = Json.document();
            document.set(name, answer);
            show(document, lines);
        }
    }

    @Command(
            name = "test",
            description = "Send one sample alert to a receiver now, past routes and silences.",
            footer = {"", "Exits with 4 if one of its ways fails."})
    static final class Test extends OfRouter {
        @Parameters(paramLabel = "RECEIVER", description = "As in Alertmanager's file.")
        private String receiver = "";

        @Override
        int run(RouterClient client) {
            JsonNode tried = client.post(
                    "/receivers/" + ServiceClient.encoded(receiver) + "/test",
                    null,
                    "there is no receiver '" + receiver + "'; `amtool config show` has them all");
            boolean failed = false;
            var table = new Table("INTEGRATION", "RESULT", "MS", "ERROR");
            for (JsonNode each : tried) {
                boolean delivered = each.path("delivered").asBoolean();
                failed |= !delivered;
                table.row(
                        each.path("integration").asText(),
                        delivered ? "delivered" : "failed",
                        each.path("millis").asText(),
                        each.path("error").asText());
            }
            show(
                    "integrations",
                    tried,
                    tried.isEmpty()
                            ? List.of("receiver '" + receiver + "' has no way to tell anybody")
                            : table.lines());
            return failed ? Exit.CHECK_FAILED : Exit.OK;
        }
    }

    @Command(
            name = "history",
            description = "What was told to whom, newest first.",
            footer = {
                "",
                "Examples:",
                "  caretaker notify history --receiver oncall --limit 20",
                "  caretaker notify history --alert 56d967e608104d88     was anybody told of this one?"
            })
    static final class History extends OfRouter {
        @Option(names = "--alert", paramLabel = "FINGERPRINT", description = "Only of this alert.")
        private @Nullable String alert;

        @Option(names = "--receiver", paramLabel = "NAME", description = "Only to this receiver.")
        private @Nullable String receiver;

        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "50",
                description = "At most this many, 1 to 10000 (default: ${DEFAULT-VALUE}).")
        private int limit = 50;

        @Override
        int run(RouterClient client) {
            if (limit < 1 || limit > 10_000) {
                throw new CommandFailure(Exit.USAGE, "--limit is between 1 and 10000");
            }
            String query = "/deliveries?limit=" + limit
                    + (alert == null ? "" : "&alert=" + ServiceClient.encoded(alert))
                    + (receiver == null ? "" : "&receiver=" + ServiceClient.encoded(receiver));
            JsonNode deliveries = client.get(query, "there is no history");
            var table = new Table("TIME", "OUTCOME", "TRIES", "FIRING", "RESOLVED", "TO", "GROUP", "REASON", "ERROR");
            for (JsonNode each : deliveries) {
                table.row(
                        Table.time(each.path("at").asText()),
                        each.path("outcome").asText(),
                        each.path("attempts").asText(),
                        Integer.toString(each.path("firing").size()),
                        Integer.toString(each.path("resolved").size()),
                        each.path("receiver").asText() + "/"
                                + each.path("integration").asText(),
                        each.path("groupKey").asText(),
                        each.path("reason").asText(),
                        each.path("error").asText());
            }
            show(
                    "deliveries",
                    deliveries,
                    deliveries.isEmpty() ? List.of("nobody was told of anything") : table.lines());
            return Exit.OK;
        }
    }

    @Command(
            name = "dead",
            description = "What could not be told: see it, send it again, or let it go.",
            subcommands = {DeadList.class, Resend.class, Discard.class})
    static final class Dead {}

    @Command(name = "list", description = "What could not be told, with the key of each.")
    static final class DeadList extends OfRouter {
        @Override
        int run(RouterClient client) {
            JsonNode dead = client.get("/dead-letters", "there are no dead letters");
            List<String> lines = new ArrayList<>();
            for (JsonNode each : dead) {
                int alerts = each.path("alerts").size() + each.path("omitted").asInt();
                lines.add(Table.plain(each.path("key").asText()));
                lines.add(
                        Table.plain("    since " + Table.time(each.path("since").asText()) + ", given up "
                                + Table.time(each.path("at").asText()) + " after "
                                + each.path("attempts").asInt()
                                + " tries, " + alerts + (alerts == 1 ? " alert: " : " alerts: ")
                                + each.path("error").asText()));
            }
            show("deadLetters", dead, lines.isEmpty() ? List.of("everything was told") : lines);
            return Exit.OK;
        }
    }

    /** Does something with one dead letter, or with all. */
    abstract static sealed class OfDead extends OfRouter {
        @Parameters(arity = "0..1", paramLabel = "KEY", description = "As `caretaker notify dead list` shows it.")
        private @Nullable String key;

        @Option(names = "--all", description = "Every one.")
        private boolean all;

        private final String verb;
        private final String done;

        OfDead(String verb, String done) {
            this.verb = verb;
            this.done = done;
        }

        final boolean all() {
            return all;
        }

        @Override
        int run(RouterClient client) {
            if (all == (key != null)) {
                throw new CommandFailure(
                        Exit.USAGE, "give a KEY or --all; `caretaker notify dead list` shows the keys");
            }
            ObjectNode body = Json.object();
            if (all) {
                body.put("all", true);
            } else {
                body.put("key", key);
            }
            JsonNode answer = client.post(
                    "/dead-letters/" + verb,
                    body,
                    "there is no dead letter '" + key + "'; `caretaker notify dead list` shows the keys");
            show(done, answer.path(done), List.of(answer.path(done).asInt() + " " + done));
            return Exit.OK;
        }
    }

    @Command(name = "resend", description = "Send again what could not be told.")
    static final class Resend extends OfDead {
        Resend() {
            super("resend", "resent");
        }
    }

    @Command(name = "discard", description = "Forget what could not be told.")
    static final class Discard extends OfDead {
        @Option(names = "--yes", description = "With --all: do it.")
        private boolean yes;

        Discard() {
            super("discard", "discarded");
        }

        @Override
        int run(RouterClient client) {
            if (all() && !yes) {
                throw new CommandFailure(Exit.REFUSED, "nobody will be told of any of them; add --yes to do it");
            }
            return super.run(client);
        }
    }
}
