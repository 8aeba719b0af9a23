package caretaker.alerts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Programs;
import caretaker.testkit.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of Debian's amtool (0.25) that talks to a server, to ours. */
class AmtoolServerIT {
    private static final String CONFIG = """
            global:
              smtp_smarthost: localhost:25
              smtp_from: a@b.c
              smtp_auth_username: u
              smtp_auth_password: hidden
            route:
              receiver: all
              group_by: [alertname]
              routes:
                - receiver: night
                  matchers: [severity="info"]
            receivers:
              - name: all
                email_configs: [{to: x@y.z}]
              - name: night
            """;

    @TempDir
    private Path directory;

    private final Path amtool = Programs.assume("amtool");
    private final TestBroker broker = TestBroker.shared();
    private TestRouter router;

    private record Result(int code, String out) {}

    @BeforeEach
    void start() {
        router = TestRouter.start(broker, broker.newTopic("amtool", 2), TestRouter.config(directory, CONFIG));
    }

    @AfterEach
    void stop() {
        router.close();
    }

    private Result run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(amtool.toString(), "--alertmanager.url=" + router.url()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(directory, "amtool", ".txt");
            var builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .directory(directory.toFile());
            builder.environment().put("HOME", directory.toString());
            Process process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("amtool ends").isTrue();
            return new Result(process.exitValue(), Files.readString(out, UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String ok(String... arguments) {
        Result result = run(arguments);
        assertThat(result.code()).as(result.out()).isZero();
        return result.out();
    }

    /** Without the word on another version, which goes to the same stream here. */
    private String last(String... arguments) {
        return ok(arguments).strip().lines().toList().getLast();
    }

    @Test
    void alertsAreAddedAndAskedFor() {
        ok("alert", "add", "GpuHot", "node=n1", "severity=critical", "--annotation=summary=hot");
        ok("alert", "add", "alertname=Idle", "severity=info", "--generator-url=http://p/g");
        ok("alert", "add", "Over", "--end=2026-01-02T00:00:00Z", "--start=2026-01-01T00:00:00Z");
        assertThat(ok("alert", "query")).contains("GpuHot", "Idle").doesNotContain("Over");
        assertThat(ok("alert", "query", "GpuHot")).contains("hot").doesNotContain("Idle");
        assertThat(ok("alert", "query", "node=~n.*")).contains("GpuHot").doesNotContain("Idle");
        assertThat(ok("alert", "query", "--receiver=night")).contains("Idle").doesNotContain("GpuHot");
        assertThat(ok("-o", "json", "alert", "query", "GpuHot")).contains("\"fingerprint\":", "\"n1\"");
        assertThat(ok("-o", "extended", "alert", "query", "Idle")).contains("http://p/g");
    }

    @Test
    void silencesLive() throws IOException {
        ok("alert", "add", "GpuHot", "node=n1");
        String id = last("silence", "add", "-a", "me", "-c", "repair", "-d", "1h", "node=n1");
        assertThat(id).matches("[0-9a-f-]{36}");
        assertThat(ok("silence", "query")).contains(id.substring(0, 8), "repair");
        assertThat(ok("silence", "query", "-q", "node=n1")).contains(id);
        assertThat(ok("silence", "query", "-q", "node=n2")).doesNotContain(id);
        assertThat(ok("alert", "query")).doesNotContain("GpuHot");
        assertThat(ok("alert", "query", "--silenced")).contains("GpuHot");

        ok("silence", "update", "-d", "2h", "-c", "longer", id);
        assertThat(ok("silence", "query")).contains("longer");

        Path exported = directory.resolve("silences.json");
        Files.writeString(
                exported,
                ok("-o", "json", "silence", "query")
                        .lines()
                        .filter(line -> line.startsWith("["))
                        .findFirst()
                        .orElseThrow());
        assertThat(ok("silence", "import", "--force", exported.toString())).isNotNull();

        String all = ok("silence", "query", "-q");
        for (String each :
                all.lines().filter(line -> line.matches("[0-9a-f-]{36}")).toList()) {
            ok("silence", "expire", each);
        }
        assertThat(ok("silence", "query")).doesNotContain("longer");
        assertThat(ok("silence", "query", "--expired")).contains("longer");
        assertThat(ok("alert", "query")).contains("GpuHot");
        assertThat(run("silence", "expire", "00000000-0000-4000-8000-000000000000")
                        .code())
                .isNotZero();
    }

    @Test
    void theConfigurationIsShownTestedAndCheckedWithoutItsSecrets() throws IOException {
        String shown = ok("config", "show");
        assertThat(shown).contains("receiver: night", "<secret>").doesNotContain("hidden");
        assertThat(ok("config", "routes", "show")).contains("{severity=\"info\"}", "receiver: night");
        assertThat(last("config", "routes", "test", "severity=info")).isEqualTo("night");
        assertThat(last("config", "routes", "test", "severity=other")).isEqualTo("all");
        assertThat(run("config", "routes", "test", "--verify.receivers=all", "severity=info")
                        .code())
                .isNotZero();

        String original = new JsonObject(router.get("/api/v2/status").body())
                .getJsonObject("config")
                .getString("original");
        Path file = Files.writeString(directory.resolve("shown.yml"), original);
        assertThat(ok("check-config", file.toString())).contains("SUCCESS");
    }

    @Test
    void theClusterIsShown() {
        String name = new JsonObject(router.get("/api/v2/status").body())
                .getJsonObject("cluster")
                .getString("name");
        assertThat(name).isNotEmpty();
        assertThat(ok("cluster", "show")).contains("ready", name);
    }
}
