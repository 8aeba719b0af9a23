package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** how much at a time, and who may stop it. */
class BlastRadiusTest {
    private static final String FREE = "host-actions: 100\ncluster-actions: 100\n";

    private static List<Sighting> containers(Scene scene, int count) {
        List<Sighting> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(scene.container("c" + i));
        }
        return all;
    }

    /** */
    @Test
    void threeActionsInFiveMinutesOnAHostAndTheRestWaitsOldestCriticalFirst() {
        var scene = new Scene("breaker-floor: 100");
        List<Sighting> all = containers(scene, 6);
        all.forEach(each -> {
            scene.dies(each, 1);
            scene.clock.advance(Duration.ofMillis(10));
        });
        Sighting urgent = scene.container("urgent");
        scene.exit(urgent, 139);
        HealthEvent event = scene.event(scene.now(urgent), Condition.CONTAINER_EXITED, "139");
        scene.tell(new Input.Health(critical(event), event.time()));
        assertThat(scene.performed).hasSize(3);
        assertThat(scene.skips()).containsOnly(Reason.RATE_LIMITED).hasSize(4);
        scene.minutes(4);
        assertThat(scene.performed).hasSize(3);
        scene.seconds(61);
        assertThat(scene.performed).hasSizeGreaterThan(3);
        assertThat(scene.performed.get(3).container()).isEqualTo(urgent.identity());
        scene.minutes(15);
        assertThat(scene.performed).hasSize(7);
    }

    private static HealthEvent critical(HealthEvent of) {
        return new HealthEvent(
                of.host(),
                of.agentId(),
                of.sequence(),
                of.time(),
                of.condition(),
                of.state(),
                HealthEvent.Severity.CRITICAL,
                of.entity(),
                of.code(),
                of.message(),
                of.action(),
                of.evidence(),
                false);
    }

    /** what other hosts do counts for the cluster. */
    @Test
    void tenActionsInTheClusterAreEnoughForAll() {
        var scene = new Scene();
        for (int i = 0; i < 10; i++) {
            scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "node-2/lab/c/" + i, "", ""));
        }
        scene.dies(scene.container("web"), 1);
        assertThat(scene.performed).isEmpty();
        scene.seconds(301);
        assertThat(scene.performed).hasSize(1);
    }

    /** the window outlives a crash. */
    @Test
    void aRestartOfTheServiceDoesNotFillTheBucket() {
        var scene = new Scene("breaker-floor: 100");
        containers(scene, 3).forEach(each -> scene.dies(each, 1));
        scene.restart();
        scene.dies(scene.container("web"), 1);
        scene.minutes(3);
        assertThat(scene.performed).hasSize(3);
    }

    /** */
    @Test
    void moreThanHalfOfTheContainersOpenTheBreakerUntilAPersonResetsIt() {
        var scene = new Scene(FREE);
        List<Sighting> all = containers(scene, 10);
        all.forEach(each -> scene.dies(each, 1));
        assertThat(scene.performed).hasSize(5);
        assertThat(scene.kinds()).contains(Kind.BREAKER_OPENED);
        assertThat(scene.recoveries.isBreakerOpen()).isTrue();
        scene.minutes(60);
        scene.restart();
        scene.minutes(60);
        assertThat(scene.performed).hasSize(5);
        scene.asks(new Input.Command.ResetBreaker());
        assertThat(scene.events)
                .anyMatch(event ->
                        event.kind() == Kind.BREAKER_RESET && event.actor().equals("user:anna"));
        scene.minutes(1);
        assertThat(scene.performed).hasSize(10);
    }

    /** killed before each single effect, nobody finds a breaker open of which he was not told. */
    @Test
    void anOpenBreakerIsToldOfBeforeItIsRemembered() {
        for (int at = 0; at < 60; at++) {
            var scene = new Scene(FREE);
            List<Sighting> all = containers(scene, 10);
            int[] left = {at};
            scene.before = _ -> {
                if (left[0]-- == 0) {
                    throw new Scene.Killed();
                }
            };
            try {
                all.forEach(each -> scene.dies(each, 1));
            } catch (Scene.Killed e) {
                scene.before = _ -> {};
                scene.restart();
            }
            assertThat(!scene.recoveries.isBreakerOpen() || scene.kinds().contains(Kind.BREAKER_OPENED))
                    .as("killed before effect %d", at)
                    .isTrue();
        }
    }

    /** with all defaults too: the rate alone does not keep the breaker from ever opening. */
    @Test
    void theBreakerOpensWithItsDefaultsToo() {
        var scene = new Scene();
        containers(scene, 8).forEach(each -> scene.dies(each, 1));
        scene.minutes(15);
        assertThat(scene.performed).hasSize(4);
        assertThat(scene.recoveries.isBreakerOpen()).isTrue();
        assertThat(scene.kinds()).contains(Kind.BREAKER_OPENED);
    }

    /** the floor, so that a small host is not stopped by its second failure. */
    @Test
    void threeContainersAreNeverTooMany() {
        var scene = new Scene(FREE);
        List<Sighting> all = containers(scene, 4);
        all.subList(0, 3).forEach(each -> scene.dies(each, 1));
        assertThat(scene.performed).hasSize(3);
        scene.dies(all.get(3), 1);
        assertThat(scene.performed).hasSize(3);
        assertThat(scene.recoveries.isBreakerOpen()).isTrue();
    }

    /** */
    @Test
    void oneActionAtATime() {
        var scene = new Scene(FREE + "breaker-floor: 100");
        List<Sighting> all = containers(scene, 3);
        scene.worker = _ -> new Input.Result.Unknown("it hangs");
        all.forEach(each -> scene.dies(each, 1));
        scene.seconds(60);
        assertThat(scene.performed).hasSize(1);
        scene.worker = scene::work;
        scene.minutes(10);
        assertThat(scene.performed.stream().map(Effect.Perform::container).distinct())
                .hasSize(3);
    }

    /** */
    @Test
    void neverTwoOfAGroup() {
        var scene = new Scene(FREE);
        Sighting one = scene.container("b1", "caretaker.recovery.group", "brokers");
        Sighting two = scene.container("b2", "caretaker.recovery.group", "brokers");
        scene.dies(one, 1);
        scene.dies(two, 1);
        scene.seconds(29);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.skips()).containsExactly(Reason.DEFERRED);
        scene.seconds(30);
        assertThat(scene.performed).hasSize(2);
    }

    /** nor on two hosts, as far as the bus tells. */
    @Test
    void neverTwoOfAGroupOnTwoHosts() {
        var scene = new Scene(FREE);
        Sighting broker = scene.container("b1", "caretaker.recovery.group", "brokers");
        Sighting web = scene.container("web");
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "node-2/lab/b2/1", "brokers", ""));
        scene.dies(broker, 1);
        scene.dies(web, 1);
        scene.minutes(5);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.skips()).containsExactly(Reason.DEFERRED);
        scene.tell(new Input.EndedElsewhere("node-2/lab/b2/1"));
        scene.seconds(11);
        assertThat(scene.performed).hasSize(2);
        assertThat(requireNonNull(scene.last().operation()).group()).isEqualTo("brokers");
    }

    /** a host that is gone in the middle of a repair does not hold its group for ever. */
    @Test
    void aHostThatNeverTellsOfAnEndHoldsItsGroupForAQuarterOfAnHour() {
        var scene = new Scene(FREE);
        Sighting broker = scene.container("b1", "caretaker.recovery.group", "brokers");
        scene.tell(new Input.StartedElsewhere(scene.clock.instant(), "node-2/lab/b2/1", "brokers", ""));
        scene.dies(broker, 1);
        scene.minutes(15);
        assertThat(scene.performed).isEmpty();
        scene.seconds(20);
        assertThat(scene.performed).hasSize(1);
    }

    /** of two that begin in one moment the first by its reservation goes on. */
    @Test
    void ofTwoHostsThatBeginTogetherOneGoesOn() {
        for (int apart : new int[] {-1, 1}) {
            var scene = new Scene(FREE);
            Sighting broker = scene.container("b1", "caretaker.recovery.group", "brokers");
            scene.before = effect -> {
                if (effect instanceof Effect.Perform) {
                    scene.recoveries.handle(
                            new Input.StartedElsewhere(
                                    scene.clock.instant().plusMillis(apart), "node-2/lab/b2/1", "brokers", ""),
                            scene.clock.instant());
                }
            };
            scene.dies(broker, 1);
            assertThat(scene.performed).hasSize(apart < 0 ? 0 : 1);
        }
    }

    /** */
    @Test
    void aDryRunTellsWhatWouldBeDoneAndDoesNothing() {
        var scene = new Scene("dry-run: true");
        Sighting web = scene.container("web");
        scene.dies(web, 1);
        scene.minutes(30);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.last().reason()).isEqualTo(Reason.DRY_RUN);
        assertThat(scene.last().dryRun()).isTrue();
        assertThat(requireNonNull(scene.last().operation()).action()).isEqualTo(Action.START);
        assertThat(scene.state(web).attempts()).isEmpty();
        var other = new Scene();
        other.dies(other.container("web", "caretaker.recovery.dry-run", "yes"), 1);
        other.dies(other.container("db"), 1);
        assertThat(other.performed).hasSize(1);
        other.tell(drill(other));
        assertThat(other.performed).hasSize(1);
    }

    private static HealthEvent drill(Scene scene) {
        Sighting job = scene.container("job");
        HealthEvent of = scene.event(scene.exit(job, 1), Condition.CONTAINER_EXITED, "1");
        return new HealthEvent(
                of.host(),
                "drill-1",
                1,
                of.time(),
                of.condition(),
                of.state(),
                of.severity(),
                of.entity(),
                of.code(),
                of.message(),
                of.action(),
                of.evidence(),
                true);
    }

    /** */
    @Test
    void theKillSwitchStopsWhatIsNewAtOnce() {
        var scene = new Scene();
        scene.tell(new Input.KillSwitch(true));
        scene.dies(scene.container("web"), 1);
        scene.minutes(10);
        assertThat(scene.performed).isEmpty();
        scene.tell(new Input.KillSwitch(false));
        scene.seconds(31);
        assertThat(scene.performed).hasSize(1);
    }

    /** a pause by a person, told with the name, and ended by itself. */
    @Test
    void aPauseIsToldOutlivesTheServiceAndEnds() {
        var scene = new Scene();
        scene.asks(new Input.Command.Pause(Duration.ofMinutes(30), "move of the rack"));
        assertThat(scene.last().kind()).isEqualTo(Kind.PAUSED);
        assertThat(scene.last().actor()).isEqualTo("user:anna");
        scene.restart();
        scene.dies(scene.container("web"), 1);
        scene.minutes(29);
        assertThat(scene.performed).isEmpty();
        scene.minutes(2);
        assertThat(scene.performed).hasSize(1);
    }

    /** */
    @Test
    void aLockHoldsItsContainersBackAndExpires() {
        var scene = new Scene();
        Sighting web = scene.container("web");
        Sighting db = scene.container("db");
        Instant now = scene.clock.instant();
        scene.tell(new Input.Locked(
                new MaintenanceLock(Scene.HOST, "lab/web", "backup-service", "", now, now.plusSeconds(600))));
        scene.dies(web, 1);
        scene.dies(db, 1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.skips()).containsExactly(Reason.MAINTENANCE);
        scene.seconds(599);
        assertThat(scene.performed).hasSize(1);
        scene.seconds(2);
        assertThat(scene.performed).hasSize(2);
    }

    /** given back early. */
    @Test
    void aLockThatIsGivenBackHoldsNoMore() {
        var scene = new Scene();
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.UNHEALTHY));
        Instant now = scene.clock.instant();
        var lock = new MaintenanceLock("*", "*", "user:anna", "", now, now.plusSeconds(600));
        scene.tell(new Input.Locked(lock));
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.seconds(60);
        scene.tell(new Input.Unlocked(lock.key()));
        scene.seconds(1);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.VERIFYING);
    }

    /** a person's rehearsal is told with his name, and changes nothing about what follows. */
    @Test
    void aRehearsalTakesNothingAway() {
        var scene = new Scene();
        Sighting web = scene.container("web");
        scene.exit(web, 137);
        scene.list();
        scene.asks(new Input.Command.Repair("web", true));
        assertThat(scene.last().reason()).isEqualTo(Reason.DRY_RUN);
        assertThat(scene.events.getFirst().actor()).isEqualTo("user:anna");
        assertThat(scene.performed).isEmpty();
        scene.asks(new Input.Command.Repair("web", false));
        assertThat(scene.performed).hasSize(1);
    }

    /** what waits for its backoff is repaired then, whoever has wanted to know meanwhile what it would be. */
    @Test
    void aRehearsalDoesNotCancelARepairThatWaits() {
        var scene = new Scene();
        Sighting web = scene.container("web");
        scene.worker = _ -> new Input.Result.Refused("not now");
        scene.dies(web, 1);
        assertThat(scene.performed).hasSize(1);
        scene.asks(new Input.Command.Repair("web", true));
        scene.asks(new Input.Command.Repair("web", true));
        assertThat(scene.performed).hasSize(1);
        scene.minutes(5);
        assertThat(scene.performed).hasSizeGreaterThan(1);
    }

    /** a pause ends by itself, though nothing else happens. */
    @Test
    void aPauseEndsWithItsTime() {
        var scene = new Scene();
        scene.asks(new Input.Command.Pause(Duration.ofMinutes(5), "work"));
        scene.seconds(299);
        assertThat(scene.recoveries.host(scene.clock.instant()).pause()).isNotNull();
        scene.seconds(2);
        assertThat(scene.recoveries.host(scene.clock.instant()).pause()).isNull();
        assertThat(java.util.Objects.requireNonNull(scene.hostState).pause()).isNull();
        assertThat(scene.kinds()).as("R-81: also that it is over").containsExactly(Kind.PAUSED, Kind.RESUMED);
        assertThat(scene.last().actor()).isEqualTo(RecoveryEvent.SERVICE);
    }

    /** locks and the kill switch are on the audit, each once, with who holds them. */
    @Test
    void locksAndTheKillSwitchAreOnTheAudit() {
        var scene = new Scene();
        Instant now = scene.clock.instant();
        var lock = new MaintenanceLock("*", "lab/web", "user:anna", "new disk", now, now.plusSeconds(600));
        scene.tell(new Input.Locked(lock));
        scene.tell(new Input.Locked(lock));
        assertThat(scene.last().kind()).isEqualTo(Kind.PAUSED);
        assertThat(scene.last().reason()).isEqualTo(Reason.MAINTENANCE);
        assertThat(scene.last().actor()).isEqualTo("user:anna");
        assertThat(scene.last().message()).contains("lab/web").contains("new disk");
        scene.tell(new Input.Unlocked(lock.key()));
        scene.tell(new Input.KillSwitch(true));
        scene.tell(new Input.KillSwitch(false));
        assertThat(scene.kinds()).containsExactly(Kind.PAUSED, Kind.RESUMED, Kind.PAUSED, Kind.RESUMED);
        assertThat(scene.events.stream().map(RecoveryEvent::id)).doesNotHaveDuplicates();
    }

    /** a person who asks for the next step of what is open already is on the audit. */
    @Test
    void whoAsksForTheNextStepIsOnTheAudit() {
        var scene = new Scene();
        Sighting web = scene.container("web");
        scene.worker = _ -> new Input.Result.Refused("no");
        scene.dies(web, 1);
        scene.asks(new Input.Command.Repair("web", false));
        assertThat(scene.events)
                .filteredOn(event -> event.kind() == Kind.REQUESTED)
                .extracting(RecoveryEvent::actor)
                .containsExactly(RecoveryEvent.SERVICE, "user:anna");
    }
}
