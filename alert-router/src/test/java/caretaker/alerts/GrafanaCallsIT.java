package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of Grafana's Alertmanager data source of the kind "prometheus", and the fields that it reads. */
class GrafanaCallsIT {
    private static final String CONFIG = """
            route: {receiver: one, group_by: [alertname]}
            receivers: [{name: one}]
            """;

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();

    @Test
    void allAreAnsweredWithWhatItReads() {
        try (var router =
                TestRouter.start(broker, broker.newTopic("grafana", 2), TestRouter.config(directory, CONFIG))) {
            var status = new JsonObject(router.get("/api/v2/status").body());
            assertThat(status.fieldNames()).containsExactlyInAnyOrder("cluster", "config", "uptime", "versionInfo");
            assertThat(status.getJsonObject("versionInfo").fieldNames())
                    .isEqualTo(Set.of("branch", "buildDate", "buildUser", "goVersion", "revision", "version"));

            assertThat(router.post("/api/v2/alerts", "[{\"labels\":{\"alertname\":\"A\",\"grafana_folder\":\"f\"}}]")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(router.post("/api/v2/alerts", "- labels:\n    alertname: B\n")
                            .statusCode())
                    .isEqualTo(400); // YAML, as its proxy sends it

            JsonObject alert = new JsonArray(router.get("/api/v2/alerts?active=true&silenced=true&inhibited=true")
                            .body())
                    .getJsonObject(0);
            assertThat(alert.fieldNames())
                    .contains(
                            "annotations",
                            "endsAt",
                            "fingerprint",
                            "labels",
                            "receivers",
                            "startsAt",
                            "status",
                            "updatedAt");
            JsonObject group = new JsonArray(router.get("/api/v2/alerts/groups").body()).getJsonObject(0);
            assertThat(group.fieldNames()).contains("alerts", "labels", "receiver");
            assertThat(group.getJsonArray("alerts")
                            .getJsonObject(0)
                            .getJsonObject("status")
                            .fieldNames())
                    .contains("state", "silencedBy", "inhibitedBy");

            String id =
                    new JsonObject(router.post("/api/v2/silences", silence("")).body()).getString("silenceID");
            assertThat(new JsonObject(
                                    router.post("/api/v2/silences", silence(id)).body())
                            .getString("silenceID"))
                    .isNotEmpty();
            assertThat(new JsonArray(router.get("/api/v2/silences").body())).isNotEmpty();
            assertThat(new JsonObject(router.get("/api/v2/silence/" + id).body()).fieldNames())
                    .contains("id", "status", "updatedAt", "comment", "createdBy", "endsAt", "matchers", "startsAt");
            assertThat(router.send("DELETE", "/api/v2/silence/" + id, "").statusCode())
                    .isEqualTo(200);
        }
    }

    private static String silence(String id) {
        Instant now = Instant.now();
        return "{\"id\":\"" + id
                + "\",\"matchers\":[{\"name\":\"alertname\",\"value\":\"A\",\"isRegex\":false,\"isEqual\":true}],"
                + "\"startsAt\":\"" + now + "\",\"endsAt\":\"" + now.plusSeconds(7200)
                + "\",\"createdBy\":\"grafana\",\"comment\":\"from Grafana\"}";
    }
}
