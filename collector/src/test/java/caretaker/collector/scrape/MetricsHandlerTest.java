package caretaker.collector.scrape;

import static caretaker.collector.Records.encode;
import static caretaker.collector.Records.host;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.SteadyClock;
import caretaker.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsHandlerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] OWN = "caretaker_own 1\n".getBytes(US_ASCII);

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualClock wall = new ManualClock();
    private final Fleet fleet = new Fleet(FleetLimits.DEFAULT);
    private final List<MetricsHandler> handlers = new ArrayList<>();

    @AfterEach
    void stop() {
        handlers.forEach(MetricsHandler::close);
        client.shutdownNow();
        vertx.close().await();
    }

    @Test
    void theFleetComesFirstThenTheProcess() throws Exception {
        fleet.take(0, encode(host("a", 1, 1)), 0);
        int port = serve((_, out) -> out.write(OWN), ScrapeLimits.DEFAULT);

        HttpResponse<byte[]> plain = send(request(port));

        assertThat(plain.statusCode()).isEqualTo(200);
        assertThat(plain.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
        String text = new String(plain.body(), UTF_8);
        assertThat(text).startsWith("# HELP nvidia_gpu_up ").endsWith("caretaker_own 1\n");
        assertThat(gauge("caretaker.collector.scrape.bytes")).isEqualTo(plain.body().length);
        assertThat(gauge("caretaker.collector.scrape.series")).isEqualTo(13); // up, 6 states, 3 counts, 2 values, age
    }

    @Test
    void aClientThatTakesGzipGetsTheSameSmaller() throws Exception {
        for (int i = 0; i < 50; i++) {
            fleet.take(0, encode(host("host-" + i, 1, 8)), 0);
        }
        int port = serve((_, out) -> out.write(OWN), ScrapeLimits.DEFAULT);

        HttpResponse<byte[]> plain = send(request(port));
        HttpResponse<byte[]> zipped = send(request(port).header("Accept-Encoding", "br, gzip;q=0.5"));

        assertThat(zipped.headers().allValues("content-encoding")).containsExactly("gzip");
        assertThat(zipped.body().length).isLessThan(plain.body().length / 4);
        try (var unzip = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
            assertThat(unzip.readAllBytes()).isEqualTo(plain.body());
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, false",
                "gzip, true",
                "*, true",
                "GZIP, true",
                "deflate, false",
                "'br, gzip;q=0.3', true",
                "gzip;q=0, false",
                "gzip;q=0.0, false",
                "'', false",
                "';;,', false",
            })
    void gzipIsSentToWhoTakesIt(String acceptEncoding, boolean expected) {
        assertThat(MetricsHandler.takesGzip(acceptEncoding)).isEqualTo(expected);
    }

    @Test
    void headRendersNothing() throws Exception {
        int port = serve(
                (_, _) -> {
                    throw new IOException("rendered");
                },
                ScrapeLimits.DEFAULT);
        var head = send(request(port)
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .header("Accept", "application/openmetrics-text"));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("content-type"))
                .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }

    @Test
    void moreScrapesThanMayRunWaitAndMoreThanMayWaitComeBackLater() throws Exception {
        var free = new CountDownLatch(1);
        var limits = new ScrapeLimits(1, 1, LIMIT, LIMIT);
        int port = serve(waitingFor(free), limits);

        List<CompletableFuture<HttpResponse<byte[]>>> scrapes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            scrapes.add(client.sendAsync(request(port).build(), HttpResponse.BodyHandlers.ofByteArray()));
        }
        await().atMost(LIMIT).until(() -> outcome("busy") == 3);
        free.countDown();

        var answers = scrapes.stream().map(CompletableFuture::join).toList();
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 200))
                .hasSize(2);
        var refused =
                answers.stream().filter(answer -> answer.statusCode() == 503).toList();
        assertThat(refused).hasSize(3);
        assertThat(refused.getFirst().headers().firstValue("retry-after")).hasValue("1");
    }

    @Test
    void whoHasWaitedForTooLongComesBackLater() throws Exception {
        var free = new CountDownLatch(1);
        int port = serve(waitingFor(free), new ScrapeLimits(1, 4, Duration.ofMillis(50), LIMIT));
        var first = client.sendAsync(request(port).build(), HttpResponse.BodyHandlers.ofByteArray());
        await().atMost(LIMIT).until(() -> renderersAtWork() == 1);

        assertThat(send(request(port)).statusCode()).isEqualTo(503);

        free.countDown();
        assertThat(first.join().statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingBehind() throws Exception {
        int port = serve(large(), new ScrapeLimits(1, 4, LIMIT, LIMIT));
        for (int i = 0; i < 5; i++) {
            try (var socket = ask(port)) {
                assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
            }
        }
        await().atMost(LIMIT).until(() -> outcome("client_lost") == 5);
        assertThat(send(request(port)).statusCode()).isEqualTo(200);
    }

    @Test
    void aClientThatTakesNothingIsCutOffAndBlocksNobodyElse() throws Exception {
        int port = serve(large(), new ScrapeLimits(1, 4, LIMIT, Duration.ofSeconds(2)));
        try (var socket = ask(port)) {
            assertThat(send(request(port)).statusCode()).isEqualTo(200);
            await().atMost(LIMIT).until(() -> outcome("client_lost") == 1);
            assertThat(socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()))
                    .isLessThan(LARGE);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    void aFailureInTheMiddleDoesNotLookLikeTheEnd() throws Exception {
        int port = serve(
                (_, out) -> {
                    large().write(caretaker.collector.exposition.Format.TEXT, out);
                    throw new IOException("broken");
                },
                ScrapeLimits.DEFAULT);
        try {
            send(request(port));
            throw new AssertionError("looked whole");
        } catch (IOException e) {
            assertThat(outcome("failed")).isEqualTo(1);
        }
    }

    private static final long LARGE = 64L << 20;

    private static OwnMetrics large() {
        return (_, out) -> {
            byte[] piece = new byte[1 << 16];
            for (long written = 0; written < LARGE; written += piece.length) {
                out.write(piece);
            }
        };
    }

    private static OwnMetrics waitingFor(CountDownLatch free) {
        return (_, out) -> {
            try {
                assertThat(free.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            out.write(OWN);
        };
    }

    private long renderersAtWork() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith("scrape-"))
                .filter(entry -> java.util.Arrays.stream(entry.getValue())
                        .anyMatch(frame -> frame.getMethodName().equals("write")))
                .count();
    }

    private int serve(OwnMetrics own, ScrapeLimits limits) {
        var handler = new MetricsHandler(fleet, wall, new SteadyClock(wall), own, limits, registry);
        handlers.add(handler);
        Router router = Router.router(vertx);
        router.route("/metrics").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
        return vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "127.0.0.1")
                .await()
                .actualPort();
    }

    private static Socket ask(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
        return socket;
    }

    private static HttpRequest.Builder request(int port) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .timeout(LIMIT);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private double outcome(String outcome) {
        return registry.get("caretaker.collector.scrapes")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
