package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** proof, evidence, audit. */
class VerificationTest {
    private final Scene scene = new Scene();

    /** 30 s without a break, from the first good look. */
    @Test
    void aRepairIsBelievedAfterItsStableTimeAndNotBefore() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        scene.worker = perform -> {
            scene.work(perform);
            scene.put(Made.healthy(scene.now(web), Health.STARTING));
            return new Result.Done();
        };
        scene.dies(web, 1);
        scene.seconds(20);
        scene.put(Made.healthy(scene.now(web), Health.HEALTHY));
        scene.seconds(30);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.VERIFYING);
        scene.seconds(1);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** well, unwell, well: the time begins anew. */
    @Test
    void aBreakBeginsTheStableTimeAnew() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.dies(grafana, 1);
        scene.seconds(25);
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.seconds(2);
        scene.probes.put(grafana.key(), ProbeAnswer.PASSED);
        scene.seconds(29);
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.VERIFYING);
        scene.seconds(3);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** without a health check, another run in between is a failure. */
    @Test
    void aRunThatTheEngineHadToBeginAgainIsNoSuccess() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.seconds(10);
        scene.put(Made.started(scene.now(web), scene.clock.instant()));
        scene.seconds(2);
        assertThat(scene.last().kind()).isEqualTo(Kind.FAILED);
        assertThat(scene.last().reason()).isEqualTo(Reason.NOT_VERIFIED);
    }

    /** exited again, unhealthy again, or gone: at once, not at the end of the time. */
    @Test
    void whatFailsAgainFailsAtOnce() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        scene.dies(web, 1);
        scene.seconds(5);
        scene.exit(web, 2);
        scene.seconds(1);
        assertThat(scene.last().message()).contains("code 2");
        assertThat(requireNonNull(scene.last().after()).exitCode()).isEqualTo(2);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.FAILED_ATTEMPT);
    }

    /** Removed and created anew by compose during the repair: that one is not ours to judge. */
    @Test
    void aContainerThatComposeReplacesMeanwhileEndsTheIncident() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.seconds(5);
        scene.put(Made.anew(web.identity(), web, "beef", scene.clock.instant()));
        scene.seconds(1);
        assertThat(scene.last().reason()).isEqualTo(Reason.STALE);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
    }

    /** the service's own word counts. */
    @Test
    void aServiceThatDoesNotAnswerIsNotRepairedThoughItRuns() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.tell(scene.event(grafana, Condition.PROBE_FAILED, ""));
        scene.minutes(6);
        assertThat(scene.actions()).startsWith(Action.RESTART, Action.RECREATE);
        scene.minutes(20);
        assertThat(scene.actions()).containsExactly(Action.RESTART, Action.RECREATE);
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
        scene.asks(new Input.Command.Repair("grafana", false));
        assertThat(scene.actions()).endsWith(Action.RESTORE_BACKUP);
        assertThat(requireNonNull(scene.events.getLast().operation()).id()).endsWith("/3");
        assertThat(scene.last().actor()).isEqualTo("user:anna");
    }

    /** */
    @Test
    void aPrometheusThatReplaysItsLogIsLeftAloneForTenMinutes() {
        Sighting prometheus = scene.image("prometheus", "prom/prometheus:v3");
        scene.put(Made.started(prometheus, scene.clock.instant()));
        scene.probes.put(prometheus.key(), ProbeAnswer.STARTING);
        scene.list();
        scene.tell(scene.event(scene.now(prometheus), Condition.PROBE_FAILED, ""));
        scene.seconds(599);
        assertThat(scene.performed).isEmpty();
        scene.seconds(11);
        assertThat(scene.actions()).containsExactly(Action.RESTART);
        scene.seconds(600);
        assertThat(scene.state(prometheus).phase()).isEqualTo(Phase.VERIFYING);
        scene.probes.put(prometheus.key(), ProbeAnswer.PASSED);
        scene.seconds(35);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** a Grafana that has just started may migrate its database: it answers nothing, and is left alone. */
    @Test
    void whatHasJustStartedIsNotRepairedBecauseItDoesNotAnswer() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.put(Made.started(grafana, scene.clock.instant()));
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.list();
        scene.tell(scene.event(scene.now(grafana), Condition.PROBE_FAILED, ""));
        scene.minutes(4);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.STATE);
        scene.probes.put(grafana.key(), ProbeAnswer.PASSED);
        scene.minutes(2);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.OK);
    }

    /** one bad answer to the service's own round proves nothing. */
    @Test
    void theRoundAsksTwice() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.tell(new Input.Verified(grafana, ProbeAnswer.FAILED));
        scene.seconds(14);
        assertThat(scene.performed).isEmpty();
        scene.seconds(2);
        assertThat(scene.actions()).containsExactly(Action.RESTART);
        Sighting other = scene.image("grafana-2", "grafana/grafana:13.0");
        scene.tell(new Input.Verified(other, ProbeAnswer.FAILED));
        scene.minutes(1);
        assertThat(scene.actions()).hasSize(1);
        assertThat(scene.state(other).phase()).isEqualTo(Phase.OK);
    }

    /** what a step requires. */
    @Test
    void aBrokerIsToldAboutAndThenRestartedOnlyIfItsReplicasAllowIt() {
        Sighting kafka = scene.put(Made.healthy(scene.image("kafka", "apache/kafka:4"), Health.UNHEALTHY));
        scene.requirementHolds = false;
        scene.tell(scene.event(kafka, Condition.CONTAINER_UNHEALTHY, ""));
        scene.minutes(5);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).contains(Reason.REPORT_ONLY, Reason.STATE);
        scene.requirementHolds = true;
        scene.seconds(11);
        assertThat(scene.actions()).containsExactly(Action.RESTART);
    }

    /** the time that a container may take to stop is a part of the time that is waited. */
    @Test
    void theDeadlineHasRoomForTheStopTimeout() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        var operation = scene.performed.getFirst().operation();
        assertThat(Duration.between(operation.reservedAt(), operation.deadline()))
                .isEqualTo(Duration.ofSeconds(120 + 10 + 15 + 30));
    }

    /** the probes that there are need no login. */
    @Test
    void noProbeHasCredentials() {
        assertThat(Playbook.class.getRecordComponents())
                .noneMatch(component -> component.getName().matches("(?i).*(user|password|token|credential).*"));
    }

    /** who, what, why, before, after, how long, and where the evidence is. */
    @Test
    void theAuditSaysWhoDidWhatWhyAndWithWhatResult() {
        Sighting web = scene.container("web");
        String event = scene.dies(web, 1).id();
        scene.minutes(1);
        RecoveryEvent started = scene.events.get(1);
        assertThat(started.kind()).isEqualTo(Kind.STARTED);
        assertThat(requireNonNull(started.before()).exitCode()).isEqualTo(1);
        assertThat(requireNonNull(started.evidence()).sha256()).hasSize(64);
        RecoveryEvent end = scene.last();
        assertThat(end.actor()).isEqualTo(RecoveryEvent.SERVICE);
        assertThat(requireNonNull(end.incident()).eventIds()).containsExactly(event);
        assertThat(requireNonNull(end.operation())).isEqualTo(started.operation());
        assertThat(end.before()).isEqualTo(started.before());
        assertThat(requireNonNull(end.after()).state()).isEqualTo("running");
        assertThat(requireNonNull(end.took())).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(end.container()).isEqualTo(web.identity());
    }

    /** evidence is saved before the engine is asked for anything. */
    @Test
    void evidenceIsSavedBeforeTheRepair() {
        scene.dies(scene.container("web"), 1);
        List<Effect> looks = scene.all.stream()
                .filter(effect -> effect instanceof Effect.Look || effect instanceof Effect.Perform)
                .toList();
        assertThat(((Effect.Look) looks.getFirst()).evidence())
                .as("a first glance")
                .isFalse();
        assertThat(((Effect.Look) looks.get(1)).evidence()).isTrue();
        assertThat(looks.get(2)).isInstanceOf(Effect.Perform.class);
    }

    /** what is over when it is looked at leaves no bundle, which would take the place of one that matters. */
    @Test
    void whatIsWellAtTheFirstGlanceLeavesNoEvidence() {
        Sighting web = scene.container("web");
        scene.tell(scene.event(web, Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.skips()).containsExactly(Reason.STALE);
        assertThat(scene.all).noneMatch(effect -> effect instanceof Effect.Look look && look.evidence());
    }

    /** what only has to be looked at waits for nobody's repair. */
    @Test
    void aGlanceTakesNobodysTurn() {
        Sighting web = scene.container("web");
        Sighting other = scene.container("other");
        scene.dies(web, 1);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.VERIFYING);
        scene.worker = _ -> new Input.Result.Unknown("no answer");
        scene.dies(scene.container("slow"), 1); // it is being acted on, for minutes
        scene.tell(scene.event(other, Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.state(other).phase()).isEqualTo(Phase.OK);
    }

    /** one record for each transition, however long it waits. */
    @Test
    void nobodyIsToldTheSameTwice() {
        scene.asks(new Input.Command.Pause(null, ""));
        scene.dies(scene.container("web"), 1);
        scene.minutes(120);
        scene.asks(new Input.Command.Resume());
        scene.minutes(2);
        assertThat(scene.events.stream().map(RecoveryEvent::id)).doesNotHaveDuplicates();
        assertThat(scene.kinds())
                .containsExactly(Kind.PAUSED, Kind.REQUESTED, Kind.SKIPPED, Kind.RESUMED, Kind.STARTED, Kind.SUCCEEDED);
    }
}
