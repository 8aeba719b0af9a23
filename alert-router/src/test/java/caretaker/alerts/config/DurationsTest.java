package caretaker.alerts.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.testkit.Cases;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({"0,PT0S", "1d12h,PT36H", "500ms,PT0.5S", "1y2w3d4h5m6s7ms,PT9172H5M6.007S", "90s,PT1M30S"})
    void prometheusDurationsAreRead(String text, Duration expected) {
        // C7
        assertThat(Durations.prometheus(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s",
        "PT36H,1d12h",
        "PT24H,1d",
        "PT168H,1w",
        "PT192H,8d",
        "PT1.5S,1s500ms",
        "P365D,1y",
        "P366D,366d"
    })
    void prometheusDurationsAreWritten(Duration duration, String expected) {
        assertThat(Durations.prometheus(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-5m", "1.5h", "1m1h", "1h 1m", "5M", "1000y", "99999999999s", "µs"})
    void otherTextsAreNoPrometheusDurations(String text) {
        assertThatThrownBy(() -> Durations.prometheus(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "1m30s,PT1M30S",
        "1.5h,PT1H30M",
        ".5s,PT0.5S",
        "100us,PT0.0001S",
        "3ns,PT0.000000003S",
        "1s1m,PT1M1S"
    })
    void goDurationsAreRead(String text, Duration expected) {
        assertThat(Durations.go(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0s", "PT1M30S,1m30s", "PT1H,1h0m0s", "PT0.25S,250ms", "PT1.5S,1.5s"})
    void goDurationsAreWritten(Duration duration, String expected) {
        assertThat(Durations.go(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-5m", "1d", ".s", "1h x", "9999999h"})
    void otherTextsAreNoGoDurations(String text) {
        assertThatThrownBy(() -> Durations.go(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsWrittenIsRead() {
        Cases.forEach(random -> Duration.ofMillis(random.nextLong(1L << 40)), duration -> {
            assertThat(Durations.prometheus(Durations.prometheus(duration))).isEqualTo(duration);
            assertThat(Durations.go(Durations.go(duration))).isEqualTo(duration);
        });
    }
}
