package caretaker.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The newest state of one silence; it replaces all earlier ones of its id.
 *
 * @param id a UUID, the key of the record
 * @param matchers all must match; not empty
 * @param updatedAt when this state was accepted; the younger of two wins
 */
public record SilenceEvent(
        String id,
        List<Matcher> matchers,
        Instant startsAt,
        Instant endsAt,
        Instant updatedAt,
        String createdBy,
        String comment,
        Map<String, String> annotations) {

    /**
     * What an alert's label must be, or must not be.
     *
     * @param value text, or an RE2 expression that matches the whole value
     */
    public record Matcher(String name, String value, boolean isRegex, boolean isEqual) {}

    public SilenceEvent {
        if (id.isEmpty() || matchers.isEmpty()) {
            throw new IllegalArgumentException("a silence needs an id and a matcher");
        }
        matchers = List.copyOf(matchers);
        annotations = Map.copyOf(annotations);
    }
}
