package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** How long a container is down that was killed, or ill that turned ill, beside what else would restart it. */
final class RecoveryBenchmark implements Benchmark {
    private static final int CONTAINERS = 30; // each once: the second failure within ten minutes waits on purpose
    private static final int ILL = 8;
    private static final double TARGET_MILLIS = 2_000;
    private static final String SLEEPS = "trap 'exit 0' TERM; rm -f /tmp/ill; sleep 100000 & wait";

    /** What docker-autoheal does, by its description: every 5 s all that are unhealthy are restarted. */
    private static final String AUTOHEAL = """
            S=/var/run/docker.sock
            Q='%7B%22health%22%3A%5B%22unhealthy%22%5D%2C%22label%22%3A%5B%22LABEL%22%5D%7D'
            while :; do
              for id in $(curl -s --unix-socket $S "http://localhost/containers/json?filters=$Q" |
                  grep -o '"Id":"[0-9a-f]*"' | cut -d'"' -f4); do
                curl -s -o /dev/null -X POST --unix-socket $S "http://localhost/containers/$id/restart?t=10"
              done
              sleep 5
            done
            """;

    private final InstantSource clock = InstantSource.system();

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public String method() {
        return CONTAINERS + " times the first process of a real container is killed (SIGKILL, not by the"
                + " engine), until the engine has started it again, and until that is proven (less the "
                + RecoveryUnderTest.STABLE.toSeconds() + " s that it must be well): agent, Kafka and recovery"
                + " service beside Docker's own restart policy; and " + ILL
                + " containers turn ill (health check every second) beside a loop as docker-autoheal's, which looks"
                + " every 5 s and does nothing for what was killed";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var engine = DockerEngine.assume();
                var starts = new EngineEvents("start");
                var _ = AgentUnderTest.start(root, dir, broker.bootstrapServers(), "gpus 1\n");
                var service = RecoveryUnderTest.start(root, dir, broker.bootstrapServers());
                var feed = new RecoveryFeed(broker.bootstrapServers())) {
            List<Figure> figures = new ArrayList<>(killed(engine, starts, feed));
            figures.add(ill(engine, starts));
            figures.add(Figure.atMost(
                    "resident memory of the recovery service, MiB",
                    Processes.residentMebibytes(service.pid(), false),
                    150,
                    "at most " + Figure.number(Processes.residentMebibytes(service.pid(), true))));
            return figures;
        }
    }

    private List<Figure> killed(DockerEngine engine, EngineEvents starts, RecoveryFeed feed) throws Exception {
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            ours.add(container(engine, "--label", "caretaker.recovery=true"));
            theirs.add(container(engine, "--restart", "always"));
        }
        List<Double> up = new ArrayList<>();
        List<Double> proven = new ArrayList<>();
        List<Double> policy = new ArrayList<>();
        for (int i = 0; i < CONTAINERS; i++) {
            Instant killed = kill(engine, theirs.get(i));
            policy.add(Way.millis(killed, starts.after(theirs.get(i), killed).at()));
            killed = kill(engine, ours.get(i));
            up.add(Way.millis(killed, starts.after(ours.get(i), killed).at()));
            Instant proof = feed.proofOf(ours.get(i), killed);
            proven.add(Way.millis(killed, proof.minus(RecoveryUnderTest.STABLE)));
        }
        return List.of(
                Figure.atMost(
                        "killed to running and proven, less the time to be well, p99 in ms",
                        Percentile.of(proven, 0.99),
                        TARGET_MILLIS,
                        Percentile.note(proven)),
                Figure.atMost(
                        "killed to started again, median to that of Docker's restart policy",
                        Percentile.of(up, 0.5) / Percentile.of(policy, 0.5),
                        Double.POSITIVE_INFINITY,
                        Percentile.pair(up) + " to " + Percentile.pair(policy)
                                + "; a loop as docker-autoheal's: never"));
    }

    private Instant kill(DockerEngine engine, String id) throws IOException, InterruptedException {
        String pid = engine.docker("inspect", "--format", "{{.State.Pid}}", id);
        Instant now = clock.instant();
        Process kill = new ProcessBuilder("kill", "-9", pid).start();
        if (kill.waitFor() != 0) {
            throw new IOException("process " + pid + " cannot be killed");
        }
        return now;
    }

    private static String container(DockerEngine engine, String... options) {
        List<String> words = new ArrayList<>(List.of("--network", "none", "--name", engine.name("bench")));
        words.addAll(List.of(options));
        return engine.run(words, "sh", "-c", SLEEPS);
    }

    private Figure ill(DockerEngine engine, EngineEvents starts) throws Exception {
        String label = engine.name("autoheal");
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        try (var _ = RunningProgram.start(Path.of("/bin/bash"), "-c", AUTOHEAL.replace("LABEL", label))) {
            for (int i = 0; i < ILL; i++) {
                ours.add(ill(engine, starts, "caretaker.recovery=true"));
                theirs.add(ill(engine, starts, label));
            }
        }
        return Figure.atMost(
                "turned ill to started again, median to that of a loop as docker-autoheal's",
                Percentile.of(ours, 0.5) / Percentile.of(theirs, 0.5),
                1,
                Percentile.pair(ours) + " to " + Percentile.pair(theirs));
    }

    private double ill(DockerEngine engine, EngineEvents starts, String label) throws Exception {
        String id = container(
                engine,
                "--label",
                label,
                "--health-cmd",
                "test ! -e /tmp/ill",
                "--health-interval",
                "1s",
                "--health-retries",
                "1");
        while (!engine.docker("inspect", "--format", "{{.State.Health.Status}}", id)
                .equals("healthy")) {
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(100).toNanos());
        }
        Instant now = clock.instant();
        engine.docker("exec", id, "touch", "/tmp/ill");
        double took = Way.millis(now, starts.after(id, now).at());
        engine.docker("rm", "-f", id);
        return took;
    }
}
