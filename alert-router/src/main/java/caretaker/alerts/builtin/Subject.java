package caretaker.alerts.builtin;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import java.util.Optional;

/**
 * What an alert is about: one of its kind at a time.
 *
 * @param host empty where it is about no host
 * @param entity what of the host, by the identity that lasts: {@code gpu/GPU-5ec…}; empty for the host itself
 * @param drill whether a person injected it; it never touches what is real
 */
public record Subject(Kind kind, String host, String entity, boolean drill) {
    static final String SOURCE = "caretaker";

    /** The annotation that has {@link #entity}. */
    static final String ENTITY = "entity";

    /** Begins the entity of what is about no host, though an alert may name one: a series moves. */
    static final String SERIES = "series/";

    /** What an alert of ours is about; empty if it is somebody else's. */
    public static Optional<Subject> of(Alert alert) {
        LabelSet labels = alert.labels();
        Kind kind = Kind.ofAlertname(alert.name());
        if (kind == null
                || !labels.get("source").equals(SOURCE)
                || !alert.annotations().asMap().containsKey(ENTITY)) {
            return Optional.empty();
        }
        String entity = alert.annotations().get(ENTITY);
        return Optional.of(new Subject(
                kind,
                entity.startsWith(SERIES) ? "" : labels.get("host"),
                entity,
                labels.get("drill").equals("true")));
    }
}
