package caretaker.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Clients that stay connected, for a test asks often, and a new one costs more than its answer. Any thread. */
final class TestClients implements AutoCloseable {
    final Admin admin;
    final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, Object> settings;
    private final ConcurrentLinkedQueue<KafkaConsumer<byte[], byte[]>> free = new ConcurrentLinkedQueue<>();

    TestClients(String bootstrap) {
        settings = Map.of("bootstrap.servers", bootstrap);
        admin = Admin.create(settings);
        var sending = new HashMap<>(settings);
        sending.put("max.in.flight.requests.per.connection", 1); // see KafkaSettings.producer
        producer = new KafkaProducer<>(sending, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** All that these partitions have now. */
    List<ConsumerRecord<byte[], byte[]>> readAll(Collection<TopicPartition> partitions) {
        KafkaConsumer<byte[], byte[]> reused = free.poll();
        KafkaConsumer<byte[], byte[]> consumer = reused != null
                ? reused
                : new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        free.add(consumer); // one that has failed is left to the collector of garbage
        return records;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        producer.close(Duration.ZERO);
        for (var consumer = free.poll(); consumer != null; consumer = free.poll()) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
