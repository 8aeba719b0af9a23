package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.testkit.RunningProgram;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real Prometheus, with the scrape configuration that we ship, on a running {@code caretaker}. */
final class PrometheusServer implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final RunningProgram program;
    private final int port;

    private PrometheusServer(RunningProgram program, int port) {
        this.program = program;
        this.port = port;
    }

    /**
     * Answers queries when it returns.
     *
     * @param dir its configuration and data go there
     */
    static PrometheusServer start(Path prometheus, CaretakerProcess of, Path dir) throws IOException {
        String config = Files.readString(Path.of("../deploy/prometheus/prometheus.yml"))
                .replace("127.0.0.1:9811", "127.0.0.1:" + of.collectorPort())
                .replace("127.0.0.1:9810", "127.0.0.1:" + of.agentPort())
                .replace("scrape_interval: 5s", "scrape_interval: 1s")
                .replace("refresh_interval: 30s", "refresh_interval: 1s");
        var program = RunningProgram.start(
                prometheus,
                "--config.file=" + Files.writeString(dir.resolve("prometheus.yml"), config),
                "--storage.tsdb.path=" + dir.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:0");
        try {
            program.awaitLine("Server is ready", LIMIT); // until then it listens and refuses queries
            return new PrometheusServer(program, program.awaitItsPort(RunningProgram.PROMETHEUS_LISTENS, LIMIT));
        } catch (AssertionError e) {
            program.close();
            throw e;
        }
    }

    /** The value of the first series, NaN without one. */
    double query(String promql) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + port + "/api/v1/query?query=" + URLEncoder.encode(promql, UTF_8)))
                    .timeout(LIMIT)
                    .build();
            JsonNode result = new ObjectMapper()
                    .readTree(http.send(request, BodyHandlers.ofString()).body())
                    .at("/data/result");
            return result.isEmpty() ? Double.NaN : result.at("/0/value/1").asDouble();
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
