package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.testkit.FreePort;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real process, killed as soon as the engine tells of a step of a recreation. */
@Timeout(300)
class RecreationCrashIT {
    private static final String NAME = "anew";

    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void host() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** one container is left, with the old name and volume, and it was started once. */
    @ParameterizedTest
    @ValueSource(strings = {"stop", "rename", "create", "start"})
    void killedWithinARecreationItBringsItToItsEnd(String step) {
        // Given
        int port = FreePort.find();
        try (var service = new ServiceProcess(host.config("data", port, "docker: {resync: 1h}"), port).awaitReady()) {
            String id = host.container(
                    NAME,
                    "if [ -e /data/runs ]; then touch /tmp/well; fi; echo run >> /data/runs; exec sleep 100000",
                    "-v",
                    "/data",
                    "--stop-timeout",
                    "0",
                    "--health-cmd",
                    "test -e /tmp/well",
                    "--health-interval",
                    "1s",
                    "--health-retries",
                    "1");
            String volume = volume();
            try (var killed = new FirstEvent(host.project, step, service::kill)) {
                await().atMost(RecoveryHost.LIMIT)
                        .until(() ->
                                host.inspect(id, "{{.State.Health.Status}}").equals("unhealthy"));

                // When
                host.says(id, Condition.CONTAINER_UNHEALTHY);
                killed.await();
            }
            assertThat(host.kinds(NAME)).doesNotContain(Kind.SUCCEEDED, Kind.FAILED);
            service.restart();

            // Then
            RecoveryEvent succeeded = host.awaitTold(NAME, Kind.SUCCEEDED);
            assertThat(host.operations(NAME)).containsExactly(succeeded.operation());
            assertThat(host.kinds(NAME)).doesNotContain(Kind.FAILED);
            host.awaitPhase(NAME, Phase.OK);
            String label = "label=com.docker.compose.project=" + host.project;
            assertThat(host.docker.docker("ps", "-a", "--format", "{{.Names}}", "--filter", label))
                    .isEqualTo(host.project + "-" + NAME + "-1");
            assertThat(host.runs(NAME)).isTrue();
            assertThat(host.inspect(host.project + "-" + NAME + "-1", "{{.Id}}"))
                    .isNotEqualTo(id);
            assertThat(volume()).isEqualTo(volume);
            await().atMost(RecoveryHost.LIMIT)
                    .untilAsserted(() -> assertThat(
                                    host.docker.docker("exec", host.project + "-" + NAME + "-1", "cat", "/data/runs"))
                            .isEqualTo("run\nrun"));
        }
    }

    private String volume() {
        return host.inspect(host.project + "-" + NAME + "-1", "{{range .Mounts}}{{.Name}}{{end}}");
    }
}
