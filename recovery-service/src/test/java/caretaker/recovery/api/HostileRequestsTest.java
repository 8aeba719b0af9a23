package caretaker.recovery.api;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.recovery.api.Desk.Answer;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody should ask: each is refused with the reason, and nothing has changed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsTest {
    private final Desk desk = new Desk(null);
    private String before = "";

    @BeforeAll
    void populate() throws Exception {
        desk.control.container("web");
        before = desk.get("/containers").body() + desk.get("/host").body();
    }

    @AfterEach
    void nothingHasChanged() throws Exception {
        assertThat(desk.get("/containers").body() + desk.get("/host").body()).isEqualTo(before);
    }

    @AfterAll
    void close() throws Exception {
        desk.close();
    }

    private static String explained(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.type()).isEqualTo("application/json");
        assertThat(answer.json().getInteger("schemaVersion")).isEqualTo(1);
        return answer.json().getString("error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../..",
                "--help",
                "-rf",
                "lab/../1",
                "a/b/c/d",
                "/etc/passwd",
                "lab//1",
                "web\\u0000",
                "web\\n",
                "we b",
                "*",
                "",
                "ünicode"
            })
    void namesThatAreNone(String name) throws Exception {
        for (String path : new String[] {"/repair", "/release", "/quarantine"}) {
            String reason = path.equals("/quarantine") ? ",\"reason\":\"x\"" : "";
            var answer = desk.post(path, "{\"container\":\"" + name + "\",\"by\":\"anna\"" + reason + "}");
            assertThat(explained(answer, 400)).contains("is no container's key or name");
        }
        if (!name.isEmpty()) {
            String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8);
            explained(desk.get("/containers?name=" + encoded), 400);
            explained(desk.get("/diagnosis?name=" + encoded), 400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "*/*"})
    void whatAFormCanPost(String type) throws Exception {
        var request = desk.request("/pause").POST(BodyPublishers.ofString("{\"by\":\"anna\"}"));
        var answer = desk.send(type.isEmpty() ? request : request.header("Content-Type", type));
        assertThat(explained(answer, 415)).contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "https://127.0.0.1",
                "http://127.0.0.1:1",
                "http://user@127.0.0.1:9812",
                "file://",
                "not a url",
                ""
            })
    void pagesOfOtherSites(String origin) throws Exception {
        var pause = desk.request("/pause")
                .header("Content-Type", "application/json")
                .header("Origin", origin)
                .POST(BodyPublishers.ofString("{\"by\":\"anna\"}"));
        assertThat(explained(desk.send(pause), 403)).contains("other sites");
        explained(desk.send(desk.request("/host").header("Origin", origin)), 403);
    }

    @Test
    void pagesThatABrowserCallsForeign() throws Exception {
        explained(desk.send(desk.request("/host").header("Sec-Fetch-Site", "cross-site")), 403);
        var own = desk.request("/host")
                .header("Origin", "http://" + desk.authority())
                .header("Sec-Fetch-Site", "same-origin");
        assertThat(desk.send(own).status()).isEqualTo(200);
    }

    @Test
    void bodiesThatAreTooLarge() throws Exception {
        String megabyte = "{\"by\":\"anna\",\"reason\":\"" + "x".repeat(1 << 20) + "\"}";
        assertThat(explained(desk.post("/pause", megabyte), 413)).contains("at most 16384 bytes");
        assertThat(desk.post("/pause", "x".repeat(5 << 20)).status()).isEqualTo(413);
        String long1k = "{\"by\":\"anna\",\"reason\":\"" + "x".repeat(1025) + "\"}";
        assertThat(explained(desk.post("/pause", long1k), 400)).contains("at most 1024 characters");
        explained(desk.post("/pause", "[".repeat(10_000)), 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "7",
                "\"web\"",
                "{",
                "{\"by\":\"anna\"} x",
                "{\"by\":7}",
                "{\"by\":\"anna\",\"force\":true}",
                "{\"by\":\"anna\",\"reason\":[\"x\"]}",
                "{\"by\":\"anna\",\"reason\":\"two\\nlines\"}",
                "{\"by\":\"anna\",\"reason\":\"\\u001b[2J\"}",
                "{\"by\":\"anna\",\"for\":\"soon\"}",
                "{\"by\":\"anna\",\"for\":\"0\"}",
                "{\"by\":\"anna\",\"for\":\"-5m\"}",
                "{\"by\":\"anna\",\"for\":\"8d\"}",
                "{\"by\":\"anna\",\"for\":\"999999999999d999999999999d\"}",
                "{\"by\":\"anna\",\"for\":30}",
                "{\"by\":\"\"}",
                "{\"by\":\"-anna\"}",
                "{\"by\":\"anna bell\"}",
                "{\"by\":\"user:anna\"}",
                "{\"by\":\"../anna\"}",
                "{}",
                ""
            })
    void bodiesThatSayNothingSensible(String body) throws Exception {
        explained(desk.post("/pause", body), 400);
    }

    @Test
    void whatIsMissingIsSaid() throws Exception {
        assertThat(explained(desk.post("/repair", "{\"by\":\"anna\"}"), 400)).isEqualTo("'container' is missing");
        assertThat(explained(desk.post("/repair", "{\"container\":\"web\"}"), 400))
                .contains("who asks?");
        assertThat(explained(desk.post("/quarantine", "{\"container\":\"web\",\"by\":\"anna\"}"), 400))
                .contains("'reason' is missing");
        assertThat(explained(desk.post("/repair", "{\"container\":\"web\",\"dryRun\":\"yes\",\"by\":\"anna\"}"), 400))
                .isEqualTo("'dryRun' is true or false");
        assertThat(explained(desk.post("/resume", "{\"by\":\"anna\",\"fro\":\"1h\"}"), 400))
                .isEqualTo("unknown key 'fro'; there are [by]");
        assertThat(explained(desk.post("/repair", "{\"container\":\"nobody\",\"by\":\"anna\"}"), 404))
                .isEqualTo("no such container: nobody");
        assertThat(explained(desk.post("/release", "{\"container\":\"nobody\",\"by\":\"anna\"}"), 404))
                .isNotEmpty();
        String nobody = "{\"container\":\"nobody\",\"by\":\"anna\",\"reason\":\"x\"}";
        explained(desk.post("/quarantine", nobody), 404);
    }

    @Test
    void incidentsAndLimitsThatAreNone() throws Exception {
        for (String limit : new String[] {"0", "-1", "1001", "ten", "99999999999", "1e3"}) {
            assertThat(explained(desk.get("/incidents?limit=" + limit), 400)).contains("1 to 1000");
        }
        assertThat(desk.get("/incidents?limit=1000").status()).isEqualTo(200);
        explained(desk.get("/incidents/..%2F..%2Fetc"), 400);
        explained(desk.get("/incidents/--help"), 400);
        explained(desk.get("/incidents/" + "a".repeat(200)), 400);
        explained(desk.get("/incidents/0123abcd"), 404);
        explained(desk.get("/incidents/0123abcd/report"), 404);
    }

    @Test
    void methodsAndPathsThatThereAreNot() throws Exception {
        assertThat(desk.get("/repair").status()).isEqualTo(405);
        assertThat(desk.send(desk.request("/host").DELETE()).status()).isEqualTo(405);
        assertThat(desk.get("/nowhere").status()).isEqualTo(404);
    }
}
