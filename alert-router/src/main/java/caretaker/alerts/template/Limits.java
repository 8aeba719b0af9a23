package caretaker.alerts.template;

import java.time.Duration;

/**
 * How much one execution of a template may take before it ends with an error.
 *
 * @param characters of the result, and of each text on the way to it; from 1
 * @param steps nodes visited and items looked at; from 1
 * @param depth templates called inside each other; 1 to 1000, as each takes a part of the thread's stack
 * @param time from start to end; more than zero
 */
public record Limits(int characters, int steps, int depth, Duration time) {
    /** Ample for a mail of 10,000 alerts. */
    public static final Limits DEFAULT = new Limits(16_000_000, 10_000_000, 200, Duration.ofSeconds(10));

    public Limits {
        if (characters < 1 || steps < 1 || depth < 1 || depth > 1000 || !time.isPositive()) {
            throw new IllegalArgumentException("limits of a template out of range");
        }
    }
}
