package caretaker.agent.health;

import java.time.Duration;

/** For which share of the last minute, or any such window, something was so. */
final class Share {
    private static final int PARTS = 12;

    private final long part;
    private final long[] bad = new long[PARTS];
    private long current; // number of the part that is filled now
    private boolean begun;

    Share(Duration window) {
        part = window.toNanos() / PARTS;
    }

    /** Adds the time that something was so within the time up to now. */
    void add(long nanos, long badNanos) {
        move(nanos);
        int at = Math.floorMod(current, PARTS);
        bad[at] = Math.min(part * PARTS, bad[at] + badNanos);
    }

    private void move(long nanos) {
        long now = Math.floorDiv(nanos, part);
        long steps = begun ? Math.min(now - current, PARTS) : PARTS;
        for (long i = 0; i < steps; i++) {
            bad[Math.floorMod(now - i, PARTS)] = 0;
        }
        current = now;
        begun = true;
    }

    /** In percent of the whole window, however little of it was seen. */
    double percent() {
        long sum = 0;
        for (long each : bad) {
            sum += each;
        }
        return Math.min(100.0, 100.0 * sum / (part * PARTS));
    }
}
