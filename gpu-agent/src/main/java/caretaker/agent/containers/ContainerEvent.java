package caretaker.agent.containers;

import java.time.Instant;
import java.util.Map;

/**
 * One event of the engine about one container.
 *
 * @param nanos the engine's time of it: nanoseconds since 1970
 * @param attributes name, image, exit code, signal and all labels, as the engine wrote them
 */
public record ContainerEvent(String id, Kind kind, long nanos, Map<String, String> attributes) {

    public ContainerEvent {
        attributes = Map.copyOf(attributes);
    }

    public Instant at() {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    /** The engine's actions that matter here. */
    public enum Kind {
        CREATE,
        START,
        KILL,
        DIE,
        STOP,
        OOM,
        DESTROY,
        RENAME,
        PAUSE,
        UNPAUSE,
        STARTING,
        HEALTHY,
        UNHEALTHY,
        /** Its limits, its restart policy or its networks are other ones. */
        CHANGED
    }
}
