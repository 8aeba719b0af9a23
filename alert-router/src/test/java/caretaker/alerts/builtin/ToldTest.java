package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.Events.T0;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.Budget;
import caretaker.alerts.routing.LabelNames;
import caretaker.contracts.HealthEvent.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How the router's alerts come to be those that should fire. */
class ToldTest {
    private final AlertStore store = new AlertStore(LabelNames.UTF8, AlertStore.Limits.NONE, new Budget(0));
    private final Told told = new Told();

    private static Wanted lost(String host, Instant at) {
        var fold = new Fold(BuiltInSettings.DEFAULTS);
        HealthNews.of(Events.lost(host, State.RAISED, at, 7), at).forEach(change -> fold.take(change, at));
        return fold.firing(at).getFirst();
    }

    private Told.Plan plan(Instant now, Wanted... wanted) {
        return told.plan(List.of(wanted), _ -> false, now);
    }

    private void carryOut(Told.Plan plan, Instant now) {
        AlertStore.Batch batch = store.post(plan.posts(now), now, Duration.ofMinutes(5));
        assertThat(batch.refused()).isEmpty();
        told.done(plan, now);
    }

    @Test
    void anAlertIsSaidOnceFiresForAsLongAsItLastsAndEndsAtOnce() {
        Wanted lost = lost("n1", T0);
        carryOut(plan(T0, lost), T0);
        assertThat(store.firing(T0.plus(Duration.ofDays(13)))).hasSize(1);
        assertThat(plan(T0.plus(Duration.ofHours(23)), lost).isEmpty()).isTrue();

        Instant nextDay = T0.plus(Duration.ofDays(1));
        assertThat(plan(nextDay, lost).fire()).containsExactly(lost); // the topic must not lose it
        carryOut(plan(nextDay, lost), nextDay);
        Alert again = store.firing(nextDay).findFirst().orElseThrow();
        assertThat(again.startsAt()).isEqualTo(T0);
        assertThat(again.endsAt()).isEqualTo(nextDay.plus(Told.KEPT));

        Instant end = nextDay.plusSeconds(7);
        carryOut(plan(end), end);
        assertThat(store.firing(end)).isEmpty();
        assertThat(store.all().iterator().next().endsAt()).isEqualTo(end);
        assertThat(plan(end.plusSeconds(1)).isEmpty()).isTrue();

        Wanted anew = lost("n1", end.plusSeconds(60));
        carryOut(plan(end.plusSeconds(60), anew), end.plusSeconds(60));
        assertThat(store.firing(end.plusSeconds(60)).findFirst().orElseThrow().startsAt())
                .isEqualTo(end.plusSeconds(60));
    }

    @Test
    void afterARestartNothingIsSaidAgainAndWhatIsOverEnds() {
        carryOut(plan(T0, lost("n1", T0), lost("n2", T0)), T0);
        var next = new Told();
        next.begin(store.firing(T0).toList());
        assertThat(next.size()).isEqualTo(2);
        Told.Plan plan = next.plan(List.of(lost("n1", T0)), _ -> false, T0.plusSeconds(60));
        assertThat(plan.fire()).isEmpty();
        assertThat(plan.over()).extracting(alert -> alert.subject().host()).containsExactly("n2");
    }

    @Test
    void nothingBeginsOrEndsOfWhatIsUndecided() {
        carryOut(plan(T0, lost("n1", T0)), T0);
        Told.Plan plan = told.plan(List.of(lost("n2", T0)), _ -> true, T0);
        assertThat(plan.isEmpty()).isTrue();
    }

    @Test
    void anAlertThatSaysSomethingElseIsSaidAgain() {
        Wanted lost = lost("n1", T0);
        carryOut(plan(T0, lost), T0);
        var other = new Wanted(lost.subject(), lost.labels(), lost("n2", T0).annotations(), T0);
        assertThat(plan(T0, other).fire()).containsExactly(other);
    }

    @Test
    void aPlanHasABoundAndTheRestFollows() {
        Wanted[] many = IntStream.range(0, Told.MAX_BATCH + 3)
                .mapToObj(i -> lost("n" + i, T0))
                .toArray(Wanted[]::new);
        carryOut(plan(T0, many), T0);
        assertThat(store.size()).isEqualTo(Told.MAX_BATCH);
        Told.Plan rest = plan(T0, many);
        assertThat(rest.fire()).hasSize(3);
        carryOut(rest, T0);
        assertThat(plan(T0, many).isEmpty()).isTrue();
    }
}
