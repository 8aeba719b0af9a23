package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerState.Phase;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.SocketProxy;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real engine behind a connection that is cut, and engines that are not there. */
class DockerStreamIT {
    private static final String HOST = "gpu-01";

    private final DockerEngine docker = DockerEngine.assume();

    @TempDir
    private Path dir;

    @AfterEach
    void end() {
        docker.close();
    }

    /** what happens while the stream is cut is told when it is reopened, once. */
    @Test
    void aCutStreamIsReopenedWithoutAGapAndWithoutARepetition() {
        try (var proxy = new SocketProxy(dir.resolve("docker.sock"), DockerEngine.SOCKET);
                var host = new WatchedHost(at(proxy)).known()) {
            String before = docker.run(List.of(), "sh", "-c", "exit 2");
            host.event(before, Condition.CONTAINER_EXITED, State.RAISED);
            String stopped = docker.run(List.of("--stop-timeout", "0"), "sleep", "1000");
            String dies = docker.run(List.of(), "sh", "-c", "while test ! -f /tmp/end; do sleep 0.05; done; exit 5");
            host.await(dies, state -> state.phase() == Phase.RUNNING && state.startedAt() != null);
            proxy.vanish();
            host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED);
            assertThat(host.watcher.snapshot().known()).isFalse();
            docker.docker("exec", dies, "touch", "/tmp/end");
            docker.docker("wait", dies);
            docker.docker("stop", stopped); // by a person: only the missed events tell
            docker.docker("rm", before);
            proxy.listen();
            host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.CLEARED);
            host.event(dies, Condition.CONTAINER_EXITED, State.RAISED);
            host.event(before, Condition.CONTAINER_EXITED, State.CLEARED);
            host.await(stopped, state -> state.phase() == Phase.EXITED);
            proxy.cut();
            Awaiting.until(() -> host.count("streams.opened") >= 3);
            Awaiting.until(() -> host.watcher.snapshot().known());
            String last = docker.run(List.of(), "false");
            host.event(last, Condition.CONTAINER_EXITED, State.RAISED);
            assertThat(host.of(dies)).hasSize(1);
            assertThat(host.of(before)).hasSize(2);
            assertThat(host.of(stopped)).isEmpty();
            assertThat(host.count("events.repeated")).isPositive();
            assertThat(host.of(HOST))
                    .extracting(HealthEvent::state)
                    .containsExactly(State.RAISED, State.CLEARED, State.RAISED, State.CLEARED);
        }
    }

    /** the list alone, without any event, finds what has happened. */
    @Test
    void theListFindsWhatFailedBeforeTheAgentCame() {
        String failed = docker.run(List.of(), "sh", "-c", "exit 9");
        String killed = docker.run(List.of(), "sleep", "1000");
        docker.docker("wait", failed);
        docker.docker("kill", killed);
        try (var host = new WatchedHost("").known()) {
            assertThat(host.event(failed, Condition.CONTAINER_EXITED, State.RAISED)
                            .code())
                    .isEqualTo("9");
            host.await(killed, state -> state.phase() == Phase.EXITED && state.exitCode() == 137);
            assertThat(host.of(killed)).isEmpty();
        }
        try (var host = new WatchedHost("news-age: 0s").known()) {
            host.await(failed, state -> state.startedAt() != null);
            assertThat(host.of(failed)).isEmpty();
        }
    }

    @Test
    void whereNobodyHasAskedForAnEngineThereMayBeNone() throws IOException {
        Path socket = dir.resolve("docker.sock");
        try (var host = new WatchedHost("{enabled: auto, resync: 1s, host: 'unix://" + socket + "'}")) {
            try (var proxy = new SocketProxy(socket, DockerEngine.SOCKET)) {
                host.known();
                proxy.vanish();
                HealthEvent raised = host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED);
                assertThat(raised.message()).contains("there is no " + socket);
            }
        }
        try (var host = new WatchedHost("{enabled: true, host: 'unix://" + socket + "'}")) {
            host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED);
        }
        try (var host = new WatchedHost("{enabled: true, host: 'tcp://127.0.0.1:1'}")) {
            assertThat(host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED)
                            .message())
                    .containsIgnoringCase("refused");
        }
    }

    @Test
    void anEngineThatAnswersNonsenseIsUnavailable() throws IOException {
        Path socket = dir.resolve("docker.sock");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread.startVirtualThread(() -> answer(server));
            try (var host = new WatchedHost("{enabled: true, host: 'unix://" + socket + "'}")) {
                host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED);
                assertThat(host.watcher.ended()).isNotDone();
            }
        }
    }

    private static void answer(ServerSocketChannel server) {
        try {
            while (true) {
                try (SocketChannel client = server.accept()) {
                    client.read(ByteBuffer.allocate(4096));
                    client.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<html>{\"]nonsense..."
                            .getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    @Test
    void theWatchEndsWhileTheEngineHangs() throws IOException {
        Path socket = dir.resolve("docker.sock");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket)); // takes connections and never answers
            var host = new WatchedHost("{enabled: true, host: 'unix://" + socket + "'}");
            assertThat(host.event(HOST, Condition.DOCKER_UNAVAILABLE, State.RAISED)
                            .message())
                    .contains("no answer within 10 s");
            host.close();
            Awaiting.until(() -> host.watcher.ended().isDone());
        }
        assertThat(Files.exists(socket)).isTrue();
    }

    private static String at(SocketProxy proxy) {
        return "{enabled: true, host: 'unix://" + proxy.path() + "'}";
    }
}
