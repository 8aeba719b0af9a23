package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.testkit.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real docker-compose beside the whole service: two that change the same containers. */
@Timeout(180)
class ComposeIT {
    private final Path compose = Programs.assume("docker-compose");

    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void host() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void end() {
        compose("down", "-t", "0");
        host.close();
    }

    /** somebody deploys while a repair is being proven; what is new is nobody's to judge. */
    @Test
    void whatComposeDeploysDuringARepairEndsIt() {
        try (var _ = host.start("data")) {
            // Given
            String id = up("slow", RecoveryHost.FAILS_ONCE);
            host.awaitExit(id);
            host.says(id, Condition.CONTAINER_EXITED);
            await().atMost(RecoveryHost.LIMIT)
                    .until(() -> host.states("slow").stream().anyMatch(state -> state.phase() == Phase.VERIFYING));

            // When
            String next = up("slow", "sleep 100000");

            // Then
            RecoveryEvent skipped = host.awaitTold("slow", Kind.SKIPPED);
            assertThat(skipped.reason()).isEqualTo(Reason.STALE);
            assertThat(next).isNotEqualTo(id);
            assertThat(host.starts(next)).isEqualTo(1);
        }
    }

    /** what was created anew is compose's own still: it is listed, started and taken down. */
    @Test
    void composeTakesWhatWasCreatedAnewForItsOwn() {
        // Given
        up("never", "exit 3");
        try (var _ = host.start("data")) {
            // When: nobody tells of it, it is found in the list
            host.awaitTold("never", Kind.QUARANTINED);

            // Then
            String anew = compose("ps", "-q", "never");
            assertThat(host.states("never").stream()
                            .map(RecoveryState::operation)
                            .filter(Objects::nonNull)
                            .map(operation -> operation.before().containerId()))
                    .as("compose has made another one")
                    .anyMatch(made -> !made.equals(anew));
            assertThat(up("never", "exit 3")).as("nothing to create").isEqualTo(anew);
            compose("down", "-t", "0");
            assertThat(host.docker.docker("ps", "-aq", "--filter", "label=com.docker.compose.project=" + host.project))
                    .isEmpty();
        }
    }

    /** Makes it so that the project is this one service; its container's id. */
    private String up(String service, String command) {
        try {
            Files.writeString(
                    directory.resolve("docker-compose.yml"), """
                    version: "3"
                    services:
                      %s:
                        image: %s
                        command: ["sh", "-c", "%s"]
                        network_mode: none
                        labels: {caretaker.recovery: "true"}
                    """.formatted(service, host.docker.image(), command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        compose("up", "-d", "-t", "0");
        return compose("ps", "-q", service);
    }

    private String compose(String... words) {
        List<String> command = new ArrayList<>(List.of(
                compose.toString(),
                "-p",
                host.project,
                "-f",
                directory.resolve("docker-compose.yml").toString()));
        command.addAll(List.of(words));
        try {
            Path errors = directory.resolve("compose.err");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + Files.readString(errors));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
