package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.WatchRules;
import caretaker.agent.probe.ProbeSettings;
import caretaker.agent.probe.Probes;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.FreePort;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes of real containers that answer, stop to answer, and answer again. */
class ProbesIT {
    private final DockerEngine docker = DockerEngine.assume();
    private final WatchedHost host = new WatchedHost("").known();
    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void isKnown() {
        host.known();
    }

    @AfterEach
    void end() {
        host.close();
        vertx.close().await();
        docker.close();
    }

    private Probes probes(List<ProbeSettings> declared) {
        // Its clock is an hour ahead: no container is within its grace.
        InstantSource later = () -> InstantSource.system().instant().plus(Duration.ofHours(1));
        return Probes.start(
                vertx,
                declared,
                host.watcher,
                true,
                new Probes.Surroundings(
                        host.ledger, WatchRules.DEFAULT::watches, () -> 0, host.registry, later, System::nanoTime));
    }

    @Test
    void aContainersOwnProbeIsRaisedAfterItsFailuresAndClearedAfterItsSuccesses() {
        try (var _ = probes(List.of())) {
            String id = docker.run(
                    List.of(
                            "--label", "caretaker.probe=http://:8000/well",
                            "--label", "caretaker.probe.interval=1s",
                            "--label", "caretaker.probe.failures=6", // by the last of them its server is there
                            "--label", "caretaker.probe.successes=1",
                            "--label", "caretaker.probe.expect=fine"),
                    "sh",
                    "-c",
                    "mkdir /www; exec httpd -f -p 8000 -h /www");
            HealthEvent raised = host.event(id, Condition.PROBE_FAILED, State.RAISED);
            assertThat(raised.evidence())
                    .containsEntry("containerId", id)
                    .containsEntry("failures", "6")
                    .containsEntry("result", "status 404")
                    .hasEntrySatisfying("url", url -> assertThat(url).endsWith(":8000/well"))
                    .containsKey("startedAt");
            docker.docker("exec", id, "sh", "-c", "echo all is fine > /www/well");
            host.event(id, Condition.PROBE_FAILED, State.CLEARED);
            docker.docker("rm", "-f", id);
            assertThat(host.of(id)).hasSize(2);
        }
    }

    /** a dcgm-exporter without a GPU on a host whose GPUs are well. */
    @Test
    void aDcgmExporterWithoutSamplesHasLostItsGpus() {
        try (var _ = probes(List.of())) {
            String id = docker.run(
                    List.of(
                            "--label", "com.docker.compose.project=p",
                            "--label", "com.docker.compose.service=dcgm-exporter",
                            "--label", "caretaker.probe.interval=1s"),
                    "sh",
                    "-c",
                    "mkdir /www; echo '# HELP DCGM_FI_DEV_GPU_TEMP' > /www/metrics; exec httpd -f -p 9400 -h /www");
            HealthEvent raised = host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.RAISED);
            assertThat(raised.evidence()).containsEntry("seenBy", "probe of its metrics");
            host.event(id, Condition.PROBE_FAILED, State.RAISED);
            docker.docker("exec", id, "sh", "-c", "echo 'DCGM_FI_DEV_GPU_TEMP{gpu=\"0\"} 31' > /www/metrics");
            host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.CLEARED);
            host.event(id, Condition.PROBE_FAILED, State.CLEARED);
        }
    }

    @Test
    void aServiceOfTheOperatorsIsProbedWithoutAContainer() throws IOException {
        int port = FreePort.find();
        var declared = new ProbeSettings(
                "database", "tcp://127.0.0.1:" + port, Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 1, null, null);
        try (var _ = probes(List.of(declared))) {
            HealthEvent raised = host.event("database", Condition.PROBE_FAILED, State.RAISED);
            assertThat(raised.entity().kind()).isEqualTo(Entity.Kind.SERVICE);
            try (var server = new ServerSocket(port, 10, InetAddress.getLoopbackAddress())) {
                assertThat(server.isBound()).isTrue();
                host.event("database", Condition.PROBE_FAILED, State.CLEARED);
            }
        }
    }
}
