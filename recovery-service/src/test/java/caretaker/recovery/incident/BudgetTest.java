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
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbooks;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** how often, and when it is enough. */
class BudgetTest {
    private static final String FREE = "host-actions: 100\ncluster-actions: 100\nbreaker-floor: 100\n";
    private final Scene scene = new Scene(FREE);

    /** */
    @Test
    void theBackoffDoublesUpToTheCapAndLiesInTheUpperHalf() {
        Rules rules = Config.defaults(Rules.class);
        for (int n = 1; n <= 40; n++) {
            int attempt = n;
            Duration ceiling = Backoff.ceiling(n, rules);
            assertThat(ceiling).isEqualTo(Duration.ofSeconds(Math.min(300, n > 6 ? 300 : 10L << (n - 1))));
            Cases.forEach(
                    random -> Backoff.after(attempt, rules, random),
                    wait -> assertThat(wait).isBetween(ceiling.dividedBy(2), ceiling));
            assertThat(Backoff.after(n, rules, Cases.random(7))).isEqualTo(Backoff.after(n, rules, Cases.random(7)));
        }
    }

    /** */
    @Test
    void fiveAttemptsThatDoNotHelpAreAQuarantine() {
        var patient = new Scene(
                FREE,
                new Scope(List.of(), List.of()),
                Playbooks.parse("playbooks: [{name: all, match: {}, ladder: [{action: restart}]}]", "own.yml"));
        Sighting web = patient.container("web");
        patient.worker = perform -> {
            patient.work(perform);
            patient.exit(web, 1);
            return new Result.Done();
        };
        patient.dies(web, 1);
        patient.minutes(29);
        assertThat(patient.performed).hasSize(5);
        assertThat(patient.state(web).phase()).isEqualTo(Phase.QUARANTINED);
        assertThat(patient.last().kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(patient.last().reason()).isEqualTo(Reason.BUDGET);
    }

    /** a rung for each attempt, and the end of the ladder. */
    @Test
    void theLadderIsClimbedARungAnAttempt() {
        Sighting web = scene.container("web");
        scene.worker = _ -> new Result.Refused("500");
        scene.dies(web, 1);
        scene.minutes(5);
        assertThat(scene.actions()).containsExactly(Action.START, Action.RECREATE);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.QUARANTINED);
    }

    /** */
    @Test
    void attemptsAreForgottenAfterTenMinutesOfHealthAndNotBefore() {
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.minutes(9);
        assertThat(scene.state(web).attempts()).hasSize(1);
        scene.minutes(2);
        assertThat(scene.state(web).attempts()).isEmpty();
    }

    /** one that dies again and again is slowed down though each start "helps"; R-42: to the cap at last. */
    @Test
    void aCrashLoopIsSlowedThoughEachRepairHelps() {
        Sighting web = scene.container("web");
        for (int i = 0; i < 2; i++) {
            scene.dies(web, 1);
            scene.seconds(70);
        }
        assertThat(scene.kinds()).contains(Kind.FLAPPING);
        scene.dies(web, 1);
        scene.minutes(6);
        assertThat(scene.performed).hasSize(3);
        List<Instant> at = scene.performed.stream()
                .map(each -> each.operation().reservedAt())
                .toList();
        assertThat(Duration.between(at.getFirst(), at.get(1)))
                .isBetween(Duration.ofSeconds(75), Duration.ofSeconds(80));
        assertThat(Duration.between(at.get(1), at.get(2))).isGreaterThan(Duration.ofMinutes(5));
    }

    /** nor is what flaps and cannot be repaired tried more often than that. */
    @Test
    void aFlappingContainerIsSlowedAlsoWhenItsRepairFails() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        for (int i = 0; i < 2; i++) {
            scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
            scene.seconds(5);
            scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, "", HealthEvent.State.CLEARED));
            scene.seconds(5);
        }
        scene.worker = _ -> new Result.Refused("no");
        scene.unhealthy(web);
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.minutes(6);
        assertThat(scene.performed).hasSize(1);
        assertThat(Duration.between(
                        scene.clock.instant(), requireNonNull(scene.state(web).due())))
                .isGreaterThan(Duration.ofMinutes(3));
    }

    /** */
    @Test
    void aFlappingContainerIsToldOnceAndSlowedToTheCap() {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.HEALTHY));
        for (int i = 0; i < 2; i++) {
            scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
            scene.seconds(5);
            scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, "", HealthEvent.State.CLEARED));
            scene.seconds(5);
        }
        scene.unhealthy(web);
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.seconds(299);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.kinds().stream().filter(Kind.FLAPPING::equals)).hasSize(1);
        scene.seconds(5);
        assertThat(scene.performed).hasSize(1);
    }

    /** */
    @Test
    void aQuarantineOutlivesTheServiceAndEndsByAPersonWhoIsNamed() {
        Sighting web = scene.container("web");
        scene.dies(web, 127);
        assertThat(scene.last().reason()).isEqualTo(Reason.PERMANENT);
        scene.restart();
        scene.minutes(600);
        scene.dies(web, 1);
        assertThat(scene.performed).isEmpty();
        scene.exit(web, 1);
        scene.list();
        scene.asks(new Input.Command.Release("web"));
        assertThat(scene.events)
                .anyMatch(
                        event -> event.kind() == Kind.RELEASED && event.actor().equals("user:anna"));
        assertThat(scene.actions()).containsExactly(Action.START);
        assertThat(scene.state(web).attempts()).hasSize(1);
    }

    /** nobody but the list has found it; that this run is known is no reason to leave it lying. */
    @Test
    void whatAListHasFoundIsTriedAgainWhenItIsReleased() {
        Sighting web = scene.container("web");
        scene.exit(web, 127);
        scene.list();
        assertThat(scene.state(web).phase()).isEqualTo(Phase.QUARANTINED);
        scene.engine.put(web.key(), Made.exited(web, 1, scene.clock.instant()));
        scene.list();
        scene.asks(new Input.Command.Release("web"));
        assertThat(scene.actions()).containsExactly(Action.START);
    }

    /** killed between the two, it is told once more rather than never. */
    @Test
    void aQuarantineAndItsReleaseAreToldBeforeTheyAreWrittenDown() {
        Sighting web = scene.container("web");
        scene.before = effect -> {
            if (effect instanceof Effect.Store(RecoveryState state) && state.phase() == Phase.QUARANTINED) {
                assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
            }
            if (effect instanceof Effect.Store(RecoveryState state) && state.phase() == Phase.OK) {
                assertThat(scene.last().kind()).isEqualTo(Kind.RELEASED);
            }
        };
        scene.asks(new Input.Command.Quarantine("web", "strange"));
        scene.asks(new Input.Command.Release("web"));
        assertThat(scene.kinds()).containsExactly(Kind.QUARANTINED, Kind.RELEASED);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
    }

    /** the optional end. */
    @Test
    void aQuarantineMayEndByItself() {
        var mild = new Scene("quarantine-ttl: 1h\n");
        Sighting web = mild.container("web");
        mild.dies(web, 126);
        mild.minutes(59);
        assertThat(mild.state(web).phase()).isEqualTo(Phase.QUARANTINED);
        mild.minutes(2);
        assertThat(mild.kinds()).contains(Kind.RELEASED);
    }

    /** */
    @ParameterizedTest
    @ValueSource(ints = {125, 126, 127})
    void whatCannotStartIsNotTried(int code) {
        Sighting web = scene.container("web");
        scene.dies(web, code);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.last().reason()).isEqualTo(Reason.PERMANENT);
    }

    /** */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "No such image: lab/web:1",
                "driver failed programming external connectivity: Bind for 0.0.0.0:3000 failed: port is already allocated",
                "error mounting \"/x\" to rootfs",
                "bind source path does not exist: /srv"
            })
    void whatTheEngineWillAlwaysRefuseIsAskedOnce(String error) {
        Sighting web = scene.container("web");
        scene.worker = _ -> new Result.Refused(error);
        scene.dies(web, 1);
        scene.minutes(20);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(scene.last().reason()).isEqualTo(Reason.PERMANENT);
    }

    /** */
    @Test
    void aConfigurationThatTheLogComplainsOfIsNotRestarted() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.logs.put(
                grafana.key(),
                List.of("logger=provisioning Only one datasource per organization can be marked as default"));
        scene.dies(grafana, 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.last().reason()).isEqualTo(Reason.PERMANENT);
    }
}
