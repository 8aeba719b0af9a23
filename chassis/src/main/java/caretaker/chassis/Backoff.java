package caretaker.chassis;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that double from the first to the longest, each shortened by up to a half at random. For one thread. */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private int failures;

    public Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    public void succeeded() {
        failures = 0;
    }

    /** How long to wait before the next try. */
    public Duration failed() {
        long full = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 20));
        failures++;
        return Duration.ofMillis(Math.max(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1), 1));
    }
}
