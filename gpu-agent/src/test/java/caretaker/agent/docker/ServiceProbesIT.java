package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.WatchRules;
import caretaker.agent.probe.ProbeSettings;
import caretaker.agent.probe.Probes;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.FreePort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A host that watches containers and has no engine: the operator's probes need none. */
class ServiceProbesIT {
    @Test
    void aServiceThatIsWellAgainIsClearedThoughTheEngineNeverCame() throws IOException {
        int port = FreePort.find();
        var declared = new ProbeSettings(
                "database", "tcp://127.0.0.1:" + port, Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 1, null, null);
        var vertx = Vertx.vertx();
        try (var host = new WatchedHost("host: unix:///nowhere/docker.sock");
                var _ = Probes.start(
                        vertx,
                        List.of(declared),
                        host.watcher,
                        true,
                        new Probes.Surroundings(
                                host.ledger,
                                WatchRules.DEFAULT::watches,
                                () -> 0,
                                host.registry,
                                InstantSource.system(),
                                System::nanoTime))) {
            host.event("database", Condition.PROBE_FAILED, State.RAISED);
            try (var _ = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
                host.event("database", Condition.PROBE_FAILED, State.CLEARED);
            }
            assertThat(host.watcher.snapshot().known()).isFalse();
        } finally {
            vertx.close().await();
        }
    }
}
