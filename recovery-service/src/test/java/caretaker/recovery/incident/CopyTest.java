package caretaker.recovery.incident;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.report.ErrorReport;
import caretaker.recovery.report.Findings;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** what comes of a copy: the ladders of a damaged database and of a damaged log of changes. */
class CopyTest {
    private static final String MALFORMED = "database disk image is malformed";
    private static final String WHERE = "copy of /var/lib/grafana in /data/copies/x.1 (10 bytes)";

    private final Scene scene = new Scene();

    private Sighting grafana() {
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.answers.put(grafana.key(), "{ \"database\": \"failing\" }");
        return grafana;
    }

    private void failing(Sighting of) {
        scene.tell(scene.event(of, Condition.PROBE_FAILED, ""));
        scene.minutes(1);
    }

    /** The engine as it is after a copy: the container runs again, and the copy says what was found. */
    private Result copied(Effect.Perform perform, boolean isDamaged) {
        if (perform.operation().action() != Action.COPY_ASIDE) {
            return scene.work(perform);
        }
        Sighting seen =
                Objects.requireNonNull(scene.engine.get(perform.container().key()));
        String incident = perform.operation().id().split("/", 2)[0];
        scene.copies.put(
                incident, new Input.Copy(isDamaged, WHERE + (isDamaged ? "; grafana.db in it is damaged" : "")));
        scene.put(Made.started(seen, scene.clock.instant()));
        return new Result.Done();
    }

    private List<String> messages(Kind kind) {
        return scene.events.stream()
                .filter(event -> event.kind() == kind)
                .map(RecoveryEvent::message)
                .toList();
    }

    @Test
    void aDamagedCopyFailsTheAttemptAndAsksForARestore() {
        // Given
        Sighting grafana = grafana();
        scene.worker = perform -> copied(perform, true);

        // When
        failing(grafana);
        scene.minutes(10);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(messages(Kind.FAILED)).singleElement().asString().contains(WHERE, "damaged");
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
        assertThat(scene.last().message()).contains("restore-backup");

        // When
        scene.asks(new Input.Command.Repair("grafana", false));

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE, Action.RESTORE_BACKUP);
    }

    @Test
    void aServiceThatRunsAgainWithAWholeCopyIsRepaired() {
        // Given
        Sighting grafana = grafana();
        scene.worker = perform -> {
            scene.probes.put(grafana.key(), ProbeAnswer.PASSED);
            return copied(perform, false);
        };

        // When
        failing(grafana);

        // Then
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(scene.last().message()).contains(WHERE);
    }

    @Test
    void withAWholeCopyTheRestoreIsLeftOutAndThatIsTold() {
        // Given
        Sighting grafana = grafana();
        scene.worker = perform -> copied(perform, false);

        // When
        failing(grafana);
        scene.minutes(30);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(messages(Kind.FAILED)).singleElement().asString().contains(WHERE);
        assertThat(messages(Kind.SKIPPED))
                .anySatisfy(why -> assertThat(why).contains("restore-backup is left out", "no copy"));
        assertThat(scene.skips()).doesNotContain(Reason.NEEDS_APPROVAL);
        assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(scene.events.stream().map(RecoveryEvent::id)).doesNotHaveDuplicates();
    }

    /** What the copy was found to be outlives the service; so does the ladder, though no line tells of it any more. */
    @Test
    void afterARestartOfTheServiceTheCopyStillCounts() {
        // Given
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.logs.put(grafana.key(), List.of(MALFORMED));
        scene.worker = perform -> copied(perform, true);
        scene.before = effect -> {
            if (effect instanceof Effect.Publish(RecoveryEvent event) && event.kind() == Kind.FAILED) {
                scene.before = _ -> {};
                throw new Scene.Killed();
            }
        };

        // When
        try {
            failing(grafana);
            throw new AssertionError("not killed");
        } catch (Scene.Killed e) {
            scene.logs.clear();
            scene.restart();
        }
        scene.minutes(10);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(messages(Kind.FAILED)).singleElement().asString().contains(WHERE);
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
    }

    /** what was stopped for the copy and has no answer is not taken for what somebody has stopped. */
    @Test
    void whatWasLeftStoppedIsBroughtBack() {
        // Given
        Sighting grafana = grafana();
        scene.worker = perform -> {
            if (!perform.again() || scene.performed.size() < 4) {
                scene.exit(grafana, 0);
                return new Result.Unknown("half done");
            }
            scene.probes.put(grafana.key(), ProbeAnswer.PASSED);
            return copied(perform, false);
        };

        // When
        failing(grafana);
        scene.minutes(30);

        // Then
        assertThat(scene.performed.stream().map(each -> each.operation().id()).distinct())
                .hasSize(1);
        assertThat(scene.skips()).doesNotContain(Reason.MANUAL_STOP);
        assertThat(scene.last().kind()).isEqualTo(Kind.SUCCEEDED);
        assertThat(scene.state(grafana).phase()).isEqualTo(Phase.OK);
    }

    /** a person who stops it after a copy that could not be made is not overruled. */
    @Test
    void whatSomebodyHasStoppedAfterwardsStaysDown() {
        // Given
        Sighting grafana = grafana();
        scene.worker = _ -> new Result.Refused("no room");
        scene.before = effect -> {
            if (effect instanceof Effect.Publish(RecoveryEvent event) && event.kind() == Kind.FAILED) {
                scene.put(Made.stopped(scene.now(grafana), 0, scene.clock.instant()));
            }
        };

        // When
        failing(grafana);
        scene.minutes(30);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(scene.last().reason()).isEqualTo(Reason.MANUAL_STOP);
    }

    /** It was stopped and started for a copy that could not be made: the incident goes on. */
    @Test
    void aCopyThatCannotBeMadeIsNoNewRun() {
        // Given
        Sighting grafana = grafana();
        scene.worker = perform -> {
            scene.put(Made.started(scene.now(grafana), scene.clock.instant()));
            return new Result.Refused("no room");
        };

        // When
        failing(grafana);
        scene.minutes(30);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(scene.skips()).doesNotContain(Reason.STALE);
        assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
    }

    /** A ladder that begins with a copy begins with it also where another one was climbed before. */
    @Test
    void whatShowsLaterThatItIsDamagedIsCopiedFirstToo() {
        // Given
        Sighting grafana = scene.image("grafana", "grafana/grafana:13.0");
        scene.probes.put(grafana.key(), ProbeAnswer.FAILED);
        scene.worker = perform -> {
            scene.logs.put(grafana.key(), List.of(MALFORMED));
            return copied(perform, true);
        };

        // When
        failing(grafana);
        scene.minutes(15);

        // Then
        assertThat(scene.actions()).containsExactly(Action.RESTART, Action.COPY_ASIDE);
        assertThat(scene.last().reason()).isEqualTo(Reason.NEEDS_APPROVAL);
    }

    /** The advice is in the event and in the report; nothing but the copy is done. */
    @Test
    void aPrometheusThatFindsNoRoomIsCopiedAndAPersonIsToldWhatFreesSpace() {
        // Given
        Sighting prometheus = scene.image("prometheus", "prom/prometheus:v3");
        scene.probes.put(prometheus.key(), ProbeAnswer.FAILED);
        scene.logs.put(prometheus.key(), List.of("write /prometheus/wal/00000002: no space left on device"));
        scene.worker = _ -> new Result.Refused("no room");

        // When
        failing(prometheus);
        scene.minutes(20);

        // Then
        assertThat(scene.actions()).containsExactly(Action.COPY_ASIDE);
        assertThat(messages(Kind.SKIPPED)).singleElement().asString().contains("--storage.tsdb.retention.size");
        assertThat(scene.last().kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(ErrorReport.of(scene.events, Findings.NONE).split("## Follow-Up", 2)[1])
                .contains("--storage.tsdb.retention.size", "Do not delete the WAL");
    }
}
