package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.recovery.engine.Databases;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduled verification, without any agent. */
@Timeout(180)
class RoundsIT {
    /** the service's own round finds what runs and does not answer as it should, and no agent has told of. */
    @Test
    void whatAnswersWronglyIsFoundByTheRoundAndRepaired(@TempDir Path directory) {
        try (var host = new RecoveryHost(directory);
                var service = host.start("data", "verify-every: 1s", "docker: {resync: 1h}")) {
            repaired(host, service);
        }
    }

    private static void repaired(RecoveryHost host, RecoveryService service) {
        String id = host.container("grafana", """
                mkdir -p /tmp/www/api
                if [ -e /tmp/ran ]; then echo '{"database": "ok"}'; else echo '{"database": "failing"}'; fi > /tmp/www/api/health
                touch /tmp/ran
                trap 'exit 0' TERM
                httpd -f -p 3000 -h /tmp/www &
                wait
                """);

        RecoveryEvent succeeded = host.awaitTold("grafana", Kind.SUCCEEDED);

        assertThat(Objects.requireNonNull(succeeded.incident()).condition()).isEqualTo("probe.failed");
        assertThat(Objects.requireNonNull(succeeded.operation()).action()).isEqualTo(Action.RESTART);
        assertThat(host.inspect(id, "{{.State.Running}}")).isEqualTo("true");
        await().atMost(RecoveryHost.LIMIT) // it is told before the round is over
                .until(() ->
                        Http.get(service.port(), "/metrics").body().contains("caretaker_recovery_unverified{service="));
    }

    /** found by the round by what its service says; copied, found damaged, told, and left to a person. */
    @Test
    void aServiceWhoseDatabaseIsDamagedIsCopiedAsideAndRunsAgain(@TempDir Path directory) {
        // Given
        try (var host = new RecoveryHost(directory)) {
            String id = host.container("dashboards", """
                    mkdir -p /tmp/www/api; echo '{"database": "failing"}' > /tmp/www/api/health
                    trap 'exit 0' TERM
                    httpd -f -p 3000 -h /tmp/www &
                    wait
                    """, "-v", "/var/lib/grafana");
            Path folder = Databases.folder(directory.resolve("service"), true);
            host.docker.docker("cp", folder + "/.", id + ":/var/lib/grafana");
            String started = host.inspect(id, "{{.State.StartedAt}}");

            // When
            try (var _ = host.start("data", "verify-every: 1s", "docker: {resync: 1h}")) {
                RecoveryEvent failed = host.awaitTold("dashboards", Kind.FAILED);
                await().atMost(RecoveryHost.LIMIT)
                        .until(() -> host.told("dashboards").stream()
                                .anyMatch(event -> event.reason() == RecoveryEvent.Reason.NEEDS_APPROVAL));

                // Then
                assertThat(Objects.requireNonNull(failed.operation()).action()).isEqualTo(Action.COPY_ASIDE);
                assertThat(failed.message())
                        .contains("copy of /var/lib/grafana in " + directory.resolve("data/copies"))
                        .contains("grafana.db in it is damaged");
                assertThat(host.inspect(id, "{{.State.Running}}")).isEqualTo("true");
                assertThat(host.inspect(id, "{{.State.StartedAt}}")).isNotEqualTo(started);
            }
        }
    }
}
