package caretaker.collector.ingest;

import java.util.HashMap;
import java.util.Map;

/**
 * Which partitions are still being read up to where they ended when they were assigned.
 *
 * <p>What is read there is old news: it counts from when the broker got it. Once a partition has been caught up with,
 * it stays so, whatever its offsets do. Owned by the poll loop's thread; only {@link #behind} is for others.
 */
final class CatchUp {
    /** The end could not be asked for; the partition is caught up with once nothing is left to read. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final Map<Integer, Long> ends = new HashMap<>();
    private volatile int behind;

    void assigned(int partition, long position, long end) {
        if (position < end) {
            ends.put(partition, end);
        } else {
            ends.remove(partition);
        }
        behind = ends.size();
    }

    void dropped(int partition) {
        ends.remove(partition);
        behind = ends.size();
    }

    /** Whether a record that comes now from this partition is news. */
    boolean live(int partition) {
        return !ends.containsKey(partition);
    }

    /** Notes how far a partition has been read. */
    void read(int partition, long nextOffset, boolean nothingLeft) {
        Long end = ends.get(partition);
        if (end != null && (nextOffset >= end || (end == UNKNOWN && nothingLeft))) {
            dropped(partition);
        }
    }

    /** Partitions that are being caught up with. */
    int behind() {
        return behind;
    }
}
