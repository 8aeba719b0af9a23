package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import caretaker.chassis.config.Bytes;
import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 180, unit = TimeUnit.SECONDS)
class OutboxIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final byte[] KEY = "host-1".getBytes(UTF_8);

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void whatIsOfferedArrivesInOrderWithItsHeaders() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("offered", 3);

        // When
        try (var outbox = outbox(broker, settings(100, 100), Set.of())) {
            for (int i = 0; i < 50; i++) {
                assertThat(outbox.offer(new Outgoing(topic, KEY, bytes(i)).with("content-type", "text/plain")))
                        .isTrue();
            }
            await().atMost(LIMIT).until(() -> outbox.queued() == 0);
        }

        // Then
        assertThat(values(broker, topic)).containsExactlyElementsOf(numbers(0, 50));
        assertThat(broker.readAll(topic)
                        .getFirst()
                        .headers()
                        .lastHeader("content-type")
                        .value())
                .isEqualTo("text/plain".getBytes(UTF_8));
        assertThat(count(topic, "sent")).isEqualTo(50);
    }

    @Test
    void overAnOutageNoEventIsLostAndOnlyTheNewestReadingsAreKept() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 2, Map.of());
            broker.createTopic("readings", 2, Map.of());
            try (var outbox = outbox(broker, settings(20, 1000), Set.of("readings"))) {
                offer(outbox, "events", 0, 10);
                offer(outbox, "readings", 0, 10);
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                broker.stop();

                // When
                offer(outbox, "events", 10, 110);
                offer(outbox, "readings", 10, 110);
                await().pollDelay(Duration.ofSeconds(12)) // longer than a delivery may take
                        .atMost(LIMIT)
                        .until(() -> count("readings", "dropped") >= 80);
                broker.start();
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);

                // Then
                assertThat(withoutRepeats(values(broker, "events"))).containsExactlyElementsOf(numbers(0, 110));
                assertThat(withoutRepeats(values(broker, "readings")))
                        .containsAll(numbers(90, 110))
                        .hasSizeLessThanOrEqualTo(10 + 20)
                        .isSubsetOf(numbers(0, 110));
                assertThat(count("events", "sent")).isEqualTo(110);
                assertThat(count("readings", "sent") + count("readings", "dropped"))
                        .isEqualTo(110);
            }
        }
    }

    @Test
    void aBrokerThatLostItsDiskGetsWhatIsOfferedAfterwards() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            try (var outbox = outbox(broker, settings(20, 1000), Set.of())) {
                offer(outbox, "events", 0, 5);
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                broker.stop();
                broker.wipe();

                // When
                broker.start();
                offer(outbox, "events", 5, 10);
                broker.createTopic("events", 1, Map.of());

                // Then
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
                assertThat(withoutRepeats(values(broker, "events"))).containsExactlyElementsOf(numbers(5, 10));
            }
        }
    }

    @Test
    void aTopicThatDoesNotExistHoldsUpNoOther() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("present", 1);
        try (var outbox = outbox(broker, settings(20, 100), Set.of())) {
            offer(outbox, "absent", 0, 3);

            // When
            offer(outbox, topic, 0, 3);

            // Then
            await().atMost(LIMIT).until(() -> count(topic, "sent") == 3);
            await().atMost(LIMIT).until(() -> outbox.queued() == 3); // a round counts as queued until all of it is sent
        }
    }

    @Test
    void keptRecordsAreRefusedOnlyWhenThereIsNoRoomAndComeBackAtClose() {
        // Given
        var outbox = Outbox.start(
                vertx, KafkaSettings.plain("127.0.0.1:1"), settings(5, 10), Set.of(), registry, InstantSource.system());
        offer(outbox, "events", 0, 10);

        // When
        boolean taken = outbox.offer("events", KEY, bytes(10));
        outbox.close();

        // Then
        assertThat(taken).isFalse();
        assertThat(count("events", "refused")).isEqualTo(1);
        assertThat(outbox.unsent().stream().map(record -> new String(record.value(), UTF_8)))
                .containsExactlyElementsOf(numbers(0, 10));
    }

    @Test
    void itClosesQuicklyWhileTheBrokerIsGone() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            var outbox = outbox(broker, settings(20, 100), Set.of());
            offer(outbox, "events", 0, 1);
            await().atMost(LIMIT).until(() -> outbox.queued() == 0);
            broker.stop();
            offer(outbox, "events", 1, 5);
            long start = System.nanoTime();

            // When
            outbox.close();

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(outbox.unsent()).hasSize(4);
        }
    }

    @Test
    void aSendCompletesWhenTheBrokerHasTheRecordAndFailsIfItNeverWill() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("sent", 1);
        try (var outbox = outbox(broker, settings(20, 100), Set.of())) {
            // When
            var sent = outbox.send(new Outgoing(topic, KEY, bytes(1)));
            var tooLarge = outbox.send(new Outgoing(topic, KEY, new byte[2 << 20]));

            // Then
            sent.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
            assertThat(values(broker, topic)).containsExactly("1");
            assertThatThrownBy(() -> tooLarge.toCompletionStage()
                            .toCompletableFuture()
                            .orTimeout(60, TimeUnit.SECONDS)
                            .join())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
            assertThat(count(topic, "rejected")).isEqualTo(1);
        }
    }

    /** Kafka takes any first batch of a new partition (KAFKA-15591): the second may not be there before the first. */
    @Test
    void whatIsWrittenToANewTopicKeepsItsOrder() {
        // Given
        var broker = TestBroker.shared();
        for (int round = 0; round < 5; round++) {
            String topic = broker.newTopic("just-made", 64);

            // When
            try (var outbox = outbox(broker, OutboxSettings.DEFAULTS, Set.of())) {
                for (int i = 0; i < 400; i++) {
                    outbox.offer(topic, bytes(i), Arrays.copyOf(bytes(1000 + i), 9_000)); // two of them are a batch
                }
                await().atMost(LIMIT).until(() -> outbox.queued() == 0);
            }

            // Then
            Map<Integer, List<String>> partitions = broker.readAll(topic).stream()
                    .collect(Collectors.groupingBy(
                            ConsumerRecord::partition,
                            Collectors.mapping(record -> new String(record.key(), UTF_8), Collectors.toList())));
            assertThat(partitions.values())
                    .allSatisfy(keys -> assertThat(keys).isSortedAccordingTo(Comparator.comparing(Integer::valueOf)));
        }
    }

    private Outbox outbox(TestBroker broker, OutboxSettings settings, Set<String> droppable) {
        var kafka = KafkaSettings.plain(broker.bootstrapServers());
        return Outbox.start(vertx, kafka, settings, droppable, registry, InstantSource.system());
    }

    private static OutboxSettings settings(int droppable, int kept) {
        return new OutboxSettings(
                droppable, new Bytes(1 << 20), kept, new Bytes(4 << 20), 500, Duration.ofSeconds(3), Map.of());
    }

    private static void offer(Outbox outbox, String topic, int from, int to) {
        for (int i = from; i < to; i++) {
            outbox.offer(topic, KEY, bytes(i));
        }
    }

    private double count(String topic, String outcome) {
        var counter = registry.find("caretaker.outbox.records")
                .tag("topic", topic)
                .tag("outcome", outcome)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    private static byte[] bytes(int i) {
        return Integer.toString(i).getBytes(UTF_8);
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    private static List<String> values(TestBroker broker, String topic) {
        return broker.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    private static List<String> withoutRepeats(List<String> values) {
        return List.copyOf(new LinkedHashSet<>(values));
    }
}
