package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.testkit.FreePort;
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
import java.util.concurrent.TimeUnit;

/** The {@code caretaker} command in a JVM of its own, as a user starts it, on ports that are free. */
final class CaretakerProcess implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final RunningProgram program;
    private final int kafka;
    private final int agent;
    private final int collector;

    private final int alerts;
    private final int recovery;

    private CaretakerProcess(RunningProgram program, int kafka, int agent, int collector, int alerts, int recovery) {
        this.program = program;
        this.kafka = kafka;
        this.agent = agent;
        this.collector = collector;
        this.alerts = alerts;
        this.recovery = recovery;
    }

    /** A command that starts services: {@code demo …} or {@code run …}. A demo leaves Docker alone. */
    static CaretakerProcess start(String... arguments) {
        return start(FreePort.find(), arguments);
    }

    /** A demo that shows a repair too. */
    static CaretakerProcess demoWithRepair(String... arguments) {
        List<String> all = new ArrayList<>(List.of("demo"));
        all.addAll(List.of(arguments));
        return started(FreePort.find(), FreePort.find(), all);
    }

    static CaretakerProcess start(int kafka, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (all.getFirst().equals("demo")) {
            all.add("--no-docker");
        }
        return started(kafka, 0, all); // nobody asks its recovery service
    }

    private static CaretakerProcess started(int kafka, int recovery, List<String> arguments) {
        int agent = FreePort.find();
        int collector = FreePort.find();
        int alerts = FreePort.find();
        List<String> all = new ArrayList<>(arguments);
        all.addAll(ports(kafka, agent, collector, alerts, recovery));
        return new CaretakerProcess(RunningProgram.start(command(all)), kafka, agent, collector, alerts, recovery);
    }

    private static List<String> ports(int kafka, int agent, int collector, int alerts, int recovery) {
        return List.of(
                "--set", "kafka-port=" + kafka,
                "--set", "gpu-agent.http.port=" + agent,
                "--set", "collector.http.port=" + collector,
                "--set", "alert-router.http.port=" + alerts,
                "--set", "recovery-service.http.port=" + recovery);
    }

    CaretakerProcess awaitReady() {
        program.awaitLine("ready in", READY);
        return this;
    }

    /** What a command that ends by itself says and exits with. */
    record Ended(int exitCode, String output) {}

    static Ended run(String... arguments) throws IOException, InterruptedException {
        Process process = command(List.of(arguments)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + String.join(" ", arguments) + "\n" + output);
        }
        return new Ended(process.exitValue(), output);
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
            demo.addAll(ports(0, 0, 0, 0, 0));
            try (var learning = RunningProgram.start(java("-XX:AOTCacheOutput=" + file, demo))) {
                learning.process().waitFor(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return file;
        }
    }

    String get(String path, String... headers) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collector + path))
                    .timeout(Duration.ofSeconds(20));
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
        return "127.0.0.1:" + kafka;
    }

    int kafkaPort() {
        return kafka;
    }

    int agentPort() {
        return agent;
    }

    int alertsPort() {
        return alerts;
    }

    int collectorPort() {
        return collector;
    }

    int recoveryPort() {
        return recovery;
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
        return program.process().waitFor(15, TimeUnit.SECONDS)
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
