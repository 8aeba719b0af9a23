package caretaker.agent.docker;

import caretaker.agent.containers.ContainerEvent;
import java.util.LinkedHashSet;

/**
 * Knows the newest events, so that those which a reopened stream tells again count once. The engine itself remembers
 * 256. Not safe for several threads.
 */
final class Replays {
    private static final int MAX = 1024;

    private record Print(long nanos, String id, ContainerEvent.Kind kind) {}

    private final LinkedHashSet<Print> newest = new LinkedHashSet<>();
    private long since;

    /** Whether the event is a new one. */
    boolean isNew(ContainerEvent event) {
        var print = new Print(event.nanos(), event.id(), event.kind());
        if (!newest.add(print)) {
            return false;
        }
        if (newest.size() > MAX) {
            newest.removeFirst();
        }
        since = Math.max(since, event.nanos());
        return true;
    }

    /** The time of the newest event, in nanoseconds since 1970; 0 before the first. */
    long since() {
        return since;
    }
}
