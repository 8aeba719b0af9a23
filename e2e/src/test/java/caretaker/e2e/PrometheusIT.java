package caretaker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.FreePort;
import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, with the scrape configuration that we ship, on the real process. */
class PrometheusIT {
    private static final int HOSTS = 4;
    private static final int GPUS = 8;

    @TempDir
    private Path dir;

    @Test
    void prometheusScrapesEveryGpuOfTheDemo() throws Exception {
        Path prometheus = Programs.assume("prometheus");
        try (var demo = CaretakerProcess.start("demo").awaitReady()) {
            // Given
            int port = FreePort.find();
            String config = Files.readString(Path.of("../deploy/prometheus/prometheus.yml"))
                    .replace("127.0.0.1:9811", "127.0.0.1:" + demo.collectorPort())
                    .replace("127.0.0.1:9810", "127.0.0.1:" + demo.agentPort())
                    .replace("scrape_interval: 5s", "scrape_interval: 1s");
            Path file = Files.writeString(dir.resolve("prometheus.yml"), config);

            // When
            try (var server = RunningProgram.start(
                    prometheus,
                    "--config.file=" + file,
                    "--storage.tsdb.path=" + dir.resolve("tsdb"),
                    "--web.listen-address=127.0.0.1:" + port)) {
                server.awaitPort(port, Duration.ofSeconds(30));

                // Then
                String metrics = demo.metrics();
                long shown = metrics.lines()
                        .filter(line -> line.startsWith("nvidia_gpu_"))
                        .count();
                await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
                    assertThat(query(port, "sum(up)")).isEqualTo(2);
                    assertThat(query(port, "count(nvidia_gpu_up == 1)")).isEqualTo(HOSTS * GPUS);
                    assertThat(query(port, "count({__name__=~\"nvidia_gpu_.+\",job=\"caretaker-collector\"})"))
                            .isEqualTo(shown);
                });
                assertThat(query(port, "count(count by (instance) (nvidia_gpu_utilization_percentage))"))
                        .isEqualTo(HOSTS);
                assertThat(query(port, "max(nvidia_gpu_memory_used_bytes / nvidia_gpu_memory_total_bytes * 100)"))
                        .isBetween(0L, 100L);
            }
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
                assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(said).isEmpty();
                assertThat(check.exitValue()).isZero();
            }
        }
    }

    private static long query(int port, String promql) throws IOException, InterruptedException {
        String answer = get("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(promql, StandardCharsets.UTF_8));
        JsonNode result = new ObjectMapper().readTree(answer).at("/data/result");
        return result.isEmpty() ? -1 : Math.round(result.at("/0/value/1").asDouble());
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        }
    }
}
