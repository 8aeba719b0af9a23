package caretaker.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Config;
import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** An alert router on a test's broker, with topics of its own, and what a test asks of it. */
final class TestRouter implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final String PREFIX = "/am";
    static final String DELIVERIES = "/api/caretaker/v1/deliveries";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final AlertRouter router;

    private TestRouter(AlertRouter router) {
        this.router = router;
    }

    /** Ready when it returns. */
    static TestRouter start(TestBroker broker, String topic, Path configFile) {
        return start(yaml(broker, topic, configFile));
    }

    /** @param more settings of the section {@code alerting} */
    static TestRouter start(TestBroker broker, String topic, Path configFile, String more) {
        return start(yaml(broker, topic, configFile).replace("alerting:\n", "alerting:\n" + more.indent(2)));
    }

    /** As {@link #start(TestBroker, String, Path)}, of these settings. */
    static TestRouter start(String yaml) {
        var router = new TestRouter(AlertRouter.start(Config.parse(AlertRouterConfig.class, yaml, "t", Map.of())));
        Awaitility.await().atMost(LIMIT).until(() -> router.get("/-/ready").statusCode() == 200);
        return router;
    }

    static String yaml(TestBroker broker, String topic, Path configFile) {
        return """
                kafka:
                  bootstrap-servers: [%s]
                http:
                  port: 0
                  route-prefix: %s/
                alerting:
                  config-file: %s
                  group: %s
                built-in:
                  enabled: false
                topics:
                  alerts: %s
                  silences: %s-silences
                  notifications: %s-notifications
                  dead-letters: %s-dead
                """.formatted(broker.bootstrapServers(), PREFIX, configFile, topic, topic, topic, topic, topic);
    }

    static Path config(Path directory, String yaml) {
        try {
            return Files.writeString(directory.resolve("alertmanager.yml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return router.port();
    }

    String url() {
        return "http://127.0.0.1:" + port() + PREFIX;
    }

    AlertRouter router() {
        return router;
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, "");
    }

    HttpResponse<String> post(String path, String body) {
        return send("POST", path, body);
    }

    HttpResponse<String> send(String method, String path, String body) {
        return raw(method, URI.create(url() + path), body, "Content-Type", "application/json");
    }

    /** Any request to anybody. */
    static HttpResponse<String> raw(String method, URI url, String body, String... headers) {
        var builder = HttpRequest.newBuilder(url)
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8));
        var request = (headers.length == 0 ? builder : builder.headers(headers)).build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Messages that were told, as the bus has them: one that starts now tells nobody of them again. */
    long delivered() {
        return delivered(get(DELIVERIES));
    }

    static long delivered(HttpResponse<String> deliveries) {
        return new JsonArray(deliveries.body())
                .stream()
                        .filter(each -> "delivered".equals(((JsonObject) each).getString("outcome")))
                        .count();
    }

    /** What {@code /metrics} says of a series, named as it is written there; 0 if nothing. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .sum();
    }

    @Override
    public void close() {
        router.close();
    }
}
