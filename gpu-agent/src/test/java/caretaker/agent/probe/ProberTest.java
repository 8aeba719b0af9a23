package caretaker.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.probe.Expectation.Verdict;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Probes of real servers, most of which behave badly. */
class ProberTest {
    private final Vertx vertx = Vertx.vertx();
    private final Prober prober = new Prober(vertx, 4);

    @AfterEach
    void close() {
        prober.close();
        vertx.close().await();
    }

    @Test
    void anAnswerIsJudgedByItsStatusAndItsBody() throws Exception {
        assertThat(ask(OddServer.answers(204, ""), "", new Expectation.Success()))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(500, ""), "", new Expectation.Success()))
                .isEqualTo(new Verdict.Bad("status 500"));
        assertThat(ask(OddServer.answers(500, ""), "", new Expectation.Status(500)))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(200, "all is well"), "", new Expectation.Contains("is well")))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(200, "sick"), "", new Expectation.Contains("is well")))
                .isInstanceOf(Verdict.Bad.class);
    }

    /** Grafana is well when its database is. */
    @Test
    void grafanasDatabaseMustBeOk() throws Exception {
        var grafana = new Expectation.Grafana();
        assertThat(ask(OddServer.answers(200, "{\n  \"database\": \"ok\",\n \"version\": \"13.0\"}"), "", grafana))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(503, "{\"database\": \"failing\"}"), "", grafana))
                .isInstanceOf(Verdict.Bad.class);
        assertThat(ask(OddServer.answers(200, "<html>database ok</html>"), "", grafana))
                .isEqualTo(new Verdict.Bad("its database is not ok"));
    }

    /** a Prometheus that reads its log is starting, as long as it says that it lives. */
    @Test
    void aPrometheusThatIsNotReadyButHealthyIsStarting() throws Exception {
        var starting = new Expectation.Prometheus();
        assertThat(ask(prometheus(503, 200), "/-/ready", starting)).isInstanceOf(Verdict.Starting.class);
        assertThat(ask(prometheus(503, 500), "/-/ready", starting)).isEqualTo(new Verdict.Bad("status 500"));
        assertThat(ask(prometheus(200, 200), "/-/ready", starting)).isEqualTo(Expectation.WELL);
    }

    private static OddServer.Behaviour prometheus(int ready, int healthy) {
        return (client, server) -> {
            byte[] head = new byte[8192];
            int read = client.getInputStream().read(head);
            String request = new String(head, 0, Math.max(read, 0), StandardCharsets.US_ASCII);
            int status = request.startsWith("GET /-/ready ") ? ready : healthy;
            client.getOutputStream()
                    .write(("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        };
    }

    /** */
    @Test
    void aDcgmExporterMustHaveSamplesOfAGpu() throws Exception {
        var dcgm = new Expectation.DcgmExporter(Expectation.DcgmExporter.ALL, () -> 2);
        String one = """
                # HELP DCGM_FI_DEV_GPU_UTIL use
                DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a",GPU_I_ID="1"} 3
                DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a",GPU_I_ID="2"} 3
                """;
        String two = one + "DCGM_FI_DEV_GPU_UTIL{gpu=\"1\",UUID=\"GPU-b\"} 3\n";
        assertThat(ask(OddServer.answers(200, two), "", dcgm)).isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(200, one), "", dcgm))
                .isEqualTo(new Verdict.Bad("it has samples of 1 GPUs of 2"));
        assertThat(ask(OddServer.answers(200, one), "", new Expectation.DcgmExporter(0, () -> 2)))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(200, one), "", new Expectation.DcgmExporter(2, () -> 0)))
                .isEqualTo(new Verdict.Bad("it has samples of 1 GPUs of 2"));
        assertThat(ask(OddServer.answers(200, two), "", new Expectation.DcgmExporter(2, () -> 8)))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(OddServer.answers(200, one), "", new Expectation.DcgmExporter(2, () -> 1)))
                .isEqualTo(Expectation.WELL); // the host has no more
        assertThat(ask(OddServer.answers(200, "# HELP DCGM_FI_DEV_GPU_UTIL use\n"), "", dcgm))
                .isEqualTo(new Verdict.NoGpu("it has no sample of a GPU"));
        assertThat(ask(OddServer.answers(500, "Failed to initialize NVML: Unknown Error"), "", dcgm))
                .isInstanceOf(Verdict.NoGpu.class);
    }

    @Test
    void whatASampleOfADcgmExporterTellsOfIsNoLossOfItsGpus() throws Exception {
        String unknown = "DCGM_FI_DEV_XID_ERRORS{gpu=\"0\",err_code=\"0\",err_msg=\"Unknown Error\",x=\"nvml\"} 0\n";
        assertThat(ask(OddServer.answers(200, unknown), "", new Expectation.DcgmExporter(1, () -> 1)))
                .isEqualTo(Expectation.WELL);
        assertThat(ask(
                        OddServer.answers(200, "# Failed to initialize NVML: Unknown Error\n"),
                        "",
                        new Expectation.DcgmExporter(1, () -> 1)))
                .isInstanceOf(Verdict.NoGpu.class);
    }

    /** As dcgm-exporter 1 of 2020 names them. */
    @Test
    void anOldDcgmExportersNamesAreSamplesToo() throws Exception {
        assertThat(ask(
                        OddServer.answers(200, "dcgm_gpu_temp{gpu=\"0\",uuid=\"GPU-a\"} 40\n"),
                        "",
                        new Expectation.DcgmExporter(2, () -> 2)))
                .isEqualTo(new Verdict.Bad("it has samples of 1 GPUs of 2"));
        assertThat(ask(
                        OddServer.answers(200, "dcgm_gpu_temp{gpu=\"0\",uuid=\"GPU-a\"} 40\n"),
                        "",
                        new Expectation.DcgmExporter(1, () -> 2)))
                .isEqualTo(Expectation.WELL);
    }

    /** of a Prometheus that runs in no container of this host. */
    @Test
    void anOperatorsPrometheusBehindAPrefixIsAskedAsOneInAContainer() throws Exception {
        OddServer.Behaviour behindPrefix = (client, _) -> {
            byte[] head = new byte[8192];
            int read = client.getInputStream().read(head);
            String request = new String(head, 0, Math.max(read, 0), StandardCharsets.US_ASCII);
            int status = request.startsWith("GET /prom/-/healthy ") ? 200 : 503;
            client.getOutputStream()
                    .write(("HTTP/1.1 " + status + " x\r\nContent-Length: 0\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        };
        try (var server = new OddServer(behindPrefix)) {
            var settings = new ProbeSettings(
                    "p",
                    "http://127.0.0.1:" + server.port() + "/prom/",
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    3,
                    2,
                    ProbeKind.PROMETHEUS,
                    null);
            Verdict verdict = ask(settings.spec());
            assertThat(verdict).isInstanceOf(Verdict.Starting.class);
            var rule = new ProbeRule(settings.spec(), false);
            Instant first = Instant.EPOCH;
            for (int minute = 0; minute < 10; minute++) {
                rule.take(verdict, null, first.plus(Duration.ofMinutes(minute)));
            }
            assertThat(rule.failures()).isZero();
            rule.take(verdict, null, first.plus(Duration.ofMinutes(10)));
            assertThat(rule.failures()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatHangsIsBadAfterTheProbesTimeAndNotLater() throws Exception {
        long start = System.nanoTime();
        try (var server = new OddServer(OddServer.hangs())) {
            assertThat(ask(spec(server, "", new Expectation.Success(), Duration.ofMillis(400))))
                    .isEqualTo(new Verdict.Bad("no answer within 400 ms"));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(ProbeSpec.LONGEST_TIMEOUT);
    }

    @Test
    void anAnswerThatDribblesIsCutAtTheProbesTime() throws Exception {
        try (var server = new OddServer(OddServer.dribbles())) {
            assertThat(ask(spec(server, "", new Expectation.Success(), Duration.ofMillis(400))))
                    .isEqualTo(new Verdict.Bad("no answer within 400 ms"));
            assertThat(server.broken.await(20, TimeUnit.SECONDS)).isTrue(); // the connection is gone
        }
    }

    @Test
    void tenThousandMillionBytesAreReadToTheBoundAndNoFurther() throws Exception {
        try (var server = new OddServer(OddServer.floods())) {
            var spec = spec(server, "", new Expectation.Success(), ProbeSpec.LONGEST_TIMEOUT);
            assertThat(ask(spec)).isEqualTo(Expectation.WELL);
            assertThat(server.sent.get()).isLessThan(64L << 20); // what the kernel's buffers take
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (var server = new OddServer(
                OddServer.answers("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"))) {
            assertThat(ask(server, "", new Expectation.Success())).isEqualTo(new Verdict.Bad("status 302", true));
            assertThat(server.requests.get()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoHttpIsBad() throws Exception {
        for (String answer : new String[] {
            "",
            "\0\1\2\3",
            "SSH-2.0-OpenSSH_9\r\n",
            "HTTP/1.1 200 OK\r\nX: " + "y".repeat(20_000) + "\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"
        }) {
            assertThat(ask(OddServer.answers(answer), "", new Expectation.Success()))
                    .isInstanceOf(Verdict.Bad.class);
        }
    }

    @Test
    void aTcpProbeIsContentWithAConnection() throws Exception {
        try (var server = new OddServer(OddServer.hangs())) {
            assertThat(ask(tcp(server.port()))).isEqualTo(Expectation.WELL);
        }
        assertThat(ask(tcp(1)))
                .isInstanceOfSatisfying(
                        Verdict.Bad.class,
                        nobody -> assertThat(nobody.elsewhere()).isTrue());
    }

    private static ProbeSpec tcp(int port) {
        return ProbeSpec.of("p", Target.parse("tcp://127.0.0.1:" + port).orElseThrow(), new Expectation.Success());
    }

    private Verdict ask(OddServer.Behaviour behaviour, String path, Expectation expectation) throws Exception {
        try (var server = new OddServer(behaviour)) {
            return ask(server, path, expectation);
        }
    }

    private Verdict ask(OddServer server, String path, Expectation expectation) throws Exception {
        return ask(spec(server, path, expectation, ProbeSpec.LONGEST_TIMEOUT));
    }

    private static ProbeSpec spec(OddServer server, String path, Expectation expectation, Duration timeout) {
        Target target = Target.parse("http://127.0.0.1:" + server.port() + path).orElseThrow();
        return new ProbeSpec(
                "p", target, expectation, false, Duration.ofSeconds(1), timeout, 3, 2, Duration.ZERO, Duration.ZERO);
    }

    private Verdict ask(ProbeSpec spec) throws Exception {
        return prober.ask(spec).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
