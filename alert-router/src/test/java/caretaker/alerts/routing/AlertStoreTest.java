package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.AlertStore.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AlertStoreTest {
    private static final Duration RESOLVE_TIMEOUT = Duration.ofMinutes(5);

    private final AlertStore store = new AlertStore(LabelNames.UTF8, Limits.NONE, new Budget(0));

    private static PostedAlert named(String name, int number, Instant end) {
        return new PostedAlert(Map.of("alertname", name, "n", "" + number), Map.of(), T0, end, "");
    }

    @Test
    void i6TheGoodOnesOfABatchAreStoredAndTheBadOnesSaid() {
        var batch = store.post(
                List.of(
                        Made.posted(Map.of("a", "1")),
                        Made.posted(Map.of()),
                        Made.posted(Map.of("b", "1")),
                        new PostedAlert(Map.of("c", "1"), Map.of(), T0, at("-1S"), "")),
                T0,
                RESOLVE_TIMEOUT);

        assertThat(batch.stored())
                .extracting(Alert::labels)
                .containsExactly(LabelSet.of("a", "1"), LabelSet.of("b", "1"));
        assertThat(batch.message()).isEqualTo("at least one label pair required; start time must be before end time");
        assertThat(store.size()).isEqualTo(2);
    }

    @Test
    void i8ARepeatedAlertIsMergedAndTheResultIsGivenBack() {
        store.post(List.of(named("x", 1, at("4M"))), T0, RESOLVE_TIMEOUT);
        PostedAlert again =
                new PostedAlert(Map.of("alertname", "x", "n", "1"), Map.of("s", "t"), at("1M"), at("5M"), "");

        var batch = store.post(List.of(again), at("1M"), RESOLVE_TIMEOUT);

        assertThat(batch.stored()).singleElement().satisfies(alert -> {
            assertThat(alert.startsAt()).isEqualTo(T0);
            assertThat(alert.annotations().get("s")).isEqualTo("t");
        });
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void i10MoreOfOneNameThanTheLimitAreLeftOutWithoutAnError() {
        var limited = new AlertStore(LabelNames.UTF8, new Limits(2, 0), new Budget(0));
        List<PostedAlert> three = List.of(
                named("x", 1, at("1M")), named("x", 2, at("1H")), named("x", 3, at("1H")), named("y", 1, at("1H")));

        var batch = limited.post(three, T0, RESOLVE_TIMEOUT);

        assertThat(batch.limited()).containsExactly("x");
        assertThat(batch.refused()).isEmpty();
        assertThat(limited.size()).isEqualTo(3);
        assertThat(limited.post(List.of(named("x", 1, at("1M"))), T0, RESOLVE_TIMEOUT)
                        .limited())
                .as("known ones are updated")
                .isEmpty();
        assertThat(limited.post(List.of(named("x", 3, at("1H"))), at("2M"), RESOLVE_TIMEOUT)
                        .limited())
                .as("a resolved one gives way")
                .isEmpty();
    }

    @Test
    void i10WhatIsMoreThanTheTotalIsForTheSenderToSendAgain() {
        var limited = new AlertStore(LabelNames.UTF8, new Limits(0, 1), new Budget(0));

        var batch = limited.post(List.of(named("x", 1, at("1H")), named("y", 1, at("1H"))), T0, RESOLVE_TIMEOUT);

        assertThat(batch.limited()).isEmpty();
        assertThat(batch.full())
                .extracting(alert -> alert.labels().get("alertname"))
                .containsExactly("y");
        assertThat(limited.post(List.of(named("x", 1, at("2H"))), T0, RESOLVE_TIMEOUT)
                        .full())
                .as("known ones are updated")
                .isEmpty();
    }

    private static PostedAlert large(int number, int size, Instant end) {
        return new PostedAlert(Map.of("n", "" + number), Map.of("text", "x".repeat(size)), T0, end, "");
    }

    @Test
    void whatIsKeptStaysWithinTheBudgetWhateverIsPosted() {
        var budget = new Budget(100_000);
        var bounded = new AlertStore(LabelNames.UTF8, Limits.NONE, budget);
        var random = new Random(1);
        int full = 0;
        for (int i = 0; i < 2_000; i++) {
            Instant end = random.nextBoolean() ? at("1H") : T0.plusSeconds(i);
            var posted = large(random.nextInt(300), random.nextInt(8_000), end);
            full += bounded.post(List.of(posted), T0.plusSeconds(i), RESOLVE_TIMEOUT)
                    .full()
                    .size();
            if (i % 100 == 0) {
                bounded.collect(T0.plusSeconds(i), _ -> false);
            }
            assertThat(budget.used()).isBetween(0L, budget.limit());
        }
        assertThat(full).isBetween(100, 1_900);

        bounded.collect(at("2H"), _ -> false);
        assertThat(bounded.size()).isZero();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsKnownEndsEvenWhereThereIsNoRoomButDoesNotGrow() {
        var budget = new Budget(4_000);
        var bounded = new AlertStore(LabelNames.UTF8, Limits.NONE, budget);
        bounded.post(List.of(large(1, 2_000, at("1H"))), T0, RESOLVE_TIMEOUT);

        assertThat(bounded.post(List.of(large(2, 2_000, at("1H"))), T0, RESOLVE_TIMEOUT)
                        .full())
                .hasSize(1);
        assertThat(bounded.post(List.of(large(1, 4_000, at("1H"))), T0, RESOLVE_TIMEOUT)
                        .full())
                .hasSize(1);
        assertThat(bounded.post(List.of(large(1, 2_000, at("1M"))), at("2M"), RESOLVE_TIMEOUT)
                        .stored())
                .hasSize(1);
        assertThat(bounded.firing(at("2M"))).isEmpty();
    }

    @Test
    void i11ResolvedAlertsAreInvisibleAtOnceAndLeaveAtCollection() {
        store.post(List.of(named("x", 1, at("1M")), named("y", 1, at("1H"))), T0, RESOLVE_TIMEOUT);

        assertThat(store.firing(at("1M"))).extracting(Alert::name).containsExactly("y");
        assertThat(store.size()).isEqualTo(2);
        assertThat(store.collect(at("2M"), fingerprint -> true))
                .as("still needed")
                .isEmpty();
        assertThat(store.collect(at("2M"), fingerprint -> false))
                .extracting(Alert::name)
                .containsExactly("x");
        assertThat(store.size()).isEqualTo(1);
    }
}
