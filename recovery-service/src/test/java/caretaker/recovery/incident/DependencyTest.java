package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** containers that need each other, and hosts that are ill. */
class DependencyTest {
    private static final String COMPOSE = "com.docker.compose.depends_on";
    private final Scene scene = new Scene("host-actions: 20\nbreaker-floor: 20\n");

    /** whichever is told first. */
    @Test
    void whatIsNeededIsRepairedFirst() {
        Sighting db = scene.container("db");
        Sighting web = scene.container("web", COMPOSE, "db:service_healthy:false");
        scene.exit(db, 1);
        scene.dies(web, 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.DEFERRED);
        assertThat(requireNonNull(scene.state(web).incident()).waitingFor()).isEqualTo(db.key());
        scene.tell(scene.event(scene.now(db), Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.performed.getFirst().container()).isEqualTo(db.identity());
        scene.seconds(31);
        assertThat(scene.state(db).phase()).isEqualTo(Phase.OK);
        assertThat(scene.performed).hasSize(1);
        scene.seconds(16);
        assertThat(scene.performed.getLast().container()).isEqualTo(web.identity());
    }

    /** well by itself within the grace, and nothing is done. */
    @Test
    void whatRecoversWithWhatItNeedsIsLeftAlone() {
        Sighting db = scene.container("db");
        Sighting web = scene.container("web", COMPOSE, "db:service_healthy:false");
        scene.dies(db, 1);
        scene.unhealthy(web);
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.seconds(31);
        scene.put(Made.healthy(scene.now(web), Sighting.Health.HEALTHY));
        scene.seconds(20);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.last().reason()).isEqualTo(Reason.STALE);
    }

    /** nobody waits for ever for one that nobody repairs. */
    @Test
    void nobodyWaitsLongForOneThatNobodyTellsOf() {
        Sighting db = scene.container("db", COMPOSE, "");
        Sighting web = scene.container("web", COMPOSE, "db:service_healthy:false");
        scene.exit(db, 1);
        scene.dies(web, 1);
        scene.seconds(45);
        assertThat(scene.performed.getFirst().container()).isEqualTo(web.identity());
    }

    /** */
    @Test
    void thoseWhoWantItAreRestartedWithWhatTheyNeedInTheSameIncident() {
        Sighting db = scene.container("db");
        scene.container("web", COMPOSE, "db:service_healthy:true");
        Sighting cron = scene.container("cron", COMPOSE, "db:service_started:false");
        Sighting vpn = Made.shares(scene.container("vpn"), db.key());
        scene.put(vpn);
        scene.list();
        scene.dies(db, 1);
        scene.minutes(2);
        assertThat(scene.performed.stream().map(each -> each.container().service()))
                .containsExactlyInAnyOrder("db", "web", "vpn");
        assertThat(scene.actions()).containsExactly(Action.START, Action.RESTART, Action.RESTART);
        assertThat(scene.events.stream()
                        .map(event -> requireNonNull(event.incident()).id())
                        .distinct())
                .hasSize(1);
        assertThat(scene.events.stream().map(RecoveryEvent::id)).doesNotHaveDuplicates();
        assertThat(scene.state(cron(cron)).phase()).isEqualTo(Phase.OK);
    }

    private Sighting cron(Sighting cron) {
        scene.asks(new Input.Command.Quarantine(cron.key(), "so that it is remembered"));
        scene.asks(new Input.Command.Release(cron.key()));
        return cron;
    }

    /** the id of the one whose namespaces it shares is a part of it. */
    @Test
    void whoSharesTheNamespacesOfOneThatIsNewIsCreatedAnewToo() {
        Sighting db = scene.container("db");
        Sighting vpn = scene.put(Made.shares(scene.container("vpn"), db.key()));
        Sighting job = scene.put(Made.gpus(Made.shares(scene.container("job"), db.key()), "GPU-1"));
        Sighting other =
                scene.put(Made.labelled(Made.shares(scene.container("other"), db.key()), "caretaker.recovery", "no"));
        scene.list();
        scene.worker = perform ->
                perform.operation().action() == Action.START ? new Input.Result.Refused("500") : scene.work(perform);
        scene.dies(db, 1);
        scene.minutes(3);
        assertThat(scene.performed.stream()
                        .map(each -> each.container().service() + " "
                                + each.operation().action()))
                .containsExactly("db START", "db RECREATE", "vpn RECREATE");
        assertThat(scene.events)
                .anyMatch(event -> other.identity().equals(event.container()) && event.reason() == Reason.NOT_MANAGED)
                .anyMatch(event -> job.identity().equals(event.container()) && event.reason() == Reason.REPORT_ONLY);
        assertThat(scene.now(vpn).identity().id()).isNotEqualTo(vpn.identity().id());
    }

    /** the engine tells the linked one of a new address, but not of a new container. */
    @Test
    void whoIsLinkedToOneThatIsNewIsCreatedAnewAndOtherwiseLeftAlone() {
        Sighting db = scene.container("db");
        scene.put(Made.links(scene.container("web"), db.key()));
        scene.list();
        scene.dies(db, 1);
        scene.minutes(2);
        assertThat(scene.actions()).containsExactly(Action.START);
        scene.worker = perform ->
                perform.operation().action() == Action.START ? new Input.Result.Refused("500") : scene.work(perform);
        scene.dies(db, 1);
        scene.minutes(3);
        assertThat(scene.performed.stream()
                        .skip(1)
                        .map(each -> each.container().service() + " "
                                + each.operation().action()))
                .containsExactly("db START", "db RECREATE", "web RECREATE");
    }

    /** created shortly before the repair, it is in the list only when that is being proven. */
    @Test
    void whoIsListedWhileTheRepairOfWhatItNeedsIsBeingProvenFollowsToo() {
        Sighting db = scene.container("db");
        scene.dies(db, 1);
        scene.seconds(3);
        assertThat(scene.state(db).phase()).isEqualTo(Phase.VERIFYING);
        Sighting web = scene.put(Made.shares(scene.container("web"), db.key()));
        scene.list();
        scene.minutes(2);
        assertThat(scene.performed.stream()
                        .map(each -> each.container().service() + " "
                                + each.operation().action()))
                .containsExactly("db START", "web RESTART");
        assertThat(requireNonNull(scene.last().incident()).id())
                .isEqualTo(requireNonNull(scene.events.getFirst().incident()).id());
        assertThat(scene.state(web).phase()).isEqualTo(Phase.OK);
    }

    /** listed in the middle of it, the follower names the old half. */
    @Test
    void whoWasListedDuringTheRecreationOfWhatItNeedsFollowsToo() {
        Sighting db = scene.container("db");
        Sighting web = scene.put(Made.links(scene.container("web"), db.key()));
        scene.list();
        scene.worker = perform -> {
            if (perform.operation().action() == Action.START) {
                return new Input.Result.Refused("500");
            }
            if (perform.container().key().equals(db.key())) {
                scene.put(Made.links(web, Operations.oldHalf(db.identity().id())));
                scene.engine.remove(db.key());
                scene.list();
            }
            return scene.work(perform);
        };
        scene.dies(db, 1);
        scene.minutes(3);
        assertThat(scene.actions()).containsExactly(Action.START, Action.RECREATE, Action.RECREATE);
    }

    /** */
    @ParameterizedTest
    @EnumSource(names = {"GPU_DRIVER_MISMATCH", "GPU_DRIVER_GONE", "GPU_LOST"})
    void anIllHostHoldsAllRepairsBackUntilItIsWell(Condition condition) {
        Sighting web = scene.container("web");
        scene.tell(host(condition, HealthEvent.State.RAISED, ""));
        scene.dies(web, 1);
        scene.minutes(4);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.SUPPRESSED_HOST);
        scene.restart();
        scene.minutes(1);
        assertThat(scene.performed).isEmpty();
        scene.tell(host(condition, HealthEvent.State.CLEARED, ""));
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
    }

    /** that the engine does not answer is over when it does, whoever has forgotten to say so. */
    @Test
    void anEngineThatAnswersIsThere() {
        Sighting web = scene.container("web");
        scene.tell(host(Condition.DOCKER_UNAVAILABLE, HealthEvent.State.RAISED, ""));
        scene.dies(web, 1);
        scene.minutes(4);
        assertThat(scene.performed).isEmpty();
        scene.list();
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
        assertThat(requireNonNull(scene.hostState).illnesses()).isEmpty();
    }

    /** an agent that was killed and knows nothing of it clears nothing; it raises anew what it finds. */
    @Test
    void whatARunOfTheAgentRaisedEndsWhenOneSpeaksThatKnowsOfNone() {
        Sighting web = scene.container("web");
        scene.tell(host(Condition.GPU_LOST, HealthEvent.State.RAISED, ""));
        scene.tell(firstOf("a-2", Condition.GPU_THERMAL_THROTTLING, Map.of("previousAgentId", "a-1")));
        scene.dies(web, 1);
        assertThat(scene.performed)
                .as("that run knows of it, and says when it is over")
                .isEmpty();
        scene.tell(firstOf("a-3", Condition.GPU_THERMAL_THROTTLING, Map.of()));
        scene.minutes(1);
        assertThat(scene.performed).hasSize(1);
        scene.tell(firstOf("a-4", Condition.GPU_LOST, Map.of()));
        assertThat(requireNonNull(scene.hostState).illnesses()).containsOnlyKeys("gpu.lost GPU-1");
    }

    private HealthEvent firstOf(String run, Condition condition, Map<String, String> evidence) {
        HealthEvent of = host(condition, HealthEvent.State.RAISED, "");
        return new HealthEvent(
                of.host(),
                run,
                1,
                of.time(),
                of.condition(),
                of.state(),
                of.severity(),
                of.entity(),
                of.code(),
                of.message(),
                of.action(),
                evidence,
                false);
    }

    /** a person may know better; R-81: that is told with the name. */
    @Test
    void aPersonMayOverruleAnIllness() {
        Sighting web = scene.container("web");
        scene.tell(host(Condition.GPU_LOST, HealthEvent.State.RAISED, ""));
        scene.tell(host(Condition.GPU_XID, HealthEvent.State.OCCURRED, "79"));
        scene.dies(web, 1);
        scene.asks(new Input.Command.ClearIllness("gpu.nothing"));
        scene.asks(new Input.Command.ClearIllness("gpu.xid"));
        assertThat(scene.performed).isEmpty();
        scene.asks(new Input.Command.ClearIllness("gpu.lost GPU-1"));
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.events)
                .filteredOn(event -> event.kind() == Kind.RELEASED)
                .hasSize(2)
                .allMatch(event -> event.actor().equals("user:anna") && event.container() == null);
    }

    /** */
    @Test
    void anXid79HoldsAllRepairsBackForItsTime() {
        Sighting web = scene.container("web");
        scene.tell(host(Condition.GPU_XID, HealthEvent.State.OCCURRED, "79"));
        scene.dies(web, 1);
        scene.minutes(9);
        assertThat(scene.performed).isEmpty();
        scene.minutes(2);
        assertThat(scene.performed).hasSize(1);
    }

    /** a full disk is no fault of the container. A person is told what to do. */
    @Test
    void aFullDiskHoldsAllRepairsBack() {
        Sighting web = scene.container("web");
        scene.logs.put(web.key(), List.of("write /data/x: no space left on device"));
        scene.tell(new Input.Disk(true));
        scene.dies(web, 1);
        scene.dies(scene.container("db"), 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsOnly(Reason.SUPPRESSED_HOST);
        assertThat(scene.events)
                .filteredOn(event -> event.kind() == Kind.ESCALATED)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("On the host: free or add space"));
    }

    /** a line of a log alone does not prove a full disk: the host's own word counts. */
    @Test
    void aDiskThatTheHostSaysHasRoomHoldsNobodyBack() {
        Sighting web = scene.container("web");
        scene.logs.put(web.key(), List.of("write /data/x: no space left on device"));
        scene.dies(web, 1);
        assertThat(scene.performed).hasSize(1);
    }

    /** a container whose log blames the host again and again does not hold all others back for ever. */
    @Test
    void oneLogHoldsTheHostBackOnceAndNotForEver() {
        Sighting web = scene.container("web");
        Sighting db = scene.container("db");
        scene.logs.put(web.key(), List.of("GPU 0 has fallen off the bus"));
        scene.worker = perform -> {
            scene.work(perform);
            Sighting anew = scene.engine.get(perform.container().key());
            if (anew != null && anew.key().equals(web.key())) {
                scene.exit(anew, 1);
            }
            return new Input.Result.Done();
        };
        scene.dies(web, 1);
        assertThat(scene.performed).isEmpty();
        scene.dies(db, 1);
        scene.minutes(11);
        assertThat(scene.now(db).state()).isEqualTo(Sighting.State.RUNNING);
        scene.minutes(35);
        assertThat(scene.state(web).phase()).isEqualTo(Phase.QUARANTINED);
        assertThat(scene.kinds().stream().filter(Kind.ESCALATED::equals)).hasSize(1);
    }

    private HealthEvent host(Condition condition, HealthEvent.State state, String code) {
        return scene.health(
                condition,
                state,
                condition.severity(),
                new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, "GPU-1", "GPU 0"),
                code,
                HealthEvent.Action.NONE,
                Map.of());
    }
}
