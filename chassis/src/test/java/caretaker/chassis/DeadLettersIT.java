package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DeadLettersIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx();
    private final TestBroker broker = TestBroker.shared();
    private final KafkaSettings kafka = KafkaSettings.plain(broker.bootstrapServers());

    @AfterEach
    void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aRecordIsKeptAsItWasReadWithItsOriginAndItsFault() {
        // Given
        String topic = broker.newTopic("source", 2);
        String letters = broker.newTopic("dead-letters", 1);
        String error = "bad json: " + "x".repeat(1000);
        broker.send(List.of(new ProducerRecord<>(
                topic,
                1,
                "key".getBytes(UTF_8),
                "{".getBytes(UTF_8),
                List.of(new RecordHeader("content-type", "application/json".getBytes(UTF_8))))));

        // When
        try (var outbox = outbox();
                var _ = PollLoop.named("source", () -> kafka.consumer(topic))
                        .topics(List.of(topic))
                        .each(_ -> Verdict.quarantine(error))
                        .quarantine(new DeadLetters(outbox, letters, "collector"))
                        .start()) {
            await().atMost(LIMIT).until(() -> !broker.readAll(letters).isEmpty());
        }

        // Then
        var letter = broker.readAll(letters).getFirst();
        assertThat(letter.key()).isEqualTo("key".getBytes(UTF_8));
        assertThat(letter.value()).isEqualTo("{".getBytes(UTF_8));
        assertThat(header(letter, "content-type")).isEqualTo("application/json");
        assertThat(header(letter, "caretaker-topic")).isEqualTo(topic);
        assertThat(header(letter, "caretaker-partition")).isEqualTo("1");
        assertThat(header(letter, "caretaker-offset")).isEqualTo("0");
        assertThat(header(letter, "caretaker-error")).hasSize(512).startsWith("bad json: xxx");
        assertThat(header(letter, "caretaker-reader")).isEqualTo("collector");
        assertThat(letter.headers().lastHeader("caretaker-value-bytes")).isNull();
    }

    @Test
    void aValueTooLargeForTheTopicIsCutAndSaysSo() {
        // Given
        String letters = broker.newTopic("dead-letters", 1);
        byte[] value = new byte[2 << 20];
        var record = new ConsumerRecord<>("huge", 0, 7, "key".getBytes(UTF_8), value);

        // When
        try (var outbox = outbox()) {
            new DeadLetters(outbox, letters, "collector").store(record, "too large");
        }

        // Then
        var letter = broker.readAll(letters).getFirst();
        assertThat(letter.value()).hasSizeLessThan(1_000_000);
        assertThat(header(letter, "caretaker-value-bytes")).isEqualTo(Integer.toString(2 << 20));
    }

    private Outbox outbox() {
        return Outbox.start(
                vertx, kafka, OutboxSettings.DEFAULTS, Set.of(), new SimpleMeterRegistry(), InstantSource.system());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
