package caretaker.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import caretaker.chassis.config.Config;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords for the API, in the file format of Prometheus' exporters: every path needs them, health included. */
class WebConfigIT {
    private static final List<String> PATHS = List.of(
            "/-/healthy",
            "/-/ready",
            "/-/reload",
            "/metrics",
            "/",
            "/page.js",
            "/api/v1/alerts",
            "/api/v2/status",
            "/api/v2/alerts",
            "/api/v2/alerts/groups",
            "/api/v2/silences",
            "/api/v2/receivers",
            "/api/v2/nothing",
            "/nothing");

    @TempDir
    private Path directory;

    private final TestBroker broker = TestBroker.shared();

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
    }

    @Test
    void nobodyComesInWithoutTheRightPassword() throws IOException {
        String hash = BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, "sesame".toCharArray());
        Path web = Files.writeString(directory.resolve("web.yml"), "basic_auth_users: {ali: '" + hash + "'}\n");
        Path file = TestRouter.config(directory, "route: {receiver: one}\nreceivers: [{name: one}]\n");
        String yaml = TestRouter.yaml(broker, broker.newTopic("web", 2), file)
                .replace("http:\n", "http:\n  web-config: " + web + "\n");
        try (var router = AlertRouter.start(Config.parse(AlertRouterConfig.class, yaml, "t", Map.of()))) {
            String url = "http://127.0.0.1:" + router.port() + TestRouter.PREFIX;
            Awaitility.await()
                    .atMost(TestRouter.LIMIT)
                    .until(() -> status("GET", url + "/-/ready", "ali:sesame", "") == 200);
            for (String path : PATHS) {
                assertThat(status("GET", url + path, null, "")).as(path).isEqualTo(401);
                assertThat(status("GET", url + path, "ali:wrong", "")).as(path).isEqualTo(401);
                assertThat(status("GET", url + path, "nobody:sesame", ""))
                        .as(path)
                        .isEqualTo(401);
                assertThat(status("GET", url + path, "ali:sesame", "")).as(path).isNotEqualTo(401);
            }
            String alert = "[{\"labels\":{\"alertname\":\"A\"}}]";
            assertThat(status("POST", url + "/api/v2/alerts", null, alert)).isEqualTo(401);
            assertThat(status("POST", url + "/-/reload", null, "")).isEqualTo(401);
            assertThat(status("POST", url + "/api/v2/alerts", "ali:sesame", alert))
                    .isEqualTo(200);
        }
    }

    private static int status(String method, String url, @Nullable String credentials, String body) {
        String[] headers = credentials == null
                ? new String[] {"Content-Type", "application/json"}
                : new String[] {"Content-Type", "application/json", "Authorization", basic(credentials)};
        return TestRouter.raw(method, URI.create(url), body, headers).statusCode();
    }
}
