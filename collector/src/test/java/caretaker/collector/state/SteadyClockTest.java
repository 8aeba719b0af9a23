package caretaker.collector.state;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private final ManualClock wall = new ManualClock();
    private final SteadyClock clock = new SteadyClock(wall);

    @Test
    void itRunsWithTheWallClock() {
        wall.advance(Duration.ofMillis(1500));
        assertThat(clock.millis()).isEqualTo(1500);
    }

    @Test
    void itStandsStillWhenTheWallClockIsSetBackAndGoesOnFromThere() {
        wall.advance(Duration.ofSeconds(2));
        clock.millis();
        wall.advance(Duration.ofDays(-365));
        assertThat(clock.millis()).isEqualTo(2000);
        wall.advance(Duration.ofSeconds(1));
        assertThat(clock.millis()).isEqualTo(3000);
    }

    @Test
    void aYearForwardIsOneLimitedStep() {
        wall.advance(Duration.ofDays(365));
        assertThat(clock.millis()).isEqualTo(SteadyClock.MAX_STEP.toMillis());
    }

    @Test
    void aMomentOfAnotherClockIsPlacedByHowLongAgoItWasAndNeverInTheFuture() {
        wall.advance(Duration.ofSeconds(4));
        assertThat(clock.at(wall.millis() - 1000)).isEqualTo(3000);
        assertThat(clock.at(wall.millis() - 60_000)).isEqualTo(-56_000);
        assertThat(clock.at(wall.millis() + 60_000)).isEqualTo(4000);
    }
}
