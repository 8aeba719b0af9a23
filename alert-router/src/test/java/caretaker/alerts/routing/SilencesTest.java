package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static caretaker.alerts.routing.Made.matchers;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Silence.State;
import caretaker.alerts.routing.Silences.Limits;
import caretaker.alerts.routing.Silences.Outcome;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SilencesTest {
    private final AtomicInteger ids = new AtomicInteger();
    private Silences silences = new Silences(LabelNames.UTF8, Limits.NONE, new Budget(0));

    private static Silence wanted(String id, String matchers, Instant start, Instant end) {
        return new Silence(id, matchers(matchers), start, end, T0, "me", "why", Map.of());
    }

    private Outcome set(Silence wanted, Instant now) {
        Outcome outcome = silences.set(wanted, now, () -> "id" + ids.incrementAndGet());
        if (outcome instanceof Outcome.Changes changes) {
            changes.silences().forEach(silences::put);
        }
        return outcome;
    }

    private String made(String matchers, Instant start, Instant end, Instant now) {
        return ((Outcome.Changes) set(wanted("", matchers, start, end), now)).id();
    }

    private Silence get(String id) {
        return silences.get(id).orElseThrow();
    }

    @Test
    void s1AStateIsPendingThenActiveThenExpired() {
        Silence silence = wanted("x", "a=1", at("1M"), at("2M"));

        assertThat(silence.stateAt(at("59S"))).isEqualTo(State.PENDING);
        assertThat(silence.stateAt(at("1M"))).isEqualTo(State.ACTIVE);
        assertThat(silence.stateAt(at("1M59S"))).isEqualTo(State.ACTIVE);
        assertThat(silence.stateAt(at("2M"))).isEqualTo(State.EXPIRED);
    }

    @Test
    void s2ANewOneGetsAnIdAndStartsNotBeforeNow() {
        String past = made("a=1", at("-1H"), at("1H"), T0);
        String future = made("a=1", at("1M"), at("1H"), T0);

        assertThat(get(past).startsAt()).isEqualTo(T0);
        assertThat(get(future).startsAt()).isEqualTo(at("1M"));
        assertThat(past).isNotEqualTo(future);
    }

    @Test
    void s2WhatMakesNoSenseIsRefused() {
        assertThat(set(wanted("", "a=1", T0, T0), T0))
                .isEqualTo(new Outcome.Invalid("start time must be before end time"));
        assertThat(set(wanted("", "a=1", at("-2H"), at("-1H")), T0))
                .isEqualTo(new Outcome.Invalid("end time can't be in the past"));
        assertThat(set(wanted("", "{}", T0, at("1H")), T0))
                .isEqualTo(new Outcome.Invalid("at least one matcher required"));
        assertThat(set(wanted("", "a=\"\",b!=1,c=~\".*\"", T0, at("1H")), T0))
                .isEqualTo(new Outcome.Invalid("at least one matcher must not match the empty string"));
        silences = new Silences(LabelNames.CLASSIC, Limits.NONE, new Budget(0));
        assertThat(set(wanted("", "ü=1", T0, at("1H")), T0)).isEqualTo(new Outcome.Invalid("invalid label name \"ü\""));
        assertThat(silences.size()).isZero();
    }

    @Test
    void s3AnUnknownIdIsNotFound() {
        assertThat(set(wanted("nobody", "a=1", T0, at("1H")), T0)).isEqualTo(new Outcome.NotFound("nobody"));
    }

    @Test
    void s3AnActiveOneIsChangedInPlaceIfMatchersAndStartStay() {
        String id = made("a=1", T0, at("1H"), T0);

        Outcome outcome = set(wanted(id, "a=1", T0.plusMillis(900), at("2H")), at("1M"));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Changes.class, changes -> {
            assertThat(changes.id()).isEqualTo(id);
            assertThat(changes.silences()).hasSize(1);
        });
        assertThat(get(id).endsAt()).isEqualTo(at("2H"));
    }

    @Test
    void s3OtherMatchersOrStartsMakeANewOneAndExpireTheOld() {
        String id = made("a=1", T0, at("1H"), T0);

        Outcome.Changes other = (Outcome.Changes) set(wanted(id, "a=2", T0, at("1H")), at("1M"));

        assertThat(other.id()).isNotEqualTo(id);
        assertThat(get(id).endsAt()).isEqualTo(at("1M"));
        assertThat(get(other.id()).startsAt()).isEqualTo(at("1M"));
        assertThat(((Outcome.Changes) set(wanted(other.id(), "a=2", at("2M"), at("1H")), at("1M30S"))).id())
                .isNotEqualTo(other.id());
    }

    @Test
    void s3APendingOneMovesFreelyIntoTheFuture() {
        String id = made("a=1", at("10M"), at("1H"), T0);

        assertThat(((Outcome.Changes) set(wanted(id, "a=1", at("5M"), at("2H")), at("1M"))).id())
                .isEqualTo(id);
        assertThat(((Outcome.Changes) set(wanted(id, "a=1", T0, at("2H")), at("1M"))).id())
                .as("into the past")
                .isNotEqualTo(id);
    }

    @Test
    void s3AnExpiredOneIsNotRevived() {
        String id = made("a=1", T0, at("1M"), T0);

        Outcome.Changes again = (Outcome.Changes) set(wanted(id, "a=1", T0, at("1H")), at("2M"));

        assertThat(again.id()).isNotEqualTo(id);
        assertThat(again.silences()).hasSize(1);
        assertThat(get(id).endsAt()).isEqualTo(at("1M"));
    }

    @Test
    void s4ExpiringEndsItNowAndTwiceChangesNothing() {
        String active = made("a=1", T0, at("1H"), T0);
        String pending = made("a=2", at("10M"), at("1H"), T0);
        for (String id : List.of(active, pending)) {
            ((Outcome.Changes) silences.expire(id, at("1M"))).silences().forEach(silences::put);
        }

        assertThat(get(active).endsAt()).isEqualTo(at("1M"));
        assertThat(get(pending).startsAt()).isEqualTo(at("1M"));
        assertThat(get(pending).endsAt()).isEqualTo(at("1M"));
        assertThat(silences.expire(active, at("2M"))).isEqualTo(new Outcome.Changes(active, List.of()));
        assertThat(silences.expire("nobody", T0)).isEqualTo(new Outcome.NotFound("nobody"));
    }

    @Test
    void s4AnExpiredOneIsKeptForTheRetention() {
        String id = made("a=1", T0, at("1M"), T0);
        Duration retention = Duration.ofDays(5);

        assertThat(silences.collect(at("120H1M"), retention)).isEmpty();
        assertThat(silences.collect(at("120H1M1S"), retention)).containsExactly(id);
        assertThat(silences.size()).isZero();
    }

    @Test
    void s5AllMatchersMustMatch() {
        String id = made("a=1,b=~\"x|y\",c!=z", T0, at("1H"), T0);
        String regex = made("node=~\"gpu.*\"", T0, at("1H"), T0);

        assertThat(silences.silencing(LabelSet.of("a", "1", "b", "y"), T0)).containsExactly(id);
        assertThat(silences.silencing(LabelSet.of("a", "1", "b", "y", "c", "z"), T0))
                .isEmpty();
        assertThat(silences.silencing(LabelSet.of("a", "1", "b", "yy"), T0)).isEmpty();
        assertThat(silences.silencing(LabelSet.of("a", "1", "b", "x", "node", "gpu7"), T0))
                .containsExactly(id, regex);
        assertThat(silences.silencing(LabelSet.of("a", "1", "b", "y"), at("1H")))
                .isEmpty();
        assertThat(LabelMatcher.Operator.of(false, true)).isEqualTo(LabelMatcher.Operator.NOT_REGEX);
    }

    @Test
    void s5TheIndexFindsWhatAScanFinds() {
        Cases.forEach(
                random -> {
                    var some = new Silences(LabelNames.UTF8, Limits.NONE, new Budget(0));
                    for (int i = 0; i < 20; i++) {
                        String text = switch (random.nextInt(4)) {
                            case 0 -> "a=" + random.nextInt(3);
                            case 1 -> "b=" + random.nextInt(3) + ",a!=1";
                            case 2 -> "a=~\"[12]\"";
                            default -> "c=\"\",b=" + random.nextInt(3);
                        };
                        some.put(wanted("s" + random.nextInt(12), text, T0, at("1H")));
                    }
                    return some;
                },
                some -> {
                    for (int i = 0; i < 27; i++) {
                        LabelSet labels = LabelSet.of("a", "" + i % 3, "b", "" + i / 3 % 3, "c", i / 9 == 0 ? "" : "x");
                        List<String> scanned = some.list(List.of(), T0).stream()
                                .filter(silence -> silence.matchers().matches(labels))
                                .map(Silence::id)
                                .sorted()
                                .toList();
                        assertThat(some.silencing(labels, T0)).isEqualTo(scanned);
                    }
                });
    }

    @Test
    void s6TheyAreListedByStateAndTime() {
        made("a=1", at("20M"), at("5H"), T0);
        made("a=2", at("10M"), at("6H"), T0);
        made("a=3", T0, at("2H"), T0);
        made("a=4", T0, at("1H"), T0);
        made("a=5", T0, at("1S"), T0);
        made("a=6", T0, at("2S"), T0);

        assertThat(silences.list(List.of(), at("1M")))
                .extracting(silence -> silence.matchers().toString())
                .containsExactly("{a=\"4\"}", "{a=\"3\"}", "{a=\"2\"}", "{a=\"1\"}", "{a=\"6\"}", "{a=\"5\"}");
    }

    @Test
    void s6AFilterFindsSilencesWithThatVeryMatcher() {
        String id = made("a=1,b=2", T0, at("1H"), T0);
        made("a=~1", T0, at("1H"), T0);

        assertThat(silences.list(matchers("a=1").all(), T0))
                .extracting(Silence::id)
                .containsExactly(id);
        assertThat(silences.list(matchers("a=1,c=1").all(), T0)).isEmpty();
    }

    @Test
    void s7NumberAndSizeAreLimited() {
        silences = new Silences(LabelNames.UTF8, new Limits(1, 200), new Budget(0));
        String id = made("a=1", T0, at("1H"), T0);

        assertThat(set(wanted("", "a=2", T0, at("1H")), T0)).isInstanceOf(Outcome.Invalid.class);
        assertThat(((Outcome.Changes) set(wanted(id, "a=1", T0, at("2H")), T0)).id())
                .as("changing it")
                .isEqualTo(id);
        assertThat(set(wanted(id, "a=" + "x".repeat(200), T0, at("1H")), T0))
                .isInstanceOfSatisfying(
                        Outcome.Invalid.class,
                        invalid -> assertThat(invalid.why()).contains("size"));
    }

    @Test
    void s7ThereIsRoomForNoMoreThanTheBudgetAndWhatIsDroppedGivesItBack() {
        var budget = new Budget(2_000);
        silences = new Silences(LabelNames.UTF8, Limits.NONE, budget);
        String id = made("a=" + "x".repeat(1_000), T0, at("1H"), T0);

        assertThat(set(wanted("", "b=" + "x".repeat(1_000), T0, at("1H")), T0)).isEqualTo(new Outcome.NoRoom());
        assertThat(set(wanted("", "b=~(x{100}){10}", T0, at("1H")), T0))
                .as("its automaton is large")
                .isEqualTo(new Outcome.NoRoom());
        assertThat(silences.expire(id, T0)).isInstanceOf(Outcome.Changes.class);
        silences.remove(id);
        assertThat(budget.used()).isZero();
        assertThat(set(wanted("", "b=" + "x".repeat(1_000), T0, at("1H")), T0)).isInstanceOf(Outcome.Changes.class);
    }

    @Test
    void anOlderStateFromTheBusChangesNothing() {
        silences.put(new Silence("x", matchers("a=1"), T0, at("2H"), at("1M"), "", "", Map.of()));
        silences.put(new Silence("x", matchers("a=1"), T0, at("1H"), T0, "", "", Map.of()));

        assertThat(get("x").endsAt()).isEqualTo(at("2H"));
    }
}
