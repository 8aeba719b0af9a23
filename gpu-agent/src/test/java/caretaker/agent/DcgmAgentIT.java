package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.chassis.config.Config;
import caretaker.contracts.Column;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import caretaker.testkit.TestBroker;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An agent on a host without a driver library, whose GPUs a dcgm-exporter shows. */
class DcgmAgentIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final TestBroker broker = TestBroker.shared();
    private final BusReader bus = new BusReader(broker);

    @Test
    void itsReadingsAreOnTheBusAndItsEndIsAnEvent() throws IOException {
        // Given
        byte[] text = Files.readAllBytes(Path.of("src/test/resources/dcgm/exporter-4.prom"));
        HttpServer exporter = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        exporter.createContext("/metrics", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, text.length);
                exchange.getResponseBody().write(text);
            }
        });
        exporter.start();
        String settings = """
                host: dcgm-agent
                source: dcgm
                dcgm: [{url: 'http://127.0.0.1:%d/metrics', interval: 3s, timeout: 2900ms}]
                docker: {enabled: false}
                kernel-log: {source: none}
                intervals: {fast: 200ms}
                http: {port: 0}
                kafka: {bootstrap-servers: ["%s"]}
                """.formatted(exporter.getAddress().getPort(), broker.bootstrapServers());
        try (var agent = GpuAgent.start(Config.parse(GpuAgentConfig.class, settings, "agent.yaml", Map.of()))) {
            // When
            await().atMost(LIMIT).until(() -> !withGpus().isEmpty());

            // Then
            Readings readings = withGpus().getFirst();
            GpuReading gpu = readings.gpus().getFirst();
            assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(44);
            assertThat(gpu.isFromDcgm(Column.TEMPERATURE_CELSIUS)).isTrue();
            assertThat(readings.gpusVisible()).isEqualTo(1);
            assertThat(Pages.metric(agent, "nvidia_gpu_agent_dcgm_reads_total")).isPositive();

            // When
            exporter.stop(0);

            // Then
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(bus.events("dcgm-agent"))
                            .filteredOn(event -> event.condition() == Condition.DCGM_UNAVAILABLE)
                            .extracting(HealthEvent::state)
                            .containsExactly(HealthEvent.State.RAISED));
        } finally {
            exporter.stop(0);
        }
    }

    private List<Readings> withGpus() {
        return bus.readings("dcgm-agent").stream()
                .filter(readings -> !readings.gpus().isEmpty())
                .toList();
    }
}
