package caretaker.benchmarks;

import caretaker.contracts.Decoded;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Proven repairs as a consumer gets them. Used by one thread. */
final class RecoveryFeed implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private record Proven(String containerId, Instant at) {}

    private final InstantSource clock = InstantSource.system();
    private final RecoveryEventCodec codec = new RecoveryEventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Proven> proven = new ArrayList<>();

    /** Begins with what is told from now on. The topic must exist. */
    RecoveryFeed(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "fetch.max.wait.ms", HealthFeed.FETCH_WAIT_MILLIS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topic.RECOVERIES.fullName()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    /** When the proof of a container's repair was here that came after that moment. */
    Instant proofOf(String containerId, Instant after) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            var found = proven.stream()
                    .filter(each ->
                            each.containerId().equals(containerId) && each.at().isAfter(after))
                    .findFirst();
            if (found.isPresent()) {
                return found.get().at();
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record);
            }
        }
        throw new IOException("no proof of the repair of " + containerId);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (codec.decode(record.value()) instanceof Decoded.Known<RecoveryEvent>(RecoveryEvent event)
                && event.kind() == RecoveryEvent.Kind.SUCCEEDED
                && event.container() != null) {
            proven.add(new Proven(event.container().id(), clock.instant()));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
