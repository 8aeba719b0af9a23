package caretaker.collector;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Config;
import caretaker.contracts.Readings;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A collector on a test's broker, with a topic and a group of its own, and what a test asks of it. */
final class TestCollector implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(90); // topics are looked for every 30 s
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Collector collector;

    private TestCollector(Collector collector) {
        this.collector = collector;
    }

    static TestCollector start(TestBroker broker, String topic) {
        return new TestCollector(Collector.start(
                Config.parse(CollectorConfig.class, yaml(broker.bootstrapServers(), topic, 0), "test", Map.of())));
    }

    static String yaml(String bootstrap, String topic, int port) {
        return """
                kafka:
                  bootstrap-servers: [%s]
                http:
                  port: %d
                readings:
                  topic: %s
                  group: %s
                  dead-letters: %s
                  max-record: 64KiB
                inventory:
                  topic: %s
                """.formatted(bootstrap, port, topic, topic + "-group", deadLetters(topic), inventory(topic));
    }

    static String deadLetters(String topic) {
        return topic + "-dead";
    }

    static String inventory(String topic) {
        return topic + "-inventory";
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Readings readings) {
        return new ProducerRecord<>(topic, readings.host().getBytes(UTF_8), Records.encode(readings));
    }

    static void send(TestBroker broker, String topic, Readings... readings) {
        broker.send(List.of(readings).stream().map(each -> record(topic, each)).toList());
    }

    int port() {
        return collector.port();
    }

    boolean ready() {
        return ready(port());
    }

    static boolean ready(int port) {
        try {
            return get(port, "/-/ready", Map.of()).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false; // not listening yet
        }
    }

    String readiness() {
        return new String(get(port(), "/-/ready", Map.of()).body(), UTF_8);
    }

    String metrics() {
        return metrics(port());
    }

    static String metrics(int port) {
        return new String(get(port, "/metrics", Map.of()).body(), UTF_8);
    }

    HttpResponse<byte[]> get(String path, Map<String, String> headers) {
        return get(port(), path, headers);
    }

    private static HttpResponse<byte[]> get(int port, String path, Map<String, String> headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(LIMIT);
        headers.forEach(request::header);
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether a GPU of the host is shown as up. */
    static boolean shows(String metrics, String host) {
        return metrics.contains("nvidia_gpu_up{instance=\"" + host + "\",gpu=\"0\",uuid=\"GPU-" + host + "-0\"} 1\n");
    }

    @Override
    public void close() {
        collector.close();
    }
}
