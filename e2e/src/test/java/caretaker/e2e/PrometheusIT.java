package caretaker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, with the scrape configuration that we ship, on the real process. */
class PrometheusIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HOSTS = 4;
    private static final int GPUS = 8;

    @TempDir
    private Path dir;

    @Test
    void prometheusScrapesEveryGpuOfTheDemo() throws Exception {
        // Given
        Path prometheus = Programs.assume("prometheus");
        try (var demo = CaretakerProcess.start("demo", "--faults", "none").awaitReady();
                // When
                var server = PrometheusServer.start(prometheus, demo, dir)) {
            // Then
            await().atMost(LIMIT).untilAsserted(() -> {
                long shown = demo.metrics()
                        .lines()
                        .filter(line -> line.startsWith("nvidia_gpu_"))
                        .count();
                assertThat(server.query("sum(up)")).isEqualTo(2);
                assertThat(server.query("count(nvidia_gpu_up == 1)")).isEqualTo(HOSTS * GPUS);
                assertThat(server.query("count({__name__=~\"nvidia_gpu_.+\",job=\"caretaker-collector\"})"))
                        .isEqualTo((double) shown);
                assertThat(server.query("count(count by (instance) (nvidia_gpu_utilization_percentage))"))
                        .isEqualTo(HOSTS);
                assertThat(server.query("max(nvidia_gpu_memory_used_bytes / nvidia_gpu_memory_total_bytes * 100)"))
                        .isBetween(0.0, 100.0);
            });
        }
    }

    @Test
    void promtoolAcceptsTheExposition() throws Exception {
        Path promtool = Programs.assume("promtool");
        try (var demo =
                CaretakerProcess.start("demo", "--hosts", "2", "--gpus", "2").awaitReady()) {
            for (int port : new int[] {demo.collectorPort(), demo.agentPort()}) {
                Process check = new ProcessBuilder(promtool.toString(), "check", "metrics")
                        .redirectErrorStream(true)
                        .start();
                try (var in = check.getOutputStream()) {
                    in.write(get("http://127.0.0.1:" + port + "/metrics").getBytes(StandardCharsets.UTF_8));
                }
                String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(check.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(said).isEmpty();
                assertThat(check.exitValue()).isZero();
            }
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
            return http.send(request, BodyHandlers.ofString()).body();
        }
    }
}
