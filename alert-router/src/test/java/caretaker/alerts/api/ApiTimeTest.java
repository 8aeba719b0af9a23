package caretaker.alerts.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.testkit.Cases;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T18:00:00Z, 2026-11-23T18:00:00Z",
        "2026-11-23T18:00:00+02:00, 2026-11-23T16:00:00Z",
        "2026-11-23T18:00:00-0130, 2026-11-23T19:30:00Z",
        "2026-11-23T18:00:00.5Z, 2026-11-23T18:00:00.500Z",
        "2026-11-23T18:00:00.1234567891Z, 2026-11-23T18:00:00.123456789Z",
        "2026-11-23 18:00:00, 2026-11-23T18:00:00Z",
        "2026-11-23T18:00:00, 2026-11-23T18:00:00Z",
        "2026-11-23T18:00, 2026-11-23T18:00:00Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z",
    })
    void whatAlertmanagerTakesIsTaken(String text, String time) {
        assertThat(ApiTime.parse(text)).isEqualTo(Instant.parse(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-11-23",
                "99999-12-31T23:59:59Z",
                "2026-02-30T00:00:00Z",
                "2026-11-23T24:00:00Z",
                "2026-11-23T18:60:00Z",
                "2026-11-23T18:00:00.Z",
                "2026-11-23T18:00:00+2",
                "2026-11-23T18:00:00Zjunk",
                "2026-11-23t18:00:00z",
                "-026-11-23T18:00:00Z",
                "",
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> ApiTime.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void itReadsWhatJavaReads() {
        Cases.forEach(
                random -> Instant.ofEpochSecond(
                                random.nextLong(-62_135_596_800L, 253_402_300_800L), random.nextInt(1_000_000_000))
                        .atOffset(ZoneOffset.ofTotalSeconds(random.nextInt(-18 * 60, 18 * 60) * 60)),
                (OffsetDateTime time) -> {
                    if (time.getYear() >= 1 && time.getYear() <= 9999) {
                        assertThat(ApiTime.parse(time.toString())).isEqualTo(time.toInstant());
                    }
                });
    }
}
