package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service with a stand-in for Prometheus whose file is broken by somebody. */
@Timeout(180)
class PrometheusIT {
    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void start() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void aRoundKeepsTheGoodConfigurationAndAPersonsWordPutsItBack() throws IOException {
        // Given
        Path file = Files.writeString(
                Files.createDirectory(directory.resolve("conf")).resolve("prometheus.yml"), "a");
        String id = host.container(
                "prometheus",
                Prometheus.script(),
                "-v",
                file.getParent() + ":/etc/prometheus",
                "-e",
                "FILE=/etc/prometheus/prometheus.yml");
        Path playbooks = host.write("prometheus.yml", """
                playbooks:
                  - name: quickly-proven
                    like: prometheus-config
                    match: {services: [prometheus], log: Error loading config}
                    probe: prometheus
                    stable-for: 1s
                  - {name: asked, like: prometheus, match: {services: [prometheus]}, probe: prometheus}
                """);
        try (RecoveryService service = host.start("data", "playbooks: " + playbooks, "verify-every: 1s")) {
            Path kept = directory
                    .resolve("data/configs")
                    .resolve(host.key("prometheus").replace('/', '+'));
            await().atMost(RecoveryHost.LIMIT).until(() -> Files.exists(kept) && count(kept, "good") == 1);

            // When
            Files.writeString(file, "broken");
            host.docker.docker("kill", id);
            host.docker.docker("start", id);
            host.awaitExit(id);
            host.says(id, Condition.CONTAINER_EXITED);

            // Then
            await().atMost(RecoveryHost.LIMIT)
                    .until(() -> host.told("prometheus").stream()
                            .anyMatch(event -> event.reason() == Reason.NEEDS_APPROVAL));
            assertThat(file).hasContent("broken");

            // When
            Http.post(service.port(), "/api/v1/repair", "{\"container\":\"prometheus\",\"by\":\"anna\"}");

            // Then
            RecoveryEvent done = host.awaitTold("prometheus", Kind.SUCCEEDED);
            assertThat(Objects.requireNonNull(done.operation()).action()).isEqualTo(Action.FORMER_CONFIG);
            assertThat(done.actor()).contains("anna");
            assertThat(host.runs("prometheus")).isTrue();
            assertThat(file).hasContent("a");
            assertThat(count(kept, "broken")).isEqualTo(1);
        }
    }

    private static long count(Path folder, String kind) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> each.getFileName().toString().startsWith(kind + "-"))
                    .count();
        }
    }
}
