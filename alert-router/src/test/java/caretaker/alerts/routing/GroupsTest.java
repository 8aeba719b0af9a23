package caretaker.alerts.routing;

import static caretaker.alerts.routing.LabelMatcher.equal;
import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.alert;
import static caretaker.alerts.routing.Made.at;
import static caretaker.alerts.routing.Made.firing;
import static caretaker.alerts.routing.Made.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Waits 30 s, then ticks every 5 min, unless a test says otherwise. */
class GroupsTest {
    private static final RouteSpec BY_NAME = RouteSpec.to("r").groupedBy("alertname");

    private final Groups groups = groups(BY_NAME);

    private static Groups groups(RouteSpec tree) {
        return new Groups(Route.tree(tree), Instant.EPOCH, 0);
    }

    private static Flush only(List<Flush> flushes) {
        assertThat(flushes).hasSize(1);
        return flushes.getFirst();
    }

    /** Flushes what is due, successfully, and says which alerts were in it. */
    private static List<String> flushAll(Groups groups, Instant now) {
        List<Flush> due = groups.due(now);
        due.forEach(flush -> groups.finished(flush, true));
        return due.stream()
                .flatMap(flush -> flush.alerts().stream())
                .map(alert -> alert.labels().toString())
                .toList();
    }

    @Test
    void g1AGroupIsARouteAndTheValuesOfItsLabels() {
        Groups two = groups(RouteSpec.to("r")
                .groupedBy("alertname", "rack")
                .with(RouteSpec.to("s").goingOn(), RouteSpec.to("t")));

        two.put(firing("alertname", "x", "node", "1"), T0);
        two.put(firing("alertname", "x", "node", "2"), T0);
        two.put(firing("alertname", "x", "node", "3", "rack", "a"), T0);

        assertThat(two.views())
                .extracting(view -> view.route().receiver() + view.labels())
                .containsExactlyInAnyOrder(
                        "s{alertname=\"x\"}",
                        "t{alertname=\"x\"}",
                        "s{alertname=\"x\", rack=\"a\"}",
                        "t{alertname=\"x\", rack=\"a\"}");
    }

    @Test
    void g2TheFirstFlushIsAfterGroupWait() {
        groups.put(firing("alertname", "x"), T0);

        assertThat(groups.nextDue()).contains(at("30S"));
        assertThat(groups.due(at("29.999S"))).isEmpty();
        assertThat(groups.due(at("30S"))).hasSize(1);
    }

    @Test
    void g2TheFirstFlushIsAtOnceIfTheAlertThatOpensTheGroupIsOlderThanThat() {
        groups.put(alert(at("-31S"), at("1H"), T0, "alertname", "old"), T0);
        groups.put(alert(at("-30S"), at("1H"), T0, "alertname", "edge"), T0);

        assertThat(flushAll(groups, T0)).containsExactly("{alertname=\"old\"}");
    }

    @Test
    void g2AnOldAlertThatJoinsDoesNotHastenAGroup() {
        groups.put(firing("alertname", "x", "n", "1"), T0);
        groups.put(alert(at("-1H"), at("1H"), T0, "alertname", "x", "n", "2"), at("1S"));

        assertThat(groups.nextDue()).contains(at("30S"));
    }

    @Test
    void g3ThenItTicksFromTheStartOfThePreviousFlush() {
        groups.put(firing("alertname", "x"), T0);
        Flush flush = only(groups.due(at("31S")));
        groups.finished(flush, true);

        assertThat(flush.tick()).isEqualTo(at("31S"));
        assertThat(groups.nextDue()).contains(at("5M31S"));
    }

    @Test
    void g3AnAlertThatJoinsAnOpenGroupWaitsForTheTick() {
        groups.put(firing("alertname", "x", "n", "1"), T0);
        flushAll(groups, at("30S"));
        groups.put(firing("alertname", "x", "n", "2"), at("31S"));

        assertThat(groups.nextDue()).contains(at("5M30S"));
        assertThat(flushAll(groups, at("5M30S"))).hasSize(2);
    }

    @Test
    void g3AFlushThatOverrunsIsFollowedDirectlyByTheNext() {
        Groups quick = groups(BY_NAME.timed(Duration.ZERO, Duration.ofSeconds(1), null));
        quick.put(firing("alertname", "x"), T0);
        Flush slow = only(quick.due(T0));

        assertThat(quick.due(at("3S"))).as("one at a time").isEmpty();
        assertThat(quick.nextDue()).isEmpty();
        quick.finished(slow, true);

        assertThat(only(quick.due(at("3S"))).tick()).isEqualTo(at("3S"));
    }

    @Test
    void g4AFlushHasAllAlertsByJobInstanceAndLabels() {
        groups.put(firing("alertname", "x", "z", "1"), T0);
        groups.put(firing("alertname", "x", "job", "b"), T0);
        groups.put(firing("alertname", "x", "job", "a", "instance", "2"), T0);
        groups.put(firing("alertname", "x", "job", "a", "instance", "1"), T0);
        groups.put(alert(T0, at("10S"), T0, "alertname", "x", "y", "1"), T0);

        Flush flush = only(groups.due(at("30S")));

        assertThat(flush.alerts())
                .extracting(alert -> alert.labels().toString())
                .containsExactly(
                        "{alertname=\"x\", instance=\"1\", job=\"a\"}",
                        "{alertname=\"x\", instance=\"2\", job=\"a\"}",
                        "{alertname=\"x\", job=\"b\"}",
                        "{alertname=\"x\", z=\"1\"}",
                        "{alertname=\"x\", y=\"1\"}");
        assertThat(flush.alerts())
                .filteredOn(flush::isResolved)
                .extracting(alert -> alert.labels().get("y"))
                .containsExactly("1");
        assertThat(flush.alerts().getFirst().endedBy(flush.tick()))
                .as("while it fires it has no end")
                .isNull();
    }

    @Test
    void g5AFlushIsGivenUpAfterTheIntervalButNotWithinTenSeconds() {
        Groups quick = groups(BY_NAME.timed(Duration.ZERO, Duration.ofSeconds(1), null));
        quick.put(firing("alertname", "x"), T0);
        groups.put(firing("alertname", "x"), T0);

        Flush lost = only(quick.due(T0));
        assertThat(lost.deadline()).isEqualTo(at("10S"));
        assertThat(only(groups.due(at("30S"))).deadline()).isEqualTo(at("5M30S"));
        assertThat(quick.due(at("9.999S"))).isEmpty();
        assertThat(quick.due(at("10S")))
                .as("the next tick comes although nobody answered")
                .hasSize(1);
        assertThat(quick.finished(lost, true)).as("an answer that is too late").isFalse();
    }

    @Test
    void g6WhatWasResolvedLeavesAfterASuccessAndAnEmptyGroupDies() {
        Alert alert = firing("alertname", "x");
        groups.put(alert, T0);
        flushAll(groups, at("30S"));
        groups.put(resolved(alert, at("1M")), at("1M"));
        assertThat(groups.holds(alert.fingerprint())).isTrue();

        assertThat(flushAll(groups, at("5M30S"))).hasSize(1);

        assertThat(groups.holds(alert.fingerprint())).isFalse();
        assertThat(groups.size()).isEqualTo(1);
        assertThat(groups.reap()).hasSize(1);
        assertThat(groups.size()).isZero();
        assertThat(groups.nextDue()).isEmpty();
    }

    @Test
    void g6WhatWasResolvedStaysAfterAFailure() {
        Alert alert = firing("alertname", "x");
        groups.put(resolved(alert, at("1S")), T0);
        groups.finished(only(groups.due(at("30S"))), false);

        assertThat(groups.reap()).isEmpty();
        assertThat(flushAll(groups, at("5M30S"))).hasSize(1);
    }

    @Test
    void g6WhatFiredAgainMeanwhileStays() {
        Alert alert = firing("alertname", "x");
        groups.put(resolved(alert, at("1S")), T0);
        Flush flush = only(groups.due(at("30S")));
        groups.put(alert(at("31S"), at("1H"), at("31S"), "alertname", "x"), at("31S"));
        groups.finished(flush, true);

        assertThat(groups.holds(alert.fingerprint())).isTrue();
        assertThat(groups.reap()).isEmpty();
    }

    @Test
    void g9AReloadKeepsTheTimersOfGroupsThatAreTheSame() {
        RouteSpec before = BY_NAME.with(RouteSpec.to("a").matching(equal("t", "1")));
        RouteSpec after = BY_NAME.with(
                RouteSpec.to("new").matching(equal("t", "2")), RouteSpec.to("a").matching(equal("t", "1")));
        Groups reloaded = groups(before);
        Alert kept = firing("alertname", "x", "t", "1");
        Alert moved = firing("alertname", "x", "t", "2");
        reloaded.put(kept, T0);
        reloaded.put(moved, T0);
        flushAll(reloaded, at("30S"));

        reloaded.reload(Route.tree(after), List.of(kept, moved), at("1M"));

        assertThat(flushAll(reloaded, at("1M"))).containsExactly(moved.labels().toString());
        assertThat(reloaded.nextDue()).contains(at("5M30S"));
    }

    @Test
    void g9AReloadWithOtherIntervalsStartsAnew() {
        Alert alert = firing("alertname", "x");
        groups.put(alert, T0);
        flushAll(groups, at("30S"));

        groups.reload(Route.tree(BY_NAME.timed(Duration.ofMinutes(2), null, null)), List.of(alert), at("1M"));

        assertThat(groups.nextDue()).contains(at("3M"));
    }

    @Test
    void g9AFlushThatRunsDuringAReloadIsStillAnswered() {
        Alert alert = firing("alertname", "x");
        groups.put(resolved(alert, at("1S")), T0);
        Flush flush = only(groups.due(at("30S")));

        groups.reload(Route.tree(BY_NAME), List.of(resolved(alert, at("1S"))), at("31S"));

        assertThat(groups.due(at("31S"))).isEmpty();
        assertThat(groups.finished(flush, true)).isTrue();
        assertThat(groups.holds(alert.fingerprint())).isFalse();
    }

    @Test
    void g9TimersSurviveARestart() {
        groups.put(firing("alertname", "x"), T0);
        flushAll(groups, at("30S"));
        Groups restarted = groups(BY_NAME);
        restarted.restore(Map.of(new GroupId("{}:{alertname=\"x\"}", "r"), at("5M30S")));

        restarted.put(firing("alertname", "x"), at("2M"));

        assertThat(restarted.nextDue()).as("Alertmanager would flush at once").contains(at("5M30S"));
    }

    @Test
    void g9ATimerThatWasMissedIsDueAtOnce() {
        Groups restarted = groups(BY_NAME);
        restarted.restore(Map.of(new GroupId("{}:{alertname=\"x\"}", "r"), at("30S")));

        restarted.put(firing("alertname", "x"), at("10M"));

        assertThat(restarted.due(at("10M"))).hasSize(1);
    }

    @Test
    void g10NothingIsFlushedBeforeTheStartDelayIsOver() {
        Groups delayed = new Groups(Route.tree(BY_NAME), at("1M"), 0);

        delayed.put(alert(at("-1H"), at("1H"), T0, "alertname", "old"), T0);
        delayed.put(alert(at("45S"), at("1H"), at("45S"), "alertname", "later"), at("45S"));

        assertThat(delayed.due(at("59S"))).isEmpty();
        assertThat(flushAll(delayed, at("1M"))).containsExactly("{alertname=\"old\"}");
        assertThat(delayed.nextDue()).contains(at("1M15S"));
    }

    @Test
    void groupsBeyondTheLimitAreLeftOutAndCounted() {
        Groups few = new Groups(Route.tree(BY_NAME), Instant.EPOCH, 1);

        assertThat(few.put(firing("alertname", "x"), T0)).isZero();
        assertThat(few.put(firing("alertname", "y"), T0)).isEqualTo(1);
        assertThat(few.put(firing("alertname", "x", "n", "2"), T0)).isZero();
        assertThat(few.size()).isEqualTo(1);
    }
}
