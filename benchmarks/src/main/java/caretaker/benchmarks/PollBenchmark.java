package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What the agent costs the host: a poll against C, and the whole process. */
final class PollBenchmark implements Benchmark {
    private static final String SCENARIO = """
            seed 42
            gpus 8
            gpu * utilization sine 10 95 30s
            gpu * temperature sine 40 80 60s
            gpu * power noise 500000 40000 1s
            gpu * energy climb 1000000 500000
            """;
    private static final String POLLS = "20000";
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final Duration WATCH = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "poll";
    }

    @Override
    public String method() {
        return "a fast poll of 8 GPUs on the test library, the best of ten rounds of " + POLLS
                + ", against a C program with the same calls; then the agent's process at 1 Hz with a real broker, "
                + WATCH.toSeconds() + " s after " + SETTLE.toSeconds() + " s";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        Path library = compile(root, dir);
        Path scenario = Files.writeString(dir.resolve("scenario"), SCENARIO);
        Map<String, String> environment =
                Map.of(PaperDriver.SCENARIO_VARIABLE, scenario.toString(), "LD_LIBRARY_PATH", dir.toString());
        List<Figure> figures = new ArrayList<>();
        double c = best(Processes.output(List.of(dir.resolve("poll").toString(), POLLS), dir, environment));
        double java = best(Processes.output(
                Processes.java(
                                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx64m"),
                                FastPoll.class.getName(),
                                library.toString(),
                                POLLS)
                        .command(),
                dir,
                environment));
        figures.add(Figure.atMost(
                "time of a poll to C's",
                java / c,
                1.5,
                Figure.number(java / 1e3) + " us to " + Figure.number(c / 1e3) + " us"));
        figures.addAll(process(root, dir, library, environment));
        return figures;
    }

    private static Path compile(Path root, Path dir) throws IOException, InterruptedException {
        Path library = PaperDriver.compile(root, dir);
        Processes.output(
                List.of(
                        "gcc",
                        "-std=c11",
                        "-O2",
                        "-o",
                        dir.resolve("poll").toString(),
                        "poll.c",
                        "-L" + dir,
                        "-l:libnvidia-ml.so.1"),
                PaperDriver.sources(root),
                Map.of());
        return library;
    }

    private static double best(String lines) {
        return lines.lines().mapToDouble(Double::parseDouble).min().orElseThrow();
    }

    private static List<Figure> process(Path root, Path dir, Path library, Map<String, String> environment)
            throws Exception {
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0)) {
            Path config =
                    Files.writeString(dir.resolve("agent.yml"), """
                    host: bench
                    kafka: {bootstrap-servers: ["%s"]}
                    http: {port: 0}
                    nvml: {library: "%s"}
                    """.formatted(broker.bootstrapServers(), library));
            var builder = Processes.agent(root, config);
            builder.environment().putAll(environment);
            try (var agent = RunningProgram.start(builder)) {
                long pid = agent.process().pid();
                LockSupport.parkNanos(SETTLE.toNanos());
                double before = Processes.cpuSeconds(pid);
                LockSupport.parkNanos(WATCH.toNanos());
                double cpu = (Processes.cpuSeconds(pid) - before) / WATCH.toSeconds() * 100;
                return List.of(
                        Figure.atMost(
                                "agent's resident memory, MiB",
                                Processes.residentMebibytes(pid, false),
                                100,
                                "at most " + Figure.number(Processes.residentMebibytes(pid, true))
                                        + " since its start"),
                        Figure.atMost("agent's CPU at 1 Hz with 8 GPUs, percent of a core", cpu, 1, ""));
            }
        }
    }
}
