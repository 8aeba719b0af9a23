package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole service with a stand-in for Grafana whose volume belongs to root. */
@Timeout(180)
class GrafanaIT {
    private static final String DATA = "/var/lib/grafana";

    @TempDir
    private Path directory;

    private RecoveryHost host;
    private String volume;

    @BeforeEach
    void start() {
        host = new RecoveryHost(directory);
        volume = host.docker.name("volume");
    }

    @AfterEach
    void close() {
        host.close();
        host.docker.docker("volume", "rm", "-f", volume);
    }

    private String grafana() {
        return host.container(
                "grafana",
                "if touch " + DATA + "/lock; then exec sleep 100000; fi; " + "echo \"GF_PATHS_DATA='" + DATA
                        + "' is not writable.\"; exit 1",
                "--user",
                "472",
                "-v",
                volume + ":" + DATA);
    }

    private String owner() {
        return host.docker.docker(
                "run", "--rm", "-v", volume + ":" + DATA, host.docker.image(), "stat", "-c", "%u:%g %a", DATA);
    }

    private String playbooks() {
        return "playbooks: " + host.write("grafana.yml", """
                playbooks:
                  - name: quickly-proven
                    like: grafana-permissions
                    match: {services: [grafana], log: is not writable}
                    stable-for: 1s
                """);
    }

    @Test
    void aVolumeOfRootsIsToldOfAndWithThePolicyItIsGivenToGrafana() {
        String id = grafana();
        host.awaitExit(id);
        try (RecoveryService service = host.start("data", playbooks())) {
            // When nobody has allowed it
            host.says(id, Condition.CONTAINER_EXITED);

            // Then
            RecoveryEvent told = host.awaitTold("grafana", Kind.SKIPPED);
            assertThat(told.reason()).isEqualTo(Reason.NEEDS_APPROVAL);
            assertThat(told.message()).contains(DATA + " must belong to 472:0", "--entrypoint chown");
            assertThat(owner()).isEqualTo("0:0 755");
            assertThat(host.runs("grafana")).isFalse();
            assertThat(service.ended()).isNotDone();
        }
        String rules = "rules: {" + RecoveryHost.RULES + ", fix-permissions: true}";
        try (RecoveryService service = host.start("data", playbooks(), rules)) {
            // When it is allowed, and somebody asks
            Http.post(service.port(), "/api/v1/repair", "{\"container\":\"grafana\",\"by\":\"anna\"}");

            // Then
            RecoveryEvent done = host.awaitTold("grafana", Kind.SUCCEEDED);
            assertThat(Objects.requireNonNull(done.operation()).action()).isEqualTo(Action.FIX_PERMISSIONS);
            assertThat(host.runs("grafana")).isTrue();
            assertThat(owner()).isEqualTo("472:0 755");
            await().atMost(RecoveryHost.LIMIT).until(() -> helpers().isEmpty());
            assertThat(host.told("grafana")).noneMatch(event -> event.kind() == Kind.QUARANTINED);
        }
    }

    private String helpers() {
        String id = host.inspect(host.project + "-grafana-1", "{{.Id}}");
        return host.docker.docker("ps", "-aq", "--filter", "label=caretaker.helps=" + id);
    }
}
