package caretaker.chassis;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses that double from the first to the longest, each shortened by up to a half at random. */
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private int failures;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    void succeeded() {
        failures = 0;
    }

    Duration failed() {
        long full = Math.min(longest.toMillis(), first.toMillis() << Math.min(failures, 20));
        failures++;
        return Duration.ofMillis(Math.max(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1), 1));
    }
}
