package caretaker.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a posted alert to a webhook, over a real broker. */
class DeliveryIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("delivery", 2);
    private final Hook hook = new Hook();

    @AfterEach
    void closeHook() {
        hook.close();
    }

    private TestRouter router(String more) {
        return TestRouter.start(
                broker,
                topic,
                TestRouter.config(directory, """
                route:
                  receiver: all
                  group_by: [alertname]
                  group_wait: 100ms
                  group_interval: 300ms
                receivers:
                  - name: all
                    webhook_configs: [{url: '%s'}]
                  - name: other
                    webhook_configs: [{url: '%s'}]
                  - name: pager
                    pagerduty_configs: [{routing_key: k, url: '%s'}]
                """.formatted(hook.url("/all"), hook.url("/other"), hook.url("/pager"))),
                more);
    }

    private static String alert(String name, String node, boolean resolved) {
        return """
                [{"labels":{"alertname":"%s","node":"%s"},"startsAt":"2026-11-23T10:00:00Z"%s}]
                """.formatted(name, node, resolved ? ",\"endsAt\":\"2026-11-23T10:05:00Z\"" : "");
    }

    @Test
    void anAlertIsToldOfOnceAndSoIsItsEnd() {
        // K3
        try (var router = router("")) {
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            await().atMost(LIMIT).until(() -> hook.taken().size() == 1);
            router.post("/api/v2/alerts", alert("Hot", "n1", false)); // a sender repeats it
            router.post("/api/v2/alerts", alert("Hot", "n1", true));
            await().atMost(LIMIT).until(() -> hook.taken().size() == 2);

            assertThat(hook.taken()).extracting(Hook.Told::state).containsExactly("firing", "resolved");
            assertThat(hook.taken()).extracting(Hook.Told::key).doesNotHaveDuplicates();
            assertThat(hook.taken().getFirst().json().getString("groupKey")).isEqualTo("{}:{alertname=\"Hot\"}");
            await().atMost(LIMIT).until(() -> router.delivered() == 2);
            JsonObject newest = history(router, "?receiver=all").getJsonObject(0);
            assertThat(newest.getString("outcome")).isEqualTo("delivered");
            assertThat(newest.getString("reason")).isEqualTo("all alerts resolved");
            assertThat(history(router, "?receiver=other")).isEmpty();
            assertThat(router.get("/metrics").body())
                    .contains("alertmanager_notifications_total{integration=\"webhook\"} 2.0")
                    .contains("caretaker_lease_held{group=\"" + topic + "\"} 1.0");
        }
    }

    private static JsonArray history(TestRouter router, String query) {
        return new JsonArray(router.get("/api/caretaker/v1/deliveries" + query).body());
    }

    private static JsonArray dead(TestRouter router) {
        return new JsonArray(router.get("/api/caretaker/v1/dead-letters").body());
    }

    @Test
    void nobodyIsToldAgainAfterARestartAndTheEndIsToldAfterIt() {
        // K2
        try (var router = router("")) {
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            await().atMost(LIMIT).until(() -> router.delivered() == 1);
        }
        try (var router = router("")) {
            assertThat(history(router, "")).hasSize(1);
            router.post("/api/v2/alerts", alert("Hot", "n1", true));
            await().atMost(LIMIT).until(() -> hook.taken().size() == 2);
            assertThat(hook.taken()).extracting(Hook.Told::state).containsExactly("firing", "resolved");
        }
    }

    @Test
    void aReceiverThatIsDownForTheWholeIncidentHearsOfItLater() {
        // K5
        hook.answer(503);
        try (var router = router("")) {
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            await().atMost(LIMIT).until(() -> hook.all().size() >= 2);
            router.post("/api/v2/alerts", alert("Hot", "n1", true));
            double before = flushesWithoutSuccess(router);
            await().atMost(LIMIT).until(() -> flushesWithoutSuccess(router) > before);
            hook.answer(200);
            await().atMost(LIMIT).until(() -> hook.taken().size() == 2);
            assertThat(hook.taken()).extracting(Hook.Told::state).containsExactly("firing", "resolved");
            assertThat(hook.all().stream()
                            .filter(told -> told.state().equals("firing"))
                            .map(Hook.Told::key)
                            .distinct())
                    .as("every attempt has the same key")
                    .hasSize(1);
        }
    }

    private static double flushesWithoutSuccess(TestRouter router) {
        return router.metric("alertmanager_notifications_failed_total{integration=\"webhook\",reason=\"serverError\"}");
    }

    @Test
    void whatIsRefusedIsADeadLetterThatCanBeSentAgain() {
        // K6
        hook.answer(400);
        try (var router = router("")) {
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            await().atMost(LIMIT).until(() -> dead(router).size() == 1);
            router.post("/api/v2/alerts", alert("Hot", "n1", true));
            JsonObject letter = dead(router).getJsonObject(0);
            assertThat(letter.getString("error")).contains("400");
            assertThat(letter.getJsonArray("alerts")).hasSize(1);
            await().atMost(LIMIT).until(() -> groups(router).isEmpty());
        }
        try (var router = router("")) {
            assertThat(dead(router)).hasSize(1);
            awaitTells(router);
            String key = dead(router).getJsonObject(0).getString("key");
            hook.answer(200);
            var answer = router.post(
                    "/api/caretaker/v1/dead-letters/resend",
                    new JsonObject().put("key", key).encode());
            assertThat(answer.body()).isEqualTo("{\"resent\":1}");
            await().atMost(LIMIT).until(() -> dead(router).isEmpty());
            assertThat(hook.taken()).hasSize(1);
        }
    }

    /** Until then it answers 503. */
    private static void awaitTells(TestRouter router) {
        await().atMost(LIMIT)
                .until(() -> router.post("/api/caretaker/v1/dead-letters/resend", "{\"key\":\"none\"}")
                                .statusCode()
                        == 404);
    }

    private static JsonArray groups(TestRouter router) {
        return new JsonArray(router.get("/api/v2/alerts/groups").body());
    }

    @Test
    void theFallbackIsToldInsteadAndOfTheEnd() {
        // K7
        try (var router = router("""
                fallback: {receiver: other, after: 0s}
                """)) {
            hook.answer(503);
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            await().atMost(LIMIT).until(() -> paths(503).contains("/other"));
            hook.answer(200);
            await().atMost(LIMIT).until(() -> paths(200).containsAll(List.of("/all", "/other")));
            router.post("/api/v2/alerts", alert("Hot", "n1", true));
            await().atMost(LIMIT)
                    .until(() -> hook.taken().stream()
                            .filter(told -> told.state().equals("resolved"))
                            .map(Hook.Told::path)
                            .toList()
                            .containsAll(List.of("/all", "/other")));
            assertThat(hook.taken()).hasSize(4);
        }
    }

    private List<String> paths(int status) {
        return hook.all().stream()
                .filter(told -> told.status() == status)
                .map(Hook.Told::path)
                .toList();
    }

    @Test
    void oneOfTwoInstancesTellsAndTheOtherTakesOver() {
        // K8
        TestRouter first = router("instance: first");
        try {
            await().atMost(LIMIT).until(() -> leads(first));
            try (var second = router("instance: second")) {
                second.post("/api/v2/alerts", alert("Hot", "n1", false));
                await().atMost(LIMIT).until(() -> second.delivered() == 1);
                assertThat(hook.taken()).hasSize(1);
                assertThat(leads(second)).isFalse();
                assertThat(second.post("/api/caretaker/v1/dead-letters/discard", "{\"all\":true}")
                                .statusCode())
                        .as("what only the one that tells may do")
                        .isEqualTo(503);
                await().atMost(LIMIT).until(() -> peers(second).equals(List.of("first", "second")));
                first.close();
                await().atMost(LIMIT).until(() -> leads(second));
                second.post("/api/v2/alerts", alert("Hot", "n1", true));
                await().atMost(LIMIT).until(() -> hook.taken().size() == 2);
                assertThat(hook.taken()).extracting(Hook.Told::state).containsExactly("firing", "resolved");
            }
        } finally {
            first.close();
        }
    }

    private static List<String> peers(TestRouter router) {
        return new JsonObject(router.get("/api/v2/status").body())
                .getJsonObject("cluster").getJsonArray("peers").stream()
                        .map(peer -> ((JsonObject) peer).getString("name"))
                        .toList();
    }

    private boolean leads(TestRouter router) {
        return router.get("/metrics").body().contains("caretaker_lease_held{group=\"" + topic + "\"} 1.0");
    }

    @Test
    void whatFiresIsNotForgottenWhenAnotherInstanceSaysTooLateThatItIsOver() {
        // K1
        try (var router = router("")) {
            router.post("/api/v2/alerts", alert("Hot", "n1", false));
            String print = new JsonArray(router.get("/api/v2/alerts").body())
                    .getJsonObject(0)
                    .getString("fingerprint");
            broker.send(topic, print.getBytes(UTF_8), null);

            await().atMost(LIMIT).until(() -> {
                var records = broker.readAll(topic);
                return records.size() == 3 && records.getLast().value() != null;
            });
            assertThat(router.get("/api/v2/alerts").body()).contains(print);
        }
    }

    @Test
    void aPageOfAnotherSiteCanNeitherDiscardNorTry() {
        try (var router = router("")) {
            awaitTells(router);
            for (String path : List.of("/dead-letters/discard", "/dead-letters/resend", "/receivers/all/test")) {
                URI url = URI.create(router.url() + "/api/caretaker/v1" + path);
                assertThat(TestRouter.raw("POST", url, "{\"all\":true}", "Origin", "http://evil.example.com")
                                .statusCode())
                        .isEqualTo(403);
                assertThat(TestRouter.raw("POST", url, "{\"all\":true}", "Origin", "http://127.0.0.1:" + router.port())
                                .statusCode())
                        .isEqualTo(200);
            }
            assertThat(hook.all()).hasSize(1);
        }
    }

    @Test
    void aReceiverIsTried() {
        // K10
        try (var router = router("")) {
            JsonArray tried = new JsonArray(
                    router.post("/api/caretaker/v1/receivers/all/test", "").body());
            assertThat(tried.getJsonObject(0).getBoolean("delivered")).isTrue();
            assertThat(hook.taken().getFirst().labels("alertname")).containsExactly("CaretakerReceiverTest");
            hook.answer(500);
            tried = new JsonArray(
                    router.post("/api/caretaker/v1/receivers/all/test", "").body());
            assertThat(tried.getJsonObject(0).getString("error")).contains("500");
            assertThat(router.post("/api/caretaker/v1/receivers/none/test", "").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void theIncidentThatATrialOpensIsResolved() {
        // K10
        try (var router = router("")) {
            var tried = new JsonArray(
                    router.post("/api/caretaker/v1/receivers/pager/test", "").body());
            assertThat(tried).hasSize(1);
            assertThat(tried.getJsonObject(0).getBoolean("delivered")).isTrue();
            assertThat(hook.taken())
                    .extracting(told -> told.json().getString("event_action"))
                    .containsExactly("trigger", "resolve");
            assertThat(hook.taken())
                    .extracting(told -> told.json().getString("dedup_key"))
                    .doesNotContainNull()
                    .containsOnly(hook.taken().getFirst().json().getString("dedup_key"));
        }
    }

    @Test
    void aThousandGroupsAtOnceOpenFewConnections() {
        // K4
        try (var router = router("")) {
            var alerts = new JsonArray();
            for (int i = 0; i < 1000; i++) {
                alerts.add(new JsonArray(alert("A" + i, "n", false)).getJsonObject(0));
            }
            router.post("/api/v2/alerts", alerts.encode());
            await().atMost(LIMIT).until(() -> hook.taken().size() >= 1000);
            assertThat(hook.mostOpen()).isLessThanOrEqualTo(16);
            assertThat(hook.taken()).hasSize(1000);
        }
    }
}
