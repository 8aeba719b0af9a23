package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.Programs;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code caretaker alertmanager} where Alertmanager was: flags, signals, folder, exit codes. */
class DropInIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String CONFIG = """
            route: {receiver: nobody, group_by: [alertname], group_wait: 1h}
            receivers: [{name: nobody}]
            """;

    @TempDir
    private Path dir;

    private Path config;

    @BeforeEach
    void aFile() throws IOException {
        config = Files.writeString(dir.resolve("am.yml"), CONFIG);
    }

    private final class Running implements AutoCloseable {
        private final RunningProgram program;

        Running(String... more) {
            List<String> arguments = new ArrayList<>(List.of(
                    "alertmanager",
                    "--config.file=" + config,
                    "--storage.path",
                    data(),
                    "--web.listen-address=127.0.0.1:0"));
            arguments.addAll(List.of(more));
            program = RunningProgram.start(CaretakerProcess.command(arguments));
        }

        Running awaitReady() {
            return awaitReady("/-/ready");
        }

        /** It listens at every address then. */
        Running awaitReady(String path) {
            program.awaitLine("msg=listening", LIMIT);
            await().atMost(LIMIT).until(() -> {
                assertThat(program.process().isAlive())
                        .describedAs(String.join("\n", program.output()))
                        .isTrue();
                return get(path).equals("OK");
            });
            return this;
        }

        /** Where it listens, as it says. */
        List<Integer> ports() {
            return program.ports("msg=listening");
        }

        int port() {
            return ports().getFirst();
        }

        String get(String path) throws InterruptedException {
            return ask("GET", path, "");
        }

        String post(String path, String body) throws InterruptedException {
            return ask("POST", path, body);
        }

        /** The body of an answer of 200, or what went wrong. */
        private String ask(String method, String path, String body) throws InterruptedException {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                    .timeout(LIMIT)
                    .header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body))
                    .build();
            try (var http = HttpClient.newHttpClient()) {
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                return response.statusCode() == 200 ? response.body() : response.statusCode() + " " + response.body();
            } catch (IOException e) {
                return String.valueOf(e);
            }
        }

        void hangUp() throws IOException, InterruptedException {
            assertThat(new ProcessBuilder(
                                    "kill",
                                    "-HUP",
                                    Long.toString(program.process().pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }

        int end(boolean politely) throws InterruptedException {
            if (politely) {
                program.process().destroy();
            } else {
                program.process().destroyForcibly();
            }
            assertThat(program.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return program.process().exitValue();
        }

        @Override
        public void close() {
            program.close();
        }
    }

    private String data() {
        return dir.resolve("data").toString();
    }

    @Test
    void itComesBackAfterSigkillWithEveryAlertAndSilence() throws Exception {
        // Given
        try (var first = new Running().awaitReady()) {
            for (int i = 0; i < 50; i++) {
                assertThat(first.post("/api/v2/alerts", alert("n" + i))).isEmpty();
            }
            assertThat(first.post("/api/v2/silences", """
                    {"matchers": [{"name": "host", "value": "n1", "isRegex": false}], "createdBy": "me",
                     "comment": "known", "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}""")).contains("silenceID");

            // When
            assertThat(first.end(false)).isEqualTo(128 + 9);
        }

        // Then
        try (var again = new Running().awaitReady()) {
            assertThat(again.get("/api/v2/alerts").split("\"GpuHot\"", -1)).hasSize(51);
            assertThat(again.get("/api/v2/alerts?silenced=true&active=false")).contains("\"n1\"");
            assertThat(again.get("/api/v2/silences")).contains("\"known\"").contains("\"active\"");

            // And
            assertThat(again.end(true)).isZero();
        }
    }

    @Test
    void sigHupTakesAGoodFileAndKeepsTheOldOneOverABadOne() throws Exception {
        try (var running = new Running("--cluster.peer=other:9094").awaitReady()) {
            assertThat(running.program.output()) // what it said before it was ready
                    .filteredOn(line -> line.contains("--cluster.peer has no effect"))
                    .hasSize(1);

            // When
            Files.writeString(config, CONFIG.replace("nobody", "somebody"));
            running.hangUp();

            // Then
            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(running.get("/api/v2/receivers")).contains("somebody"));

            // When
            Files.writeString(config, CONFIG.replace("receiver:", "reciever:"));
            running.hangUp();

            // Then
            running.program.awaitLine("am.yml:1:9: route.reciever: unknown key", LIMIT);
            assertThat(running.get("/api/v2/receivers")).contains("somebody");
            assertThat(running.get("/metrics")).contains("alertmanager_config_last_reload_successful 0");
            assertThat(running.post("/-/reload", "")).startsWith("500 failed to reload config: ");
        }
    }

    @Test
    void theFolderAndThePortBelongToOne() throws Exception {
        try (var _ = new Running().awaitReady()) {
            var second = run("--storage.path=" + data(), "--web.listen-address=127.0.0.1:0");
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.output().lines())
                    .anySatisfy(line ->
                            assertThat(line).contains("another broker (pid ").contains(data()));
        }
        try (var taken = new ServerSocket(0)) {
            var ended = run("--storage.path=" + dir.resolve("other"), "--web.listen-address=:" + taken.getLocalPort());
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.output()).contains("cannot listen on 0.0.0.0:" + taken.getLocalPort());
        }
    }

    @Test
    void othersOnTheMachineDoNotGetIntoItsKafka() throws Exception {
        try (var running = new Running().awaitReady()) {
            Set<Integer> ports = listening(running.program.process().pid());
            ports.remove(running.port());
            assertThat(ports).as("clients and controller").hasSize(2);
            for (int port : ports) {
                Map<String, Object> settings = Map.of(
                        "bootstrap.servers",
                        "127.0.0.1:" + port,
                        "default.api.timeout.ms",
                        "3000",
                        "request.timeout.ms",
                        "3000");
                try (var admin = Admin.create(settings)) {
                    assertThat(admin.listTopics().names().toCompletionStage()).failsWithin(LIMIT);
                }
            }
        }
    }

    /** The ports on which a process listens. */
    private static Set<Integer> listening(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException e) {
                    // It was closed meanwhile.
                }
            }
        }
        Set<Integer> ports = new HashSet<>();
        for (String family : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + family))) {
                String[] columns = line.strip().split(" +");
                if (columns[3].equals("0A") && sockets.contains("socket:[" + columns[9] + "]")) {
                    ports.add(Integer.parseInt(columns[1].substring(columns[1].lastIndexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }

    private CaretakerProcess.Ended run(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("alertmanager", "--config.file=" + config));
        arguments.addAll(List.of(more));
        return CaretakerProcess.run(arguments.toArray(String[]::new));
    }

    @Test
    void mistakesEndItBeforeItTouchesAnything() throws Exception {
        // Given
        Files.writeString(config, CONFIG + "templats: []\n");

        // When
        var badFile = run("--storage.path=" + data());
        var badFlag = run("--storage.pth=" + data());

        // Then
        assertThat(badFile.exitCode()).isEqualTo(1);
        assertThat(badFile.output())
                .contains("am.yml:3:1: templats: unknown key")
                .doesNotContain("\tat ");
        assertThat(badFlag.exitCode()).isEqualTo(1);
        assertThat(badFlag.output())
                .contains("unknown long flag '--storage.pth'; did you mean '--storage.path'?, try --help");
        assertThat(Path.of(data())).doesNotExist();
    }

    @Test
    void amtoolAndSeveralAddressesWorkBelowAPrefix() throws Exception {
        Path amtool = Programs.assume("amtool");
        try (var running = new Running("--web.external-url=http://am.example/am/", "--web.listen-address=127.0.0.1:0")
                .awaitReady("/am/-/ready")) {
            await().atMost(LIMIT).until(() -> running.ports().size() == 2);

            // When
            assertThat(amtool(amtool, running.ports().getLast(), "alert", "add", "GpuLost", "host=n1"))
                    .isEmpty();

            // Then
            assertThat(amtool(amtool, running.port(), "alert", "query", "-o", "simple"))
                    .contains("GpuLost");
        }
    }

    private static String amtool(Path amtool, int port, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(amtool.toString()));
        command.addAll(List.of(arguments));
        command.add("--alertmanager.url=http://127.0.0.1:" + port + "/am");
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        return output;
    }

    private static String alert(String host) {
        return """
                [{"labels": {"alertname": "GpuHot", "host": "%s"}}]""".formatted(host);
    }
}
