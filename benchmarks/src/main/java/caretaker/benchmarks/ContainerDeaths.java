package caretaker.benchmarks;

import caretaker.contracts.Condition;
import caretaker.testkit.DockerEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Real containers that end with an error, and how long it takes until that is on Kafka. */
final class ContainerDeaths implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final DockerEngine engine = DockerEngine.assume();
    private final EngineEvents deaths;
    private final List<Double> bare = new ArrayList<>();

    ContainerDeaths() throws IOException {
        deaths = new EngineEvents("die");
    }

    /** From the engine's own time of the death to the event in a consumer's hands. */
    Way once(HealthFeed feed) throws IOException, InterruptedException {
        String id = engine.run(List.of("--name", engine.name("bench")), "sh", "-c", "exit 3");
        var arrival = feed.await(
                event -> event.condition() == Condition.CONTAINER_EXITED
                        && event.entity().id().equals(id),
                LIMIT,
                "container " + id);
        EngineEvents.Happened death = deaths.of(id);
        bare.add(Way.millis(death.at(), death.heard()));
        return Way.of(death.at(), arrival);
    }

    /** Until a bare reader of the engine's stream had each of the last deaths, in milliseconds. */
    List<Double> bare(int last) {
        return bare.subList(bare.size() - last, bare.size());
    }

    @Override
    public void close() throws IOException {
        deaths.close();
        engine.close();
    }
}
