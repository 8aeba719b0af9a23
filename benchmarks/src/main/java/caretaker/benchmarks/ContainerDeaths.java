package caretaker.benchmarks;

import caretaker.contracts.Condition;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.RunningProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Real containers that end with an error, and how long it takes until that is on Kafka. */
final class ContainerDeaths implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final DockerEngine engine = DockerEngine.assume();
    private final RunningProgram events;

    ContainerDeaths() {
        events = RunningProgram.start(
                Path.of("/usr/bin/env"),
                "docker",
                "events",
                "--filter",
                "event=die",
                "--format",
                "{{.ID}} {{.TimeNano}}");
    }

    DockerEngine engine() {
        return engine;
    }

    /** Milliseconds from the engine's own time of the death to the event in a consumer's hands. */
    double once(HealthFeed feed) throws IOException, InterruptedException {
        String id = engine.run(List.of("--name", engine.name("bench")), "sh", "-c", "exit 3");
        var arrival = feed.await(
                event -> event.condition() == Condition.CONTAINER_EXITED
                        && event.entity().id().equals(id),
                LIMIT,
                "container " + id);
        return Duration.between(diedAt(id), arrival.at()).toNanos() / 1e6;
    }

    private Instant diedAt(String id) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            Optional<String> line = events.output().stream()
                    .filter(each -> each.startsWith(id + " "))
                    .findFirst();
            if (line.isPresent()) {
                return Instant.ofEpochSecond(0, Long.parseLong(line.get().substring(id.length() + 1)));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        throw new IOException("the engine says nothing of the death of " + id);
    }

    @Override
    public void close() {
        events.close();
        engine.close();
    }
}
