package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.SocketProxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real containers of the machine's engine, and what is said of them. */
class DockerIT {
    private final DockerEngine docker = DockerEngine.assume();
    private final WatchedHost host = new WatchedHost("");

    @BeforeEach
    void isKnown() {
        host.known();
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    /** which run of which container it is can be told from the event alone. */
    @Test
    void aContainerThatFailsIsReportedWithItsIdentityAndIsOverWhenItRunsAgain() {
        String name = docker.name("fails");
        String id = docker.run(
                List.of(
                        "--name", name,
                        "--label", "com.docker.compose.project=shop",
                        "--label", "com.docker.compose.service=web",
                        "--label", "com.docker.compose.container-number=2",
                        "-e", "PASSWORD=secret-word"),
                "sh",
                "-c",
                "test -f /tmp/twice && sleep 1000; touch /tmp/twice; sleep 1; exit 3");
        HealthEvent raised = host.event(id, Condition.CONTAINER_EXITED, State.RAISED);
        assertThat(raised.code()).isEqualTo("3");
        assertThat(raised.severity()).isEqualTo(Severity.WARNING);
        assertThat(raised.entity().name()).isEqualTo(name);
        assertThat(raised.evidence())
                .containsEntry("containerId", id)
                .containsEntry("composeProject", "shop")
                .containsEntry("composeService", "web")
                .containsEntry("composeNumber", "2")
                .containsEntry("exitCode", "3")
                .containsKeys("startedAt", "finishedAt", "image", "restartCount");
        assertThat(raised.toString()).doesNotContain("secret-word").doesNotContain("twice");
        docker.docker("start", id);
        host.event(id, Condition.CONTAINER_EXITED, State.CLEARED);
        assertThat(host.of(id)).hasSize(2);
    }

    @Test
    void anExitWithoutAnErrorIsNoNews() {
        String id = docker.run(List.of(), "true");
        host.await(id, state -> state.phase() == Phase.EXITED);
        String other = docker.run(List.of(), "false"); // its event comes after all of the first
        host.event(other, Condition.CONTAINER_EXITED, State.RAISED);
        assertThat(host.of(id)).isEmpty();
    }

    /** */
    @Test
    void whatAPersonStopsOrKillsOrRemovesIsRespected() {
        String stopped = docker.run(List.of("--stop-timeout", "1"), "sleep", "1000");
        String onTerm = docker.run(List.of(), "sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done");
        String killed = docker.run(List.of(), "sleep", "1000");
        String removed = docker.run(List.of(), "sleep", "1000");
        host.await(removed, state -> state.phase() == Phase.RUNNING);
        docker.docker("stop", stopped);
        docker.docker("stop", onTerm);
        docker.docker("kill", killed);
        docker.docker("rm", "-f", removed);
        host.await(stopped, state -> state.phase() == Phase.EXITED && state.exitCode() == 137);
        host.await(onTerm, state -> state.phase() == Phase.EXITED && state.exitCode() == 7);
        host.await(killed, state -> state.phase() == Phase.EXITED);
        String last = docker.run(List.of(), "false");
        host.event(last, Condition.CONTAINER_EXITED, State.RAISED);
        assertThat(host.container(removed)).isEmpty();
        for (String id : List.of(stopped, onTerm, killed, removed)) {
            assertThat(host.of(id)).isEmpty();
        }
    }

    @Test
    void aContainerWithoutMemoryIsReportedWithItsLimit() {
        String id = docker.run(
                List.of("--memory", "8m", "--memory-swap", "8m"),
                "sh",
                "-c",
                "sleep 3; " + DockerEngine.STARVES); // until then its limit is known
        HealthEvent raised = host.event(id, Condition.CONTAINER_OOM_KILLED, State.RAISED);
        assertThat(raised.evidence()).containsEntry("memoryLimitBytes", Long.toString(8 << 20));
        docker.awaitStarved(id);
        HealthEvent exited = host.event(id, Condition.CONTAINER_EXITED, State.RAISED);
        assertThat(exited.code()).isEqualTo("137");
        assertThat(exited.evidence()).containsEntry("oomKilled", "true");
        docker.docker("rm", id);
        host.event(id, Condition.CONTAINER_OOM_KILLED, State.CLEARED);
        host.event(id, Condition.CONTAINER_EXITED, State.CLEARED);
    }

    @Test
    void badHealthIsReportedWithTheLastCheckAndIsOverWhenTheCheckSucceeds() {
        String id = docker.run(
                List.of(
                        "--health-cmd", "test -f /tmp/well || { echo 'no \"well\" 💥' ; exit 1; }",
                        "--health-interval", "1s", // each check is three events, of which the engine keeps few
                        "--health-retries", "2"),
                "sleep",
                "1000");
        HealthEvent raised = host.event(id, Condition.CONTAINER_UNHEALTHY, State.RAISED);
        assertThat(raised.evidence())
                .hasEntrySatisfying(
                        "failingStreak", streak -> isAtLeast(2, streak)) // it goes on while the engine is asked
                .containsEntry("checkExitCode", "1")
                .hasEntrySatisfying("checkOutput", output -> assertThat(output).contains("no \"well\" 💥"));
        docker.docker("exec", id, "touch", "/tmp/well");
        host.event(id, Condition.CONTAINER_UNHEALTHY, State.CLEARED);
        docker.docker("exec", id, "rm", "/tmp/well");
        Awaiting.until(() -> host.of(id).size() == 3);
        docker.docker("rm", "-f", id);
        Awaiting.until(() -> host.of(id).size() == 4);
        assertThat(host.of(id).getLast().state()).isEqualTo(State.CLEARED);
    }

    @Test
    void aRestartLoopIsOneConditionAndTheEndsWithinItAreNone() {
        String id = docker.run(List.of("--restart", "always"), "sh", "-c", "exit 4");
        HealthEvent raised = host.event(id, Condition.CONTAINER_RESTART_LOOP, State.RAISED);
        assertThat(raised.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(raised.evidence())
                .hasEntrySatisfying("restarts", restarts -> isAtLeast(3, restarts)); // more where the watch was late
        long ends = exits(id);
        assertThat(ends).isLessThanOrEqualTo(3);
        Awaiting.until(() -> host.container(id).orElseThrow().restartCount() >= 5);
        assertThat(exits(id)).isEqualTo(ends);
        docker.docker("stop", id);
        host.event(id, Condition.CONTAINER_RESTART_LOOP, State.CLEARED);
        docker.docker("rm", "-f", id);
    }

    private static void isAtLeast(int least, String number) {
        assertThat(Integer.parseInt(number)).isGreaterThanOrEqualTo(least);
    }

    private long exits(String id) {
        return host.of(id).stream()
                .filter(event -> event.condition() == Condition.CONTAINER_EXITED && event.state() == State.RAISED)
                .count();
    }

    /** Each is asked for while it is there, and the question reaches the engine when it is not any more. */
    @Test
    void containersThatAreRemovedWhileTheyAreAskedForAreNoTrouble(@TempDir Path dir) {
        try (var proxy = new SocketProxy(dir.resolve("docker.sock"), DockerEngine.SOCKET);
                var slow = new WatchedHost("host: unix://" + proxy.path()).known()) {
            String removed = docker.create(List.of(), "sleep", "1000");
            proxy.hold("/containers/" + removed + "/json"); // others of the engine are asked for as well
            docker.docker("start", removed);
            Awaiting.until(() -> proxy.held() > 0);
            docker.docker("rm", "-f", removed);
            proxy.release();
            Awaiting.until(() -> slow.count("inspections.gone") > 0);
            Awaiting.until(() -> slow.container(removed).isEmpty());
            String last = docker.run(List.of(), "false");
            slow.event(last, Condition.CONTAINER_EXITED, State.RAISED);
            assertThat(slow.find("gpu-01", Condition.DOCKER_UNAVAILABLE, State.RAISED))
                    .isEmpty();
        }
    }

    @Test
    void aLabelOfAnyKindIsTakenAndStrictWordsDecideWhoIsWatched() {
        String unwatched = docker.run(List.of("--label", "caretaker.watch=OFF"), "false");
        String odd = docker.run(
                List.of(
                        "--label", "caretaker.watch=nö\n\"{}\" 💥",
                        "--label", "caretaker.long=" + "x".repeat(10_000),
                        "--label", "com.docker.compose.project=\u001b[31m\"'\n💥" + "y".repeat(10_000)),
                "false");
        HealthEvent raised = host.event(odd, Condition.CONTAINER_EXITED, State.RAISED);
        assertThat(raised.evidence().get("composeProject"))
                .startsWith(" [31m\"' 💥y")
                .hasSizeLessThanOrEqualTo(256);
        assertThat(host.of(unwatched)).isEmpty();
        assertThat(host.count("labels.refused")).isEqualTo(1);
        assertThat(host.await(odd, state -> state.phase() == Phase.EXITED)
                        .labels()
                        .get("caretaker.long"))
                .hasSize(ContainerState.MAX_LABEL);
    }

    @Test
    void theContainerOfAProcessIsFoundByItsCgroup() {
        String name = docker.name("process");
        String id = docker.run(List.of("--name", name), "sleep", "1000");
        host.await(id, state -> state.phase() == Phase.RUNNING);
        int pid = Integer.parseInt(docker.docker("inspect", "--format", "{{.State.Pid}}", id));
        assertThat(host.watcher.of(pid)).isInstanceOfSatisfying(Membership.Inside.class, inside -> {
            assertThat(inside.container().id()).isEqualTo(id);
            assertThat(inside.container().name()).isEqualTo(name);
            assertThat(inside.container().image()).isEqualTo(docker.image());
        });
        assertThat(host.watcher.of((int) ProcessHandle.current().pid())).isInstanceOf(Membership.OnHost.class);
        assertThat(host.watcher.of(Integer.MAX_VALUE)).isInstanceOf(Membership.Unknown.class);
    }

    @Test
    void theSnapshotHasWhatAnInventoryNeeds() {
        String id = docker.run(
                List.of(
                        "--label", "caretaker.metrics.port=8000",
                        "--label", "other=label",
                        "-p", "127.0.0.1::8000"),
                "sleep",
                "1000");
        ContainerState state = host.await(
                id, now -> now.phase() == Phase.RUNNING && !now.addresses().isEmpty());
        assertThat(state.labels()).isEqualTo(Map.of("caretaker.metrics.port", "8000"));
        assertThat(state.startedAt()).isNotNull();
        assertThat(state.addresses()).containsKey("bridge");
        assertThat(state.ports()).singleElement().satisfies(port -> {
            assertThat(port.inside()).isEqualTo(8000);
            assertThat(port.outside()).isPositive();
            assertThat(port.hostAddress()).isEqualTo("127.0.0.1");
            assertThat(port.protocol()).isEqualTo("tcp");
        });
        String renamed = docker.name("renamed");
        docker.docker("rename", id, renamed);
        host.await(id, now -> now.info().name().equals(renamed));
        docker.docker("pause", id);
        host.await(id, now -> now.phase() == Phase.PAUSED);
    }
}
