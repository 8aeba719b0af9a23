package caretaker.agent.probe;

import java.time.Duration;

/**
 * One probe.
 *
 * @param assumed whether nobody has said that the program answers there: it is known by its image or its service's name
 * @param timeout from the beginning of the connection to the end of the answer
 * @param failures in a row that raise the condition
 * @param successes in a row that clear it
 * @param grace how long after the start of its container a failure does not count
 * @param startupGrace how long after it a program may say that it is starting; where nobody knows the start, after it
 *     has said so first
 */
record ProbeSpec(
        String name,
        Target target,
        Expectation expectation,
        boolean assumed,
        Duration interval,
        Duration timeout,
        int failures,
        int successes,
        Duration grace,
        Duration startupGrace) {

    static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(5);
    static final Duration STARTUP_GRACE = Duration.ofMinutes(10);
    static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    /** How it is asked where nobody says otherwise. */
    static ProbeSpec of(String name, Target target, Expectation expectation) {
        return new ProbeSpec(
                name,
                target,
                expectation,
                false,
                Duration.ofSeconds(15),
                LONGEST_TIMEOUT,
                3,
                2,
                Duration.ofSeconds(30),
                STARTUP_GRACE);
    }

    ProbeSpec asAssumed() {
        return new ProbeSpec(
                name, target, expectation, true, interval, timeout, failures, successes, grace, startupGrace);
    }
}
