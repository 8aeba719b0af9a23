package caretaker.recovery.incident;

import caretaker.recovery.playbook.Match;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** How long to wait after an attempt that did not help. */
final class Backoff {
    private Backoff() {}

    /** Base times two for each attempt but the first, at most the cap; of that, between a half and all. */
    static Duration after(int attempts, Rules rules, RandomGenerator random) {
        long ceiling = ceiling(attempts, rules).toMillis();
        return Duration.ofMillis(ceiling / 2 + random.nextLong(ceiling - ceiling / 2 + 1));
    }

    /** When a new incident's first attempt may be made: not before {@code earliest}, nor soon after former attempts. */
    static Instant due(
            Managed of, Trouble trouble, Instant earliest, Rules rules, RandomGenerator random, Instant now) {
        int attempts = of.within(of.attempts, rules.budgetWindow(), now);
        boolean isOrdered = trouble.condition.equals(Match.OPERATOR) || trouble.isCascade();
        if (isOrdered || (attempts == 0 && !of.flaps(rules, now))) {
            return earliest;
        }
        Instant after = now.plus(of.flaps(rules, now) ? rules.backoffCap() : after(attempts, rules, random));
        return after.isAfter(earliest) ? after : earliest;
    }

    static Duration ceiling(int attempts, Rules rules) {
        Duration wait = rules.backoffBase();
        for (int i = 1; i < attempts && wait.compareTo(rules.backoffCap()) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(rules.backoffCap()) < 0 ? wait : rules.backoffCap();
    }
}
