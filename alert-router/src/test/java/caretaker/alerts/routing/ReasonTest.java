package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of section 1.6: what was told, what is so now, and whether that is news. */
class ReasonTest {
    private static final Duration REPEAT = Duration.ofHours(4);

    private static Set<Fingerprint> set(@Nullable String numbers) {
        return numbers == null
                ? Set.of()
                : Stream.of(numbers.split("\\+"))
                        .map(number -> new Fingerprint(Long.parseLong(number)))
                        .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    # told firing, told resolved, firing, resolved, send_resolved, expected
                    none, -,   1,   -,   true,  FIRST
                    none, -,   -,   1,   true,  -
                    1,    -,   1+2, -,   true,  NEW_ALERTS
                    1,    -,   2,   1,   false, NEW_ALERTS
                    -,    1,   1,   -,   true,  FIRST
                    1,    -,   -,   1,   true,  ALL_RESOLVED
                    1,    -,   -,   1,   false, ALL_RESOLVED
                    -,    1,   -,   1,   true,  -
                    -,    1,   -,   1+2, true,  -
                    1+2,  -,   1,   2,   true,  SOME_RESOLVED
                    1+2,  -,   1,   2,   false, -
                    1+2,  2,   1,   2,   true,  -
                    1+2,  -,   1,   -,   true,  -
                    1,    -,   1,   -,   true,  -
                    """)
    void theDecisionTable(
            @Nullable String toldFiring,
            @Nullable String toldResolved,
            @Nullable String firing,
            @Nullable String resolved,
            boolean sendResolved,
            @Nullable Reason expected) {
        // N1 to N4, N6
        Notified last = "none".equals(toldFiring)
                ? null
                : new Notified(T0, set(toldFiring), set(toldResolved), at("8H"), Map.of());

        assertThat(Reason.toNotify(last, set(firing), set(resolved), sendResolved, REPEAT, at("1H")))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void itIsRepeatedOnlyAfterMoreThanTheInterval() {
        // N5
        var last = new Notified(T0, set("1"), Set.of(), at("8H"), Map.of());

        assertThat(Reason.toNotify(last, set("1"), Set.of(), true, REPEAT, at("4H")))
                .isEmpty();
        assertThat(Reason.toNotify(last, set("1"), Set.of(), true, REPEAT, at("4H0.001S")))
                .contains(Reason.REPEAT);
    }

    @Test
    void anEntryIsForgottenAfterTwoRepeatsOrTheRetention() {
        // N7
        Notified shorter = Notified.at(T0, set("1"), Set.of(), REPEAT, Notified.RETENTION, Map.of());
        Notified longer = Notified.at(T0, set("1"), Set.of(), Duration.ofHours(100), Notified.RETENTION, Map.of());

        assertThat(shorter.expiresAt()).isEqualTo(at("8H"));
        assertThat(longer.expiresAt()).isEqualTo(at("120H"));
        assertThat(Reason.toNotify(shorter, set("1"), Set.of(), true, REPEAT, at("8H")))
                .contains(Reason.FIRST);
        assertThat(Reason.toNotify(shorter, Set.of(), set("1"), true, REPEAT, at("8H")))
                .isEmpty();
    }

    @Test
    void theReasonsAreAlertmanagersWords() {
        assertThat(Stream.of(Reason.values()).map(Reason::text))
                .containsExactly(
                        "first notification",
                        "new alerts added",
                        "all alerts resolved",
                        "some alerts resolved",
                        "repeat interval elapsed");
    }
}
