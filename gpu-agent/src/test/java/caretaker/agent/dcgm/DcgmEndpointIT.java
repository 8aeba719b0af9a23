package caretaker.agent.dcgm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.greaterThan;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.sampling.GpuSource;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import caretaker.contracts.VectorColumn;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A dcgm-exporter as an HTTP server that is well, and in every way unwell. */
class DcgmEndpointIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String FIRST = "GPU-8c1b6a10-5a5a-4c4c-9d9d-000000000001";

    /** How the exporter answers. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<HealthEvent> events = new CopyOnWriteArrayList<>();
    private final HealthLedger ledger = new HealthLedger("node-1", "a-1", InstantSource.system(), events::add);
    private final AtomicLong good = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CountDownLatch hang = new CountDownLatch(1);
    private volatile Answer answer = exchange -> text(exchange, "exporter-4.prom");

    @Nullable private HttpServer server;

    @Nullable private DcgmEndpoint endpoint;

    @BeforeEach
    void startTheExporter() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/metrics", exchange -> {
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stopEverything() {
        hang.countDown();
        if (endpoint != null) {
            endpoint.close();
        }
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
        vertx.close().await();
    }

    @Test
    void anExporterAloneIsAHostsSource() {
        // Given
        var source = new MergedSource(null, List.of(start(500)), new MergedSource.Host(2, "test"));
        await().atMost(LIMIT).untilAtomic(good, greaterThan(1L));

        // When
        var readings = new Readings();
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(source.poll(Tier.FAST, readings)).isEmpty();
            assertThat(readings.gpusVisible()).isEqualTo(1);
        });

        // Then
        assertThat(readings.gpus()).extracting(GpuReading::uuid).containsExactly(FIRST);
        assertThat(readings.gpus().getFirst().isFromDcgm(Column.TEMPERATURE_CELSIUS))
                .isTrue();
        assertThat(readings.gpusExpected()).isEqualTo(2);
        assertThat(source.info()).isEqualTo(new HostInfo("580.95.05", "", "", "", "test", "dcgm"));
        GpuIdentity identity = source.identity(0);
        assertThat(identity == null ? "" : identity.name()).isEqualTo("NVIDIA H100 80GB HBM3");
        assertThat(events).isEmpty();

        // When the exporter is gone for three intervals: nobody answers for the GPU, which stays known
        answer = exchange -> exchange.sendResponseHeaders(503, -1);
        await().atMost(LIMIT).untilAsserted(() -> {
            source.poll(Tier.FAST, readings);
            assertThat(readings.gpus().getFirst().state()).isEqualTo(GpuState.UNBOUND);
        });
        assertThat(readings.gpus().getFirst().uuid()).isEqualTo(FIRST);
        assertThat(readings.gpus().getFirst().size()).isZero();
        assertThat(readings.gpusVisible()).isEqualTo(Readings.UNKNOWN);
    }

    @Test
    void theGpusOfAFormerRunStayUntilAsManyAreThere() {
        // Given
        var source = new MergedSource(null, List.of(start(100)), new MergedSource.Host(0, "test"));
        source.restore(List.of(new KnownGpu(FIRST, 0, GpuIdentity.NONE), new KnownGpu("GPU-2", 1, GpuIdentity.NONE)));
        var readings = new Readings();
        await().atMost(LIMIT).untilAsserted(() -> {
            source.poll(Tier.FAST, readings);
            assertThat(readings.gpusVisible()).isEqualTo(1);
        });

        // Then
        assertThat(readings.gpus())
                .extracting(GpuReading::uuid, GpuReading::state)
                .containsExactly(tuple(FIRST, GpuState.OK), tuple("GPU-2", GpuState.UNBOUND));
        assertThat(source.known()).extracting(KnownGpu::uuid).containsExactly(FIRST, "GPU-2");

        // And where there was only one, it was replaced
        var other = new MergedSource(null, List.of(start(100)), new MergedSource.Host(0, "test"));
        other.restore(List.of(new KnownGpu("GPU-2", 0, GpuIdentity.NONE)));
        await().atMost(LIMIT).untilAsserted(() -> {
            other.poll(Tier.FAST, readings);
            assertThat(readings.gpus()).extracting(GpuReading::uuid).containsExactly(FIRST);
        });
    }

    @Test
    void whatTheDriverSaysWinsAndTheRestIsMarked() {
        // Given: a driver that knows the same GPU, a lost one, and less than DCGM
        var driver = new Driver();
        // so seldom that what it has said once is good for as long as the test takes
        DcgmEndpoint exporter = start(60_000);
        var source = new MergedSource(driver, List.of(exporter), new MergedSource.Host(0, "test"));
        await().atMost(LIMIT).until(() -> !exporter.newest().gpus().isEmpty());

        // When
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        source.poll(Tier.FAST, readings); // the second finds the driver's readings as the first left them

        // Then
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isEqualTo(60);
        assertThat(gpu.isFromDcgm(Column.TEMPERATURE_CELSIUS)).isFalse();
        assertThat(gpu.get(Column.SM_ACTIVE_MILLIONTHS)).isEqualTo(871_234);
        assertThat(gpu.isFromDcgm(Column.SM_ACTIVE_MILLIONTHS)).isTrue();
        assertThat(gpu.has(Column.NVLINK_ERRORS_CRC_FLIT_ALL)).isFalse(); // the driver tells of each link
        assertThat(gpu.isFromDcgm(Column.C2C_ERRORS_REPLAY_ALL)).isTrue();
        assertThat(readings.gpus()).hasSize(2);
        assertThat(readings.gpus().getLast().state()).isEqualTo(GpuState.LOST);
        assertThat(readings.gpus().getLast().size()).isZero();
        assertThat(readings.gpusVisible()).isEqualTo(1);
        assertThat(driver.readings.gpus().getFirst().has(Column.SM_ACTIVE_MILLIONTHS))
                .isFalse();
        assertThat(source.info().backend()).isEqualTo("nvml");
    }

    @Test
    void aWebPageIsAConditionAfterThreeTimesAndOverAfterOneGoodAnswer() {
        answer = exchange -> send(exchange, "text/html", "<html><body>502 Bad Gateway</body></html>");
        DcgmEndpoint started = start(50);
        await().atMost(LIMIT).until(() -> !events.isEmpty());
        HealthEvent raised = events.getFirst();
        assertThat(raised.condition()).isEqualTo(Condition.DCGM_UNAVAILABLE);
        assertThat(raised.state()).isEqualTo(HealthEvent.State.RAISED);
        assertThat(raised.message()).contains("web page, not metrics");
        assertThat(raised.evidence()).containsEntry("failures", "3");
        assertThat(started.newest().gpus()).isEmpty();

        answer = exchange -> text(exchange, "exporter-1.prom");
        await().atMost(LIMIT).until(() -> events.size() > 1);
        assertThat(events.get(1).state()).isEqualTo(HealthEvent.State.CLEARED);
        await().atMost(LIMIT).until(() -> started.newest().gpus().size() == 2);
    }

    @Test
    void anAnswerWithoutEndIsCutOffAtItsLimit() {
        var longest = new AtomicLong();
        byte[] piece = "# a comment that says nothing at all\n".repeat(2000).getBytes(UTF_8);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var body = exchange.getResponseBody()) {
                for (long sent = 0; sent < 10_000_000_000L; sent += piece.length) {
                    body.write(piece);
                    longest.accumulateAndGet(sent, Math::max);
                }
            }
        };
        start(200, Duration.ofSeconds(30));
        await().atMost(Duration.ofSeconds(90)).until(() -> !events.isEmpty());
        assertThat(events.getFirst().message()).contains("larger than 16 MiB");
        assertThat(longest.get()).isLessThan(10L * DcgmEndpoint.MAX_BODY);
    }

    @Test
    void anExporterThatHangsCostsOneTimeoutEach() {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("# HELP".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            if (!hang.await(60, TimeUnit.SECONDS)) {
                throw new IOException("nobody let go");
            }
        };
        start(50);
        await().atMost(LIMIT).until(() -> !events.isEmpty());
        assertThat(events.getFirst().message()).contains("no whole answer within");
    }

    @Test
    void nobodyThereOrAnotherStatusOrNoGpuIsSaidAsItIs() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(302, -1);
        };
        start(50);
        await().atMost(LIMIT).until(() -> !events.isEmpty());
        assertThat(events.getFirst().message()).contains("status 302");
        answer = exchange -> send(exchange, "text/plain", "up 1\nnot a metric\n");
        failed.set(0);
        await().atMost(LIMIT).untilAtomic(failed, greaterThan(2L));
        assertThat(events).hasSize(1); // it is raised already

        var none = new DcgmEndpoint.Settings(
                URI.create("http://127.0.0.1:1/metrics"), Duration.ofMillis(50), Duration.ofSeconds(5));
        try (var second = new DcgmEndpoint(vertx, none, ledger, listener(), System::nanoTime)) {
            second.start();
            await().atMost(LIMIT).until(() -> events.size() > 1);
        }
        assertThat(events.get(1).message()).contains("refused");
    }

    private DcgmEndpoint start(int intervalMillis) {
        return start(intervalMillis, Duration.ofSeconds(1));
    }

    private DcgmEndpoint start(int intervalMillis, Duration timeout) {
        if (server == null) {
            throw new IllegalStateException("no server");
        }
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/metrics");
        var settings = new DcgmEndpoint.Settings(url, Duration.ofMillis(intervalMillis), timeout);
        endpoint = new DcgmEndpoint(vertx, settings, ledger, listener(), System::nanoTime);
        endpoint.start();
        return endpoint;
    }

    private DcgmEndpoint.Listener listener() {
        return new DcgmEndpoint.Listener() {
            @Override
            public void rejected(String family) {}

            @Override
            public void read(String url, boolean isGood) {
                (isGood ? good : failed).incrementAndGet();
            }
        };
    }

    private static void text(HttpExchange exchange, String file) throws IOException {
        send(exchange, "text/plain; version=0.0.4", Files.readString(Path.of("src/test/resources/dcgm", file)));
    }

    private static void send(HttpExchange exchange, String type, String content) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        byte[] bytes = content.getBytes(UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** A driver with two GPUs, of which it reads the temperature of one; the other is lost. */
    private static final class Driver implements GpuSource {
        private Readings readings = new Readings();

        @Override
        public List<Finding> poll(Tier tier, Readings into) {
            readings = into;
            List<GpuReading> gpus = into.gpuCount(2);
            gpus.get(0).uuid(FIRST).index(0).state(GpuState.OK);
            gpus.get(0).vector(VectorColumn.NVLINK_ERRORS_REPLAY, new long[] {1, 2});
            if (tier == Tier.RARE) {
                gpus.get(0).set(Column.TEMPERATURE_CELSIUS, 60);
            }
            gpus.get(1)
                    .uuid("GPU-8c1b6a10-5a5a-4c4c-9d9d-000000000002")
                    .index(1)
                    .state(GpuState.LOST);
            into.gpuCounts(2, 1, 2);
            return List.of();
        }

        @Override
        public HostInfo info() {
            return new HostInfo("580", "", "", "", "test", "nvml");
        }

        @Override
        public @Nullable GpuIdentity identity(int place) {
            return null;
        }

        @Override
        public void close() {}
    }
}
