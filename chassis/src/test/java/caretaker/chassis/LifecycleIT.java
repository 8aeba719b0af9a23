package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All parts together, assembled as a service assembles them. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LifecycleIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aServiceOutlivesItsBrokersDiskAndStopsInTimeWithoutABroker() {
        // Given
        try (var broker = TestBroker.own()) {
            var closer = new Closer();
            Outbox outbox = start(closer, KafkaSettings.plain(broker.bootstrapServers()));
            outbox.offer("events", null, "before".getBytes(UTF_8));
            await().atMost(LIMIT).until(() -> seen.contains("before"));

            // When
            broker.stop();
            broker.wipe();
            outbox.offer("events", null, "between".getBytes(UTF_8));
            broker.start();
            outbox.offer("events", null, "after".getBytes(UTF_8));
            await().atMost(LIMIT).until(() -> seen.containsAll(List.of("between", "after")));
            await().atMost(LIMIT).until(() -> outbox.queued() == 0); // the broker's word for it comes after the record
            broker.stop();
            outbox.offer("events", null, "never".getBytes(UTF_8));
            long start = System.nanoTime();
            closer.close();

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(outbox.unsent()).hasSize(1);
        }
    }

    private Outbox start(Closer closer, KafkaSettings kafka) {
        var registry = Metrics.registry("test", "1.0");
        closer.opened("metrics", registry::close);
        var vertx = Vertx.vertx();
        closer.opened("vertx", () -> vertx.close().await(3, TimeUnit.SECONDS));
        var specs = List.of(new TopicSpec("events", 1, Map.of()), new TopicSpec("letters", 1, Map.of()));
        var topics = closer.opened("topics", Topics.ensure(vertx, kafka, specs, registry, Duration.ofMillis(500)));
        var outbox = closer.opened(
                "outbox",
                Outbox.start(vertx, kafka, OutboxSettings.DEFAULTS, Set.of(), registry, InstantSource.system()));
        var loop = closer.opened(
                "loop",
                PollLoop.named("events", () -> kafka.consumer("test", Map.of("session.timeout.ms", "6000")))
                        .topics(List.of("events"))
                        .each(record -> {
                            seen.add(new String(record.value(), UTF_8));
                            return Verdict.done();
                        })
                        .quarantine(new DeadLetters(outbox, "letters", "test"))
                        .registry(registry)
                        .start());
        var readiness = new Readiness().check("topics", topics::notReady).check("loop", loop::notReady);
        closer.opened("http", HttpEndpoint.start(vertx, HttpSettings.local(0), registry, readiness, _ -> {}));
        await().atMost(LIMIT).until(() -> readiness.reasons().isEmpty());
        return outbox;
    }
}
