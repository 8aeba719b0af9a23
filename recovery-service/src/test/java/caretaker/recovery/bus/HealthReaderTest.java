package caretaker.recovery.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.chassis.Verdict;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEventCodec;
import caretaker.recovery.incident.Input;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** What is done with a batch of health events before its offset may be committed. */
class HealthReaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("health", 0);
    private static final String HOST = "host-a";

    private final List<HealthEvent> told = new ArrayList<>();
    private final List<String> quarantined = new ArrayList<>();
    private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
    private final HealthReader reader = new HealthReader(
            HOST,
            new HealthReader.Desk() {
                @Override
                public void tell(Input input) {
                    if (input instanceof Input.Health(HealthEvent event, Instant _)) {
                        told.add(event);
                    }
                }

                @Override
                public CompletableFuture<Void> written() {
                    return written;
                }
            },
            new SimpleMeterRegistry());
    private long sequence;

    private HealthEvent event() {
        sequence++;
        return new HealthEvent(
                HOST,
                "agent",
                sequence,
                Instant.ofEpochSecond(1_000 + sequence),
                Condition.CONTAINER_EXITED,
                HealthEvent.State.RAISED,
                HealthEvent.Severity.WARNING,
                new Entity(Entity.Kind.CONTAINER, "ab".repeat(32), "web"),
                "3",
                "web exited with code 3",
                HealthEvent.Action.RESTART_CONTAINER,
                Map.of(),
                false);
    }

    private static ConsumerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ConsumerRecord<>(PARTITION.topic(), 0, 0, key.getBytes(UTF_8), value);
    }

    private static byte[] bytes(HealthEvent event) {
        return new HealthEventCodec().encode(event);
    }

    private Verdict handle(List<ConsumerRecord<byte[], byte[]>> records) {
        return reader.handle(PARTITION, records, (_, reason) -> quarantined.add(reason));
    }

    /** the offset moves on when what the events led to is on the bus, and not before. */
    @Test
    void aBatchIsNotDoneBeforeWhatItLedToIsWritten() throws Exception {
        written = new CompletableFuture<>();
        HealthEvent event = event();
        try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Future<Verdict> verdict = thread.submit(() -> handle(List.of(record(HOST, bytes(event)))));
            assertThatThrownBy(() -> verdict.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            written.complete(null);
            assertThat(verdict.get(10, TimeUnit.SECONDS)).isEqualTo(Verdict.done());
        }
        assertThat(told).containsExactly(event);
    }

    /** what cannot be written ends the service; the events come again. */
    @Test
    void whatCannotBeWrittenIsNotCommitted() {
        written = CompletableFuture.failedFuture(new IllegalStateException("the bus refuses it"));
        HealthEvent event = event();
        assertThatThrownBy(() -> handle(List.of(record(HOST, bytes(event)))))
                .isInstanceOf(IllegalStateException.class)
                .hasRootCauseMessage("the bus refuses it");
    }

    /** the one that cannot be read goes to the dead letters, those around it are told in their order. */
    @Test
    void whatCannotBeReadOrActedOnGoesToTheDeadLetters() {
        HealthEvent first = event();
        HealthEvent refused = event();
        HealthEvent last = event();
        reader.refused(refused.id(), "it names no container");
        Verdict verdict = handle(List.of(
                record(HOST, bytes(first)),
                record(HOST, new byte[] {'{'}),
                record("another-host", bytes(event())),
                record(HOST, bytes(refused)),
                record(HOST, bytes(last))));
        assertThat(verdict).isEqualTo(Verdict.done());
        assertThat(told).containsExactly(first, refused, last);
        assertThat(quarantined).hasSize(2).last().isEqualTo("it names no container");
    }
}
