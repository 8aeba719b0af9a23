package caretaker.agent.poll;

import java.time.Duration;

/**
 * Times at a fixed distance from a fixed start. What was missed is not made up for, and being late once moves nothing:
 * there is neither drift nor a burst after a pause.
 */
final class Schedule {
    private final long intervalNanos;
    private long nextNanos;

    Schedule(long firstNanos, Duration interval) {
        nextNanos = firstNanos;
        intervalNanos = interval.toNanos();
    }

    /** When it is due next, by the clock of the start. */
    long nextNanos() {
        return nextNanos;
    }

    /**
     * Takes the time that is due.
     *
     * @return how many times before it, or after it and too close to now, are left out
     */
    long take(long nowNanos) {
        long missed = Math.max(0, nowNanos - nextNanos) / intervalNanos;
        nextNanos += (missed + 1) * intervalNanos;
        if (missed > 0 && nextNanos - nowNanos < intervalNanos / 2) {
            nextNanos += intervalNanos;
            missed++;
        }
        return missed;
    }
}
