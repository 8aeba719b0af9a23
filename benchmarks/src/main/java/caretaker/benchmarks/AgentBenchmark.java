package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.testkit.DockerEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What the agent costs a full host. */
final class AgentBenchmark implements Benchmark {
    private static final int CONTAINERS = 200;
    private static final int AT_ONCE = 20;
    private static final int GPUS = 8;
    private static final int PROCESSES = 100;
    private static final Duration SETTLE = Duration.ofSeconds(90);
    private static final Duration WATCH = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String method() {
        return CONTAINERS + " real containers, " + GPUS + " GPUs of the test library with " + PROCESSES
                + " processes, which are those of containers, at 1 Hz with a real broker; "
                + WATCH.toSeconds() + " s after " + SETTLE.toSeconds() + " s";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var engine = DockerEngine.assume();
                var broker = EmbeddedBroker.start(dir.resolve("data"), 0)) {
            List<String> pids = pids(engine, start(engine));
            try (var agent = AgentUnderTest.start(root, dir, broker.bootstrapServers(), scenario(pids))) {
                LockSupport.parkNanos(SETTLE.toNanos());
                double before = Processes.cpuSeconds(agent.pid());
                LockSupport.parkNanos(WATCH.toNanos());
                double cpu = (Processes.cpuSeconds(agent.pid()) - before) / WATCH.toSeconds() * 100;
                return List.of(
                        Figure.atMost("CPU on a full host, percent of a core", cpu, 2, ""),
                        Figure.atMost(
                                "resident memory on a full host, MiB",
                                Processes.residentMebibytes(agent.pid(), false),
                                120,
                                "at most " + Figure.number(Processes.residentMebibytes(agent.pid(), true))
                                        + " since its start"));
            }
        }
    }

    private static List<String> start(DockerEngine engine) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            ids.add(engine.run(List.of("--network", "none", "--name", engine.name("bench")), "sleep", "100000"));
        }
        return ids;
    }

    /** Of the containers' first processes. */
    private static List<String> pids(DockerEngine engine, List<String> ids) {
        List<String> pids = new ArrayList<>();
        for (int from = 0; from < PROCESSES; from += AT_ONCE) {
            List<String> words = new ArrayList<>(List.of("inspect", "--format", "{{.State.Pid}}"));
            words.addAll(ids.subList(from, from + AT_ONCE));
            pids.addAll(engine.docker(words.toArray(String[]::new)).lines().toList());
        }
        return pids;
    }

    private static String scenario(List<String> pids) {
        var scenario = new StringBuilder("""
                seed 42
                gpus %d
                gpu * utilization sine 10 95 30s
                gpu * temperature sine 40 80 60s
                gpu * power noise 500000 40000 1s
                gpu * energy climb 1000000 500000
                """.formatted(GPUS));
        for (int i = 0; i < pids.size(); i++) {
            scenario.append("gpu %d process %s compute %d sm 40%n".formatted(i % GPUS, pids.get(i), 1L << 30));
        }
        return scenario.toString();
    }
}
