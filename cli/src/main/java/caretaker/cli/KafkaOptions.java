package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Kafka a command connects to, and how it reads there: in no group, committing nothing. */
final class KafkaOptions {
    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "Kafka to connect to (default: ${DEFAULT-VALUE}).")
    private String bootstrap = "127.0.0.1:9092";

    @Option(
            names = "--kafka-config",
            paramLabel = "FILE",
            description = "Properties file with further client settings (TLS, SASL), as for Kafka's own tools.")
    private @Nullable String kafkaConfig;

    String bootstrap() {
        return bootstrap;
    }

    /** What every client is told. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        if (kafkaConfig != null) {
            ClientProperties.load(kafkaConfig).forEach(settings::put);
        }
        settings.put("bootstrap.servers", bootstrap);
        return settings;
    }

    /** @param answer how long one question to Kafka may take */
    KafkaConsumer<byte[], byte[]> consumer(Duration answer) {
        Map<String, Object> settings = settings();
        settings.put("enable.auto.commit", false);
        settings.put("default.api.timeout.ms", (int) answer.toMillis());
        settings.put("isolation.level", "read_committed");
        try {
            return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CommandFailure(Exit.USAGE, "bad Kafka settings: " + cause.getMessage());
        }
    }

    /** Whether a record is of a host, by its key; of any where none is asked for. */
    static boolean isOf(@Nullable String host, ConsumerRecord<byte[], byte[]> record) {
        return host == null || (record.key() != null && host.equals(new String(record.key(), UTF_8)));
    }

    CommandFailure unreachable() {
        return new CommandFailure(
                Exit.UNREACHABLE,
                "no answer from Kafka at " + bootstrap + "; is it running, and is --bootstrap right?");
    }

    CommandFailure unreadable(KafkaException cause) {
        return new CommandFailure(
                Exit.UNREACHABLE, "cannot read from Kafka at " + bootstrap + ": " + cause.getMessage());
    }
}
