package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.contracts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

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
                + " has the event; agent with a data folder; beside it a bare record through the same broker, and a"
                + " bare reader of the engine's events";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        Instant begin = InstantSource.system().instant();
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var log = new KernelDevice(dir);
                var deaths = new ContainerDeaths();
                var _ = AgentUnderTest.start(
                        root, dir, broker.bootstrapServers(), scenario(begin, log), log.setting());
                var feed = new HealthFeed(Topics.created(broker.bootstrapServers()));
                var kafka = new RoundTrip(broker.bootstrapServers())) {
            return List.of(xids(begin, feed, kafka), exits(deaths, feed, kafka));
        }
    }

    /** An XID each quarter of a second, on one GPU after the other. None comes twice: repeats are told together. */
    private static String scenario(Instant begin, KernelDevice log) {
        var scenario = new StringBuilder("gpus %d%nbegin %d%nkernel-log %s%n"
                .formatted(GPUS, Duration.between(Instant.EPOCH, begin).toNanos() / 1000, log.path()));
        for (int i = 0; i < WARM_UP + XIDS; i++) {
            scenario.append("gpu %d xid %d at %dms%n".formatted(i % GPUS, FIRST_CODE + i, firstMillis(i)));
        }
        return scenario.toString();
    }

    private static long firstMillis(int number) {
        return FIRST.toMillis() + number * EVERY.toMillis();
    }

    private static Figure xids(Instant begin, HealthFeed feed, RoundTrip kafka)
            throws IOException, InterruptedException {
        List<Way> ways = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int i = -WARM_UP; i < XIDS; i++) {
            var arrival = feed.await(event -> event.condition() == Condition.GPU_XID, Duration.ofSeconds(60), "an XID");
            double alone = kafka.once();
            if (i >= 0) {
                int number = Integer.parseInt(arrival.event().code()) - FIRST_CODE;
                ways.add(Way.of(begin.plusMillis(firstMillis(number)), arrival));
                bare.add(alone);
            }
        }
        return Figure.atMost(
                "XID to event on Kafka, p99 in ms",
                Percentile.of(Way.whole(ways), 0.99),
                TARGET_MILLIS,
                Way.note(ways, "a bare record", bare));
    }

    private static Figure exits(ContainerDeaths deaths, HealthFeed feed, RoundTrip kafka)
            throws IOException, InterruptedException {
        List<Way> ways = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        for (int i = -WARM_UP; i < DEATHS; i++) {
            Way way = deaths.once(feed);
            double alone = kafka.once();
            if (i >= 0) {
                ways.add(way);
                bare.add(alone);
            }
        }
        return Figure.atMost(
                "container's death to event on Kafka, p99 in ms",
                Percentile.of(Way.whole(ways), 0.99),
                TARGET_MILLIS,
                Way.note(ways, "a bare record", bare) + ", the engine's word to a bare reader "
                        + Percentile.pair(deaths.bare(DEATHS)));
    }
}
