package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.playbook.Playbooks;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** what is made of events. */
class InputTest {
    private final Scene scene = new Scene();

    @Test
    void aContainerThatDiesIsStartedAndProven() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        assertThat(scene.actions()).containsExactly(Action.START);
        scene.seconds(29);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.VERIFYING);
        scene.seconds(2);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
        assertThat(scene.kinds()).containsExactly(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
    }

    /** */
    @Test
    void anEventWithoutARunIsRefusedAndStopsNothing() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.event(scene.exit(web, 1), Condition.CONTAINER_EXITED, "1");
        Map<String, String> evidence = new HashMap<>(event.evidence());
        evidence.remove("startedAt");
        scene.tell(with(event, event.host(), event.time(), event.entity(), evidence));
        evidence.put("startedAt", "yesterday");
        scene.tell(with(event, event.host(), event.time(), event.entity(), evidence));
        var odd = new HealthEvent.Entity(HealthEvent.Entity.Kind.CONTAINER, "../../x", "--privileged");
        evidence.put("startedAt", Scene.BOOT.toString());
        evidence.put("name", "--privileged");
        scene.tell(with(event, event.host(), event.time(), odd, evidence));
        assertThat(scene.all.stream().filter(Effect.Refuse.class::isInstance)).hasSize(3);
        assertThat(scene.performed).isEmpty();
        scene.tell(event);
        assertThat(scene.actions()).containsExactly(Action.START);
    }

    @Test
    void anEventOfAnotherHostIsNotOurs() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.event(scene.exit(web, 1), Condition.CONTAINER_EXITED, "1");
        scene.tell(with(event, "node-2", event.time(), event.entity(), event.evidence()));
        assertThat(scene.performed).isEmpty();
    }

    @Test
    void anEventOfAContainerThatNeverWasIsStale() {
        HealthEvent event;
        Sighting ghost = scene.container("ghost");
        event = scene.event(ghost, Condition.CONTAINER_EXITED, "1");
        scene.engine.clear();
        scene.list();
        scene.tell(event);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.STALE);
        assertThat(scene.states).isEmpty();
    }

    /** */
    @Test
    void recordsHaveTheKeyOfTheHostAndWhatLasts() {
        scene.dies(scene.container("web"), 1);
        assertThat(scene.events).allSatisfy(event -> assertThat(event.key()).isEqualTo("node-1/lab/web/1"));
        assertThat(scene.states).containsOnlyKeys("node-1/lab/web/1");
    }

    /** */
    @Test
    void theSameEventAHundredTimesAndOverRestartsIsOneWrite() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.dies(web, 1);
        for (int i = 0; i < 100; i++) {
            scene.tell(event);
            scene.seconds(1);
            if (i % 30 == 29) {
                scene.restart();
            }
        }
        assertThat(scene.writes.values()).containsExactly(1);
    }

    /** */
    @Test
    void twoEventsOfOneRunAreOneIncidentWithBothIds() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        scene.unhealthy(web);
        HealthEvent first = scene.event(web, Condition.CONTAINER_UNHEALTHY, "");
        HealthEvent second = scene.event(web, Condition.PROBE_FAILED, "");
        scene.tell(first);
        scene.tell(second);
        scene.minutes(1);
        assertThat(scene.actions()).containsExactly(Action.RESTART);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(requireNonNull(scene.last().incident()).eventIds()).containsExactly(first.id(), second.id());
        HealthEvent third = with(second, Scene.HOST, second.time(), second.entity(), second.evidence());
        scene.tell(third);
        assertThat(scene.performed).hasSize(1);
    }

    /** */
    @Test
    void aContainerThatIsWellStartedSinceNewOrGoneIsLeftAlone() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.put(Made.started(web, Scene.BOOT.plusSeconds(60)));
        scene.tell(scene.event(web, Condition.CONTAINER_EXITED, "1"));
        scene.put(Made.anew(web.identity(), web, "ff", Scene.BOOT));
        scene.tell(scene.event(web, Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.STALE, Reason.STALE, Reason.STALE);
    }

    /** between the look and the write. */
    @Test
    void aContainerThatChangedInTheLastMomentIsLeftAlone() {
        Sighting web = scene.container("web");
        scene.worker = _ -> new Input.Result.Changed();
        scene.dies(web, 1);
        assertThat(scene.last().reason()).isEqualTo(Reason.STALE);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
    }

    /** */
    @Test
    void anOldEventIsExpiredOnlyPastTheLimit() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.event(scene.exit(web, 1), Condition.CONTAINER_EXITED, "1");
        scene.clock.advance(Duration.ofMinutes(5).plusMillis(1));
        scene.tell(event);
        assertThat(scene.skips()).containsExactly(Reason.EXPIRED);
        assertThat(scene.performed).isEmpty();
        var other = new Scene();
        Sighting late = other.container("late");
        HealthEvent just = other.event(other.exit(late, 1), Condition.CONTAINER_EXITED, "1");
        other.clock.advance(Duration.ofMinutes(5));
        other.tell(just);
        assertThat(other.actions()).containsExactly(Action.START);
    }

    /** */
    @Test
    void anEventFromTheFutureIsTakenForNow() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.event(scene.exit(web, 1), Condition.CONTAINER_EXITED, "1");
        Instant later = event.time().plus(Duration.ofHours(9));
        scene.tell(with(event, Scene.HOST, later, event.entity(), event.evidence()));
        assertThat(scene.actions()).containsExactly(Action.START);
        assertThat(requireNonNull(scene.state(web).incident()).since()).isEqualTo(scene.clock.instant());
    }

    /** */
    @Test
    void aBacklogIsCollapsedBeforeAnythingIsDone() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        scene.restart();
        var fresh = new Scene();
        fresh.engine.put(web.key(), web);
        fresh.recoveries = unready();
        fresh.list();
        for (int i = 0; i < 50; i++) {
            fresh.tell(fresh.event(web, Condition.CONTAINER_UNHEALTHY, ""));
            fresh.tell(fresh.event(web, Condition.CONTAINER_UNHEALTHY, "", HealthEvent.State.CLEARED));
        }
        fresh.tell(fresh.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        fresh.unhealthy(web);
        assertThat(fresh.performed).isEmpty();
        fresh.tell(new Input.CaughtUp());
        fresh.minutes(6);
        assertThat(fresh.performed).hasSize(1);
    }

    private static Recoveries unready() {
        var setup = new Recoveries.Setup(
                Scene.HOST,
                "",
                new RecoveryState.Writer("r-9", 9),
                Config.defaults(Rules.class),
                new Scope(List.of(), List.of()),
                Playbooks.builtIn());
        return new Recoveries(setup, Cases.random(1));
    }

    /** the state of the incident is the first that is written, so an offset may be committed after it. */
    @Test
    void theIncidentIsDurableBeforeAnythingElse() {
        scene.dies(scene.container("web"), 1);
        List<Effect> effects = scene.all.stream()
                .filter(effect -> !(effect instanceof Effect.StoreHost))
                .toList();
        assertThat(effects.getFirst()).isInstanceOf(Effect.Store.class);
    }

    /** */
    @Test
    void whatNobodyToldIsFoundWhenAllAreListed() {
        Sighting web = scene.container("web");
        scene.exit(web, 3);
        scene.list();
        assertThat(scene.actions()).containsExactly(Action.START);
        scene.minutes(1);
        scene.list();
        scene.list();
        assertThat(scene.performed).hasSize(1);
    }

    /** what ended long ago, or as a stopped one does, nobody wants back. */
    @Test
    void anOldExitOrAStopIsNoFinding() {
        Sighting old = scene.container("old");
        scene.put(Made.exited(old, 1, scene.clock.instant().minus(Duration.ofDays(2))));
        Sighting stopped = scene.container("stopped");
        scene.exit(stopped, 143);
        scene.list();
        assertThat(scene.performed).isEmpty();
    }

    private static HealthEvent with(
            HealthEvent of, String host, Instant time, HealthEvent.Entity entity, Map<String, String> evidence) {
        return new HealthEvent(
                host,
                of.agentId(),
                of.sequence() + 1000 + evidence.size(),
                time,
                of.condition(),
                of.state(),
                of.severity(),
                entity,
                of.code(),
                of.message(),
                of.action(),
                evidence,
                of.drill());
    }

    /** what was only told of is over when it is seen well, and what fails later is a failure of its own. */
    @Test
    void whatWasOnlyToldOfEndsWhenItIsSeenWell() {
        Sighting job = scene.put(Made.gpus(scene.container("train"), "GPU-1"));
        scene.list();
        scene.dies(job, 1);
        assertThat(scene.state(job).phase()).isEqualTo(Phase.SUSPECT);
        scene.list();
        assertThat(scene.state(job).incident()).isNotNull();
        scene.put(Made.started(scene.now(job), scene.clock.instant().plusSeconds(5)));
        scene.minutes(1);
        scene.list();
        assertThat(scene.state(job).incident()).isNull();
        assertThat(scene.state(job).phase()).isEqualTo(Phase.OK);
        scene.dies(job, 2);
        assertThat(scene.skips()).containsExactly(Reason.REPORT_ONLY, Reason.STALE, Reason.REPORT_ONLY);
    }

    /** also without a new run; but only after its stable time, and on the service's own word where it has one. */
    @Test
    void whatRestsIsNotOverAtTheFirstGoodLook() {
        Sighting job = scene.put(Made.gpus(scene.container("train"), "GPU-1"));
        scene.list();
        scene.tell(scene.event(job, Condition.PROBE_FAILED, ""));
        scene.list();
        scene.minutes(1);
        scene.list();
        assertThat(scene.state(job).incident()).as("a list asks no service").isNotNull();
        scene.tell(new Input.Verified(scene.now(job), Input.ProbeAnswer.PASSED));
        scene.seconds(29);
        scene.tell(new Input.Verified(scene.now(job), Input.ProbeAnswer.PASSED));
        assertThat(scene.state(job).incident()).isNotNull();
        scene.seconds(1);
        scene.tell(new Input.Verified(scene.now(job), Input.ProbeAnswer.PASSED));
        assertThat(scene.state(job).incident()).isNull();
    }

    /** another failure of what rests is repaired from its first step on. */
    @Test
    void whatRestsSwallowsNoOtherFailure() {
        var playbooks = Playbooks.parse("""
                playbooks:
                  - name: patient
                    match: {conditions: [container.unhealthy]}
                    ladder: [{action: none}]
                """, "playbooks.yml");
        var careful = new Scene("", new Scope(List.of(), List.of()), playbooks);
        Sighting web = careful.container("web");
        careful.tell(careful.event(careful.unhealthy(web), Condition.CONTAINER_UNHEALTHY, ""));
        careful.tell(careful.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        assertThat(careful.skips()).containsExactly(Reason.REPORT_ONLY);
        careful.dies(web, 1);
        assertThat(careful.actions()).containsExactly(Action.START);
        assertThat(careful.skips()).containsExactly(Reason.REPORT_ONLY, Reason.STALE);
    }

    /** a loop of restarts is one incident, whatever is told of each, until it stops or is said to be over. */
    @Test
    void aLoopOfRestartsIsOneIncident() {
        Sighting web = scene.container("web");
        scene.tell(scene.event(web, Condition.CONTAINER_RESTART_LOOP, ""));
        for (int i = 1; i < 5; i++) {
            Sighting run = scene.put(Made.started(web, Scene.BOOT.plusSeconds(i)));
            scene.tell(scene.event(run, Condition.CONTAINER_EXITED, "1"));
            scene.list();
        }
        assertThat(scene.kinds()).containsExactly(Kind.REQUESTED, Kind.SKIPPED);
        scene.exit(web, 1);
        scene.list();
        assertThat(scene.actions()).as("the engine has given it up").containsExactly(Action.START);
    }

    /** the state is small: what is gone, or not to be repaired any more, leaves it. */
    @Test
    void whatIsGoneIsForgottenOnceNothingDependsOnIt() {
        Sighting web = scene.container("web");
        Sighting job = scene.put(Made.gpus(scene.container("train"), "GPU-1"));
        Sighting shy = scene.container("shy");
        scene.list();
        scene.dies(web, 1);
        scene.dies(job, 1);
        scene.exit(shy, 1);
        HealthEvent event = scene.event(scene.now(shy), Condition.CONTAINER_EXITED, "1");
        scene.put(Made.labelled(scene.now(shy), "caretaker.recovery", "no"));
        scene.tell(event);
        scene.minutes(1);
        assertThat(scene.states).as("it does not consent").hasSize(2);
        scene.engine.clear();
        scene.list();
        assertThat(scene.recoveries.states(scene.clock.instant()))
                .as("attempts count for a while")
                .hasSize(2)
                .allMatch(state -> state.phase() == Phase.OK);
        scene.minutes(41);
        scene.list();
        assertThat(scene.recoveries.states(scene.clock.instant())).isEmpty();
        assertThat(scene.states).isEmpty();
    }

    /** a quarantine outlives its container. */
    @Test
    void aQuarantineIsNotForgotten() {
        Sighting web = scene.container("web");
        scene.dies(web, 127);
        scene.engine.clear();
        scene.list();
        scene.minutes(60);
        scene.list();
        assertThat(scene.state(web).phase()).isEqualTo(Phase.QUARANTINED);
    }

    /** a clock that is far ahead is told of, and its event counts as of now. */
    @Test
    void aClockThatIsFarAheadIsToldOf() {
        Sighting web = scene.container("web");
        HealthEvent event = scene.event(scene.exit(web, 1), Condition.CONTAINER_EXITED, "1");
        Instant ahead = event.time().plusSeconds(121);
        scene.tell(with(event, event.host(), ahead, event.entity(), event.evidence()));
        assertThat(scene.events.getFirst().message()).contains("the agent's clock is 121 s ahead");
        assertThat(scene.performed).hasSize(1);
        Sighting db = scene.container("db");
        HealthEvent usual = scene.event(scene.exit(db, 1), Condition.CONTAINER_EXITED, "1");
        scene.tell(with(usual, usual.host(), usual.time().plusSeconds(120), usual.entity(), usual.evidence()));
        assertThat(scene.events.stream().filter(each -> each.message().contains("ahead")))
                .hasSize(1);
    }
}
