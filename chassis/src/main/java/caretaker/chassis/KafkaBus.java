package caretaker.chassis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A Kafka cluster, by Kafka's own producer. Needs none before the first record, and comes back after one is lost. */
public final class KafkaBus implements Outbox.Bus {
    private final KafkaSettings kafka;
    private final OutboxSettings settings;

    // Guarded by this.
    private boolean closed;
    private @Nullable Producer<byte[], byte[]> producer;

    public KafkaBus(KafkaSettings kafka, OutboxSettings settings) {
        this.kafka = kafka;
        this.settings = settings;
    }

    /** Waits while Kafka does not know the topic. */
    @Override
    public List<CompletableFuture<Void>> append(String topic, List<ProducerRecord<byte[], byte[]>> records) {
        Producer<byte[], byte[]> current = producer();
        var _ = current.partitionsFor(topic); // before it knows the topic, each record would wait
        List<CompletableFuture<Void>> sent = new ArrayList<>(records.size());
        for (ProducerRecord<byte[], byte[]> record : records) {
            sent.add(send(current, record));
        }
        return sent;
    }

    private CompletableFuture<Void> send(Producer<byte[], byte[]> current, ProducerRecord<byte[], byte[]> record) {
        var sent = new CompletableFuture<Void>();
        try {
            var _ = current.send(record, (_, failure) -> {
                if (failure == null) {
                    sent.complete(null);
                } else {
                    failed(current, sent, failure);
                }
            });
        } catch (RuntimeException e) {
            failed(current, sent, e); // some failures are thrown, and not told
        }
        return sent;
    }

    private void failed(Producer<byte[], byte[]> current, CompletableFuture<Void> sent, Throwable failure) {
        if (!(failure instanceof RetriableException) && !Lane.isHopeless(failure)) {
            discard(current);
        }
        sent.completeExceptionally(failure);
    }

    private synchronized Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> current = producer;
        if (closed) {
            throw new IllegalStateException("the outbox is closed");
        }
        if (current == null) {
            current = new KafkaProducer<>(
                    kafka.producer(settings.producer()), new ByteArraySerializer(), new ByteArraySerializer());
            producer = current;
        }
        return current;
    }

    /** A producer that failed for a reason no waiting helps stays failed; the next round gets a new one. */
    private synchronized void discard(Producer<byte[], byte[]> failed) {
        if (failed.equals(producer)) {
            producer = null;
            Thread.ofVirtual().name("outbox").start(() -> failed.close(Duration.ZERO));
        }
    }

    /** What is acknowledged is settled, the rest is aborted. */
    @Override
    public void close() {
        Producer<byte[], byte[]> last;
        synchronized (this) {
            closed = true;
            last = producer;
        }
        if (last != null) {
            last.close(Duration.ZERO);
        }
    }
}
