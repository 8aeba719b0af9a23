package caretaker.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a server answered 200 to, and what became of it. One thread. */
final class Acknowledged {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final AlertServer server;
    private final WebhookSink sink;
    private final Set<Integer> firing = new HashSet<>();
    private final Set<Integer> resolved = new HashSet<>();
    private final Set<String> silences = new HashSet<>();

    Acknowledged(Contenders.Contender contender) {
        server = contender.server();
        sink = contender.sink();
    }

    /** Whether it was accepted. */
    boolean fire(int number) throws InterruptedException {
        boolean accepted = server.accepts(Alerts.firing(number));
        if (accepted) {
            firing.add(number);
        }
        return accepted;
    }

    boolean resolve(int number) throws InterruptedException {
        boolean accepted = server.accepts(Alerts.firing(number).over());
        if (accepted) {
            resolved.add(number);
        }
        return accepted;
    }

    /** Ends the alert that somebody was told of last, if any was. */
    boolean resolveNewest() throws InterruptedException {
        List<WebhookSink.Message> messages = own();
        List<Integer> told = messages.isEmpty() ? List.of() : messages.getLast().numbers("firing");
        return told.isEmpty() || resolve(told.getFirst());
    }

    /** Messages about alerts that were posted here. */
    private List<WebhookSink.Message> own() {
        return sink.messages().stream()
                .filter(message -> message.numbers("firing").stream().anyMatch(firing::contains)
                        || message.numbers("resolved").stream().anyMatch(firing::contains))
                .toList();
    }

    int messages() {
        return own().size();
    }

    /** Silences alerts with that number for an hour. */
    boolean silence(int number) throws InterruptedException {
        var now = InstantSource.system().instant();
        var end = now.plus(Duration.ofHours(1));
        try {
            var answer = server.post("/api/v2/silences", """
                    {"matchers":[{"name":"%s","value":"%d","isRegex":false,"isEqual":true}],"startsAt":"%s",\
                    "endsAt":"%s","createdBy":"bench","comment":"bench"}""".formatted(Alerts.LABEL, number, now, end));
            return answer.statusCode() == 200
                    && silences.add(
                            MAPPER.readTree(answer.body()).path("silenceID").asText());
        } catch (IOException e) {
            return false;
        }
    }

    int firing() {
        return firing.size();
    }

    int resolved() {
        return resolved.size();
    }

    int silences() {
        return silences.size();
    }

    /** Alerts that nobody was told of. */
    int lostFiring() {
        Set<Integer> lost = new HashSet<>(firing);
        sink.told("firing").forEach(lost::remove);
        return lost.size();
    }

    /** Ends that nobody was told of. */
    int lostResolved() {
        Set<Integer> lost = new HashSet<>(resolved);
        sink.told("resolved").forEach(lost::remove);
        return lost.size();
    }

    /** Silences that are not active any more. */
    int lostSilences() throws IOException, InterruptedException {
        Set<String> lost = new HashSet<>(silences);
        for (JsonNode silence : MAPPER.readTree(server.get("/api/v2/silences").body())) {
            if (silence.path("status").path("state").asText().equals("active")) {
                lost.remove(silence.path("id").asText());
            }
        }
        return lost.size();
    }

    /**
     * Messages that told the same once more.
     *
     * @param sameKey with the {@code Idempotency-Key} of the first, by which a receiver can tell
     */
    record Repeated(int sameKey, int otherKey) {
        int all() {
            return sameKey + otherKey;
        }
    }

    Repeated repeated() {
        int same = 0;
        int other = 0;
        Map<String, List<String>> keys = new HashMap<>();
        for (WebhookSink.Message message : own()) {
            String tells = message.numbers("firing") + " " + message.numbers("resolved");
            String key = Objects.requireNonNullElse(message.key(), "");
            List<String> before = keys.computeIfAbsent(tells, _ -> new ArrayList<>());
            if (before.contains(key)) {
                same++;
            } else if (!before.isEmpty()) {
                other++;
            }
            before.add(key);
        }
        return new Repeated(same, other);
    }
}
