package caretaker.agent.poll;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long MS = 1_000_000;
    private final Schedule schedule = new Schedule(-5 * MS, Duration.ofMillis(100)); // nanoTime may be negative

    @Test
    void beingLateMovesNothing() {
        assertThat(schedule.take(-5 * MS)).isZero();
        assertThat(schedule.nextNanos()).isEqualTo(95 * MS);
        assertThat(schedule.take(194 * MS)).isZero();
        assertThat(schedule.nextNanos()).isEqualTo(195 * MS);
    }

    @Test
    void afterAPauseThereIsOneTurnAndThenTheGridAgain() {
        assertThat(schedule.take(1_000 * MS)).isEqualTo(10);
        assertThat(schedule.nextNanos()).isEqualTo(1_095 * MS);
    }

    @Test
    void aTurnTooCloseToOneThatWasLateIsLeftOut() {
        assertThat(schedule.take(1_090 * MS)).isEqualTo(11);
        assertThat(schedule.nextNanos()).isEqualTo(1_195 * MS);
    }
}
