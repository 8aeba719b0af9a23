package caretaker.agent.sampling;

import java.time.Duration;

/** When to try again: at once, then after pauses that double up to the longest. */
final class Backoff {
    private final long firstNanos;
    private final long longestNanos;
    private long pauseNanos;
    private long dueNanos;

    Backoff(Duration first, Duration longest) {
        firstNanos = first.toNanos();
        longestNanos = longest.toNanos();
        reset();
    }

    void reset() {
        pauseNanos = 0;
    }

    /** Whether nothing has failed since the last reset. */
    boolean isIdle() {
        return pauseNanos == 0;
    }

    boolean isDue(long nowNanos) {
        return pauseNanos == 0 || dueNanos - nowNanos <= 0;
    }

    void failed(long nowNanos) {
        pauseNanos = pauseNanos == 0 ? firstNanos : Math.min(longestNanos, pauseNanos * 2);
        dueNanos = nowNanos + pauseNanos;
    }
}
