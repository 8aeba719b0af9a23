package caretaker.benchmarks;

import caretaker.chassis.config.Config;
import caretaker.collector.Collector;
import caretaker.collector.CollectorConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A real collector in this process, looked at from outside. */
final class CollectorUnderTest implements AutoCloseable {
    private final Collector collector;
    private final HttpClient http = HttpClient.newHttpClient();

    CollectorUnderTest(String bootstrap) {
        collector = Collector.start(Config.parse(
                CollectorConfig.class,
                "",
                "bench",
                Map.of(),
                Map.of("kafka.bootstrap-servers", bootstrap, "http.port", "0", "readings.lookback", "1h")));
    }

    String url(String path) {
        return "http://127.0.0.1:" + collector.port() + path;
    }

    void awaitReady() throws IOException, InterruptedException {
        while (status("/-/ready") != 200) {
            LockSupport.parkNanos(2_000_000);
        }
    }

    private int status(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.discarding())
                .statusCode();
    }

    /** Reads a whole answer and throws it away; returns its length. */
    static long read(HttpClient http, String url) throws IOException, InterruptedException {
        var response = http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            byte[] buffer = new byte[1 << 20];
            long length = 0;
            for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                length += read;
            }
            return length;
        }
    }

    @Override
    public void close() {
        http.close();
        collector.close();
    }
}
