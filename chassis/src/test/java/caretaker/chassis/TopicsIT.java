package caretaker.chassis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class TopicsIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration CHECK_EVERY = Duration.ofMillis(300);

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void absentTopicsAreCreatedAndExistingOnesAreLeftAlone() throws Exception {
        // Given
        var broker = TestBroker.shared();
        String existing = broker.newTopic("existing", 2);
        String absent = existing + "-absent";
        var specs = List.of(
                new TopicSpec(existing, 3, Map.of()),
                new TopicSpec(absent, 4, (short) 3, Map.of("cleanup.policy", "compact")));

        // When
        try (var topics = Topics.ensure(vertx, kafka(broker), specs, registry)) {
            await().atMost(LIMIT).until(() -> topics.notReady().isEmpty());
        }

        // Then
        try (var admin = broker.admin()) {
            var described = admin.describeTopics(Set.of(existing, absent))
                    .allTopicNames()
                    .get(60, TimeUnit.SECONDS);
            assertThat(requireNonNull(described.get(existing)).partitions()).hasSize(2);
            assertThat(requireNonNull(described.get(absent)).partitions()).hasSize(4);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, absent);
            var config = admin.describeConfigs(Set.of(resource)).all().get(60, TimeUnit.SECONDS);
            assertThat(requireNonNull(config.get(resource))
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
        assertThat(registry.get("caretaker.topics.different").gauge().value()).isEqualTo(1);
    }

    @Test
    void itWaitsForTheBrokerAndCreatesAgainWhatALostDiskTook() throws Exception {
        // Given
        try (var broker = TestBroker.own()) {
            broker.stop();
            var specs = List.of(new TopicSpec("events", 1, Map.of()));
            try (var topics = Topics.ensure(vertx, kafka(broker), specs, registry, CHECK_EVERY)) {
                await().atMost(LIMIT)
                        .until(() -> topics.notReady().orElse("").startsWith("topics cannot be checked: "));
                broker.start();
                await().atMost(LIMIT).until(() -> topics.notReady().isEmpty());

                // When
                broker.stop();
                broker.wipe();
                broker.start();

                // Then
                try (var admin = broker.admin()) {
                    await().atMost(LIMIT)
                            .until(() -> admin.listTopics()
                                    .names()
                                    .get(60, TimeUnit.SECONDS)
                                    .contains("events"));
                }
            }
        }
    }

    private static KafkaSettings kafka(TestBroker broker) {
        return KafkaSettings.plain(broker.bootstrapServers());
    }
}
