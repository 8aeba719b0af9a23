package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.alert;
import static caretaker.alerts.routing.Made.at;
import static caretaker.alerts.routing.Made.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * K11: where a receiver wants it, an end does not wait for group_interval if all of the group is over. Waits 30 s, then
 * ticks every 5 min.
 */
class EndsAtOnceTest {
    private static final Route TREE = Route.tree(
            RouteSpec.to("r").groupedBy("alertname").with(RouteSpec.to("slow").matching(LabelMatcher.equal("s", "1"))));

    private final Groups groups = groups(Instant.EPOCH);
    private final Alert one = fires("1");
    private final Alert two = fires("2");

    private static Groups groups(Instant notBefore) {
        return new Groups(TREE, notBefore, 0, receiver -> receiver.equals("r"));
    }

    private static Alert fires(String node) {
        return alert(T0, at("9H"), T0, "alertname", "x", "n", node);
    }

    private static Flush flush(Groups groups, Instant now, boolean succeeds) {
        List<Flush> due = groups.due(now);
        assertThat(due).hasSize(1);
        groups.finished(due.getFirst(), succeeds);
        return due.getFirst();
    }

    @Test
    void k11AGroupIsFlushedAtOnceWhenTheLastOfItEnds() {
        // Given
        groups.put(one, T0);
        groups.put(two, T0);
        flush(groups, at("30S"), true);

        // When
        groups.put(resolved(one, at("40S")), at("41S"));
        assertThat(groups.nextDue()).as("the other still fires").contains(at("5M30S"));
        groups.put(resolved(two, at("50S")), at("51S"));

        // Then
        assertThat(flush(groups, at("51S"), true).alerts()).hasSize(2);
        assertThat(groups.holds(one.fingerprint())).isFalse();
        assertThat(groups.nextDue()).as("the tick begins anew").contains(at("5M51S"));
    }

    @Test
    void k11AnAlertThatNobodyRepeatsEndsInTime() {
        groups.put(alert(T0, at("1M"), T0, "alertname", "x"), T0);
        flush(groups, at("30S"), true);

        assertThat(groups.nextDue()).contains(at("1M"));
        groups.put(alert(T0, at("2M"), at("50S"), "alertname", "x"), at("50S"));
        assertThat(groups.nextDue()).contains(at("2M"));
    }

    @Test
    void k11WhatWasNeverFlushedWaitsForItsFirstTime() {
        groups.put(one, T0);
        groups.put(resolved(one, at("10S")), at("10S"));

        assertThat(groups.nextDue()).contains(at("30S"));
    }

    @Test
    void k11OthersWaitForTheirTick() {
        Alert slow = alert(T0, at("9H"), T0, "alertname", "x", "s", "1");
        groups.put(slow, T0);
        flush(groups, at("30S"), true);
        groups.put(resolved(slow, at("40S")), at("40S"));

        assertThat(groups.nextDue()).contains(at("5M30S"));
    }

    @Test
    void k11AnEndThatCouldNotBeToldIsTriedAtTheTickAndNotAllTheTime() {
        groups.put(one, T0);
        flush(groups, at("30S"), true);
        groups.put(resolved(one, at("40S")), at("40S"));

        flush(groups, at("40S"), false);

        assertThat(groups.nextDue()).contains(at("5M40S"));
        groups.put(resolved(one, at("40S")), at("1M")); // its sender repeats it
        assertThat(groups.nextDue()).contains(at("5M40S"));
    }

    @Test
    void k11AnEndThatComesDuringAFlushIsToldAfterIt() {
        groups.put(one, T0);
        Flush running = groups.due(at("30S")).getFirst();
        groups.put(resolved(one, at("29S")), at("31S"));
        assertThat(groups.nextDue()).isEmpty();

        groups.finished(running, true);

        assertThat(flush(groups, at("31S"), true).alerts()).hasSize(1);
        assertThat(groups.holds(one.fingerprint())).isFalse();
    }

    @Test
    void k11AfterARestartItIsKnownThatThereWasAFlush() {
        var timers = Map.of(new GroupId("{}:{alertname=\"x\"}", "r"), at("5M30S"));
        groups.restore(timers);
        groups.put(one, at("1M"));
        assertThat(groups.nextDue()).contains(at("5M30S"));
        groups.put(resolved(one, at("2M")), at("2M"));
        assertThat(groups.nextDue()).contains(at("2M"));

        Groups standsBy = groups(at("3M"));
        standsBy.put(resolved(one, at("2M")), at("2M"));
        standsBy.retime(timers);
        assertThat(standsBy.nextDue()).as("not before the start delay is over").contains(at("3M"));
    }

    @Test
    void k11AReloadDoesNotFlushWhatWaitsForItsTick() {
        groups.put(one, T0);
        flush(groups, at("30S"), true);
        groups.put(resolved(one, at("40S")), at("40S"));
        flush(groups, at("40S"), false);

        groups.reload(TREE, List.of(resolved(one, at("40S"))), at("1M"));

        assertThat(groups.nextDue()).contains(at("5M40S"));
    }
}
