package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Retry.Failure;
import caretaker.alerts.routing.Retry.Next;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1.8 of the specification. */
class RetryTest {
    private final Retry retry = new Retry(Duration.ofHours(1));
    private final RandomGenerator random = Cases.random(1);

    private static Failure answer(int status, @Nullable Duration retryAfter) {
        return new Failure.Answer(status, retryAfter, "status " + status);
    }

    @Test
    void thePauseGrowsByHalfFromHalfASecondToAMinuteWithHalfOfItByChance() {
        // E1
        Cases.forEach(source -> source, source -> {
            double base = 500;
            for (int attempts = 1; attempts < 40; attempts++) {
                double expected = Math.min(base, 60_000);
                assertThat((double) Retry.pause(attempts, source).toMillis())
                        .isBetween(expected * 0.5 - 1, expected * 1.5 + 1);
                base *= 1.5;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 429, 408})
    void theseAnswersAreTriedAgain(int status) {
        // E2
        assertThat(retry.after(answer(status, null), 1, T0, T0, random)).isInstanceOf(Next.At.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 301, 400, 401, 403, 404, 410, 413})
    void theseAnswersAreNot(int status) {
        // E2
        assertThat(retry.after(answer(status, null), 1, T0, T0, random)).isEqualTo(new Next.GiveUp("status " + status));
    }

    @Test
    void aBrokenConnectionIsTriedAgainAndABrokenTemplateIsNot() {
        // E2, E6
        assertThat(Retry.isRecoverable(new Failure.Unreachable("refused"))).isTrue();
        assertThat(Retry.isRecoverable(new Failure.Ours("template"))).isFalse();
    }

    @Test
    void aReceiverThatSaysWhenIsBelieved() {
        assertThat(retry.after(answer(429, Duration.ofSeconds(90)), 1, T0, T0, random))
                .isEqualTo(new Next.At(at("90S")));
        assertThat(retry.after(answer(503, Duration.ofDays(9)), 1, T0, T0, random))
                .as("but not to wait for ever")
                .isEqualTo(new Next.At(at("1H")));
    }

    @Test
    void itGoesOnBeyondAFlushUntilItGivesUp() {
        // E7
        Instant now = T0;
        int attempts = 0;
        Next next;
        do {
            attempts++;
            next = retry.after(answer(503, null), attempts, T0, now, random);
            if (next instanceof Next.At at) {
                assertThat(at.when()).isAfter(now);
                now = at.when();
            }
        } while (next instanceof Next.At);

        assertThat(attempts).isBetween(60, 120);
        assertThat(now).isBetween(at("58M"), at("1H"));
        assertThat(next)
                .isInstanceOfSatisfying(
                        Next.GiveUp.class,
                        end -> assertThat(end.why()).contains("attempts").contains("503"));
    }
}
