package caretaker.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import caretaker.testkit.TestBroker;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus (Debian's, 2.42) with a rule that fires and ends, and ours as its Alertmanager. */
class PrometheusIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** So long that what it says counts for longer than a slow machine takes to look at it. */
    private static final Duration RESEND = Duration.ofSeconds(15);

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final AtomicInteger celsius = new AtomicInteger(90);

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    /** A program whose temperature the test sets. */
    private HttpServer hot() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] body = ("temp " + celsius.get() + "\n").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void whatItPostsFiresAndEnds() throws IOException {
        Path config = TestRouter.config(directory, "route: {receiver: one}\nreceivers: [{name: one}]\n");
        var program = hot();
        try (var router = TestRouter.start(broker, broker.newTopic("prom", 2), config)) {
            write("rules.yml", """
                    groups:
                      - name: g
                        rules:
                          - alert: Hot
                            expr: temp > 50
                            labels: {severity: critical}
                            annotations: {summary: 'at {{ $value }}'}
                    """);
            Path file = write(
                    "prometheus.yml", """
                    global: {evaluation_interval: 1s, scrape_interval: 1s, external_labels: {cluster: c1}}
                    rule_files: [rules.yml]
                    scrape_configs:
                      - job_name: program
                        static_configs: [{targets: ['127.0.0.1:%1$d']}]
                      - job_name: router
                        metrics_path: %2$s/metrics
                        static_configs: [{targets: ['127.0.0.1:%3$d']}]
                    alerting:
                      alertmanagers: [{path_prefix: %2$s, static_configs: [{targets: ['127.0.0.1:%3$d']}]}]
                    """.formatted(program.getAddress().getPort(), TestRouter.PREFIX, router.port()));
            try (var prometheus = RunningProgram.start(
                    Programs.assume("prometheus"),
                    "--config.file=" + file,
                    "--storage.tsdb.path=" + directory.resolve("tsdb"),
                    "--rules.alert.resend-delay=" + RESEND.toSeconds() + "s",
                    "--web.listen-address=127.0.0.1:0")) {
                int port = prometheus.awaitItsPort(RunningProgram.PROMETHEUS_LISTENS, LIMIT);
                JsonObject alert = Awaitility.await().atMost(LIMIT).until(() -> fires(router), found -> found != null);
                assertThat(alert.getJsonObject("labels").getMap())
                        .containsEntry("alertname", "Hot")
                        .containsEntry("severity", "critical")
                        .containsEntry("cluster", "c1");
                assertThat(alert.getJsonObject("annotations").getString("summary"))
                        .isEqualTo("at 90");
                assertThat(alert.getString("generatorURL")).contains("/graph?g0.expr=");
                // I9: it fires until four intervals after the last evaluation, unless it is repeated.
                assertThat(Duration.between(
                                Instant.parse(alert.getString("updatedAt")), Instant.parse(alert.getString("endsAt"))))
                        .isBetween(RESEND.multipliedBy(2), RESEND.multipliedBy(4));

                celsius.set(20);
                Awaitility.await().atMost(LIMIT).until(() -> received(router, "resolved") > 0);
                Awaitility.await().atMost(LIMIT).until(() -> fires(router) == null); // I11
                assertThat(received(router, "firing")).isPositive();
                Awaitility.await().atMost(LIMIT).until(() -> isUp(port)); // it can scrape us
            }
        } finally {
            program.stop(0);
        }
    }

    private static @Nullable JsonObject fires(TestRouter router) {
        var alerts = new JsonArray(router.get("/api/v2/alerts").body());
        return alerts.isEmpty() ? null : alerts.getJsonObject(0);
    }

    private static double received(TestRouter router, String status) {
        return router.metric("alertmanager_alerts_received_total{status=\"" + status + "\",version=\"v2\"}");
    }

    private static boolean isUp(int port) {
        return TestRouter.raw(
                        "GET",
                        URI.create("http://127.0.0.1:" + port + "/api/v1/query?query=up%7Bjob%3D%22router%22%7D"),
                        "")
                .body()
                .contains(",\"1\"]");
    }
}
