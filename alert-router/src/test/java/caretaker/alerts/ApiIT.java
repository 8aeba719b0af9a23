package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alertmanager's API over HTTP and a real broker. */
class ApiIT {
    private static final String CONFIG = """
            route:
              receiver: all
              group_by: [alertname]
              group_wait: 100ms
              routes:
                - receiver: night
                  matchers: [severity="info"]
                  active_time_intervals: [never]
            receivers: [{name: all}, {name: night}]
            time_intervals:
              - name: never
                time_intervals: [{years: ['1999']}]
            inhibit_rules:
              - source_matchers: [severity="critical"]
                target_matchers: [severity="warning"]
                equal: [node]
            """;

    private static final String CRITICAL = alert("GpuHot", "critical", "n1");
    private static final String WARNING = alert("GpuWarm", "warning", "n1");

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("alerts", 2);

    private static String alert(String name, String severity, String node) {
        return """
                {"labels":{"alertname":"%s","severity":"%s","node":"%s"},"annotations":{"summary":"hot"}}
                """.formatted(name, severity, node);
    }

    private TestRouter router() {
        return TestRouter.start(broker, topic, TestRouter.config(directory, CONFIG));
    }

    @Test
    void whatIsAnsweredOkIsKnownToTheNextInstanceWithoutAnyoneSayingItAgain() {
        // K1
        String silence;
        try (var router = router()) {
            assertThat(router.post("/api/v2/alerts", "[" + CRITICAL + "," + WARNING + "]")
                            .statusCode())
                    .isEqualTo(200);
            silence = silence(router, "node", "n9");
        }
        try (var router = router()) {
            JsonArray alerts = json(router.get("/api/v2/alerts"));
            assertThat(alerts).hasSize(2);
            JsonObject hot = named(alerts, "GpuHot");
            assertThat(hot.getString("fingerprint")).isEqualTo("56d967e608104d88"); // I7
            assertThat(hot.getJsonObject("status").getString("state")).isEqualTo("active");
            assertThat(hot.getJsonObject("annotations").getString("summary")).isEqualTo("hot");
            assertThat(hot.getString("startsAt")).matches("[0-9-]+T[0-9:]+\\.[0-9]{3}Z");
            assertThat(named(alerts, "GpuWarm").getJsonObject("status").getJsonArray("inhibitedBy"))
                    .containsExactly("56d967e608104d88"); // H1
            assertThat(new JsonObject(router.get("/api/v2/silence/" + silence).body())
                            .getJsonObject("status")
                            .getString("state"))
                    .isEqualTo("active");
        }
    }

    @Test
    void alertsAreFilteredAsAlertmanagerDoesIt() {
        // A4, A5
        try (var router = router()) {
            router.post("/api/v2/alerts", "[" + CRITICAL + "," + WARNING + "," + alert("Idle", "info", "n2") + "]");
            assertThat(json(router.get("/api/v2/alerts?filter=node%3D%22n1%22")))
                    .hasSize(2);
            assertThat(json(router.get("/api/v2/alerts?filter=absent%3D%22%22")))
                    .hasSize(3); // R7
            assertThat(json(router.get("/api/v2/alerts?inhibited=false"))).hasSize(2);
            assertThat(json(router.get("/api/v2/alerts?active=false"))).hasSize(2);
            assertThat(json(router.get("/api/v2/alerts?receiver=nig.*"))).hasSize(1);
            assertThat(json(router.get("/api/v2/alerts?receiver=nig"))).isEmpty();
            assertThat(named(json(router.get("/api/v2/alerts")), "Idle")
                            .getJsonObject("status")
                            .getJsonArray("mutedBy"))
                    .containsExactly("never");

            String silence = silence(router, "alertname", "GpuHot");
            assertThat(json(router.get("/api/v2/alerts?silenced=false&inhibited=false")))
                    .hasSize(1);
            assertThat(named(json(router.get("/api/v2/alerts")), "GpuHot")
                            .getJsonObject("status")
                            .getJsonArray("silencedBy"))
                    .containsExactly(silence);

            JsonArray groups = json(router.get("/api/v2/alerts/groups"));
            assertThat(groups).hasSize(3);
            assertThat(groups.getJsonObject(0).getJsonObject("labels").getString("alertname"))
                    .isEqualTo("GpuHot");
            assertThat(groups.getJsonObject(2).getJsonObject("receiver").getString("name"))
                    .isEqualTo("night");

            assertThat(router.get("/api/v2/alerts?filter=%7B").statusCode()).isEqualTo(400);
            assertThat(router.get("/api/v2/alerts?receiver=%5B").body()).startsWith("\"failed to parse receiver");
            assertThat(json(router.get("/api/v2/alerts?active=maybe"))).hasSize(3); // taken for false
        }
    }

    @Test
    void aBatchIsTakenAsFarAsItIsGood() {
        try (var router = router()) {
            assertThat(router.post("/api/v2/alerts", "[]").statusCode()).isEqualTo(200); // I1
            assertError(router.post("/api/v2/alerts", "{}"), 400, 400);
            assertError(router.post("/api/v2/alerts", "- labels: {a: b}"), 400, 400);
            HttpResponse<String> mixed = router.post(
                    "/api/v2/alerts",
                    "[" + CRITICAL + ",{\"labels\":{\"a\":\"\"}},{\"labels\":{\"a\":\"b\"},"
                            + "\"startsAt\":\"2026-01-02T00:00:00Z\",\"endsAt\":\"2026-01-01T00:00:00Z\"}]");
            assertThat(mixed.statusCode()).isEqualTo(400); // I2, I5, I6
            assertThat(mixed.body())
                    .isEqualTo("\"at least one label pair required; start time must be before end time\"");
            assertThat(json(router.get("/api/v2/alerts"))).hasSize(1);
            assertThat(router.post("/api/v2/alerts", """
                    [{"labels":{"alertname":"GpuHot","severity":"critical","node":"n1"},
                      "startsAt":"0001-01-01T00:00:00Z","endsAt":"%s"}]
                    """.formatted(Instant.now()))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(json(router.get("/api/v2/alerts"))).isEmpty(); // I11
        }
    }

    @Test
    void silencesComeChangeAndGo() {
        // A6
        try (var router = router()) {
            String id = silence(router, "node", "n1");
            assertThat(json(router.get("/api/v2/silences?filter=node%3D%22n1%22")))
                    .hasSize(1); // S6
            assertThat(json(router.get("/api/v2/silences?filter=node%3D%22n2%22")))
                    .isEmpty();
            assertThat(router.send("DELETE", "/api/v2/silence/" + id, "").statusCode())
                    .isEqualTo(200); // S4
            assertThat(new JsonObject(router.get("/api/v2/silence/" + id).body())
                            .getJsonObject("status")
                            .getString("state"))
                    .isEqualTo("expired");

            assertError(router.post("/api/v2/silences", "{\"createdBy\":\"me\"}"), 422, 602);
            assertThat(new JsonObject(router.post("/api/v2/silences", "{}").body()).getString("message"))
                    .isEqualTo("comment in body is required");
            assertThat(router.post("/api/v2/silences", body("", "node", ".*", true))
                            .statusCode())
                    .isEqualTo(400); // S2
            assertThat(router.post("/api/v2/silences", body("", "node", "[", true))
                            .statusCode())
                    .isEqualTo(400);
            String unknown = "00000000-0000-4000-8000-000000000000";
            assertThat(router.post("/api/v2/silences", body(unknown, "a", "b", false))
                            .statusCode())
                    .isEqualTo(404); // S3
            assertThat(router.get("/api/v2/silence/" + unknown).statusCode()).isEqualTo(404);
            assertThat(router.send("DELETE", "/api/v2/silence/" + unknown, "").statusCode())
                    .isEqualTo(404);
            assertError(router.get("/api/v2/silence/nonsense"), 422, 601);
        }
    }

    @Test
    void theRestOfTheSurfaceAnswers() {
        // A1 to A3, A7, A8
        try (var router = router()) {
            assertThat(router.get("/-/healthy").body()).isEqualTo("OK");
            assertThat(router.get("/-/ready").body()).isEqualTo("OK");
            assertThat(router.send("HEAD", "/-/ready", "").statusCode()).isEqualTo(200);
            router.post("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"Counted\"}}]");
            assertThat(router.get("/metrics").body())
                    .contains("alertmanager_config_last_reload_successful 1", "alertmanager_cluster_members 1")
                    .contains("alertmanager_dispatcher_alert_processing_duration_seconds_count 1")
                    .contains("alertmanager_dispatcher_alert_processing_duration_seconds_sum ");
            assertError(router.get("/api/v2/nothing"), 404, 404);
            assertError(router.send("PUT", "/api/v2/alerts", "[]"), 405, 405);
            assertThat(json(router.get("/api/v2/receivers")).encode())
                    .isEqualTo("[{\"name\":\"all\"},{\"name\":\"night\"}]");
            JsonObject status = new JsonObject(router.get("/api/v2/status").body());
            assertThat(status.getJsonObject("cluster").getString("status")).isEqualTo("ready");
            assertThat(status.getJsonObject("config").getString("original")).contains("group_wait: 100ms");
        }
    }

    @Test
    void aReloadTakesAGoodFileAndRefusesABadOne() {
        // A1, C8
        try (var router = router()) {
            assertThat(router.get("/-/reload").statusCode()).isEqualTo(405);
            TestRouter.config(directory, "route: {receiver: nobody}\n");
            HttpResponse<String> bad = router.post("/-/reload", "");
            assertThat(bad.statusCode()).isEqualTo(500);
            assertThat(bad.body()).startsWith("failed to reload config: ");
            assertThat(router.get("/metrics").body()).contains("alertmanager_config_last_reload_successful 0");
            assertThat(json(router.get("/api/v2/receivers"))).hasSize(2);

            TestRouter.config(directory, "route: {receiver: one}\nreceivers: [{name: one}]\n");
            assertThat(router.post("/-/reload", "").statusCode()).isEqualTo(200);
            assertThat(json(router.get("/api/v2/receivers"))).hasSize(1);
        }
    }

    private static String silence(TestRouter router, String name, String value) {
        HttpResponse<String> answer = router.post("/api/v2/silences", body("", name, value, false));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getString("silenceID");
    }

    private static String body(String id, String name, String value, boolean isRegex) {
        Instant now = Instant.now();
        return """
                {"id":"%s","matchers":[{"name":"%s","value":"%s","isRegex":%s}],"startsAt":"%s","endsAt":"%s",
                 "createdBy":"me","comment":"why"}
                """.formatted(id, name, value, isRegex, now, now.plusSeconds(3600));
    }

    private static JsonArray json(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonArray(answer.body());
    }

    private static JsonObject named(JsonArray alerts, String name) {
        for (int i = 0; i < alerts.size(); i++) {
            JsonObject alert = alerts.getJsonObject(i);
            if (name.equals(alert.getJsonObject("labels").getString("alertname"))) {
                return alert;
            }
        }
        throw new AssertionError("no " + name + " in " + alerts);
    }

    private static void assertError(HttpResponse<String> answer, int status, int code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getInteger("code")).isEqualTo(code);
    }
}
