package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.alert;
import static caretaker.alerts.routing.Made.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.PostedAlert.Checked;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AlertTest {
    private static final Duration RESOLVE_TIMEOUT = Duration.ofMinutes(5);

    private static Checked check(Map<String, String> labels, @Nullable Instant start, @Nullable Instant end) {
        return check(new PostedAlert(labels, Map.of(), start, end, ""), LabelNames.UTF8);
    }

    private static Checked check(PostedAlert posted, LabelNames names) {
        return posted.check(T0, RESOLVE_TIMEOUT, names);
    }

    private static Alert accepted(Checked checked) {
        return ((Checked.Accepted) checked).alert();
    }

    @Test
    void i2LabelsWithoutAValueAreDroppedAndOneMustBeLeft() {
        assertThat(accepted(check(Map.of("a", "1", "b", ""), null, null)).labels())
                .isEqualTo(LabelSet.of("a", "1"));
        assertThat(check(Map.of("a", ""), null, null))
                .isEqualTo(new Checked.Refused("at least one label pair required"));
    }

    @Test
    void i3NamesAreClassicOrUtf8AndValuesAreUtf8() {
        PostedAlert dashed = Made.posted(Map.of("a-b", "1"));
        PostedAlert noted = new PostedAlert(Map.of("a", "1"), Map.of("über", "x"), null, null, "");

        assertThat(check(dashed, LabelNames.UTF8)).isInstanceOf(Checked.Accepted.class);
        assertThat(check(dashed, LabelNames.CLASSIC)).isEqualTo(new Checked.Refused("invalid label name \"a-b\""));
        assertThat(check(noted, LabelNames.UTF8)).isInstanceOf(Checked.Accepted.class);
        assertThat(check(noted, LabelNames.CLASSIC)).isInstanceOf(Checked.Refused.class);
        assertThat(check(Map.of("", "1"), null, null)).isInstanceOf(Checked.Refused.class);
        assertThat(check(Map.of("a", "half \ud83d"), null, null)).isInstanceOf(Checked.Refused.class);
        assertThat(check(Map.of("\udc00", "x"), null, null)).isInstanceOf(Checked.Refused.class);
    }

    @Test
    void i4MissingTimesAreFilledIn() {
        Alert neither = accepted(check(Map.of("a", "1"), null, null));
        Alert zero = accepted(check(Map.of("a", "1"), PostedAlert.ZERO, PostedAlert.ZERO));
        Alert ended = accepted(check(Map.of("a", "1"), null, at("-1H")));

        assertThat(neither.startsAt()).isEqualTo(T0);
        assertThat(neither.endsAt()).isEqualTo(T0.plus(RESOLVE_TIMEOUT));
        assertThat(neither.timeout()).isTrue();
        assertThat(neither.updatedAt()).isEqualTo(T0);
        assertThat(zero).as("Go's zero time is none").isEqualTo(neither);
        assertThat(ended.startsAt()).isEqualTo(at("-1H"));
        assertThat(ended.timeout()).isFalse();
    }

    @Test
    void i5TheEndIsNotBeforeTheStart() {
        assertThat(check(Map.of("a", "1"), T0, at("-1S")))
                .isEqualTo(new Checked.Refused("start time must be before end time"));
        assertThat(check(Map.of("a", "1"), T0, T0)).isInstanceOf(Checked.Accepted.class);
    }

    @Test
    void i9ResolvedIsFromTheEndOn() {
        Alert alert = alert(T0, at("10S"), T0, "a", "1");

        assertThat(alert.resolvedAt(at("9.999S"))).isFalse();
        assertThat(alert.resolvedAt(at("10S"))).isTrue();
        assertThat(alert.endedBy(at("9S"))).isNull();
        assertThat(alert.endedBy(at("11S"))).isEqualTo(at("10S"));
    }

    @Test
    void i8TheYoungerGivesTheAnnotationsAndTheEarlierTheStart() {
        Alert old = new Alert(LabelSet.of("a", "1"), LabelSet.of("s", "old"), T0, at("4M"), T0, "", false);
        Alert young =
                new Alert(LabelSet.of("a", "1"), LabelSet.of("s", "new"), at("1M"), at("5M"), at("1M"), "g", false);

        Alert merged = old.merge(young, at("1M"));

        assertThat(merged.startsAt()).isEqualTo(T0);
        assertThat(merged.endsAt()).isEqualTo(at("5M"));
        assertThat(merged.annotations().get("s")).isEqualTo("new");
        assertThat(merged.generatorUrl()).isEqualTo("g");
        assertThat(merged.updatedAt()).isEqualTo(at("1M"));
        assertThat(young.merge(old, at("1M"))).as("in either order").isEqualTo(merged);
    }

    @Test
    void i8TheOlderEndWinsOnlyWhenItIsLaterAndWasNoTimeout() {
        Alert longer = alert(T0, at("10M"), T0, "a", "1");
        Alert guessed = new Alert(LabelSet.of("a", "1"), LabelSet.EMPTY, T0, at("10M"), T0, "", true);
        Alert shorter = alert(at("1M"), at("5M"), at("1M"), "a", "1");

        assertThat(longer.merge(shorter, at("1M")).endsAt()).isEqualTo(at("10M"));
        assertThat(guessed.merge(shorter, at("1M")).endsAt()).isEqualTo(at("5M"));
    }

    @Test
    void i8OfTwoResolvedEndsTheLaterWinsAndAResolveBeatsAFiringEnd() {
        Alert resolvedLate = alert(T0, at("4M"), at("4M"), "a", "1");
        Alert resolvedEarly = alert(T0, at("3M"), at("5M"), "a", "1");
        Alert firing = alert(T0, at("10M"), T0, "a", "1");

        assertThat(resolvedLate.merge(resolvedEarly, at("5M")).endsAt()).isEqualTo(at("4M"));
        assertThat(firing.merge(resolvedEarly, at("5M")).endsAt()).isEqualTo(at("3M"));
    }

    @Test
    void i8WithoutOverlapTheYoungerReplaces() {
        Alert before = alert(T0, at("1M"), T0, "a", "1");
        Alert after = alert(at("2M"), at("3M"), at("2M"), "a", "1");

        assertThat(before.merge(after, at("2M"))).isEqualTo(after);
    }
}
