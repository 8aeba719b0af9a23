package caretaker.recovery.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.PollLoop;
import caretaker.chassis.Quarantine;
import caretaker.chassis.Verdict;
import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.recovery.incident.Input;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Brings the health events of this host to the desk. A batch is done when all that it led to is on the bus. What
 * nobody can act on goes to the dead letters. Owned by the poll loop's thread, but for {@link #refused}.
 */
public final class HealthReader implements PollLoop.BatchHandler {
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Where events go. */
    public interface Desk {
        void tell(Input input) throws InterruptedException;

        /** Completes when what all that was told before has led to is written. */
        CompletableFuture<Void> written() throws InterruptedException;
    }

    private final byte[] host;
    private final Desk desk;
    private final HealthEventCodec codec = new HealthEventCodec();
    private final Map<String, String> refusals = new ConcurrentHashMap<>();
    private final Counter own;
    private final Counter newer;

    /** @param host the key of its records */
    public HealthReader(String host, Desk desk, MeterRegistry registry) {
        this.host = host.getBytes(UTF_8);
        this.desk = desk;
        own = Counter.builder("caretaker.recovery.events")
                .description("Health events of this host that were read")
                .register(registry);
        newer = Counter.builder("caretaker.recovery.events.unknown")
                .description("Health events of this host from a newer writer, which were left out")
                .register(registry);
    }

    /** An event that nobody can act on. Any thread. */
    public void refused(String eventId, String why) {
        refusals.put(eventId, why);
    }

    @Override
    public Verdict handle(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine) {
        Map<String, ConsumerRecord<byte[], byte[]>> told = new HashMap<>();
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (Arrays.equals(record.key(), host)) {
                    own.increment();
                    read(record, told, quarantine);
                }
            }
            if (!told.isEmpty()) {
                desk.written().get(WRITE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.retry("interrupted", PAUSE);
        } catch (TimeoutException e) {
            return Verdict.retry("the bus has not taken what the events led to", PAUSE);
        } catch (ExecutionException e) {
            throw new IllegalStateException("events cannot be taken", e.getCause());
        }
        told.forEach((id, record) -> {
            String why = refusals.remove(id);
            if (why != null) {
                quarantine.store(record, why);
            }
        });
        return Verdict.done();
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record,
            Map<String, ConsumerRecord<byte[], byte[]>> told,
            Quarantine quarantine)
            throws InterruptedException {
        byte[] value = record.value();
        if (value == null) {
            quarantine.store(record, "no value");
            return;
        }
        switch (codec.decode(value)) {
            case Decoded.Known(HealthEvent event) -> {
                told.put(event.id(), record);
                desk.tell(new Input.Health(event, Instant.ofEpochMilli(record.timestamp())));
            }
            case Decoded.Unknown<HealthEvent> _ -> newer.increment();
            case Decoded.Malformed<HealthEvent>(String reason) -> quarantine.store(record, reason);
            case Decoded.Removed<HealthEvent> _ -> quarantine.store(record, "no value");
        }
    }
}
