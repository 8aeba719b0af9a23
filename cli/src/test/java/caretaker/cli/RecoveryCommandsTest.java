package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.cli.AnsweringService.Ended;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the commands ask of a recovery service, what they make of its answers, and what they exit with. */
class RecoveryCommandsTest {
    private static final String WEB = "{\"key\":\"lab/web/1\",\"name\":\"lab-web-1\"}";
    private AnsweringService service;

    @TempDir
    private Path dir;

    @BeforeEach
    void listen() throws IOException {
        service = new AnsweringService();
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private static JsonNode onlyDocument(Ended ended) throws IOException {
        assertThat(ended.out().lines()).hasSize(1);
        JsonNode json = Json.read(ended.out().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(json.path("schemaVersion").asInt()).isEqualTo(1);
        return json;
    }

    private static String diagnosis(String status) {
        return """
                {"schemaVersion":1,"status":"%1$s","containers":[{"container":%2$s,"status":"%1$s","managed":true,
                 "playbook":"web","checks":[{"id":"container.state","title":"Container","status":"%1$s",
                 "evidence":"exited\\u001b[2J","cause":"its program has ended","fix":"docker logs lab-web-1"}]}]}""".formatted(status, WEB);
    }

    @ParameterizedTest
    @CsvSource({"ok,0,0", "warn,3,3", "fail,3,4"})
    void diagnoseTellsAndVerifyJudges(String status, int diagnosed, int verified) throws IOException {
        // Given
        service.answers("/diagnosis", 200, diagnosis(status));

        // When
        var told = service.run("recover", "diagnose", "--service", "lab/web/1");
        var judged = service.run("recover", "verify", "--service", "all", "--json");

        // Then
        assertThat(told.exitCode()).isEqualTo(diagnosed);
        assertThat(told.out())
                .startsWith("lab/web/1: " + status)
                .contains("STATUS  CHECK")
                .contains("exited [2J")
                .contains("docker logs lab-web-1");
        assertThat(judged.exitCode()).isEqualTo(verified);
        assertThat(onlyDocument(judged).path("status").asText()).isEqualTo(status);
        assertThat(service.asked)
                .containsExactly("GET /api/v1/diagnosis?name=lab%2Fweb%2F1 ", "GET /api/v1/diagnosis?name=all ");
    }

    private static String container(String phase, boolean well, String incident) {
        return """
                {"schemaVersion":1,"containers":[{"container":%s,"consent":{"given":true,"dryRun":false},"well":%s,
                 "phase":"%s","attempts":1,"budget":5%s}]}""".formatted(
                WEB,
                well,
                phase,
                incident.isEmpty() ? "" : ",\"incident\":{\"id\":\"" + incident + "\",\"condition\":\"operator\"}");
    }

    /** @param kinds each with its reason: {@code skipped/paused} */
    private static String events(String... kinds) {
        var text = new StringBuilder();
        for (String each : kinds) {
            String[] of = each.split("/", -1);
            text.append(text.isEmpty() ? "" : ",").append("""
                    {"id":"i1/%1$s/%2$s","time":"2026-01-01T00:00:00Z","data":{"kind":"%1$s","reason":"%2$s",
                     "message":"because of %2$s"}}""".formatted(of[0], of.length > 1 ? of[1] : "none"));
        }
        return "{\"schemaVersion\":1,\"id\":\"i1\",\"events\":[" + text + "]}";
    }

    private void askedFor() {
        service.answers(
                "/repair",
                202,
                "{\"schemaVersion\":1,\"containers\":[" + WEB.replace("}", ",\"incident\":\"i1\"}") + "]}");
    }

    @Test
    void aRepairIsFollowedToItsEnd() {
        // Given
        askedFor();
        service.answers("/containers", 200, container("pending", false, "i1"))
                .answers("/containers", 200, container("acting", false, "i1"))
                .answers("/containers", 200, container("verifying", true, "i1"))
                .answers("/containers", 200, container("ok", true, ""));
        service.answers("/incidents/i1", 200, events("requested"))
                .answers("/incidents/i1", 200, events("requested", "started"))
                .answers("/incidents/i1", 200, events("requested", "started"))
                .answers("/incidents/i1", 200, events("requested", "started", "succeeded"));

        // When
        var ended = service.run("recover", "repair", "--service", "web", "--by", "anna");

        // Then
        assertThat(ended.exitCode()).isZero();
        assertThat(service.asked.getFirst())
                .isEqualTo("POST /api/v1/repair {\"container\":\"web\",\"dryRun\":false,\"by\":\"anna\"}");
        assertThat(ended.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("lab/web/1  requested"),
                        line -> assertThat(line).contains("lab/web/1  started"),
                        line -> assertThat(line).contains("lab/web/1  succeeded"),
                        line -> assertThat(line).isEqualTo("lab/web/1  repaired"));
    }

    @ParameterizedTest
    @CsvSource({
        "succeeded,ok,repaired,0",
        "skipped/stale,ok,well,0",
        "quarantined/budget,quarantined,quarantined,11",
        "failed/not-verified,ok,not-verified,4",
        "failed/action-failed,ok,not-well,3",
        "skipped/not-managed,ok,not-managed,6",
        "skipped/needs-approval,suspect,needs-approval,6",
        "skipped/report-only,suspect,report-only,6",
        "skipped/dry-run,suspect,dry-run,6",
        "escalated/host-action,ok,escalated,3"
    })
    void theEndOfARepairIsItsExitCode(String event, String phase, String outcome, int exitCode) throws IOException {
        // Given
        askedFor();
        service.answers("/containers", 200, container(phase, phase.equals("ok"), phase.equals("ok") ? "" : "i1"))
                .answers("/incidents/i1", 200, events("requested", event));

        // When
        var ended = service.run("recover", "repair", "--service", "web", "--json");

        // Then
        assertThat(ended.exitCode()).isEqualTo(exitCode);
        JsonNode json = onlyDocument(ended);
        assertThat(json.path("status").asText()).isEqualTo(outcome);
        assertThat(json.at("/containers/0/outcome").asText()).isEqualTo(outcome);
        assertThat(json.at("/containers/0/events")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"paused,6", "maintenance,6", "breaker-open,11"})
    void whatIsHeldBackIsNotWaitedForTheWholeTime(String reason, int exitCode) {
        // Given
        askedFor();
        service.answers(
                        "/containers",
                        200,
                        container("pending", false, "i1").replace("\"phase\"", "\"due\":\"x\",\"phase\""))
                .answers("/incidents/i1", 200, events("requested", "skipped/" + reason));

        // When
        var ended = service.run("recover", "repair", "--service", "web", "--wait", "1h");

        // Then
        assertThat(ended.exitCode()).isEqualTo(exitCode);
        assertThat(ended.out()).endsWith("lab/web/1  " + reason + "\n");
    }

    @Test
    void aDryRunThatTellsIsWhatWasWanted() {
        // Given
        askedFor();
        service.answers("/containers", 200, container("suspect", false, "i1"))
                .answers("/incidents/i1", 200, events("requested", "skipped/dry-run"));

        // Then
        assertThat(service.run("recover", "repair", "--service", "web", "--dry-run")
                        .exitCode())
                .isZero();
        assertThat(service.asked.getFirst()).contains("\"dryRun\":true");
    }

    @Test
    void whatIsNotOverInTimeGoesOnWithoutTheCommand() throws IOException {
        // Given
        askedFor();
        service.answers("/containers", 200, container("verifying", false, "i1"))
                .answers("/incidents/i1", 200, events("requested", "started"));

        // Then
        var late = service.run("recover", "repair", "--service", "web", "--wait", "1ms");
        assertThat(late.exitCode()).isEqualTo(9);
        var unwaited = service.run("recover", "repair", "--service", "web", "--no-wait", "--json");
        assertThat(unwaited.exitCode()).isZero();
        assertThat(onlyDocument(unwaited).at("/containers/0/incident").asText()).isEqualTo("i1");
        service.forget();
        askedFor();
        service.answers("/containers", 200, container("pending", false, "i1"))
                .answers("/incidents/i1", 200, events("started", "failed/not-verified"));
        assertThat(service.run("recover", "repair", "--service", "web", "--wait", "1ms")
                        .exitCode())
                .isEqualTo(4);
    }

    @Test
    void theListShowsTheHostAndItsContainers() throws IOException {
        // Given
        service.answers("/host", 200, """
                        {"schemaVersion":1,"host":"node-1","acts":true,"notReady":[],"dryRun":false,"killSwitch":false,
                         "pause":{"since":"2026-01-01T00:00:00Z","by":"user:anna","reason":"kernel"},"illnesses":{},
                         "locks":[{"containers":"lab","holder":"user:ben","until":"2026-01-01T00:00:00Z","reason":""}],
                         "cycles":[]}""").answers("/containers", 200, container("ok", true, ""));

        // When
        var text = service.run("recovery", "list");
        var json = service.run("recovery", "list", "--json");

        // Then
        assertThat(text.exitCode()).isEqualTo(3);
        assertThat(text.out())
                .contains("node-1: repairs")
                .contains("paused by user:anna since ")
                .contains(": kernel")
                .contains("locked: lab by user:ben")
                .containsPattern("lab/web/1  gone +yes +ok +1/5");
        JsonNode document = onlyDocument(json);
        assertThat(document.path("status").asText()).isEqualTo("degraded");
        assertThat(document.at("/host/host").asText()).isEqualTo("node-1");
        assertThat(document.at("/containers/0/container/key").asText()).isEqualTo("lab/web/1");
    }

    @ParameterizedTest
    @CsvSource({"ok,true,0,ok", "acting,false,3,degraded", "quarantined,false,11,stopped"})
    void showTellsHowItIsWithOne(String phase, boolean well, int exitCode, String status) throws IOException {
        service.answers("/containers", 200, container(phase, well, phase.equals("ok") ? "" : "i1"));
        var text = service.run("recovery", "show", "lab/web/1");
        assertThat(text.exitCode()).isEqualTo(exitCode);
        assertThat(text.out()).startsWith("lab/web/1\n").containsPattern("phase +" + phase);
        assertThat(onlyDocument(service.run("recovery", "show", "web", "--json"))
                        .path("status")
                        .asText())
                .isEqualTo(status);
        assertThat(service.asked.getFirst()).isEqualTo("GET /api/v1/containers?name=lab%2Fweb%2F1 ");
    }

    @Test
    void changesSayWhoMakesThem() {
        // Given
        String done = "{\"schemaVersion\":1,\"containers\":[" + WEB + "]}";
        String none = "{\"schemaVersion\":1,\"containers\":[]}";
        service.answers("/release", 202, done)
                .answers("/quarantine", 202, done)
                .answers("/pause", 202, none)
                .answers("/resume", 202, none)
                .answers("/illness/clear", 202, none)
                .answers("/breaker/reset", 202, none);

        // Then
        assertThat(service.run("recovery", "release", "web", "--by", "anna").out())
                .isEqualTo("released: lab/web/1\n");
        assertThat(service.run("recovery", "quarantine", "web", "--reason", "mine", "--by", "anna")
                        .out())
                .isEqualTo("in quarantine: lab/web/1\n");
        service.run("recovery", "pause", "--for", "30m", "--by", "anna");
        service.run("recovery", "resume", "--by", "anna");
        assertThat(service.run("recovery", "breaker", "reset", "--by", "anna").exitCode())
                .isZero();
        assertThat(service.run("recovery", "illness", "clear", "gpu.lost", "--by", "anna")
                        .exitCode())
                .isZero();
        assertThat(service.asked)
                .containsExactly(
                        "POST /api/v1/release {\"by\":\"anna\",\"container\":\"web\"}",
                        "POST /api/v1/quarantine {\"by\":\"anna\",\"container\":\"web\",\"reason\":\"mine\"}",
                        "POST /api/v1/pause {\"by\":\"anna\",\"reason\":\"\",\"for\":\"1800000ms\"}",
                        "POST /api/v1/resume {\"by\":\"anna\"}",
                        "POST /api/v1/breaker/reset {\"by\":\"anna\"}",
                        "POST /api/v1/illness/clear {\"by\":\"anna\",\"illness\":\"gpu.lost\"}");
        assertThat(service.run("recovery", "resume").exitCode()).isZero();
        assertThat(service.asked.getLast()).contains("\"by\":\"" + System.getProperty("user.name") + "\"");
        assertThat(service.run("recovery", "resume", "--by", "-x y").exitCode()).isEqualTo(2);
        assertThat(service.run("recovery", "quarantine", "web").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "400,bad-request,2",
        "404,not-found,5",
        "409,paused,6",
        "409,not-ready,6",
        "409,not-managed,6",
        "409,quarantined,11",
        "409,breaker-open,11",
        "503,busy,8",
        "500,bug,1"
    })
    void aRefusalIsOneDocumentAndItsExitCode(int status, String reason, int exitCode) throws IOException {
        service.answers(
                "/repair",
                status,
                "{\"schemaVersion\":1,\"error\":\"it cannot be\\u001b[2J\",\"reason\":\"" + reason + "\"}");
        var ended = service.run("recover", "repair", "--service", "web", "--json");
        assertThat(ended.exitCode()).isEqualTo(exitCode);
        JsonNode json = onlyDocument(ended);
        assertThat(json.path("status").asText()).isEqualTo("error");
        assertThat(json.at("/errors/0/code").asInt()).isEqualTo(exitCode);
        assertThat(json.at("/errors/0/message").asText())
                .contains("it cannot be")
                .doesNotContain("\u001b");
    }

    @Test
    void whatIsNoRecoveryServiceIsSaidSo() {
        assertThat(service.run("recovery", "list").err()).contains("is it Caretaker's recovery service?");
        assertThat(service.run("recovery", "list").exitCode()).isEqualTo(8);
        service.answers("/host", 200, "[]");
        assertThat(service.run("recovery", "list").exitCode()).isEqualTo(1);
        service.forget();
        service.answers("/host", 401, "unauthorized");
        assertThat(service.run("recovery", "list").err()).contains("give --user");
        var nobody = AnsweringService.command("recovery", "list", "--url", "http://127.0.0.1:1");
        assertThat(nobody.exitCode()).isEqualTo(8);
        assertThat(nobody.err()).contains("is the recovery service running");
        assertThat(AnsweringService.command("recovery", "list", "--url", "http://a:b@127.0.0.1")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void reportsAreListedPrintedAndWritten() throws IOException {
        // Given
        service.answers("/incidents", 200, """
                        {"schemaVersion":1,"incidents":[{"id":"i1","since":"2026-01-01T00:00:00Z",
                         "last":"2026-01-01T00:00:10Z","about":"node-1/lab/web/1","condition":"container.exited",
                         "kind":"succeeded","reason":"none","actor":"recovery-service","message":"well for 30 s"}]}""")
                .answers("/incidents/i1/report", 200, "# web\n\nexited\u001b[2J\n")
                .answers("/incidents/i2/report", 404, "{\"error\":\"no such incident\",\"reason\":\"not-found\"}");
        Path file = dir.resolve("web.md");

        // Then
        assertThat(service.run("report", "--limit", "5").out().lines().toList().get(1))
                .startsWith("i1 ")
                .contains("container.exited  succeeded  well for 30 s");
        assertThat(service.asked.getFirst()).isEqualTo("GET /api/v1/incidents?limit=5 ");
        assertThat(service.run("report", "i1").out()).isEqualTo("# web\n\nexited [2J\n");
        assertThat(onlyDocument(service.run("report", "i1", "--json"))
                        .path("report")
                        .asText())
                .startsWith("# web\n");
        assertThat(service.run("report", "i1", "--output", file.toString()).exitCode())
                .isZero();
        assertThat(Files.readString(file)).startsWith("# web\n\nexited");
        assertThat(service.run("report", "i2").exitCode()).isEqualTo(5);
        assertThat(service.run("report", "../../etc").exitCode()).isEqualTo(8);
        assertThat(service.asked.getLast()).isEqualTo("GET /api/v1/incidents/..%2F..%2Fetc/report ");
        assertThat(service.run("report", "--output", file.toString()).exitCode())
                .isEqualTo(2);
        assertThat(service.run("report", "--limit", "0").exitCode()).isEqualTo(2);
        assertThat(service.run("report", "i1", "--output", dir.toString()).exitCode())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "recover diagnose",
        "recover repair",
        "recover verify",
        "recovery list",
        "recovery show",
        "recovery release",
        "recovery quarantine",
        "recovery pause",
        "recovery lock",
        "recovery unlock",
        "report"
    })
    void everyCommandHasHelpWithExamples(String command) {
        String[] words = ("help " + command).split(" ");
        var help = words.length == 2
                ? AnsweringService.command("help", words[1])
                : AnsweringService.command(words[1], words[2], "--help");
        assertThat(help.out() + help.err()).contains("Examples:").contains("caretaker " + command);
    }
}
