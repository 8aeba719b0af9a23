package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
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
        assertThat(Http.get(service.port(), "/metrics").body()).contains("caretaker_recovery_unverified{service=");
    }
}
