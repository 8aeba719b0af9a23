package caretaker.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows the incidents of containers until all are over, and says what happens as it happens. */
final class RepairWatch {
    private static final Duration LOOK_EVERY = Duration.ofMillis(300);

    /** Looks without news after which no more is expected. */
    private static final int QUIET = 10;

    private final RecoveryClient client;
    private final boolean dryRun;
    private final Consumer<String> out;
    private final List<Followed> all = new ArrayList<>();

    /** One container and its incident; without one there is nothing to follow. */
    private static final class Followed {
        final ObjectNode container;
        final String key;
        final String incident;
        final Set<String> told = new HashSet<>();
        List<JsonNode> events = List.of();
        int quiet;

        @Nullable Conclusion conclusion;

        Followed(ObjectNode container) {
            this.container = container;
            key = container.path("key").asText();
            incident = container.path("incident").asText();
        }
    }

    /** @param containers as the service answered to the request */
    RepairWatch(RecoveryClient client, JsonNode containers, boolean dryRun, Consumer<String> out) {
        this.client = client;
        this.dryRun = dryRun;
        this.out = out;
        for (JsonNode each : containers) {
            if (each instanceof ObjectNode container) {
                all.add(new Followed(container));
            }
        }
    }

    /** Waits for the ends. */
    void follow(Duration wait) {
        long begin = System.nanoTime();
        look();
        while (isOpen() && System.nanoTime() - begin < wait.toNanos()) {
            try {
                Thread.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailure(Exit.FAILURE, "interrupted; the repair goes on without this command");
            }
            look();
        }
        for (Followed each : all) {
            if (each.conclusion == null) {
                each.conclusion = Conclusion.ofTime(each.events);
            }
            out.accept(each.key + "  " + each.conclusion.outcome());
        }
    }

    private boolean isOpen() {
        return all.stream().anyMatch(each -> each.conclusion == null);
    }

    private void look() {
        all.stream().filter(each -> each.conclusion == null).forEach(this::look);
    }

    /** The container before the events: what ended it is told by then, or soon. */
    private void look(Followed of) {
        JsonNode container = orNull("/containers?name=" + ServiceClient.encoded(of.key), "containers", of.key);
        if (of.incident.isEmpty()) {
            of.conclusion = Conclusion.ofWhatIsSeen(container);
            return;
        }
        ObjectNode incident = found("/incidents/" + ServiceClient.encoded(of.incident));
        List<JsonNode> events = new ArrayList<>();
        (incident == null ? Json.object() : incident).path("events").forEach(events::add);
        of.events = events;
        for (JsonNode event : events) {
            if (of.told.add(event.path("id").asText())) {
                out.accept(line(of.key, event));
                of.quiet = 0;
            }
        }
        boolean isQuiet = ++of.quiet > QUIET;
        of.conclusion = Conclusion.of(container, of.incident, events, dryRun, isQuiet);
    }

    private @Nullable JsonNode orNull(String path, String list, String key) {
        ObjectNode answer = found(path);
        for (JsonNode each : answer == null ? Json.object() : answer.path(list)) {
            if (each.path("container").path("key").asText().equals(key)) {
                return each;
            }
        }
        return null;
    }

    private @Nullable ObjectNode found(String path) {
        try {
            return client.get(path);
        } catch (CommandFailure e) {
            if (e.exitCode() == Exit.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static String line(String key, JsonNode event) {
        JsonNode data = event.path("data");
        JsonNode operation = data.path("operation");
        String step = operation.has("action")
                ? operation.path("action").asText() + " #"
                        + operation.path("attempt").asInt()
                : data.path("reason").asText();
        return Table.plain(String.format(
                "%s  %s  %-11s  %-12s  %s",
                Table.time(event.path("time").asText()),
                key,
                data.path("kind").asText(),
                step,
                data.path("message").asText()));
    }

    /** Of all of them, the one to exit with. */
    Conclusion worst() {
        List<Conclusion> conclusions = new ArrayList<>();
        for (Followed each : all) {
            if (each.conclusion != null) {
                conclusions.add(each.conclusion);
            }
        }
        return Conclusion.worst(conclusions);
    }

    /** Adds what happened to each. */
    void addTo(ArrayNode containers) {
        for (Followed each : all) {
            ObjectNode json = each.container.deepCopy();
            Conclusion conclusion = each.conclusion;
            if (conclusion != null) {
                json.put("outcome", conclusion.outcome());
            }
            json.putArray("events").addAll(each.events);
            containers.add(json);
        }
    }
}
