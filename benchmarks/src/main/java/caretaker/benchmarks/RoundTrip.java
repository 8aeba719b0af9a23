package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What Kafka takes by itself: a bare producer, and a bare consumer on its own thread, with the settings of ours. */
final class RoundTrip implements AutoCloseable {
    private static final String TOPIC = "bench.round-trip";
    private static final int EVENT_BYTES = 600;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final BlockingQueue<Long> arrivals = new ArrayBlockingQueue<>(16);
    private final Thread thread =
            Thread.ofPlatform().name("round-trip").daemon().unstarted(this::poll);
    private volatile boolean closed;

    RoundTrip(String bootstrap) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0, "compression.type", "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "fetch.max.wait.ms", HealthFeed.FETCH_WAIT_MILLIS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var partition = List.of(new TopicPartition(TOPIC, 0));
        consumer.assign(partition);
        consumer.seekToBeginning(partition);
        thread.start();
    }

    /** Milliseconds from the call of send until the consumer has it. */
    double once() throws IOException, InterruptedException {
        long sent = System.nanoTime();
        var _ = producer.send(new ProducerRecord<>(TOPIC, "bench".getBytes(UTF_8), new byte[EVENT_BYTES]));
        Long arrived = arrivals.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (arrived == null) {
            throw new IOException("a record did not come back within " + LIMIT.toSeconds() + " s");
        }
        return (arrived - sent) / 1e6;
    }

    private void poll() {
        while (!closed) {
            int count = consumer.poll(POLL).count();
            long now = System.nanoTime();
            for (int i = 0; i < count; i++) {
                arrivals.add(now);
            }
        }
        consumer.close();
    }

    @Override
    public void close() {
        closed = true;
        producer.close(Duration.ofSeconds(1));
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
