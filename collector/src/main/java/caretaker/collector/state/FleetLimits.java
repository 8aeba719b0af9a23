package caretaker.collector.state;

import java.time.Duration;

/**
 * How much a fleet may hold and for how long.
 *
 * @param hosts a record of one more host is refused
 * @param gpusPerHost of a host with more, the first ones are kept
 * @param staleIntervals a host is silent once it has sent nothing for so many of its own intervals
 * @param staleAtLeast a host is not silent earlier than this, however short its interval is
 * @param forgetAfter a silent host is dropped after this; also the longest time that any interval can keep a host from
 *     being silent
 */
public record FleetLimits(int hosts, int gpusPerHost, int staleIntervals, Duration staleAtLeast, Duration forgetAfter) {
    public static final FleetLimits DEFAULT =
            new FleetLimits(20_000, 128, 3, Duration.ofSeconds(3), Duration.ofHours(24));

    public FleetLimits {
        if (hosts < 1 || gpusPerHost < 1 || staleIntervals < 1) {
            throw new IllegalArgumentException("hosts, GPUs per host and stale intervals must be at least 1");
        }
        if (staleAtLeast.isNegative() || forgetAfter.compareTo(staleAtLeast) < 0) {
            throw new IllegalArgumentException("a host cannot be forgotten before it is silent");
        }
    }

    /** After how long without a record a host with this interval is silent. */
    long staleAfterMillis(int intervalMillis) {
        long intervals = (long) staleIntervals * intervalMillis;
        return Math.min(Math.max(intervals, staleAtLeast.toMillis()), forgetAfter.toMillis());
    }
}
