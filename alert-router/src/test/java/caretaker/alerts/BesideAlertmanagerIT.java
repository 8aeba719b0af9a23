package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same requests to Debian's Alertmanager (0.25) and to ours: the same status, and where it is fixed the body. */
class BesideAlertmanagerIT {
    private static final String CONFIG = """
            route:
              receiver: all
              group_by: [alertname]
              routes:
                - receiver: night
                  matchers: [severity="info"]
            receivers: [{name: all}, {name: night, webhook_configs: [{url: 'http://127.0.0.1:1'}]}, {name: unused}]
            inhibit_rules:
              - source_matchers: [severity="critical"]
                target_matchers: [severity="warning"]
            """;
    private static final String REST = "\"comment\":\"c\",\"createdBy\":\"m\",\"startsAt\":\"2020-01-01T00:00:00Z\","
            + "\"endsAt\":\"2099-01-01T00:00:00Z\"";
    private static final Pattern TIME = Pattern.compile("\"20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z\"");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    @TempDir
    private Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestBroker broker = TestBroker.shared();
    private final List<String> differences = new ArrayList<>();
    private RunningProgram theirs;
    private int port;
    private TestRouter ours;

    @BeforeEach
    void startBoth() {
        Path config = TestRouter.config(directory, CONFIG);
        theirs = RunningProgram.start(
                Programs.assume("prometheus-alertmanager"),
                "--config.file=" + config,
                "--storage.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:0",
                "--web.route-prefix=" + TestRouter.PREFIX,
                "--cluster.listen-address=");
        port = theirs.awaitItsPort(RunningProgram.PROMETHEUS_LISTENS, TestRouter.LIMIT);
        ours = TestRouter.start(broker, broker.newTopic("beside", 2), config);
    }

    @AfterEach
    void stopBoth() {
        ours.close();
        theirs.close();
    }

    private HttpResponse<String> send(String base, String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(TestRouter.LIMIT)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        } else if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private record Answer(int status, String type, String body) {}

    private static Answer answer(HttpResponse<String> response) {
        String body = TIME.matcher(response.body()).replaceAll("TIME");
        body = UUID.matcher(body)
                .replaceAll("UUID")
                .replace("\"mutedBy\":[],", "")
                .strip();
        body = body.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&"); // Go's habit
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                body);
    }

    private void same(boolean isBodyFixed, String method, String path, String body, String... headers) {
        Answer their = answer(send("http://127.0.0.1:" + port + TestRouter.PREFIX, method, path, body, headers));
        Answer our = answer(send(ours.url(), method, path, body, headers));
        boolean isSame = isBodyFixed
                ? their.equals(our)
                : their.status() == our.status() && their.type().equals(our.type());
        if (!isSame) {
            differences.add(method + " " + path + " " + body + "\n  theirs " + their + "\n  ours   " + our);
        }
    }

    /** Status, type and body. */
    private void same(String method, String path, String body) {
        same(true, method, path, body);
    }

    /** Status and type; the words are each one's own. */
    private void alike(String method, String path, String body) {
        same(false, method, path, body);
    }

    @Test
    void goodAlertsAreTakenAndShownAlike() {
        String now = Instant.now().minusSeconds(60).toString();
        for (String alert : List.of(
                "[]",
                "null",
                "[{\"labels\":{\"alertname\":\"A\",\"severity\":\"critical\"},"
                        + "\"annotations\":{\"s\":\"<&>\",\"e\":\"\"}}]",
                "[{\"labels\":{\"alertname\":\"B\",\"severity\":\"warning\",\"empty\":\"\"}}]",
                "[{\"labels\":{\"alertname\":\"C\",\"severity\":\"info\"},\"generatorURL\":\"http://p/g?a=b&c\"}]",
                "[{\"labels\":{\"alertname\":\"D\",\"z\":\"ü😀\"},\"startsAt\":\"" + now + "\",\"unknown\":[1]}]",
                "[{\"Labels\":{\"alertname\":\"E\",\"alertname\":\"F\"},\"startsAt\":null}] trailing")) {
            same("POST", "/api/v2/alerts", alert);
        }
        awaitGroups(""); // theirs inhibit a little later than they answer the POST, too
        for (String query : List.of(
                "",
                "?active=false",
                "?active=maybe",
                "?active=",
                "?active=false&active=true",
                "?inhibited=false",
                "?silenced=0&inhibited=0&unprocessed=0&active=YES",
                "?receiver=nig.*",
                "?receiver=nig",
                "?receiver=",
                "?filter=severity%3D%22info%22",
                "?filter=z%3D%22%22&filter=severity!%3D%22info%22",
                "?filter=z!~%22%22",
                "?nonsense=1")) {
            same("GET", "/api/v2/alerts" + query, "");
            awaitGroups(query);
        }
        same("GET", "/api/v2/receivers", "");
        assertThat(differences).isEmpty();
    }

    /** Ours say the route's labels too. Theirs open groups a little later than they answer the POST. */
    private void awaitGroups(String query) {
        Awaitility.await()
                .atMost(TestRouter.LIMIT)
                .untilAsserted(() -> assertThat(groups(ours.url(), query))
                        .isEqualTo(groups("http://127.0.0.1:" + port + TestRouter.PREFIX, query)));
    }

    private Answer groups(String base, String query) {
        Answer answer = answer(send(base, "GET", "/api/v2/alerts/groups" + query, ""));
        return new Answer(answer.status(), answer.type(), answer.body().replace(",\"routeLabels\":{}", ""));
    }

    @Test
    void badAlertsAreRefusedAlike() {
        for (String bad : List.of(
                "",
                " ",
                "[{}]",
                "[{\"labels\":null}]",
                "[{\"labels\":{}}]",
                "[{\"labels\":{\"a\":\"\"}},{\"labels\":{\"x\":\"y\"},\"startsAt\":\"2026-01-02T00:00:00Z\","
                        + "\"endsAt\":\"2026-01-01T00:00:00Z\"}]",
                "[{\"labels\":{\"a\":\"1\"},\"generatorURL\":\"not a url\"}]",
                "[{\"labels\":{\"a\":\"1\"},\"startsAt\":\"9999-12-31T23:59:59Z\"}]")) {
            same("POST", "/api/v2/alerts", bad);
        }
        for (String bad : List.of(
                "{}",
                "[1]",
                "[{\"labels\":{\"a\":1}}]",
                "[{\"labels\":{\"a\":\"1\"},\"startsAt\":123}]",
                "[{\"labels\":{\"a\":\"1\"},\"startsAt\":\"yesterday\"}]",
                "[{\"labels\":{\"a\":\"1\"},\"generatorURL\":7}]",
                "- labels: {a: b}",
                "[NaN]")) {
            alike("POST", "/api/v2/alerts", bad);
        }
        for (String type : List.of("text/plain", "application/yaml", "nonsense", "application/json; charset=utf-8")) {
            same(true, "POST", "/api/v2/alerts", "[]", "Content-Type", type);
        }
        same(true, "POST", "/api/v2/alerts", "[]", "X-No", "type");
        assertThat(differences).isEmpty();
    }

    @Test
    void silencesAreTakenAndRefusedAlike() {
        String one = ",\"matchers\":[{\"name\":\"a\",\"value\":\"x\",\"isRegex\":false}]}";
        same("POST", "/api/v2/silences", "{" + REST + one);
        same("POST", "/api/v2/silences", "{" + REST.replace("\"c\"", "\"\"").replace("\"2020", "\"2098") + one);
        for (String bad : List.of(
                "",
                "null",
                "{}",
                "{\"comment\":\"c\"}",
                "{" + REST + "}",
                "{" + REST + ",\"matchers\":[]}",
                "{" + REST + ",\"matchers\":[{}]}",
                "{\"id\":\"junk\"," + REST + one,
                "{\"id\":\"00000000-0000-4000-8000-000000000000\"," + REST + one,
                "{" + REST.replace("2099", "2020") + one,
                "{" + REST.replace("2099", "2021") + one)) {
            same("POST", "/api/v2/silences", bad);
        }
        for (String bad : List.of(
                "[]",
                "{" + REST + one.replace("\"x\"", "\"\""),
                "{" + REST + one.replace("\"a\"", "\"\""),
                "{" + REST + one.replace("\"x\",\"isRegex\":false", "\"[\",\"isRegex\":true"),
                "{" + REST + one.replace("false", "\"false\""),
                "{" + REST.replace("2020", "x") + one)) {
            alike("POST", "/api/v2/silences", bad);
        }
        for (String query : List.of("", "?filter=a%3D%22x%22", "?filter=a%3D%22y%22", "?filter=a%3D~%22x%22")) {
            same("GET", "/api/v2/silences" + query, "");
        }
        alike("GET", "/api/v2/silences?filter=%7B", "");
        same("GET", "/api/v2/silence/nonsense", "");
        same("DELETE", "/api/v2/silence/nonsense", "");
        same("GET", "/api/v2/silence/00000000-0000-4000-8000-000000000000", "");
        assertThat(differences).isEmpty();
    }

    @Test
    void theRestOfTheSurfaceIsAlike() {
        for (String path : List.of("/-/healthy", "/-/ready")) {
            same("GET", path, "");
            same("POST", path, "");
            assertThat(send(ours.url(), "HEAD", path, "").statusCode()).isEqualTo(200);
        }
        same("GET", "/-/reload", "");
        same("POST", "/-/reload", "");
        for (String path : List.of("/", "", "/nothing", "/api/v2/status", "/metrics")) {
            int their = send("http://127.0.0.1:" + port + TestRouter.PREFIX, "GET", path, "")
                    .statusCode();
            assertThat(send(ours.url(), "GET", path, "").statusCode()).as(path).isEqualTo(their);
        }
        assertThat(send("http://127.0.0.1:" + ours.port(), "GET", "/", "").statusCode())
                .isEqualTo(send("http://127.0.0.1:" + port, "GET", "/", "").statusCode());
        same("GET", "/api/v2/", "");
        same("GET", "/api/v2/nothing", "");
        same("GET", "/api/v2/alerts/", "");
        same("GET", "/api/v2/silence/", "");
        alike("PUT", "/api/v2/alerts", "[]");
        alike("DELETE", "/api/v2/silences", "");
        alike("OPTIONS", "/api/v2/alerts", "");
        alike("HEAD", "/api/v2/alerts", "");
        alike("GET", "/api/v2/alerts?filter=%7B", "");
        alike("GET", "/api/v2/alerts?filter=", "");
        alike("GET", "/api/v2/alerts?filter=foo", "");
        alike("GET", "/api/v2/alerts?receiver=%5B", "");
        alike("GET", "/api/v2/alerts/groups?filter=%7B", "");
        same(true, "GET", "/api/v2/receivers", "", "Accept", "text/plain");
        same(true, "GET", "/api/v2/receivers", "", "Accept", "application/json, */*;q=0.1");
        assertThat(differences).isEmpty();
    }

    @Test
    void headersForBrowsersAreAlike() {
        for (String base : List.of("http://127.0.0.1:" + port + TestRouter.PREFIX, ours.url())) {
            var plain = send(base, "GET", "/api/v2/receivers", "").headers();
            assertThat(plain.allValues("Vary")).contains("Origin");
            assertThat(plain.firstValue("Access-Control-Allow-Origin")).isEmpty();
            var page = send(base, "GET", "/api/v2/receivers", "", "Origin", "http://a")
                    .headers();
            assertThat(page.firstValue("Access-Control-Allow-Origin")).contains("*");
            var asks = send(
                    base,
                    "OPTIONS",
                    "/api/v2/alerts",
                    "",
                    "Origin",
                    "http://a",
                    "Access-Control-Request-Method",
                    "POST");
            assertThat(asks.statusCode()).isIn(200, 204); // 204 in the current version
            assertThat(asks.headers().firstValue("Access-Control-Allow-Methods"))
                    .contains("POST");
            var deletes = send(
                    base,
                    "OPTIONS",
                    "/api/v2/alerts",
                    "",
                    "Origin",
                    "http://a",
                    "Access-Control-Request-Method",
                    "PUT");
            assertThat(deletes.headers().firstValue("Access-Control-Allow-Methods"))
                    .isEmpty();
        }
        assertThat(send(ours.url(), "GET", "/api/v2/receivers", "").headers().firstValue("Cache-Control"))
                .contains("no-store"); // as the current version does
    }

    @Test
    void theConfigurationCountsAlike() {
        String their = send("http://127.0.0.1:" + port + TestRouter.PREFIX, "GET", "/metrics", "")
                .body();
        String our = send(ours.url(), "GET", "/metrics", "").body();
        for (String metric : List.of(
                "alertmanager_config_hash",
                "alertmanager_receivers",
                "alertmanager_integrations",
                "alertmanager_config_last_reload_successful")) {
            assertThat(value(our, metric)).as(metric).isEqualTo(value(their, metric));
        }
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name));
    }
}
