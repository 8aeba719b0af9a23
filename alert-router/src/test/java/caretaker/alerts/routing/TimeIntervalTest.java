package caretaker.alerts.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.TimeInterval.Minutes;
import caretaker.alerts.routing.TimeInterval.Span;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 1.11 of the specification. */
class TimeIntervalTest {

    private static TimeInterval interval(
            List<Minutes> times,
            List<Span> weekdays,
            List<Span> days,
            List<Span> months,
            List<Span> years,
            String zone) {
        return new TimeInterval(times, weekdays, days, months, years, TimeRanges.location(zone));
    }

    private static TimeInterval days(String... ranges) {
        return interval(
                List.of(),
                List.of(),
                Stream.of(ranges).map(TimeRanges::daysOfMonth).toList(),
                List.of(),
                List.of(),
                "");
    }

    private static boolean contains(TimeInterval interval, String time) {
        return interval.contains(Instant.parse(time));
    }

    @Test
    void timesAreFromAMinuteUpToAnother() {
        // T1
        TimeInterval office = interval(
                List.of(TimeRanges.minutes("09:00", "17:00"), TimeRanges.minutes("22:30", "24:00")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "UTC");

        assertThat(contains(office, "2026-03-02T08:59:59Z")).isFalse();
        assertThat(contains(office, "2026-03-02T09:00:00Z")).isTrue();
        assertThat(contains(office, "2026-03-02T16:59:59Z")).isTrue();
        assertThat(contains(office, "2026-03-02T17:00:00Z")).isFalse();
        assertThat(contains(office, "2026-03-02T23:59:59Z")).isTrue();
    }

    @Test
    void everyListThatIsThereMustMatch() {
        // T2
        TimeInterval some = interval(
                List.of(TimeRanges.minutes("00:00", "12:00")),
                List.of(TimeRanges.weekdays("Monday:Friday"), TimeRanges.weekdays("sunday")),
                List.of(),
                List.of(TimeRanges.months("january:3"), TimeRanges.months("December")),
                List.of(TimeRanges.years("2026")),
                "");

        assertThat(contains(some, "2026-03-02T11:00:00Z")).as("a Monday").isTrue();
        assertThat(contains(some, "2026-03-01T11:00:00Z")).as("a Sunday").isTrue();
        assertThat(contains(some, "2026-03-07T11:00:00Z")).as("a Saturday").isFalse();
        assertThat(contains(some, "2026-04-06T11:00:00Z")).as("April").isFalse();
        assertThat(contains(some, "2027-03-01T11:00:00Z")).as("another year").isFalse();
        assertThat(contains(some, "2026-03-02T12:00:00Z")).as("the afternoon").isFalse();
        assertThat(contains(
                        interval(List.of(), List.of(), List.of(), List.of(), List.of(), ""), "2026-01-01T00:00:00Z"))
                .as("no list at all")
                .isTrue();
    }

    @Test
    void daysOfMonthCountFromTheEndAndAreClamped() {
        // T3
        assertThat(contains(days("-3:-1"), "2026-02-26T00:00:00Z")).isTrue();
        assertThat(contains(days("-3:-1"), "2026-02-25T00:00:00Z")).isFalse();
        assertThat(contains(days("-1"), "2028-02-29T00:00:00Z")).isTrue();
        assertThat(contains(days("1:31"), "2026-02-28T00:00:00Z")).isTrue();
        assertThat(contains(days("30:31"), "2026-02-28T00:00:00Z"))
                .as("begins after the month's end")
                .isFalse();
        assertThat(contains(days("27:31"), "2026-02-28T00:00:00Z")).isTrue();
        assertThat(contains(days("-31:-30"), "2026-02-01T00:00:00Z"))
                .as("both before the month")
                .isFalse();
        assertThat(contains(days("-31:-28"), "2026-02-01T00:00:00Z")).isTrue();
        assertThat(contains(days("10:-10"), "2026-01-22T00:00:00Z")).isTrue();
        assertThat(contains(days("10:-10"), "2026-01-23T00:00:00Z")).isFalse();
    }

    @Test
    void theLocationsClockCounts() {
        // T4
        TimeInterval berlin = interval(
                List.of(TimeRanges.minutes("09:00", "10:00")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "Europe/Berlin");

        assertThat(contains(berlin, "2026-01-05T08:00:00Z")).as("winter").isTrue();
        assertThat(contains(berlin, "2026-07-06T07:30:00Z")).as("summer").isTrue();
        assertThat(contains(berlin, "2026-07-06T08:30:00Z")).isFalse();
        assertThat(TimeRanges.location("")).isEqualTo(ZoneOffset.UTC);
    }

    @ParameterizedTest
    @CsvSource({"17:00,09:00", "9:00,10:00", "09:00,24:01", "09:00,25:00", "09:60,10:00", "09:00,09:00", "'',09:00"})
    void badTimesAreRefused(String start, String end) {
        // T6
        assertThatThrownBy(() -> TimeRanges.minutes(start, end)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"saturday:sunday", "mon", "", "monday:", "monday:tuesday:friday", "1"})
    void badWeekdaysAreRefused(String text) {
        // T6
        assertThatThrownBy(() -> TimeRanges.weekdays(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "32", "-32", "5:1", "-1:-5", "-1:5", "x", "1:2:3", "20:-20"})
    void badDaysOfMonthAreRefused(String text) {
        // T6
        assertThatThrownBy(() -> TimeRanges.daysOfMonth(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"may:april", "mayo", "", "12:1"})
    void badMonthsAreRefused(String text) {
        // T6
        assertThatThrownBy(() -> TimeRanges.months(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Nowhere", "CEST7", "+01:00", "utc "})
    void unknownLocationsAreRefused(String name) {
        // T6
        assertThatThrownBy(() -> TimeRanges.location(name)).hasMessageContaining("time zone");
    }

    @Test
    void aRouteIsQuietWhileAMuteIntervalIsOnOrNoActiveOneIs() {
        // T5
        TimeInterval march =
                interval(List.of(), List.of(), List.of(), List.of(TimeRanges.months("march")), List.of(), "");
        TimeInterval may = interval(List.of(), List.of(), List.of(), List.of(TimeRanges.months("may")), List.of(), "");
        var mutes = new TimeMutes(Map.of("spring", List.of(march, may), "march", List.of(march)));
        Route route = Route.tree(
                        RouteSpec.to("r").with(RouteSpec.to("s").during(List.of("march", "spring"), List.of("spring"))))
                .routes()
                .getFirst();
        Instant inMarch = Instant.parse("2026-03-02T00:00:00Z");
        Instant inMay = Instant.parse("2026-05-02T00:00:00Z");
        Instant inJune = Instant.parse("2026-06-02T00:00:00Z");

        assertThat(mutes.mutedBy(route, inMarch)).containsExactly("march", "spring");
        assertThat(mutes.mutedBy(route, inMay)).containsExactly("spring");
        assertThat(mutes.mutedBy(route, inJune)).isEmpty();
        assertThat(mutes.inactiveBecauseOf(route, inMay)).isEmpty();
        assertThat(mutes.inactiveBecauseOf(route, inJune)).containsExactly("spring");
    }
}
