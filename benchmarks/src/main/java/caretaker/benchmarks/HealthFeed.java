package caretaker.benchmarks;

import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Topic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Health events as a consumer on a thread of its own gets them, with the moment when it had them. */
final class HealthFeed implements AutoCloseable {
    static final int FETCH_WAIT_MILLIS = 100;

    private static final Duration POLL = Duration.ofMillis(50);

    /** An event, and when it was in a consumer's hands. */
    record Arrival(HealthEvent event, Instant at) {}

    private final InstantSource clock = InstantSource.system();
    private final HealthEventCodec codec = new HealthEventCodec();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread =
            Thread.ofPlatform().name("health-feed").daemon().unstarted(this::poll);
    private final List<Arrival> arrivals = new ArrayList<>(); // guarded by this
    private volatile boolean closed;

    /** Begins with the first event of the topic, which must exist. */
    HealthFeed(String bootstrap) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "fetch.max.wait.ms", FETCH_WAIT_MILLIS),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(Topic.HEALTH.fullName()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
    }

    /** Waits for an event that has not been asked for yet. */
    synchronized Arrival await(Predicate<HealthEvent> wanted, Duration limit, String what)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Optional<Arrival> found = taken(wanted);
        while (found.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IOException("no event of " + what + " within " + limit.toSeconds() + " s");
            }
            wait(POLL.toMillis());
            found = taken(wanted);
        }
        return found.get();
    }

    /** Whether there is such an event that nobody has asked for. */
    synchronized boolean has(Predicate<HealthEvent> wanted) {
        return arrivals.stream().anyMatch(arrival -> wanted.test(arrival.event()));
    }

    private Optional<Arrival> taken(Predicate<HealthEvent> wanted) {
        Optional<Arrival> first = arrivals.stream()
                .filter(arrival -> wanted.test(arrival.event()))
                .findFirst();
        first.ifPresent(arrivals::remove);
        return first;
    }

    private void poll() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                take(record, clock.instant());
            }
        }
        consumer.close();
    }

    private synchronized void take(ConsumerRecord<byte[], byte[]> record, Instant now) {
        if (codec.decode(record.value()) instanceof Decoded.Known(HealthEvent event)) {
            arrivals.add(new Arrival(event, now));
            notifyAll();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
