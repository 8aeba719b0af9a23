package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether a driver that hangs delays anything else. */
final class HungBenchmark implements Benchmark {
    private static final int ROUNDS = 40;
    private static final int WARM_UP = 10;
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final double RATIO = 1.5;
    private static final double TARGET_MILLIS = 50;
    private static final String SCENARIO = """
            gpus 8
            call nvmlDeviceGetPowerUsage hang for 600s at 120s gpu 3
            """;

    private record Delays(List<Double> docker, List<Double> http) {}

    @Override
    public String name() {
        return "hung";
    }

    @Override
    public String method() {
        return "a driver call that does not return: " + ROUNDS
                + " containers' deaths until their events are on Kafka, and " + ROUNDS
                + " answers of /metrics, while it hangs, to as many before";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var broker = EmbeddedBroker.start(dir.resolve("data"), 0);
                var deaths = new ContainerDeaths();
                var agent = AgentUnderTest.start(root, dir, broker.bootstrapServers(), SCENARIO);
                var feed = new HealthFeed(Topics.created(broker.bootstrapServers()))) {
            measure(agent, deaths, feed, WARM_UP);
            Delays well = measure(agent, deaths, feed, ROUNDS);
            if (feed.has(HungBenchmark::isHung)) {
                throw new IOException("the driver hung before everything was measured; this machine is too slow");
            }
            feed.await(HungBenchmark::isHung, LIMIT, "a driver that hangs");
            Delays hung = measure(agent, deaths, feed, ROUNDS);
            if (feed.has(event -> event.condition() == Condition.GPU_HUNG)) {
                throw new IOException("the driver came back before everything was measured");
            }
            return List.of(
                    ratio("Docker event while the driver hangs to before, medians", hung.docker(), well.docker()),
                    Figure.atMost(
                            "Docker event while the driver hangs, p99 in ms",
                            Percentile.of(hung.docker(), 0.99),
                            TARGET_MILLIS,
                            Percentile.note(hung.docker()) + "; the engine's word to a bare reader "
                                    + Percentile.pair(deaths.bare(ROUNDS))),
                    ratio("answer of /metrics while the driver hangs to before, medians", hung.http(), well.http()));
        }
    }

    private static boolean isHung(HealthEvent event) {
        return event.condition() == Condition.GPU_HUNG && event.state() == HealthEvent.State.RAISED;
    }

    private static Figure ratio(String what, List<Double> hung, List<Double> well) {
        double to = Percentile.of(well, 0.5);
        double from = Percentile.of(hung, 0.5);
        return Figure.atMost(
                what, from / to, RATIO, Figure.number(from) + " ms to " + Figure.number(to) + " ms of " + well.size());
    }

    private static Delays measure(AgentUnderTest agent, ContainerDeaths deaths, HealthFeed feed, int rounds)
            throws IOException, InterruptedException {
        List<Double> docker = new ArrayList<>();
        List<Double> http = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            docker.add(deaths.once(feed).whole());
            http.add(agent.scrapeMillis());
        }
        return new Delays(docker, http);
    }
}
