package caretaker.recovery.incident;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.playbook.Playbooks;
import caretaker.testkit.Cases;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** what is wanted, and what is a fault of a GPU. */
class ConsentTest {
    private final Scene scene = new Scene("host-actions: 100\nbreaker-floor: 100\n");

    /** */
    @Test
    void aLabelThatIsUnclearIsToldOnceAndNeverConsent() {
        Sighting web = scene.container("web", "caretaker.recovery", "ture");
        for (int i = 0; i < 10; i++) {
            scene.dies(web, 1);
        }
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.BAD_LABEL);
    }

    /** an unmanaged container costs nothing but a count. */
    @Test
    void whoDidNotOptInIsLeftAloneWithoutARecord() {
        scene.dies(scene.container("web", "caretaker.recovery", "no"), 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.events).isEmpty();
        assertThat(scene.states).isEmpty();
    }

    /** the label was changed between the failure and the repair. */
    @Test
    void consentIsAskedAgainAMomentBefore() {
        Sighting web = scene.container("web");
        scene.put(Made.labelled(scene.exit(web, 1), "caretaker.recovery", "no"));
        scene.tell(scene.event(scene.now(web), Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.NOT_MANAGED);
    }

    /** */
    @Test
    void theServiceNeverTouchesItself() {
        Sighting web = scene.container("web");
        var self = new ContainerIdentity("5e1f", "lab-me-1", "x", "lab", "me", 1);
        scene.put(Made.anew(self, web, "5e1f", Scene.BOOT));
        var other = new Recoveries(
                new Recoveries.Setup(
                        Scene.HOST,
                        "5e1f",
                        new RecoveryState.Writer("r-2", 2),
                        Config.defaults(Rules.class),
                        new Scope(List.of(), List.of("lab/me")),
                        Playbooks.builtIn()),
                Cases.random(1));
        scene.recoveries = other;
        scene.list();
        scene.tell(new Input.CaughtUp());
        Sighting me = Objects.requireNonNull(scene.engine.get("lab/me/1"));
        scene.dies(me, 1);
        assertThat(scene.performed).isEmpty();
    }

    /** */
    @ParameterizedTest
    @EnumSource(names = {"CREATED", "PAUSED", "REMOVING", "RESTARTING", "DEAD"})
    void aStateThatNoRepairFitsIsWaitedFor(State state) {
        Sighting web = scene.put(Made.in(scene.container("web"), state));
        scene.tell(scene.event(web, Condition.CONTAINER_UNHEALTHY, ""));
        scene.minutes(1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.STATE);
    }

    /** unhealthy, and then stopped by somebody before the repair. */
    @ParameterizedTest
    @ValueSource(ints = {0, 137, 143})
    void whatSomebodyStoppedStaysStopped(int code) {
        Sighting web = scene.put(Made.healthy(scene.container("web"), Health.UNHEALTHY));
        HealthEvent event = scene.event(web, Condition.CONTAINER_UNHEALTHY, "");
        scene.exit(web, code);
        scene.tell(event);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.MANUAL_STOP);
    }

    /** the agent has told an exit that nobody asked for; only a stop after it is a stop. */
    @Test
    void whatWasKilledByNobodysWishIsStartedAndWhatWasStoppedIsNot() {
        Sighting web = scene.container("web");
        scene.dies(web, 137);
        assertThat(scene.actions()).containsExactly(Action.START);
        Sighting db = scene.container("db");
        HealthEvent event = scene.event(db, Condition.CONTAINER_EXITED, "137");
        scene.put(Made.stopped(db, 137, scene.clock.instant()));
        scene.tell(event);
        assertThat(scene.actions()).hasSize(1);
        assertThat(scene.last().reason()).isEqualTo(Reason.MANUAL_STOP);
    }

    /** */
    @Test
    void aJobIsOnlyToldAboutUnlessItsLabelSaysMore() {
        Sighting job = scene.put(Made.gpus(scene.container("train"), "GPU-1"));
        scene.list();
        scene.dies(job, 1);
        Sighting other = scene.container("serve", "caretaker.job", "llm");
        scene.dies(other, 1);
        scene.minutes(30);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.REPORT_ONLY, Reason.REPORT_ONLY);
        Sighting willing = scene.container("batch", "caretaker.job", "x", "caretaker.recovery.restart-job", "yes");
        scene.dies(willing, 1);
        assertThat(scene.performed).isEmpty();
        scene.seconds(11);
        assertThat(scene.actions()).containsExactly(Action.START);
    }

    /** */
    @Test
    void aContainerThatLostItsGpuIsCreatedAnewUnlessTheHostLostItsDriver() {
        Sighting exporter = scene.put(Made.gpus(scene.image("dcgm-exporter", "nvidia/dcgm-exporter:4"), "GPU-1"));
        Sighting plain = scene.put(Made.gpus(scene.container("notebook"), "GPU-2"));
        scene.probes.put(exporter.key(), Input.ProbeAnswer.FAILED);
        scene.list();
        scene.tell(scene.event(plain, Condition.GPU_CONTAINER_LOST_GPU, ""));
        scene.tell(scene.event(exporter, Condition.GPU_CONTAINER_LOST_GPU, ""));
        assertThat(scene.actions()).containsExactly(Action.RECREATE, Action.RESTART);
        var ill = new Scene();
        Sighting same = ill.container("notebook");
        ill.tell(gpu(ill, Condition.GPU_DRIVER_MISMATCH, "", HealthEvent.Action.RESTART_AGENT, Map.of()));
        ill.tell(ill.event(same, Condition.GPU_CONTAINER_LOST_GPU, ""));
        assertThat(ill.performed).isEmpty();
        assertThat(ill.skips()).containsExactly(Reason.SUPPRESSED_HOST);
    }

    private static HealthEvent gpu(
            Scene scene, Condition condition, String code, HealthEvent.Action action, Map<String, String> evidence) {
        return scene.health(
                condition,
                condition == Condition.GPU_XID ? HealthEvent.State.OCCURRED : HealthEvent.State.RAISED,
                HealthEvent.Severity.CRITICAL,
                new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, "GPU-1", "GPU 0"),
                code,
                action,
                evidence);
    }

    /** An XID that is held to a process concerns that container alone; others go on. R-64: a job asks for it. */
    @ParameterizedTest
    @ValueSource(strings = {"94", "13"})
    void anXidOfOneProcessConcernsThatContainerAlone(String code) {
        Sighting victim =
                scene.put(Made.gpus(scene.container("victim", "caretaker.recovery.restart-job", "yes"), "GPU-1"));
        Sighting job = scene.put(Made.gpus(scene.container("job"), "GPU-1"));
        Sighting other = scene.put(Made.gpus(scene.container("other"), "GPU-1"));
        scene.list();
        HealthEvent.Action action =
                code.equals("94") ? HealthEvent.Action.RESTART_CONTAINER : HealthEvent.Action.RESTART_APP;
        scene.tell(gpu(
                scene,
                Condition.GPU_XID,
                code,
                action,
                Map.of("containerId", victim.identity().id())));
        scene.tell(gpu(
                scene,
                Condition.GPU_XID,
                code,
                action,
                Map.of("containerId", job.identity().id())));
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.REPORT_ONLY, Reason.REPORT_ONLY);
        scene.seconds(11);
        assertThat(scene.performed).hasSize(1);
        assertThat(scene.performed.getFirst().container()).isEqualTo(victim.identity());
        assertThat(scene.now(other).startedAt()).isEqualTo(Scene.BOOT);
        scene.tell(gpu(scene, Condition.GPU_XID, code, action, Map.of("containerId", "unknown")));
        assertThat(scene.performed).hasSize(1);
    }

    /** What wants the GPU or the host is said with the command, and no container is touched. */
    @ParameterizedTest
    @EnumSource(names = {"RESET_GPU", "REBOOT_NODE", "CONTACT_SUPPORT"})
    void aFaultOfTheHostIsEscalatedWithItsCommand(HealthEvent.Action action) {
        Sighting job = scene.put(Made.gpus(scene.container("train"), "GPU-1"));
        scene.list();
        scene.tell(gpu(
                scene,
                Condition.GPU_XID,
                "48",
                action,
                Map.of("containerId", job.identity().id())));
        scene.minutes(10);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.kinds()).containsExactly(Kind.ESCALATED);
        assertThat(scene.last().reason()).isEqualTo(Reason.HOST_ACTION);
        assertThat(scene.last().message())
                .contains("lab-train-1")
                .contains(
                        switch (action) {
                            case RESET_GPU -> "nvidia-smi --gpu-reset -i GPU-1";
                            case REBOOT_NODE -> "systemctl reboot";
                            default -> "nvidia-bug-report.sh";
                        });
    }
}
