package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storms and nonsense over HTTP: what can be taken is, the rest is refused, and the router goes on answering. */
class BadInputIT {
    private static final String ALERTS = "/api/v2/alerts";
    private static final String IN_FLIGHT = "alertmanager_http_requests_in_flight{method=\"get\"}";

    /** After it, a sender hears that its alerts are not on the bus yet. */
    private static final Duration AS_LONG_AS_A_SENDER_WAITS = Duration.ofSeconds(10);

    private static final String CONFIG = """
            route: {receiver: one, group_by: [alertname]}
            receivers: [{name: one}]
            """;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("bad", 2);
    private TestRouter router;

    @BeforeEach
    void start() {
        router = TestRouter.start(broker, topic, TestRouter.config(directory, CONFIG));
    }

    @AfterEach
    void stop() {
        try {
            assertThat(router.get("/-/healthy").statusCode()).isEqualTo(200);
            Awaitility.await()
                    .atMost(TestRouter.LIMIT) // a slow bus may have much to write yet
                    .until(() -> router.post(ALERTS, alert("AtTheEnd", 0)).statusCode() == 200);
        } finally {
            router.close();
        }
    }

    private static String one(String name, int number) {
        return "{\"labels\":{\"alertname\":\"" + name + "\",\"severity\":\"warning\",\"n\":\"" + number + "\"}}";
    }

    private static String alert(String name, int number) {
        return "[" + one(name, number) + "]";
    }

    private static String storm(String name, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> one(name, i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aHundredThousandAlertsInOnePostAreTaken() {
        String bomb = storm("Bomb", 0, 100_000);
        long began = System.nanoTime();
        int status = router.post(ALERTS, bomb).statusCode();
        boolean isInTime = System.nanoTime() - began < AS_LONG_AS_A_SENDER_WAITS.toNanos();
        assertThat(status).isIn(isInTime ? List.of(200) : List.of(200, 503)); // by a machine that is too slow for it
        HttpResponse<String> all = router.get(ALERTS);
        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(all.headers().firstValue("Transfer-Encoding")).contains("chunked");
        assertThat(new JsonArray(all.body())).hasSize(100_000);
        assertThat(new JsonArray(router.get(ALERTS + "?filter=n%3D%2277%22").body()))
                .hasSize(1);
    }

    @Test
    void aStormOfPostsHoldsUpNobody() throws Exception {
        List<CompletableFuture<Integer>> posts = new ArrayList<>();
        for (int client = 0; client < 4; client++) {
            int from = client * 5_000;
            posts.add(CompletableFuture.supplyAsync(
                    () -> IntStream.range(0, 10)
                            .map(i -> router.post(ALERTS, storm("Storm", from + i * 500, 500))
                                    .statusCode())
                            .max()
                            .orElseThrow(),
                    Thread::startVirtualThread)); // the common pool may have one thread, and is others' too
        }
        while (!posts.stream().allMatch(CompletableFuture::isDone)) {
            long began = System.nanoTime();
            assertThat(router.get("/-/healthy").statusCode()).isEqualTo(200);
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)).isLessThan(20_000);
        }
        for (CompletableFuture<Integer> post : posts) {
            assertThat(post.get(1, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(new JsonArray(router.get(ALERTS).body())).hasSize(20_000);
    }

    @Test
    void whatIsTooLargeForTheBusIsRefusedBeforeItIsStored() {
        String large = "x".repeat(1 << 20);
        HttpResponse<String> answer = router.post(
                ALERTS, "[{\"labels\":{\"alertname\":\"Large\",\"v\":\"" + large + "\"}}," + one("Small", 1) + "]");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("\"alert 0 has 10486").contains("the limit is 524288");
        JsonArray known = new JsonArray(router.get(ALERTS).body()); // I6: the good one is stored
        assertThat(known).hasSize(1);

        String fits = "x".repeat(500_000);
        assertThat(router.post(
                                ALERTS,
                                "[{\"labels\":{\"alertname\":\"Fits\"},\"annotations\":{\"v\":\"" + fits + "\"}}]")
                        .statusCode())
                .isEqualTo(200);
        String escapes = "\\u0001".repeat(80_000); // of six bytes each
        assertThat(router.post(ALERTS, "[{\"labels\":{\"alertname\":\"Fits\",\"v\":\"" + escapes + "\"}}]")
                        .statusCode())
                .isEqualTo(200);
        assertThat(router.get(ALERTS).body().length()).isGreaterThan(900_000);
    }

    @Test
    void tenThousandLabelsAreTaken() {
        String labels = IntStream.range(0, 10_000)
                .mapToObj(i -> "\"label_" + i + "\":\"v" + i + "\"")
                .collect(Collectors.joining(","));
        assertThat(router.post(ALERTS, "[{\"labels\":{" + labels + "}}]").statusCode())
                .isEqualTo(200);
        assertThat(new JsonArray(
                        router.get(ALERTS + "?filter=label_9999%3D%22v9999%22").body()))
                .hasSize(1);
    }

    @Test
    void bodiesBeyondTheLimitAreRefusedWithAHint() {
        HttpResponse<String> answer = router.post(ALERTS, "[" + " ".repeat(33 << 20) + "]");
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("32MiB", "send less at a time");
    }

    @Test
    void nonsenseIsRefused() {
        for (String bad : List.of(
                "[".repeat(200_000),
                "[{\"labels\":" + "{\"a\":".repeat(50_000),
                "[{\"labels\":{\"a\":" + "1".repeat(1_000_000) + "}}]",
                "[{\"labels\":{\"a\":NaN}}]",
                "[{\"labels\":{\"a\":\"\\ud800\"}}]", // half a character, I3
                "[{\"labels\":{\"a\":\"b\"},\"startsAt\":\"99999-01-01T00:00:00Z\"}]",
                "[{\"labels\":{\"a\":true}}]",
                "\u0000")) {
            assertThat(router.post(ALERTS, bad).statusCode())
                    .as(bad.substring(0, Math.min(80, bad.length())))
                    .isEqualTo(400);
        }
        assertThat(router.post("/api/v2/silences", "{\"comment\":" + "[".repeat(500_000))
                        .statusCode())
                .isEqualTo(400);
        assertThat(router.post("/api/v2/silences", "x".repeat(3 << 20)).statusCode())
                .isEqualTo(400);
        assertThat(router.get(ALERTS + "?receiver=" + "(a*)*".repeat(1000)).statusCode())
                .isEqualTo(200); // RE2 takes linear time
        assertThat(router.get(ALERTS + "?receiver=((a%7B1000%7D)%7B1000%7D)%7B1000%7D")
                        .statusCode())
                .isEqualTo(400);
        assertThat(router.get(ALERTS + "?filter=a%3D~%22(((x%7B999%7D)%7B999%7D)%7B999%7D)%22")
                        .statusCode())
                .isEqualTo(400);
        assertThat(new JsonArray(router.get(ALERTS).body())).isEmpty();
    }

    @Test
    void clocksMayBeFarOff() {
        for (String times : List.of(
                "\"startsAt\":\"0001-01-02T00:00:00Z\"",
                "\"endsAt\":\"9999-12-31T23:59:59Z\"",
                "\"startsAt\":\"9999-01-01T00:00:00Z\",\"endsAt\":\"9999-12-31T23:59:59Z\"",
                "\"endsAt\":\"1970-01-01T00:00:00Z\"")) {
            assertThat(router.post(ALERTS, "[{\"labels\":{\"alertname\":\"Skew\"}," + times + "}]")
                            .statusCode())
                    .as(times)
                    .isEqualTo(200);
            assertThat(router.get("/api/v2/alerts/groups").statusCode()).isEqualTo(200);
        }
        assertThat(router.post(ALERTS, "[{\"labels\":{\"alertname\":\"Skew\"},\"startsAt\":\"9999-01-01T00:00:00Z\"}]")
                        .statusCode())
                .isEqualTo(400); // I5: it would end before it starts
    }

    @Test
    void whatAnswersSlowlyTakesAPlaceAmongTheGetsAndNoMore() throws IOException {
        assertThat(router.post(ALERTS, storm("Many", 0, 20_000)).statusCode()).isEqualTo(200);
        int places = Math.max(8, Runtime.getRuntime().availableProcessors());
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < places; i++) { // they ask for much and take nothing of it
                var socket = new Socket();
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), router.port()));
                socket.getOutputStream()
                        .write(("GET " + TestRouter.PREFIX + ALERTS + " HTTP/1.1\r\nHost: a\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                slow.add(socket);
            }
            Awaitility.await().atMost(TestRouter.LIMIT).until(() -> router.metric(IN_FLIGHT) == places);
            HttpResponse<String> refused = router.get("/api/v2/receivers");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).startsWith("Limit of concurrent GET requests reached (" + places + ")");
            assertThat(router.get("/-/ready").statusCode()).isEqualTo(200);
            assertThat(router.post(ALERTS, alert("Through", 1)).statusCode()).isEqualTo(200);
            assertThat(router.metric(IN_FLIGHT)).isEqualTo(places);
            assertThat(router.metric("alertmanager_http_concurrency_limit_exceeded_total{method=\"get\"}"))
                    .isPositive();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
        Awaitility.await()
                .atMost(TestRouter.LIMIT)
                .until(() -> router.get("/api/v2/receivers").statusCode() == 200);
    }

    @Test
    void answersAreCompressedForThoseWhoAsk() {
        assertThat(router.post(ALERTS, storm("Many", 0, 1_000)).statusCode()).isEqualTo(200);
        URI url = URI.create(router.url() + ALERTS);
        HttpResponse<String> zipped = TestRouter.raw("GET", url, "", "Accept-Encoding", "gzip");
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(zipped.headers().allValues("Vary")).contains("Origin");
        assertThat(router.get(ALERTS).headers().firstValue("Content-Encoding")).isEmpty();
    }

    @Test
    void thePageRunsNothingOfOthers() {
        HttpResponse<String> page = router.get("/");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'");
        assertThat(page.body()).contains("page.js").doesNotContain("http://", "https://", "onclick", "<style");
        String script = router.get("/page.js").body();
        assertThat(script)
                .contains("textContent")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
        assertThat(router.get("/page.css").statusCode()).isEqualTo(200);
        assertThat(new JsonObject(router.get("/api/v1/alerts").body()).getString("status"))
                .isEqualTo("deprecated");
        assertThat(router.get("/api/v1/alerts").statusCode()).isEqualTo(410);
    }
}
