package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.agent.nvml.TestNvml;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.Programs;
import caretaker.testkit.SocketProxy;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * An agent that may not open the socket of a real engine. The process has the test's user, without root's right to open
 * whatever it likes.
 */
@ResourceLock("nvml") // one library for the process, and one scenario
class RefusedSocketIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String HOST = "refused-socket";

    @TempDir
    private Path dir;

    @Test
    void theGpusGoOnOneConditionSaysWhatIsMissingAndItEndsWhenTheSocketIsOpened() throws IOException {
        String driver = TestNvml.load().library();
        Path socket = dir.resolve("docker.sock");
        try (var _ = DockerEngine.assume();
                var proxy = new SocketProxy(socket, DockerEngine.SOCKET)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
            var broker = TestBroker.shared();
            var bus = new BusReader(broker);
            Process agent = AgentProcess.start(unprivileged(), config(broker, driver, socket), dir.resolve("log"));
            try {
                await().atMost(LIMIT).until(() -> !bus.events(HOST).isEmpty());
                assertThat(bus.events(HOST)).singleElement().satisfies(event -> {
                    assertThat(event.condition()).isEqualTo(Condition.DOCKER_UNAVAILABLE);
                    assertThat(event.entity().id()).isEqualTo(HOST);
                    assertThat(event.message()).contains("no permission to open " + socket);
                });
                int before = bus.readings(HOST).size();
                await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > before + 2);
                assertThat(bus.readings(HOST).getLast().gpus()).allMatch(gpu -> gpu.state() == GpuState.OK);
                assertThat(bus.events(HOST)).hasSize(1);

                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
                await().atMost(LIMIT).until(() -> bus.events(HOST).getLast().state() == State.CLEARED);
                assertThat(bus.events(HOST))
                        .extracting(HealthEvent::condition)
                        .containsExactly(Condition.DOCKER_UNAVAILABLE, Condition.DOCKER_UNAVAILABLE);
                assertThat(proxy.accepted()).isPositive();
            } finally {
                AgentProcess.kill(agent);
            }
        }
    }

    private static List<String> unprivileged() {
        return System.getProperty("user.name").equals("root")
                ? List.of(Programs.assume("setpriv").toString(), "--bounding-set=-dac_override,-dac_read_search")
                : List.of();
    }

    private Path config(TestBroker broker, String driver, Path socket) throws IOException {
        return Files.writeString(dir.resolve("agent.yml"), """
                host: refused-socket
                source: nvml
                nvml: {library: %s}
                kernel-log: {source: none}
                docker: {enabled: true, host: 'unix://%s', projects: [nobody-has-this-name]}
                intervals: {fast: 1s}
                http: {port: 0}
                kafka: {bootstrap-servers: ["%s"]}
                """.formatted(driver, socket, broker.bootstrapServers()));
    }
}
