package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.testkit.DockerEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of the machine's own engine: what is seen of them, and the steps that keep them. */
class EngineIT {
    private final DockerEngine docker = DockerEngine.assume();

    @TempDir
    private Path dir;

    private Host host;

    @BeforeEach
    void connect() {
        host = new Host("unix://" + DockerEngine.SOCKET, dir.resolve("incidents"));
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    @Test
    void theEngineSaysWhoItIsAndTakesChanges() throws Unavailable {
        assertThat(host.engine.id()).isEqualTo(docker.docker("info", "--format", "{{.ID}}"));
        assertThat(host.engine.refusesWrites()).isEmpty();
    }

    @Test
    void aContainerIsSeenAsTheEngineShowsIt() {
        String name = docker.name("seen");
        String project = docker.name("shop");
        String id = docker.run(
                List.of(
                        "--name", name,
                        "--label", "com.docker.compose.project=" + project,
                        "--label", "com.docker.compose.service=web",
                        "--label", "com.docker.compose.container-number=2",
                        "--label", "caretaker.recovery=true",
                        "--stop-timeout", "3",
                        "--memory", "32m",
                        "-e", "PASSWORD=secret-word"),
                "sh",
                "-c",
                "exit 3");
        docker.docker("wait", id);
        Sighting seen = host.seen(id);
        assertThat(seen.key()).isEqualTo(project + "/web/2");
        assertThat(seen.identity().name()).isEqualTo(name);
        assertThat(seen.identity().image()).isEqualTo(docker.image());
        assertThat(seen.state()).isEqualTo(State.EXITED);
        assertThat(seen.health()).isEqualTo(Health.NONE);
        assertThat(seen.exitCode()).isEqualTo(3);
        assertThat(seen.startedAt()).isNotNull();
        assertThat(seen.finishedAt())
                .as("of a short run it may be before its start")
                .isNotNull();
        assertThat(seen.stopTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(seen.labels()).containsEntry("caretaker.recovery", "true");
        assertThat(seen.toString()).doesNotContain("secret-word");
        String created = docker.create(List.of(), "true");
        assertThat(host.seen(created).state()).isEqualTo(State.CREATED);
        assertThat(host.seen(created).startedAt()).isNull();
    }

    @Test
    void whatHasEndedIsStartedAndWhatHangsIsRestarted() {
        String id = docker.run(List.of(), "sh", "-c", "test -f /tmp/again && sleep 1000; touch /tmp/again; exit 4");
        docker.docker("wait", id);
        Sighting before = host.seen(id);
        assertThat(host.perform(before, Action.START)).isEqualTo(new Result.Done());
        Sighting after = host.await(id, now -> now.state() == State.RUNNING);
        assertThat(after.startedAfter(before.startedAt())).isTrue();
        assertThat(host.perform(after, Action.RESTART)).isEqualTo(new Result.Done());
        Sighting last = host.seen(id);
        assertThat(last.state()).isEqualTo(State.RUNNING);
        assertThat(last.startedAfter(after.startedAt())).isTrue();
        assertThat(host.perform(last, Action.STOP)).isEqualTo(new Result.Done());
        assertThat(host.seen(id).state()).isEqualTo(State.EXITED);
    }

    @Test
    void aLookFindsTheContainerThatHasTheKeyNow() {
        String name = docker.name("look");
        String first = docker.run(List.of("--name", name), "sleep", "1000");
        Sighting before = host.seen(first);
        docker.docker("rm", "-f", first);
        assertThat(host.look(before, Probe.NONE, false).sighting()).isNull();
        String second = docker.run(List.of("--name", name), "sleep", "1000");
        Looked looked = host.look(before.identity(), Probe.GRAFANA, false, List.of(name, "nobody"));
        assertThat(looked.question()).isEqualTo(7);
        assertThat(Objects.requireNonNull(looked.sighting()).identity().id()).isEqualTo(second);
        assertThat(looked.allowed()).isTrue();
        assertThat(looked.probe()).isEqualTo(ProbeAnswer.FAILED);
        assertThat(looked.needed())
                .singleElement()
                .satisfies(needed -> assertThat(needed.identity().id()).isEqualTo(second));
    }
}
