package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.contracts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How long a fault is on its way: from the driver or the Docker engine into a consumer's hands. */
final class EventsBenchmark implements Benchmark {
    private static final double TARGET_MILLIS = 50;
    private static final int GPUS = 8;
    private static final int XIDS = 200;
    private static final int DEATHS = 100;
    private static final int WARM_UP = 10;
    private static final Duration FIRST = Duration.ofSeconds(20);
    private static final Duration EVERY = Duration.ofMillis(250);

    /** Codes that no driver has: nothing follows from them, and each is told at once. */
    private static final int FIRST_CODE = 1000;

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String method() {
        return XIDS + " XIDs of the test library, from the moment they happen, and " + DEATHS
                + " real containers that end with an error, from the engine's own time of it, each until a consumer"
                + " has the event; agent with a data folder";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        Path log = dir.resolve("kernel.log");
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var deaths = new ContainerDeaths();
                var _ = AgentUnderTest.start(root, dir, broker.bootstrapServers(), scenario(log));
                var feed = new HealthFeed(Topics.created(broker.bootstrapServers()))) {
            List<Double> xids = xids(feed, log);
            List<Double> exits = new ArrayList<>();
            for (int i = -WARM_UP; i < DEATHS; i++) {
                double millis = deaths.once(feed);
                if (i >= 0) {
                    exits.add(millis);
                }
            }
            return List.of(
                    Figure.atMost(
                            "XID to event on Kafka, p99 in ms",
                            Percentile.of(xids, 0.99),
                            TARGET_MILLIS,
                            Percentile.note(xids)),
                    Figure.atMost(
                            "container's death to event on Kafka, p99 in ms",
                            Percentile.of(exits, 0.99),
                            TARGET_MILLIS,
                            Percentile.note(exits)));
        }
    }

    /** An XID each quarter of a second, on one GPU after the other. None comes twice: repeats are told together. */
    private static String scenario(Path log) {
        var scenario = new StringBuilder("gpus " + GPUS + "\nkernel-log " + log + "\n");
        for (int i = 0; i < WARM_UP + XIDS; i++) {
            scenario.append("gpu %d xid %d at %dms%n".formatted(i % GPUS, FIRST_CODE + i, firstMillis(i)));
        }
        return scenario.toString();
    }

    private static long firstMillis(int number) {
        return FIRST.toMillis() + number * EVERY.toMillis();
    }

    private static List<Double> xids(HealthFeed feed, Path log) throws IOException, InterruptedException {
        List<HealthFeed.Arrival> arrivals = new ArrayList<>();
        Instant begin = Instant.MAX;
        for (int i = -WARM_UP; i < XIDS; i++) {
            var arrival = feed.await(event -> event.condition() == Condition.GPU_XID, Duration.ofSeconds(60), "an XID");
            Instant happened = begin(log);
            begin = happened.isBefore(begin) ? happened : begin;
            if (i >= 0) {
                arrivals.add(arrival);
            }
        }
        List<Double> millis = new ArrayList<>();
        for (HealthFeed.Arrival arrival : arrivals) {
            double since = Duration.between(begin, arrival.at()).toNanos() / 1e6;
            millis.add(since - firstMillis(Integer.parseInt(arrival.event().code()) - FIRST_CODE));
        }
        return millis;
    }

    /**
     * When the scenario began, by the newest line of the kernel log and the file's time. A line is written when its XID
     * is told, never before it happens: the earliest of many is the best.
     */
    private static Instant begin(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        long micros = Long.parseLong(lines.getLast().split(",", 4)[2]);
        return Instant.ofEpochSecond(0, Files.getLastModifiedTime(log).to(TimeUnit.NANOSECONDS))
                .minusNanos(micros * 1000);
    }
}
