package caretaker.alerts.delivery;

import java.time.Instant;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Letters on their way to the bus, which has to know of each before it may be sent. They take no place at their
 * receivers meanwhile, and many go at once, since the bus takes a hundred almost as fast as one. On the desk's thread.
 */
final class Intents {
    /** More wait; there is at most one for each group and integration. */
    static final int MAX_WRITING = 500;

    private final Outlet outlet;
    private final Records records;
    private final Written written;
    private final SequencedSet<Delivery> waiting = new LinkedHashSet<>();
    private final Set<Delivery> writing = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Told of each letter, exactly once, unless it is {@link #clear}ed before. */
    interface Written {
        /** Whether the bus has the intent, and when that was known. */
        void written(Delivery delivery, boolean taken, Instant now);
    }

    Intents(Outlet outlet, Records records, Written written) {
        this.outlet = outlet;
        this.records = records;
        this.written = written;
    }

    void add(Delivery delivery) {
        waiting.add(delivery);
    }

    /** Takes out one that waits. */
    void remove(Delivery delivery) {
        waiting.remove(delivery);
    }

    void clear() {
        waiting.clear();
        writing.clear();
    }

    void pump(Instant now) {
        while (writing.size() < MAX_WRITING && !waiting.isEmpty()) {
            Delivery delivery = waiting.removeFirst();
            delivery.state = Delivery.State.WRITING;
            writing.add(delivery);
            outlet.intend(records.intent(delivery.letter, now), (taken, at) -> {
                if (writing.remove(delivery)) {
                    written.written(delivery, taken, at);
                    pump(at);
                }
            });
        }
    }
}
