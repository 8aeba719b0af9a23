package caretaker.alerts.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** K13: how far apart repeats are. */
class RepeatBackOffTest {
    private static List<Duration> intervals(double factor, String most, String configured) {
        var options = new ReceiverOptions(false, false, factor, Duration.parse(most), false);
        return IntStream.range(0, 5)
                .mapToObj(repeats -> options.repeatInterval(Duration.parse(configured), repeats))
                .toList();
    }

    private static List<Duration> hours(long... hours) {
        return java.util.Arrays.stream(hours).mapToObj(Duration::ofHours).toList();
    }

    @Test
    void k13EachRepeatComesLaterByTheFactorUpToTheBound() {
        assertThat(intervals(2, "PT24H", "PT4H")).isEqualTo(hours(4, 8, 16, 24, 24));
    }

    @Test
    void k13WithoutAFactorItStaysAsConfigured() {
        assertThat(intervals(1, "PT24H", "PT4H")).isEqualTo(hours(4, 4, 4, 4, 4));
    }

    @Test
    void k13WhatIsConfiguredBeyondTheBoundStaysSo() {
        assertThat(intervals(2, "PT24H", "PT30H")).isEqualTo(hours(30, 30, 30, 30, 30));
    }

    @Test
    void k13ManyRepeatsComeToTheBound() {
        var options = new ReceiverOptions(false, false, 10, Duration.ofDays(7), false);

        assertThat(options.repeatInterval(Duration.ofHours(4), Integer.MAX_VALUE))
                .isEqualTo(Duration.ofDays(7));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.99, 0, -1, Double.NaN})
    void k13AFactorBelowOneIsNone(double factor) {
        assertThatThrownBy(() -> new ReceiverOptions(false, false, factor, Duration.ofDays(1), false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
