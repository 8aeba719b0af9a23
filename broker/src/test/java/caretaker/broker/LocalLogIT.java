package caretaker.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is written in the broker's own process, read by an ordinary client. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
@Execution(ExecutionMode.SAME_THREAD)
class LocalLogIT {
    private static final String TOPIC = "local";
    private static final int PARTITIONS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    private EmbeddedBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.start(dir, 0);
        Clients.createTopic(broker.bootstrapServers(), TOPIC, PARTITIONS);
        try (var reader = reader()) {
            var _ = reader.endOffsets(reader.assignment()); // returns once each partition has its leader
        }
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private KafkaConsumer<byte[], byte[]> reader() {
        return reader(Duration.ofMillis(500));
    }

    /** @param patience how long the broker lets it wait for a record */
    private KafkaConsumer<byte[], byte[]> reader(Duration patience) {
        var reader = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "auto.offset.reset",
                        "earliest",
                        "fetch.max.wait.ms",
                        Long.toString(patience.toMillis()),
                        "request.timeout.ms",
                        Long.toString(2 * LIMIT.toMillis() + patience.toMillis())),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        reader.assign(IntStream.range(0, PARTITIONS)
                .mapToObj(number -> new TopicPartition(TOPIC, number))
                .toList());
        return reader;
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(KafkaConsumer<byte[], byte[]> reader, int count) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        long end = System.nanoTime() + LIMIT.toNanos();
        while (all.size() < count && System.nanoTime() < end) {
            reader.poll(Duration.ofMillis(100)).forEach(all::add);
        }
        return all;
    }

    @Test
    void aKeyGoesWhereKafkasProducerWouldPutIt() throws Exception {
        // Given
        List<byte[]> keys = IntStream.range(0, 50)
                .mapToObj(number -> bytes("key-" + number))
                .toList();
        List<Integer> theirs = Clients.partitions(broker.bootstrapServers(), TOPIC, keys);

        // When
        List<ProducerRecord<byte[], byte[]>> records = keys.stream()
                .map(key -> new ProducerRecord<>(TOPIC, key, bytes("ours")))
                .toList();
        List<CompletableFuture<Void>> written = broker.append(TOPIC, records);

        // Then
        assertThat(written)
                .hasSize(50)
                .allMatch(CompletableFuture::isDone)
                .noneMatch(CompletableFuture::isCompletedExceptionally);
        try (var reader = reader()) {
            List<ConsumerRecord<byte[], byte[]>> ours = read(reader, 100).stream()
                    .filter(record -> new String(record.value(), UTF_8).equals("ours"))
                    .toList();
            assertThat(ours).hasSize(50);
            for (ConsumerRecord<byte[], byte[]> record : ours) {
                int number = Integer.parseInt(new String(record.key(), UTF_8).substring("key-".length()));
                assertThat(record.partition()).isEqualTo(theirs.get(number));
            }
            assertThat(theirs).contains(0, 1, 2);
        }
    }

    @Test
    void aRecordArrivesWholeAndWakesWhoWaitsForIt() {
        var tombstone = new ProducerRecord<>(TOPIC, null, 1_700_000_000_000L, bytes("key"), (byte[]) null);
        tombstone.headers().add(new RecordHeader("writer", bytes("us")));
        try (var reader = reader(LIMIT.multipliedBy(2))) { // who is not woken comes too late
            assertThat(read(reader, 0)).isEmpty();
            var _ = reader.poll(Duration.ofMillis(500));

            // When
            Thread.ofVirtual().start(() -> broker.append(TOPIC, List.of(tombstone)));

            // Then
            ConsumerRecord<byte[], byte[]> record = read(reader, 1).getFirst();
            assertThat(record.value()).isNull();
            assertThat(record.key()).isEqualTo(bytes("key"));
            assertThat(record.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(record.headers().lastHeader("writer").value()).isEqualTo(bytes("us"));
            reader.close(CloseOptions.timeout(Duration.ZERO)); // or it waits for its next fetch
        }
    }

    @Test
    void orderHoldsOverBatchesAndOnlyWhatIsTooLargeIsRefused() {
        // Given: 400 KiB of one key, and one record that the broker does not take
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            byte[] value = number == 40 ? new byte[2 << 20] : new byte[4 << 10];
            value[0] = (byte) number;
            records.add(new ProducerRecord<>(TOPIC, bytes("one"), value));
        }

        // When
        List<CompletableFuture<Void>> written = broker.append(TOPIC, records);

        // Then
        for (int number = 0; number < 100; number++) {
            assertThat(written.get(number)
                            .handle((_, failure) -> failure != null)
                            .join())
                    .as("record %s: %s", number, written.get(number))
                    .isEqualTo(number == 40);
        }
        assertThat(written.get(40).exceptionNow()).isInstanceOf(RecordTooLargeException.class);
        try (var reader = reader()) {
            assertThat(read(reader, 99))
                    .hasSize(99)
                    .isSortedAccordingTo(Comparator.comparingInt(record -> record.value()[0]));
        }
    }

    @Test
    void aTopicThatIsNotThereIsSaidSoAndMayComeLater() {
        var record = new ProducerRecord<>("absent", bytes("key"), bytes("value"));
        assertThatThrownBy(() -> broker.append("absent", List.of(record)))
                .isInstanceOf(UnknownTopicOrPartitionException.class)
                .hasMessageContaining("absent");
    }

    @Test
    void itSurvivesARestart() {
        broker.append(TOPIC, List.of(new ProducerRecord<>(TOPIC, bytes("key"), bytes("kept"))));
        broker.close();
        broker = EmbeddedBroker.start(dir, 0);
        try (var reader = reader()) {
            assertThat(read(reader, 1))
                    .singleElement()
                    .satisfies(record -> assertThat(record.value()).isEqualTo(bytes("kept")));
        }
    }
}
