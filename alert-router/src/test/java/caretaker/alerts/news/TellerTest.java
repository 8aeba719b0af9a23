package caretaker.alerts.news;

import static caretaker.alerts.builtin.Events.T0;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.builtin.BuiltInSettings;
import caretaker.alerts.builtin.Events;
import caretaker.alerts.builtin.Fold;
import caretaker.alerts.builtin.HealthNews;
import caretaker.alerts.builtin.HostWatch;
import caretaker.alerts.builtin.Told;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.Budget;
import caretaker.alerts.routing.LabelNames;
import caretaker.contracts.HealthEvent.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When what should fire is told, and by whom. */
class TellerTest {
    private final Fold fold = new Fold(BuiltInSettings.DEFAULTS);
    private final Router router = new Router();
    private final Teller teller =
            new Teller(fold, new HostWatch(BuiltInSettings.DEFAULTS), router, new SimpleMeterRegistry());
    private Instant now = T0;

    /** A router of which a test says whether it leads and whether its bus takes anything. */
    private final class Router implements AlertDesk {
        private final AlertStore store = new AlertStore(LabelNames.UTF8, AlertStore.Limits.NONE, new Budget(0));
        private boolean leads = true;
        private boolean isKnown = true;
        private boolean isBusThere = true;
        private int posts;

        @Override
        public boolean leads() {
            return leads;
        }

        @Override
        public CompletableFuture<Optional<List<Alert>>> firing() {
            return CompletableFuture.completedFuture(
                    isKnown ? Optional.of(store.firing(now).toList()) : Optional.empty());
        }

        @Override
        public CompletableFuture<?> post(Told.Plan plan) {
            posts++;
            store.post(plan.posts(now), now, Duration.ofMinutes(5));
            return isBusThere
                    ? CompletableFuture.completedFuture(true)
                    : CompletableFuture.failedFuture(new IllegalStateException("the broker is away"));
        }

        @Override
        public Map<String, Integer> undelivered() {
            return Map.of();
        }
    }

    private void says(String host, State state) {
        HealthNews.of(Events.lost(host, state, now, 7), now).forEach(change -> fold.take(change, now));
        teller.changed();
    }

    /** Lets time go by as the loop does: it comes around five times a second. */
    private void pass(Duration time) {
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plusMillis(200)) {
            teller.tick(now);
        }
    }

    private List<String> firing() {
        return router.store.firing(now).map(alert -> alert.labels().get("host")).toList();
    }

    @Test
    void nothingIsSaidBeforeTheRouterKnowsItsAlerts() {
        router.isKnown = false;
        says("n1", State.RAISED);
        pass(Duration.ofSeconds(10));
        assertThat(router.posts).isZero();
        router.isKnown = true;
        pass(Duration.ofSeconds(2));
        assertThat(firing()).containsExactly("n1");
        pass(Duration.ofMinutes(10));
        assertThat(router.posts).isEqualTo(1);
    }

    @Test
    void whatTheBusDidNotTakeIsSaidAgainEachSecond() {
        pass(Duration.ofSeconds(2));
        router.isBusThere = false;
        says("n1", State.RAISED);
        pass(Duration.ofSeconds(10));
        assertThat(router.posts).isBetween(9, 11);
        router.isBusThere = true;
        pass(Duration.ofSeconds(2));
        int posts = router.posts;
        pass(Duration.ofSeconds(20));
        assertThat(router.posts).isEqualTo(posts);
    }

    @Test
    void theOneThatStandsBySaysNothingAndGoesOnFromWhatTheOtherSaid() {
        router.leads = false;
        says("n1", State.RAISED);
        says("n2", State.RAISED);
        pass(Duration.ofMinutes(2));
        assertThat(router.posts).isZero();

        var other = new Fold(BuiltInSettings.DEFAULTS); // the one that leads knows of one of them
        HealthNews.of(Events.lost("n1", State.RAISED, T0, 7), T0).forEach(change -> other.take(change, T0));
        var _ = router.post(new Told.Plan(other.firing(T0), List.of()));
        router.leads = true;
        pass(Duration.ofSeconds(2));
        assertThat(router.posts).isEqualTo(2);
        assertThat(firing()).containsExactlyInAnyOrder("n1", "n2");
    }

    @Test
    void anAlertThatSomebodyEndsComesBackWithinAMinuteAndOneOfOursThatIsNotSoEnds() {
        pass(Duration.ofSeconds(2));
        says("n1", State.RAISED);
        pass(Duration.ofSeconds(2));
        Alert ours = router.store.firing(now).findFirst().orElseThrow();
        var other = new Fold(BuiltInSettings.DEFAULTS);
        HealthNews.of(Events.lost("n9", State.RAISED, now, 7), now).forEach(change -> other.take(change, now));
        var plan = new Told.Plan(other.firing(now), List.of(fold.firing(now).getFirst()));
        router.store.post(plan.posts(now), now, Duration.ofMinutes(5));
        assertThat(ours.name()).isEqualTo("GpuLost");
        assertThat(firing()).containsExactly("n9");
        pass(Duration.ofSeconds(62));
        assertThat(firing()).containsExactly("n1");
    }
}
