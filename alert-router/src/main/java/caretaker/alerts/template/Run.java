package caretaker.alerts.template;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** One execution: what it may use and how much it has used. One thread. */
final class Run {
    private static final int STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 1024;

    private final Limits limits;
    private final InstantSource clock;
    private final Regexes regexes;
    private final Map<String, String> routeLabels;
    private final Instant deadline;
    private long steps;
    private long produced;
    private long nextLook = STEPS_BETWEEN_LOOKS_AT_THE_CLOCK;

    Run(Limits limits, InstantSource clock, Regexes regexes, Map<String, String> routeLabels) {
        this.limits = limits;
        this.clock = clock;
        this.regexes = regexes;
        this.routeLabels = routeLabels;
        this.deadline = clock.instant().plus(limits.time());
    }

    /** Counts work: one for a node, more where a call's cost depends on its arguments. */
    void spend(long work) {
        steps += work;
        if (steps > limits.steps()) {
            throw GoError.limit("template ran for more than " + limits.steps() + " steps");
        }
        if (steps >= nextLook) {
            nextLook = steps + STEPS_BETWEEN_LOOKS_AT_THE_CLOCK;
            if (clock.instant().isAfter(deadline)) {
                throw GoError.limit(
                        "template ran for longer than " + limits.time().toMillis() + " ms");
            }
        }
    }

    /** Counts the characters that functions return, as a template could keep them all. */
    void produced(int characters) {
        produced += characters;
        if (produced > 4L * limits.characters()) {
            throw GoError.limit("functions made texts of more than " + 4L * limits.characters() + " characters");
        }
    }

    BoundedText text() {
        return new BoundedText(limits.characters());
    }

    int depth() {
        return limits.depth();
    }

    Instant now() {
        return clock.instant();
    }

    Regexes regexes() {
        return regexes;
    }

    Map<String, String> routeLabels() {
        return routeLabels;
    }
}
