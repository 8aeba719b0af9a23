package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code caretaker} command in a JVM of its own, as a user starts it. It takes ports that are free and says which:
 * one that a test finds free may be somebody else's by the time the command wants it.
 */
final class CaretakerProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final RunningProgram program;

    private CaretakerProcess(RunningProgram program) {
        this.program = program;
    }

    /** A command that starts services: {@code demo …} or {@code run …}. A demo leaves Docker alone. */
    static CaretakerProcess start(String... arguments) {
        return start(0, arguments);
    }

    /** A demo that shows a repair too. */
    static CaretakerProcess demoWithRepair(String... arguments) {
        List<String> all = new ArrayList<>(List.of("demo"));
        all.addAll(List.of(arguments));
        return started(0, all);
    }

    /** @param kafka where its Kafka is to listen; 0 for a free port */
    static CaretakerProcess start(int kafka, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (all.getFirst().equals("demo")) {
            all.add("--no-docker");
        }
        return started(kafka, all);
    }

    private static CaretakerProcess started(int kafka, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(ports(kafka));
        return new CaretakerProcess(RunningProgram.start(command(all)));
    }

    private static List<String> ports(int kafka) {
        return List.of(
                "--set", "kafka-port=" + kafka,
                "--set", "gpu-agent.http.port=0",
                "--set", "collector.http.port=0",
                "--set", "alert-router.http.port=0",
                "--set", "recovery-service.http.port=0");
    }

    CaretakerProcess awaitReady() {
        program.awaitLine("ready in", LIMIT);
        return this;
    }

    /** What a command that ends by itself says and exits with. */
    record Ended(int exitCode, String output) {}

    static Ended run(String... arguments) throws IOException, InterruptedException {
        Process process = command(List.of(arguments)).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    /** A command that would start services, and ends since it cannot; its own settings come after free ports. */
    static Ended startInVain(String command, String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(ports(0));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    /** The command itself, to be started. */
    static ProcessBuilder command(List<String> arguments) {
        return java("-XX:AOTCache=" + Cache.FILE, arguments);
    }

    private static ProcessBuilder java(String option, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("../cli/jvm.options").toAbsolutePath().normalize(),
                "-XX:TieredStopAtLevel=1", // these processes live for seconds
                option,
                "-cp",
                Path.of("../cli/target/lib").toAbsolutePath().normalize() + "/*",
                "caretaker.cli.Main"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** The start-up cache that {@code ./caretaker} would make, made once: there are many starts here. */
    private static final class Cache {
        static final Path FILE = make();

        private static Path make() {
            Path file = Path.of("target", "caretaker.aot").toAbsolutePath();
            List<String> demo = new ArrayList<>(List.of("demo", "--no-docker", "--for", "2s"));
            demo.addAll(ports(0));
            try (var learning = RunningProgram.start(java("-XX:AOTCacheOutput=" + file, demo))) {
                learning.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return file;
        }
    }

    String get(String path, String... headers) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collectorPort() + path))
                    .timeout(LIMIT);
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            return http.send(request.build(), BodyHandlers.ofString()).body();
        }
    }

    String metrics() throws IOException, InterruptedException {
        return get("/metrics");
    }

    String bootstrap() {
        return "127.0.0.1:" + kafkaPort();
    }

    int kafkaPort() {
        return port("kafka");
    }

    int agentPort() {
        return port("gpu-agent");
    }

    int alertsPort() {
        return port("alert-router");
    }

    int collectorPort() {
        return port("collector");
    }

    int recoveryPort() {
        return port("recovery-service");
    }

    /** As it says before it is ready. */
    private int port(String part) {
        var address = Pattern.compile("^ +" + part + " +(?:http://)?127\\.0\\.0\\.1:(\\d+)");
        return program.output().stream()
                .map(address::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it does not say where " + part + " listens"));
    }

    /** Waits until a line has this text in it. */
    CaretakerProcess awaitLine(String text, Duration limit) {
        program.awaitLine(text, limit);
        return this;
    }

    Process process() {
        return program.process();
    }

    List<String> output() {
        return program.output();
    }

    /** SIGTERM, and its exit code. */
    Optional<Integer> terminate() throws InterruptedException {
        program.process().destroy();
        return program.process().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)
                ? Optional.of(program.process().exitValue())
                : Optional.empty();
    }

    void kill() throws InterruptedException {
        program.process().destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        program.close();
    }
}
