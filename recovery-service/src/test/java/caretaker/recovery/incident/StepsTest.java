package caretaker.recovery.incident;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.Playbooks;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps of a ladder that want something besides: a policy, a token, another service. */
class StepsTest {
    private static final String NOT_WRITABLE = "GF_PATHS_DATA='/var/lib/grafana' is not writable.";
    private static final String NO_SOURCE = "lvl=eror msg=\"Data source connection failed\"";
    private static final String MORE = "host-actions: 20\nbreaker-floor: 20\n";

    private static Sighting grafana(Scene scene) {
        return scene.image("grafana", "grafana/grafana:13.0");
    }

    /** what a person must do is told with its command; it is no quarantine, and nothing is touched. */
    @Test
    void withoutThePolicyOnlyTheOwnerAndTheCommandAreTold() {
        // Given
        var scene = new Scene(MORE);
        Sighting grafana = grafana(scene);
        scene.logs.put(grafana.key(), List.of(NOT_WRITABLE));

        // When
        scene.dies(grafana, 1);
        scene.minutes(30);

        // Then
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.SUSPECT);
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
        assertThat(scene.last().message())
                .contains("/var/lib/grafana must belong to 472:0")
                .contains("docker run --rm --network none --user 0 --entrypoint chown --volumes-from lab-grafana-1 "
                        + "grafana/grafana:13.0 -hR 472:0 /var/lib/grafana && docker restart lab-grafana-1");
        scene.asks(new Input.Command.Repair("grafana", false));
        scene.minutes(1);
        assertThat(scene.performed).as("a person's word is not the policy").isEmpty();

        // When a person has done it
        scene.put(Made.started(scene.now(grafana), scene.clock.instant()));
        scene.list();
        scene.minutes(1);
        scene.list();

        // Then
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.OK);
    }

    @Test
    void withThePolicyItIsDoneAndProvenAndIfItDoesNotHelpItIsAQuarantine() {
        var scene = new Scene(MORE + "fix-permissions: true\n");
        Sighting grafana = grafana(scene);
        scene.logs.put(grafana.key(), List.of(NOT_WRITABLE));
        scene.dies(grafana, 1);
        scene.minutes(1);
        assertThat(scene.actions()).containsExactly(Action.FIX_PERMISSIONS);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(scene.performed.getFirst().rung().owner()).isEqualTo("472:0");
        scene.worker = perform -> new Input.Result.Refused("/var/lib/grafana is mounted read-only");
        scene.dies(scene.now(grafana), 1);
        scene.minutes(5);
        assertThat(scene.actions()).containsExactly(Action.FIX_PERMISSIONS, Action.FIX_PERMISSIONS);
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.QUARANTINED);
    }

    /** what the engine starts again and again is not started by anybody else, but its files are seen to. */
    @Test
    void theFilesOfWhatIsRestartingAreSeenTo() {
        var scene = new Scene(MORE + "fix-permissions: true\n");
        Sighting grafana = grafana(scene);
        scene.logs.put(grafana.key(), List.of(NOT_WRITABLE));
        Sighting gone = scene.exit(grafana, 1);
        scene.put(Made.in(gone, Sighting.State.RESTARTING));
        scene.tell(scene.event(gone, Condition.CONTAINER_EXITED, "1"));
        assertThat(scene.actions()).containsExactly(Action.FIX_PERMISSIONS);
    }

    /** killed after it was written down, it is done once more, by the same operation. */
    @Test
    void killedBeforeItWasDoneItIsDoneByTheSameOperation() {
        var scene = new Scene(MORE + "fix-permissions: true\n");
        Sighting grafana = grafana(scene);
        scene.logs.put(grafana.key(), List.of(NOT_WRITABLE));
        scene.before = effect -> {
            if (effect instanceof Effect.Perform perform && !perform.again()) {
                throw new Scene.Killed();
            }
        };
        try {
            scene.dies(grafana, 1);
        } catch (Scene.Killed e) {
            scene.restart();
        }
        scene.minutes(1);
        assertThat(scene.actions()).containsExactly(Action.FIX_PERMISSIONS);
        assertThat(scene.performed.getFirst().again()).isTrue();
        assertThat(scene.kinds().stream().filter(Kind.SUCCEEDED::equals)).hasSize(1);
    }

    /** another line of the same log still says that no start helps. */
    @Test
    void whatIsPermanentForAnotherReasonIsAQuarantine() {
        var scene = new Scene(MORE + "fix-permissions: true\n");
        Sighting grafana = grafana(scene);
        scene.logs.put(grafana.key(), List.of(NOT_WRITABLE, "listen tcp :3000: bind: address already in use"));
        scene.dies(grafana, 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.QUARANTINED);
        assertThat(scene.last().message()).contains("the port is taken");
    }

    private static Sighting withoutSource(Scene scene, Sighting grafana) {
        scene.logs.put(grafana.key(), List.of(NO_SOURCE));
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.tell(scene.event(grafana, Condition.PROBE_FAILED, ""));
        return grafana;
    }

    /** a step that has no token is told of and left out, at once. */
    @Test
    void withoutATokenTheNextStepIsTakenAtOnce() {
        var scene = new Scene(MORE);
        scene.requirementHolds = false;
        withoutSource(scene, grafana(scene));
        assertThat(scene.actions()).containsExactly(Action.RESTART);
        assertThat(scene.events)
                .anyMatch(
                        event -> event.kind() == Kind.SKIPPED
                                && event.message()
                                        .equals(
                                                "reload is left out: the settings name no token for it, or its file cannot be read"));
    }

    @Test
    void withATokenItIsReloadedFirst() {
        var scene = new Scene(MORE);
        withoutSource(scene, grafana(scene));
        assertThat(scene.actions()).containsExactly(Action.RELOAD);
    }

    /** beyond the last step there is none, however often it is left out. */
    @Test
    void ifTheLastStepIsLeftOutNothingIsDone() {
        var scene = new Scene(MORE, new Scope(List.of(), List.of()), Playbooks.parse("""
                playbooks:
                  - name: only
                    match: {services: [grafana]}
                    ladder: [{action: reload, port: 1, path: /, requires: credentials}]
                """, "own.yml"));
        scene.requirementHolds = false;
        Sighting grafana = withoutSource(scene, grafana(scene));
        scene.minutes(30);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.SUSPECT);
    }

    private static Sighting prometheus(Scene scene) {
        Sighting prometheus = scene.image("prometheus", "prom/prometheus:v3");
        scene.logs.put(prometheus.key(), List.of("err=\"Error loading config (--config.file=prometheus.yml)\""));
        return prometheus;
    }

    /** an operator's file is replaced at a person's word only. */
    @Test
    void theFormerConfigurationIsPutBackAtAPersonsWord() {
        // Given
        var scene = new Scene(MORE);
        Sighting prometheus = prometheus(scene);

        // When
        scene.dies(prometheus, 1);
        scene.minutes(10);

        // Then
        assertThat(scene.performed).isEmpty();
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
        assertThat(scene.last().message())
                .contains(
                        "former-config", "caretaker recover repair --service lab-prometheus-1", "2025-12-31T23:00:00Z");

        // When
        scene.asks(new Input.Command.Repair("prometheus", false));
        scene.minutes(1);

        // Then
        assertThat(scene.actions()).containsExactly(Action.FORMER_CONFIG);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
    }

    /** What runs has its former configuration in memory: nothing is as bad for it as a restart. */
    @Test
    void aPrometheusThatRunsWithABrokenFileIsNotRestarted() {
        var scene = new Scene(MORE);
        Sighting prometheus = prometheus(scene);
        scene.unhealthy(prometheus);
        scene.tell(scene.event(scene.now(prometheus), Condition.CONTAINER_UNHEALTHY, ""));
        scene.minutes(15);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.last().message()).contains("it is not restarted");
    }

    /** as ever, where nothing was kept. */
    @Test
    void withoutAFormerConfigurationItIsAQuarantine() {
        var scene = new Scene(MORE);
        scene.requirementHolds = false;
        Sighting prometheus = prometheus(scene);
        scene.dies(prometheus, 1);
        assertThat(scene.performed).isEmpty();
        assertThat(scene.state(prometheus).phase()).isEqualTo(Phase.QUARANTINED);
        assertThat(scene.skips()).containsExactly(Reason.STATE);
    }

    /** by the playbook only, and only in the same project. */
    @Test
    void theServiceThatAFailureMayComeFromIsRepairedFirst() {
        // Given
        var scene = new Scene(MORE);
        Sighting prometheus = scene.image("prometheus", "prom/prometheus:v3");
        Sighting grafana = grafana(scene);

        // When
        scene.exit(prometheus, 1);
        withoutSource(scene, grafana);

        // Then
        assertThat(scene.performed).isEmpty();
        assertThat(scene.skips()).containsExactly(Reason.DEFERRED);
        assertThat(requireNonNull(scene.state(grafana).incident()).waitingFor()).isEqualTo(prometheus.key());

        // When
        scene.tell(scene.event(scene.now(prometheus), Condition.CONTAINER_EXITED, "1"));
        scene.seconds(20);

        // Then
        assertThat(services(scene)).containsExactly("prometheus");
        scene.probes.put(grafana.key(), ProbeAnswer.PASSED);
        scene.minutes(2);
        assertThat(services(scene)).containsExactly("prometheus");
        assertThat(scene.last().reason()).isEqualTo(Reason.STALE);
    }

    private static List<String> services(Scene scene) {
        return scene.performed.stream().map(each -> each.container().service()).toList();
    }

    /** for another failure nobody waits, nor for a service that is not there. */
    @Test
    void forAnotherFailureNobodyWaits() {
        var scene = new Scene(MORE);
        Sighting prometheus = scene.image("prometheus", "prom/prometheus:v3");
        Sighting grafana = grafana(scene);
        scene.exit(prometheus, 1);
        scene.dies(grafana, 1);
        assertThat(services(scene)).containsExactly("grafana");
        var alone = new Scene(MORE);
        withoutSource(alone, grafana(alone));
        assertThat(services(alone)).containsExactly("grafana");
    }

    /** two that may come from each other do not wait for each other. */
    @Test
    void twoThatMayComeFromEachOtherDoNotWaitForEachOther() {
        var scene = new Scene(MORE, new Scope(List.of(), List.of()), Playbooks.parse("""
                playbooks:
                  - {name: a, match: {services: [a]}, ladder: [{action: restart}], needs: [b]}
                  - {name: b, match: {services: [b]}, ladder: [{action: restart}], needs: [c]}
                  - {name: c, match: {services: [c]}, ladder: [{action: restart}], needs: [a]}
                """, "own.yml"));
        List<Sighting> all = List.of(scene.container("a"), scene.container("b"), scene.container("c"));
        all.forEach(each -> scene.exit(each, 1));
        all.forEach(each -> scene.tell(scene.event(scene.now(each), Condition.CONTAINER_EXITED, "1")));
        scene.minutes(5);
        assertThat(services(scene)).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(scene.events.stream().map(RecoveryEvent::kind).filter(Kind.SUCCEEDED::equals))
                .hasSize(3);
    }
}
