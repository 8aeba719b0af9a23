package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands ask and what they make of the answers; {@code NotifyIT} has them ask an alert router. */
class NotifyCommandTest {
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "[]";

    @TempDir
    private Path dir;

    private record Ended(int exitCode, String out, String err) {}

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(status, 0);
            exchange.getResponseBody().write(answer.getBytes(UTF_8));
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Ended run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ended(exit, out.toString(), err.toString());
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/am/";
    }

    @Test
    void historyIsATableWithoutWhatWouldMoveTheCursor() throws Exception {
        // Given
        answer = """
                [{"key":"k","groupKey":"{}:{alertname=\\"GpuLost\\"}","receiver":"ops","integration":"email[0]","id":"1",
                  "reason":"first notification","began":"2026-01-01T00:00:00Z","at":"2026-01-01T00:00:01Z","attempts":2,
                  "outcome":"failed","error":"refused\\u001b[2J","firing":["a","b"],"resolved":[]}]""";
        Path password = Files.writeString(dir.resolve("password"), "secret\n");

        // When
        var ended = run(
                "notify",
                "history",
                "--url",
                url(),
                "--alert",
                "a/b",
                "--receiver",
                "the ops",
                "--limit",
                "5",
                "--user",
                "me",
                "--password-file",
                password.toString());

        // Then
        assertThat(asked)
                .containsExactly(
                        "GET /am/api/caretaker/v1/deliveries?limit=5&alert=a%2Fb&receiver=the%20ops Basic bWU6c2VjcmV0 ");
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out().lines())
                .satisfiesExactly(
                        title -> assertThat(title).startsWith("TIME ").contains("  OUTCOME  TRIES  FIRING"),
                        row -> assertThat(row)
                                .contains("failed   2      2       0         ops/email[0]")
                                .endsWith("first notification  refused [2J"));
        assertThat(run("notify", "history", "--url", url(), "--json").out())
                .contains("\"schemaVersion\":1,\"deliveries\":[{");
    }

    @Test
    void aTestThatFailsExitsWithFour() {
        // Given
        answer = """
                [{"integration":"email[0]","delivered":true,"error":"","millis":12},
                 {"integration":"slack[0]","delivered":false,"error":"status 404","millis":3}]""";

        // When
        var ended = run("notify", "test", "on call", "--url", url());

        // Then
        assertThat(ended.exitCode()).isEqualTo(4);
        assertThat(asked).singleElement().asString().startsWith("POST /am/api/caretaker/v1/receivers/on%20call/test");
        assertThat(ended.out())
                .contains("email[0]     delivered  12")
                .contains("slack[0]     failed     3   status 404");
    }

    @Test
    void deadLettersAreListedSentAgainAndLetGo() {
        // Given
        answer = """
                [{"key":"g/ops/webhook[0]","since":"x","at":"y","attempts":9,"error":"gone","alerts":[{}],"omitted":2}]""";

        // Then
        assertThat(run("notify", "dead", "list", "--url", url()).out())
                .contains("g/ops/webhook[0]\n    since x, given up y after 9 tries, 3 alerts: gone");
        answer = "{\"resent\":1}";
        assertThat(run("notify", "dead", "resend", "g/ops/webhook[0]", "--url", url())
                        .out())
                .isEqualTo("1 resent\n");
        answer = "{\"discarded\":4}";
        assertThat(run("notify", "dead", "discard", "--all", "--yes", "--url", url())
                        .out())
                .isEqualTo("4 discarded\n");
        assertThat(asked)
                .anySatisfy(
                        line -> assertThat(line).endsWith("dead-letters/resend null {\"key\":\"g/ops/webhook[0]\"}"))
                .anySatisfy(line -> assertThat(line).endsWith("dead-letters/discard null {\"all\":true}"));
        assertThat(run("notify", "dead", "discard", "--all", "--url", url()).exitCode())
                .isEqualTo(6);
        assertThat(run("notify", "dead", "resend", "--url", url()).exitCode()).isEqualTo(2);
    }

    @Test
    void failuresSayWhatToDo() {
        status = 404;
        answer = "\"no such receiver\"";
        assertThat(run("notify", "test", "x", "--url", url()))
                .isEqualTo(
                        new Ended(5, "", "caretaker: there is no receiver 'x'; `amtool config show` has them all\n"));
        answer = "404 page not found";
        assertThat(run("notify", "dead", "list", "--url", url()).exitCode()).isEqualTo(8);
        status = 401;
        assertThat(run("notify", "dead", "list", "--url", url()).err()).contains("give --user");
        status = 503;
        answer = "too\u001bmuch";
        assertThat(run("notify", "dead", "list", "--url", url(), "--json").out())
                .contains("\"status\":\"error\"")
                .contains("answers 503: too much");
        status = 200;
        assertThat(run("notify", "dead", "list", "--url", url()).err()).contains("is no JSON");
        assertThat(run("notify", "dead", "list", "--url", "http://127.0.0.1:1").exitCode())
                .isEqualTo(8);
        var inUrl = run("notify", "dead", "list", "--url", "http://me:secret@127.0.0.1:1");
        assertThat(inUrl.exitCode()).isEqualTo(2);
        assertThat(inUrl.err()).contains("use --user").doesNotContain("secret");
        assertThat(run("notify", "dead", "list", "--url", "ftp://x").exitCode()).isEqualTo(2);
        assertThat(run("notify", "history", "--limit", "0", "--url", url()).exitCode())
                .isEqualTo(2);
    }

    @Test
    void checkSaysWhatDoesNotWork() throws Exception {
        // Given
        Path file = Files.writeString(dir.resolve("am.yml"), """
                route: {receiver: a}
                receivers: [{name: a, webhook_configs: [{url: 'http://x/', payload: '{{ template "gone" . }}'}]}]
                """);

        // When
        var bad = run("notify", "check", file.toString());
        Files.writeString(file, "route: {receiver: a}\nreceivers: [{name: a}]\n");
        var good = run("notify", "check", file.toString(), "--json");

        // Then
        assertThat(bad.exitCode()).isEqualTo(4);
        assertThat(bad.out())
                .startsWith("wrong    ")
                .contains("webhook_configs[0].payload: ")
                .contains("gone");
        assertThat(good)
                .isEqualTo(
                        new Ended(0, "{\"schemaVersion\":1,\"status\":\"ok\",\"problems\":[],\"warnings\":[]}\n", ""));
        assertThat(run("notify", "check", dir.resolve("absent").toString()).exitCode())
                .isEqualTo(5);
    }
}
