package caretaker.alerts.routing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * Matching alerts notify nobody from start to end.
 *
 * @param id a UUID; empty in a request for a new one
 * @param updatedAt when this state was accepted
 */
public record Silence(
        String id,
        Matchers matchers,
        Instant startsAt,
        Instant endsAt,
        Instant updatedAt,
        String createdBy,
        String comment,
        Map<String, String> annotations) {
    public Silence {
        annotations = Map.copyOf(annotations);
    }

    /** In the order in which they are listed. */
    public enum State {
        ACTIVE,
        PENDING,
        EXPIRED
    }

    public State stateAt(Instant time) {
        if (time.isBefore(startsAt)) {
            return State.PENDING;
        }
        return time.isBefore(endsAt) ? State.ACTIVE : State.EXPIRED;
    }

    Silence during(Instant start, Instant end, Instant now) {
        return new Silence(id, matchers, start, end, now, createdBy, comment, annotations);
    }

    Silence as(String newId, Instant start, Instant now) {
        return new Silence(newId, matchers, start, endsAt, now, createdBy, comment, annotations);
    }

    /** Roughly what it takes of the memory. */
    long bytes() {
        long bytes = 300 + Budget.text(createdBy) + Budget.text(comment);
        for (LabelMatcher matcher : matchers.all()) {
            bytes += matcher.bytes();
        }
        for (Map.Entry<String, String> annotation : annotations.entrySet()) {
            bytes += Budget.text(annotation.getKey()) + Budget.text(annotation.getValue());
        }
        return bytes;
    }

    /** How large it is on the bus, roughly: all its texts in UTF-8 and 100 for the rest. */
    int size() {
        String texts = matchers + createdBy + comment + annotations;
        return texts.getBytes(StandardCharsets.UTF_8).length + 100;
    }
}
