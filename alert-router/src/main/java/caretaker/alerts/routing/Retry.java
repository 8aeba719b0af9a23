package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a delivery that failed is tried again. Decides only.
 *
 * <p>The pause starts at half a second and grows by half each time up to a minute, half of it more or less by chance.
 * A receiver that says how long to wait is believed. Alertmanager gives up when the flush ends; here it goes on until
 * {@code giveUpAfter}, and what is given up is a dead letter.
 *
 * @param giveUpAfter how long after the first attempt the last one may start
 */
public record Retry(Duration giveUpAfter) {
    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(60);
    /** A receiver may ask for more; it is not believed. */
    static final Duration LONGEST_ASKED = Duration.ofHours(1);

    private static final double GROWTH = 1.5;

    /** How an attempt failed. */
    public sealed interface Failure {
        /** Why, without secrets. */
        String message();

        /**
         * An HTTP answer that is no success.
         *
         * @param retryAfter what the receiver asked for
         */
        record Answer(int status, @Nullable Duration retryAfter, String message) implements Failure {}

        /** No connection, a broken one, no answer in time, an SMTP error, or an answer that can't be read. */
        record Unreachable(String message) implements Failure {}

        /** What another attempt would fail of again: a template, an address, a file that is not there. */
        record Ours(String message) implements Failure {}
    }

    /** What to do after a failure. */
    public sealed interface Next {
        record At(Instant when) implements Next {}

        /** Never again, which makes it a dead letter. */
        record GiveUp(String why) implements Next {}
    }

    /**
     * Whether another attempt may do better.
     *
     * <p>429 says "later" and is tried again everywhere; Alertmanager does so for PagerDuty only.
     */
    public static boolean isRecoverable(Failure failure) {
        return switch (failure) {
            case Failure.Answer answer -> answer.status() >= 500 || answer.status() == 429 || answer.status() == 408;
            case Failure.Unreachable gone -> true;
            case Failure.Ours ours -> false;
        };
    }

    /**
     * Decides after a failed attempt.
     *
     * @param attempts how many there were, this one included
     * @param firstAt when the first one was
     */
    public Next after(Failure failure, int attempts, Instant firstAt, Instant now, RandomGenerator random) {
        if (!isRecoverable(failure)) {
            return new Next.GiveUp(failure.message());
        }
        Duration pause = pause(attempts, random);
        if (failure instanceof Failure.Answer answer && answer.retryAfter() != null) {
            Duration asked = answer.retryAfter().compareTo(LONGEST_ASKED) < 0 ? answer.retryAfter() : LONGEST_ASKED;
            pause = asked.compareTo(pause) > 0 ? asked : pause;
        }
        Instant next = now.plus(pause);
        return next.isAfter(firstAt.plus(giveUpAfter))
                ? new Next.GiveUp("given up after " + attempts + " attempts: " + failure.message())
                : new Next.At(next);
    }

    /** The pause after that many attempts. */
    static Duration pause(int attempts, RandomGenerator random) {
        double base = FIRST.toMillis() * Math.pow(GROWTH, Math.min(attempts - 1, 20));
        double capped = Math.min(base, (double) LONGEST.toMillis());
        return Duration.ofMillis(Math.round(capped * (0.5 + random.nextDouble())));
    }
}
