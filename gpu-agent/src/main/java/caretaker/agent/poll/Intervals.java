package caretaker.agent.poll;

import java.time.Duration;

/**
 * How often what is read.
 *
 * @param fast between two records
 * @param slow between two reads of what moves slowly
 * @param rare between two reads of what hardly ever changes, and two tries of what the driver did not support
 */
public record Intervals(Duration fast, Duration slow, Duration rare) {
    /** Faster costs the GPUs' users, and the driver has nothing newer to tell. */
    public static final Duration FLOOR = Duration.ofMillis(100);

    public static final Intervals DEFAULT =
            new Intervals(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofHours(1));

    public Intervals {
        if (fast.compareTo(FLOOR) < 0) {
            throw new IllegalArgumentException("the fast interval is " + fast.toMillis() + "ms; the least is 100ms");
        }
        if (slow.compareTo(fast) < 0 || rare.compareTo(slow) < 0) {
            throw new IllegalArgumentException("the intervals must grow: fast, slow, rare");
        }
    }
}
