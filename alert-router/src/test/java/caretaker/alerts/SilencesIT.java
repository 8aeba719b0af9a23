package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Silences over HTTP: S3, S6 and S7, and what the current version asks of alerts beyond 0.25. */
class SilencesIT {
    private static final String CONFIG = """
            route:
              receiver: all
              routes:
                - receiver: night
                  matchers: [severity="info"]
                  mute_time_intervals: [always]
            receivers:
              - name: all
                labels: {team: infra}
              - name: night
                labels: {team: ml}
            time_intervals:
              - name: always
                time_intervals: [{years: ['2000:2100']}]
            """;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Instant later = now.plusSeconds(7200);

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();
    private TestRouter router;

    @BeforeEach
    void start() {
        String yaml = TestRouter.yaml(broker, broker.newTopic("silences", 2), TestRouter.config(directory, CONFIG))
                .replace("alerting:\n", "alerting:\n  max-silences: 3\n  max-silence: 2KiB\n");
        router = TestRouter.start(yaml);
    }

    @AfterEach
    void stop() {
        router.close();
    }

    private HttpResponse<String> post(String id, String value, String comment, Instant starts, Instant ends) {
        return router.post("/api/v2/silences", """
                {"id":"%s","matchers":[{"name":"node","value":"%s","isRegex":false}],"startsAt":"%s","endsAt":"%s",
                 "createdBy":"me","comment":"%s"}
                """.formatted(id, value, starts, ends, comment));
    }

    private static String id(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getString("silenceID");
    }

    private JsonObject get(String id) {
        return new JsonObject(router.get("/api/v2/silence/" + id).body());
    }

    private int count(String path) {
        HttpResponse<String> answer = router.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonArray(answer.body()).size();
    }

    @Test
    void anUpdateKeepsTheIdOrMakesANewOne() {
        String first = id(post("", "n1", "one", now, later));
        Instant began = Instant.parse(get(first).getString("startsAt"));
        assertThat(id(post(first, "n1", "two", began, later.plusSeconds(60)))).isEqualTo(first); // S3, in place
        assertThat(get(first).getString("comment")).isEqualTo("two");

        String second = id(post(first, "n2", "three", began, later));
        assertThat(second).isNotEqualTo(first); // S3, replaced
        assertThat(get(first).getJsonObject("status").getString("state")).isEqualTo("expired");
        assertThat(id(post(first, "n1", "four", now, later))).isNotIn(first, second); // S3, no revival
    }

    @Test
    void theyAreListedByState() {
        String active = id(post("", "n1", "a", now, later));
        String pending = id(post("", "n2", "p", later, later.plusSeconds(60)));
        String expired = id(post("", "n3", "e", now, later));
        assertThat(router.send("DELETE", "/api/v2/silence/" + expired, "").statusCode())
                .isEqualTo(200);
        assertThat(new JsonArray(router.get("/api/v2/silences").body())
                        .stream().map(each -> ((JsonObject) each).getString("id")))
                .containsExactly(active, pending, expired); // S6
        assertThat(count("/api/v2/silences?expired=false")).isEqualTo(2);
        assertThat(count("/api/v2/silences?active=false&pending=false")).isEqualTo(1);
        assertThat(count("/api/v2/silences?active=false&filter=node%3D%22n1%22"))
                .isZero();
    }

    @Test
    void numberAndSizeAreLimited() {
        assertThat(post("", "n1", "c".repeat(3000), now, later).statusCode()).isEqualTo(400); // S7
        for (int i = 0; i < 3; i++) {
            assertThat(post("", "n" + i, "c", now, later).statusCode()).isEqualTo(200);
        }
        HttpResponse<String> fourth = post("", "n4", "c", now, later);
        assertThat(fourth.statusCode()).isEqualTo(400);
        assertThat(fourth.body()).contains("exceeded maximum number of silences: 3");
    }

    @Test
    void receiversHaveLabelsAndGroupsMayBeMuted() {
        router.post(
                "/api/v2/alerts",
                "[{\"labels\":{\"alertname\":\"A\"}},{\"labels\":{\"alertname\":\"B\",\"severity\":\"info\"}}]");
        assertThat(count("/api/v2/alerts?receiver_matchers=team%3D%22ml%22")).isEqualTo(1);
        assertThat(count("/api/v2/alerts?receiver_matchers=team%3D~%22ml|infra%22".replace("|", "%7C")))
                .isEqualTo(2);
        assertThat(count("/api/v2/receivers?receiver_matchers=team!%3D%22ml%22"))
                .isEqualTo(1);
        assertThat(router.get("/api/v2/receivers").body())
                .isEqualTo("[{\"labels\":{\"team\":\"infra\"},\"name\":\"all\"},"
                        + "{\"labels\":{\"team\":\"ml\"},\"name\":\"night\"}]");
        assertThat(count("/api/v2/alerts/groups")).isEqualTo(2);
        assertThat(count("/api/v2/alerts/groups?muted=false")).isEqualTo(1);
        assertThat(count("/api/v2/alerts/groups?receiver_matchers=team%3D%22ml%22"))
                .isEqualTo(1);
        JsonArray muted =
                new JsonArray(router.get("/api/v2/alerts/groups?receiver=night").body());
        assertThat(muted.getJsonObject(0)
                        .getJsonArray("alerts")
                        .getJsonObject(0)
                        .getJsonObject("status")
                        .getJsonArray("mutedBy"))
                .containsExactly("always");
    }
}
