package caretaker.alerts.routing;

import static caretaker.alerts.routing.Made.T0;
import static caretaker.alerts.routing.Made.at;
import static caretaker.alerts.routing.Made.firing;
import static caretaker.alerts.routing.Made.matchers;
import static caretaker.alerts.routing.Made.resolved;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Integration.Kind;
import caretaker.alerts.routing.Pipeline.Plan;
import caretaker.alerts.routing.Pipeline.Step;
import caretaker.alerts.routing.Pipeline.Suppression;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Section 1.5 of the specification, and what follows from it. */
class PipelineTest {
    private static final Integration HOOK = new Integration("s", Kind.WEBHOOK, 0, true);
    private static final Integration MAIL = new Integration("s", Kind.EMAIL, 0, false);

    private final Silences silences = new Silences(LabelNames.UTF8, Silences.Limits.NONE, new Budget(0));
    private final Inhibitor inhibitor =
            new Inhibitor(List.of(InhibitRule.of(matchers("severity=critical"), matchers("severity=warning"))));
    private final TimeInterval june = new TimeInterval(
            List.of(), List.of(), List.of(), List.of(TimeRanges.months("june")), List.of(), TimeRanges.location(""));
    private TimeMutes times = TimeMutes.NONE;
    private Pipeline.Log log = (group, integration) -> null;
    private RouteSpec spec = RouteSpec.to("s");
    private ReceiverOptions options = ReceiverOptions.NONE;

    private Plan plan(Instant tick, Alert... alerts) {
        Route route = Route.tree(RouteSpec.to("root").with(spec)).routes().getFirst();
        var flush =
                new Flush(1, new GroupId("k", "s"), route, LabelSet.EMPTY, List.of(alerts), tick, tick.plusSeconds(10));
        return new Pipeline(inhibitor, times, silences, receiver -> List.of(HOOK, MAIL), receiver -> options)
                .plan(flush, log);
    }

    private void silence(String matchers) {
        silences.put(new Silence("id", matchers(matchers), T0, at("1H"), T0, "", "", Map.of()));
    }

    @Test
    void eachIntegrationIsAskedForItself() {
        // P3
        Alert alert = firing("a", "1");
        log = (group, integration) -> integration.equals(HOOK)
                ? new Notified(T0, Set.of(alert.fingerprint()), Set.of(), at("1H"), Map.of())
                : null;

        assertThat(plan(at("1M"), alert).steps()).singleElement().satisfies(step -> {
            assertThat(step.integration()).isEqualTo(MAIL);
            assertThat(step.reason()).isEqualTo(Reason.FIRST);
        });
    }

    @Test
    void inhibitedThenMutedThenSilencedAlertsAreTakenOutAndCounted() {
        // P1
        inhibitor.put(firing("severity", "critical"));
        silence("quiet=1");

        Plan plan = plan(T0, firing("severity", "warning", "quiet", "1"), firing("quiet", "1"), firing("a", "1"));

        assertThat(plan.suppressed()).isEqualTo(Map.of(Suppression.INHIBITION, 1, Suppression.SILENCE, 1));
        assertThat(plan.flush().alerts()).extracting(Alert::labels).containsExactly(LabelSet.of("a", "1"));
        assertThat(plan.steps()).hasSize(2);
    }

    @Test
    void g7AFlushWhoseAlertsAreAllQuietIsASuccessWithoutSteps() {
        // P2
        silence("a=1");

        assertThat(plan(T0, firing("a", "1")).steps()).isEmpty();
    }

    @Test
    void k12WhoWasToldIsToldOfAnEndUnderASilenceAndItIsNotCountedAsKeptBack() {
        // Given: a webhook that was told of one alert, and mail that was told of nothing
        options = new ReceiverOptions(false, true, 1, Duration.ofDays(1), false);
        silence("quiet=1");
        Alert told = resolved(firing("quiet", "1", "n", "2"), at("10S"));
        Alert other = resolved(firing("quiet", "1", "n", "1"), at("10S"));
        log = (group, integration) -> integration.equals(HOOK)
                ? new Notified(T0, Set.of(told.fingerprint()), Set.of(), at("1H"), Map.of())
                : null;

        // When
        Plan plan = plan(at("30S"), other, told, firing("quiet", "1", "n", "3"));

        // Then
        assertThat(plan.steps()).singleElement().isInstanceOfSatisfying(Step.Send.class, step -> {
            assertThat(step.integration()).isEqualTo(HOOK);
            assertThat(step.alerts()).containsExactly(told);
        });
        assertThat(plan.suppressed()).isEqualTo(Map.of(Suppression.SILENCE, 2));
    }

    @Test
    void k12WhatIsInhibitedStaysQuiet() {
        options = new ReceiverOptions(false, true, 1, Duration.ofDays(1), false);
        inhibitor.put(firing("severity", "critical"));
        Alert over = resolved(firing("severity", "warning"), at("10S"));
        log = (group, integration) -> new Notified(T0, Set.of(over.fingerprint()), Set.of(), at("1H"), Map.of());

        assertThat(plan(at("30S"), over).steps()).isEmpty();
    }

    @Test
    void k12WhoIsNotToldOfEndsIsNotToldOfThemUnderASilenceEither() {
        options = new ReceiverOptions(false, true, 1, Duration.ofDays(1), false);
        silence("a=1");
        Alert over = resolved(firing("a", "1"), at("10S"));
        log = (group, integration) -> integration.equals(MAIL)
                ? new Notified(T0, Set.of(), Set.of(), at("1H"), Map.of(), Set.of(over.fingerprint()), 0)
                : null;

        assertThat(plan(at("30S"), over).steps()).singleElement().isInstanceOf(Step.Remember.class);
    }

    @Test
    void h4ASilencedSourceStillInhibits() {
        inhibitor.put(firing("severity", "critical"));
        silence("severity=critical");

        assertThat(plan(T0, firing("severity", "warning")).steps()).isEmpty();
    }

    @Test
    void h7AfterARestartASourceInhibitsBeforeTheFirstFlush() {
        Alert source = Made.alert(T0, at("2H"), T0, "severity", "critical");
        Alert target = Made.alert(T0, at("2H"), T0, "severity", "warning");
        var groups = new Groups(Route.tree(RouteSpec.to("root").with(RouteSpec.to("s"))), Instant.EPOCH, 0);
        for (Alert replayed : List.of(target, source)) {
            groups.put(replayed, at("1H"));
            inhibitor.put(replayed);
        }

        Flush flush = groups.due(at("1H")).getFirst();

        var plan = new Pipeline(inhibitor, times, silences, receiver -> List.of(HOOK)).plan(flush, log);
        assertThat(plan.flush().alerts()).containsExactly(source);
    }

    @Test
    void outsideItsActiveTimesAndInsideItsMuteTimesARouteIsQuiet() {
        // P1, T5
        times = new TimeMutes(Map.of("june", List.of(june)));
        Instant inJune = Instant.parse("2026-06-01T00:00:00Z");

        spec = RouteSpec.to("s").during(List.of(), List.of("june"));
        Plan inactive = plan(T0, firing("a", "1"));
        spec = RouteSpec.to("s").during(List.of("june"), List.of());
        Plan muted = plan(inJune, firing("a", "1"));

        assertThat(inactive.suppressed()).isEqualTo(Map.of(Suppression.ACTIVE_TIME, 1));
        assertThat(inactive.mutedBy()).containsExactly("june");
        assertThat(muted.suppressed()).isEqualTo(Map.of(Suppression.MUTE_TIME, 1));
        assertThat(muted.mutedBy()).containsExactly("june");
        assertThat(plan(T0, firing("a", "1")).steps()).as("not June").hasSize(2);
    }

    @Test
    void g8WhatFiresAndResolvesWithinGroupWaitIsNeverSent() {
        assertThat(plan(at("30S"), resolved(firing("a", "1"), at("10S"))).steps())
                .isEmpty();
    }

    @Test
    void withoutSendResolvedResolvedAlertsAreCutOutOfAMixedMessage() {
        // N9
        Alert over = resolved(firing("a", "1"), at("10S"));
        Alert fires = firing("a", "2");

        Plan plan = plan(at("30S"), over, fires);

        assertThat(plan.steps()).hasSize(2).allSatisfy(step -> {
            assertThat(step.firing()).containsExactly(fires.fingerprint());
            assertThat(step.resolved()).containsExactly(over.fingerprint());
        });
        assertThat(((Step.Send) plan.steps().get(0)).alerts()).hasSize(2);
        assertThat(((Step.Send) plan.steps().get(1)).alerts()).containsExactly(fires);
    }

    @Test
    void withoutSendResolvedAnAllResolvedMessageIsOnlyRemembered() {
        // N9
        Alert over = resolved(firing("a", "1"), at("10S"));
        log = (group, integration) -> new Notified(T0, Set.of(over.fingerprint()), Set.of(), at("1H"), Map.of());

        Plan plan = plan(at("30S"), over);

        assertThat(plan.steps().get(0)).isInstanceOf(Step.Send.class);
        assertThat(plan.steps().get(1)).isInstanceOfSatisfying(Step.Remember.class, step -> {
            assertThat(step.reason()).isEqualTo(Reason.ALL_RESOLVED);
            assertThat(step.firing()).isEmpty();
        });
    }

    @Test
    void endsAreSentByDefaultToWebhookAndPagerDutyNotToMailAndSlack() {
        // N8
        assertThat(Kind.WEBHOOK.sendResolved()).isTrue();
        assertThat(Kind.PAGERDUTY.sendResolved()).isTrue();
        assertThat(Kind.EMAIL.sendResolved()).isFalse();
        assertThat(Kind.SLACK.sendResolved()).isFalse();
        assertThat(MAIL.name()).isEqualTo("email[0]");
    }
}
