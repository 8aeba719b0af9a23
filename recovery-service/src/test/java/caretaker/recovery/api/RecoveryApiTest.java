package caretaker.recovery.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.MaintenanceLock;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.ProbeAnswer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is seen and asked over a real port; the deciding code is the real one, its engine is in memory. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RecoveryApiTest {
    private final Desk desk = new Desk(null);

    @AfterEach
    void close() throws Exception {
        desk.close();
    }

    private static JsonObject first(JsonObject json) {
        return json.getJsonArray("containers").getJsonObject(0);
    }

    @Test
    void theHostAndItsContainersAreShown() throws Exception {
        // Given
        desk.control.container("web");
        desk.control.container("secretive", "caretaker.recovery", "false", "password", "hunter2");

        // Then
        JsonObject host = desk.get("/host").json();
        assertThat(host.getInteger("schemaVersion")).isEqualTo(1);
        assertThat(host.getString("host")).isEqualTo("node-1");
        assertThat(host.getBoolean("acts")).isTrue();
        JsonObject all = desk.get("/containers").json();
        assertThat(all.getJsonArray("containers")).hasSize(2);
        assertThat(all.encode()).doesNotContain("hunter2");
        JsonObject web = first(desk.get("/containers?name=lab/web/1").json());
        assertThat(web.getJsonObject("container")).isEqualTo(new JsonObject("""
                        {"key":"lab/web/1","name":"lab-web-1","id":"0001","image":"lab/web:1","project":"lab",
                         "service":"web","number":1}"""));
        assertThat(web.getJsonObject("seen").getString("state")).isEqualTo("running");
        assertThat(web.getJsonObject("seen").getString("startedAt")).isEqualTo("2025-12-31T23:00:00Z");
        assertThat(web.getJsonObject("consent")).isEqualTo(new JsonObject("{\"given\":true,\"dryRun\":false}"));
        assertThat(web.getBoolean("well")).isTrue();
        assertThat(web.getString("phase")).isEqualTo("ok");
        assertThat(first(desk.get("/containers?name=secretive").json())
                        .getJsonObject("consent")
                        .getString("why"))
                .isEqualTo("its label says no");
        var absent = desk.get("/containers?name=nobody");
        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.json().getString("error")).isEqualTo("no such container: nobody");
    }

    @Test
    void aRepairIsMadeAndItsIncidentCanBeFollowed() throws Exception {
        // Given
        Sighting web = desk.control.container("web");
        desk.control.stop(web);

        // When
        var asked = desk.post("/repair", "{\"container\":\"web\",\"dryRun\":false,\"by\":\"anna\"}");

        // Then
        assertThat(asked.status()).isEqualTo(202);
        assertThat(first(asked.json()).getString("key")).isEqualTo(web.key());
        String id = first(asked.json()).getString("incident");
        JsonArray events = desk.get("/incidents/" + id).json().getJsonArray("events");
        assertThat(events.getJsonObject(0).getString("type")).isEqualTo("caretaker.recovery.v1");
        assertThat(events.getJsonObject(0).getJsonObject("data").getString("message"))
                .isEqualTo("user:anna asked for a repair");
        desk.control.pass(Duration.ofMinutes(2));
        JsonObject last = desk.get("/incidents/" + id).json().getJsonArray("events").stream()
                .map(JsonObject.class::cast)
                .toList()
                .getLast();
        assertThat(last.getJsonObject("data").getString("kind")).isEqualTo("succeeded");
        JsonObject listed =
                desk.get("/incidents?limit=1").json().getJsonArray("incidents").getJsonObject(0);
        assertThat(listed.getString("id")).isEqualTo(id);
        assertThat(listed.getString("kind")).isEqualTo("succeeded");
        assertThat(listed.getJsonObject("container").getString("name")).isEqualTo("lab-web-1");
        var report = desk.get("/incidents/" + id + "/report");
        assertThat(report.type()).isEqualTo("text/markdown; charset=utf-8");
        assertThat(report.body()).contains("## Summary").contains("user:anna");
    }

    @Test
    void anIncidentThatIsOverAtOnceIsNamedToo() throws Exception {
        // Given
        Sighting web = desk.control.container("web");
        desk.control.remove(web);

        // When
        var asked = desk.post("/repair", "{\"container\":\"web\",\"by\":\"anna\"}");

        // Then
        String id = first(asked.json()).getString("incident");
        assertThat(desk.get("/incidents/" + id).json().getJsonArray("events").encode())
                .contains("it is gone");
    }

    @Test
    void whatCannotBeRepairedIsRefusedWithTheReason() throws Exception {
        // Given
        desk.control.container("ill");
        desk.control.container("foreign", "caretaker.recovery", "no");
        desk.control.container("unclear", "caretaker.recovery", "maybe");
        desk.control.container("locked");
        var now = desk.control.clock().instant();
        desk.control.tell(new Input.Locked(
                new MaintenanceLock("*", "lab/locked", "user:ben", "new image", now, now.plus(Duration.ofMinutes(5)))));
        desk.post("/quarantine", "{\"container\":\"ill\",\"reason\":\"being looked at\",\"by\":\"anna\"}");

        // Then
        assertThat(refusal("/repair", "ill")).isEqualTo("quarantined");
        assertThat(refusal("/repair", "foreign")).isEqualTo("not-managed");
        assertThat(refusal("/repair", "unclear")).isEqualTo("bad-label");
        assertThat(refusal("/repair", "locked")).isEqualTo("maintenance");
        assertThat(refusal("/release", "locked")).isEqualTo("not-quarantined");
        desk.post("/pause", "{\"by\":\"anna\",\"for\":\"10m\"}");
        assertThat(refusal("/repair", "ill")).isEqualTo("paused");
        desk.control.pass(Duration.ofMinutes(10));
        assertThat(refusal("/repair", "ill")).isEqualTo("quarantined");
        desk.control.standBy("another instance acts");
        var stands = desk.post("/release", "{\"container\":\"ill\",\"by\":\"anna\"}");
        assertThat(stands.status()).isEqualTo(409);
        assertThat(stands.json().getString("reason")).isEqualTo("not-ready");
        assertThat(stands.json().getString("error")).isEqualTo("another instance acts");
        assertThat(desk.get("/host").json().getJsonArray("notReady")).containsExactly("another instance acts");
    }

    private String refusal(String path, String container) throws Exception {
        var answer = desk.post(path, "{\"container\":\"" + container + "\",\"by\":\"anna\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        assertThat(answer.json().getString("error")).isNotEmpty();
        return answer.json().getString("reason");
    }

    /** nothing is repaired any more until a person says so; R-81: which is told with the person's name. */
    @Test
    void theBreakerIsShownAndReset() throws Exception {
        // Given
        List<Sighting> all = IntStream.range(0, 8)
                .mapToObj(i -> desk.control.container("c" + i))
                .toList();
        all.subList(0, 5).forEach(each -> desk.control.dies(each, 1));

        // Then
        JsonObject breaker = desk.get("/host").json().getJsonObject("breaker");
        assertThat(breaker).as("open").isNotNull();
        assertThat(refusal("/repair", "c7")).isEqualTo("breaker-open");
        assertThat(desk.post("/breaker/reset", "{\"by\":\"anna\"}").status()).isEqualTo(202);
        assertThat(desk.get("/host").json().getJsonObject("breaker")).isNull();
    }

    /** */
    @Test
    void anIllnessOfTheHostIsShownAndOverruled() throws Exception {
        var anna = "{\"illness\":\"gpu.lost\",\"by\":\"anna\"}";
        assertThat(desk.post("/illness/clear", anna).status()).isEqualTo(404);
        desk.control.tell(new Input.Health(
                new HealthEvent(
                        "node-1",
                        "a-1",
                        7,
                        desk.control.clock().instant(),
                        Condition.GPU_LOST,
                        HealthEvent.State.RAISED,
                        HealthEvent.Severity.CRITICAL,
                        new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, "GPU-1", "GPU 0"),
                        "",
                        "gone",
                        HealthEvent.Action.NONE,
                        Map.of(),
                        false),
                desk.control.clock().instant()));
        assertThat(desk.get("/host").json().getJsonObject("illnesses").fieldNames())
                .containsExactly("gpu.lost GPU-1");
        assertThat(desk.post("/illness/clear", "{\"illness\":\"gpu.hung\",\"by\":\"anna\"}")
                        .status())
                .isEqualTo(404);
        assertThat(desk.post("/illness/clear", anna).status()).isEqualTo(202);
        assertThat(desk.get("/host").json().getJsonObject("illnesses")).isEmpty();
    }

    @Test
    void aQuarantineIsMadeShownAndEnded() throws Exception {
        desk.control.container("web");
        var made = desk.post("/quarantine", "{\"container\":\"all\",\"reason\":\"mine\",\"by\":\"anna\"}");
        assertThat(made.status()).isEqualTo(202);
        JsonObject web = first(desk.get("/containers?name=web").json());
        assertThat(web.getString("phase")).isEqualTo("quarantined");
        assertThat(web.getBoolean("well")).isFalse();
        assertThat(web.getJsonObject("quarantine").getString("by")).isEqualTo("user:anna");
        assertThat(web.getJsonObject("quarantine").getString("message")).isEqualTo("mine");
        assertThat(desk.post("/release", "{\"container\":\"web\",\"by\":\"ben\"}")
                        .status())
                .isEqualTo(202);
        assertThat(desk.control.lastEvent().actor()).isEqualTo("user:ben");
        assertThat(first(desk.get("/containers?name=web").json()).getBoolean("well"))
                .isTrue();
    }

    @Test
    void aPauseIsShownUntilSomebodyResumes() throws Exception {
        assertThat(desk.post("/pause", "{\"by\":\"anna\",\"reason\":\"kernel\"}")
                        .status())
                .isEqualTo(202);
        JsonObject pause = desk.get("/host").json().getJsonObject("pause");
        assertThat(pause.getString("by")).isEqualTo("user:anna");
        assertThat(pause.getString("reason")).isEqualTo("kernel");
        assertThat(pause.containsKey("until")).isFalse();
        assertThat(desk.post("/resume", "{\"by\":\"anna\"}").status()).isEqualTo(202);
        assertThat(desk.get("/host").json().containsKey("pause")).isFalse();
    }

    @Test
    void aDiagnosisSaysWhatWasSeenWhatItMeansAndWhatHelps() throws Exception {
        // Given
        Sighting web = desk.control.container("web");
        Sighting grafana = desk.control.container("grafana");
        desk.control.unhealthy(grafana);
        desk.control.says(
                grafana,
                ProbeAnswer.FAILED,
                List.of("Error: Only one datasource per organization can be marked as default"));

        // Then
        JsonObject well = desk.get("/diagnosis?name=web").json();
        assertThat(well.getString("status")).isEqualTo("ok");
        assertThat(check(well, "container.state").getString("status")).isEqualTo("ok");
        assertThat(check(well, "container.health").getString("status")).isEqualTo("skip");
        JsonObject all = desk.get("/diagnosis?name=all").json();
        assertThat(all.getString("status")).isEqualTo("fail");
        assertThat(all.getJsonArray("containers")).hasSize(2);
        JsonObject ill = desk.get("/diagnosis?name=grafana").json();
        assertThat(check(ill, "service.probe").getString("status")).isEqualTo("fail");
        assertThat(check(ill, "service.probe").getString("evidence"))
                .isEqualTo("its probe failed; it answered {\"database\": \"failing\"}");
        assertThat(check(ill, "container.health").getString("fix")).contains("docker inspect");
        assertThat(check(ill, "log").getString("cause")).isEqualTo("two default data sources");
        assertThat(check(ill, "log").getString("fix")).isEqualTo("mark one");
        desk.control.remove(web);
        assertThat(check(desk.get("/diagnosis?name=web").json(), "container.state")
                        .getString("cause"))
                .isEqualTo("it was removed");
        desk.control.engineHangs();
        assertThat(check(desk.get("/diagnosis?name=web").json(), "engine.answers")
                        .getString("evidence"))
                .isEqualTo("no answer within 10 s");
        assertThat(desk.get("/diagnosis").status()).isEqualTo(400);
        assertThat(desk.get("/diagnosis?name=nobody").status()).isEqualTo(404);
    }

    private static JsonObject check(JsonObject diagnosis, String id) {
        return first(diagnosis).getJsonArray("checks").stream()
                .map(JsonObject.class::cast)
                .filter(check -> check.getString("id").equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void lookingAtAHangingEngineKeepsNobodyFromPausing() throws Exception {
        // Given
        desk.control.container("web");
        var goesOn = new CountDownLatch(1);
        var looking = new CountDownLatch(RecoveryApi.LOOKS_AT_ONCE);
        desk.control.beforeLooking(() -> {
            looking.countDown();
            Desk.await(goesOn);
        });

        // When
        var waiting = IntStream.range(0, RecoveryApi.LOOKS_AT_ONCE)
                .mapToObj(_ -> desk.getLater("/diagnosis?name=web"))
                .toList();
        Desk.await(looking);

        // Then
        var refused = desk.get("/diagnosis?name=web");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().getString("reason")).isEqualTo("busy");
        assertThat(desk.refused()).isEqualTo(1);
        assertThat(desk.post("/pause", "{\"by\":\"anna\"}").status()).isEqualTo(202);
        goesOn.countDown();
        for (var each : waiting) {
            assertThat(each.join().statusCode()).isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(30)) // room is made after an answer
                .until(() -> desk.get("/diagnosis?name=web").status() == 200);
    }

    @Test
    void whoLogsInIsTheOneWhoAsks() throws Exception {
        desk.close();
        try (var guarded = new Desk("anna")) {
            guarded.control.container("web");
            String body = "{\"container\":\"web\",\"reason\":\"mine\",\"by\":\"somebody\"}";
            assertThat(guarded.post("/quarantine", body).status()).isEqualTo(401);
            guarded.logIn("anna", "sesame");
            assertThat(guarded.post("/quarantine", body).status()).isEqualTo(202);
            assertThat(guarded.control.lastEvent().actor()).isEqualTo("user:anna");
            assertThat(guarded.post("/release", "{\"container\":\"web\"}").status())
                    .isEqualTo(202);
        }
        try (var odd = new Desk("Anna Müller")) {
            odd.logIn("Anna Müller", "sesame");
            var refused = odd.post("/pause", "{}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().getString("error")).contains("cannot be written into the audit");
            assertThat(odd.get("/host").status()).isEqualTo(200);
        }
    }

    @Test
    void answersAreNotKeptAndAreNothingElseThanTheySay() throws Exception {
        var answer = desk.get("/host");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.body().getBytes(UTF_8)).isNotEmpty();
    }
}
