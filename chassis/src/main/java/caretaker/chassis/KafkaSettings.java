package caretaker.chassis;

import caretaker.chassis.config.Default;
import caretaker.chassis.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * How to reach the broker. {@code properties} goes to every client as it is, after everything else; its values may be
 * secrets, so none is shown.
 */
public record KafkaSettings(
        @Default("127.0.0.1:9092") List<String> bootstrapServers,
        @Default("plaintext") Security security,
        @Nullable Sasl sasl,
        @Nullable Tls tls,
        Map<String, Secret> properties) {

    /** Kafka's {@code security.protocol}. */
    public enum Security {
        PLAINTEXT,
        TLS,
        SASL_PLAINTEXT,
        SASL_TLS
    }

    /** Kafka's {@code sasl.mechanism}. */
    public enum Mechanism {
        PLAIN,
        SCRAM_SHA_256,
        SCRAM_SHA_512
    }

    public record Sasl(@Default("scram-sha-512") Mechanism mechanism, String username, Secret password) {}

    /** PEM files. Without {@code caFile} the JVM's own authorities count. */
    public record Tls(
            @Nullable Path caFile,
            @Nullable Path certFile,
            @Nullable Path keyFile,
            @Default("true") boolean verifyHostname) {
        public Tls {
            if ((certFile == null) != (keyFile == null)) {
                throw new IllegalArgumentException("cert-file and key-file go together; give both or neither");
            }
        }
    }

    public KafkaSettings {
        boolean wantsSasl = security == Security.SASL_PLAINTEXT || security == Security.SASL_TLS;
        if (wantsSasl && sasl == null) {
            throw new IllegalArgumentException(
                    "security wants SASL, but there is no sasl; add sasl.username and" + " sasl.password");
        }
        bootstrapServers = List.copyOf(bootstrapServers);
        properties = Map.copyOf(properties);
    }

    /** A broker without authentication, such as a test's. */
    public static KafkaSettings plain(String bootstrapServers) {
        return new KafkaSettings(List.of(bootstrapServers.split(",")), Security.PLAINTEXT, null, null, Map.of());
    }

    /** What every kind of client needs. */
    Map<String, Object> common() {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", String.join(",", bootstrapServers));
        config.put("security.protocol", security.name().replace("TLS", "SSL"));
        if (sasl != null) {
            config.put("sasl.mechanism", sasl.mechanism().name().replace('_', '-'));
            config.put("sasl.jaas.config", jaas(sasl));
        }
        if (tls != null) {
            tls(config, tls);
        }
        config.put("enable.metrics.push", "false");
        config.put("metric.reporters", ""); // no JMX: our own metrics say what operators need
        config.put("reconnect.backoff.ms", "100");
        config.put("reconnect.backoff.max.ms", "2000");
        return config;
    }

    private void passThrough(Map<String, Object> config) {
        properties.forEach((key, value) -> config.put(key, value.reveal()));
    }

    private static String jaas(Sasl sasl) {
        String module = sasl.mechanism() == Mechanism.PLAIN
                ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                : "org.apache.kafka.common.security.scram.ScramLoginModule";
        return module + " required username=" + quoted(sasl.username()) + " password="
                + quoted(sasl.password().reveal()) + ";";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static void tls(Map<String, Object> config, Tls tls) {
        if (tls.caFile() != null) {
            config.put("ssl.truststore.type", "PEM");
            config.put("ssl.truststore.certificates", pem(tls.caFile()));
        }
        if (tls.certFile() != null && tls.keyFile() != null) {
            config.put("ssl.keystore.type", "PEM");
            config.put("ssl.keystore.certificate.chain", pem(tls.certFile()));
            config.put("ssl.keystore.key", pem(tls.keyFile()));
        }
        if (!tls.verifyHostname()) {
            config.put("ssl.endpoint.identification.algorithm", "");
        }
    }

    private static String pem(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new KafkaException("cannot read " + file + ": " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * A consumer for a {@link PollLoop}: commits by hand, starts at the beginning of what it never read.
     *
     * @param group without one it can be assigned partitions but not subscribe
     */
    public Consumer<byte[], byte[]> consumer(@Nullable String group) {
        return consumer(group, Map.of());
    }

    /** As {@link #consumer(String)}, with some settings changed. */
    public Consumer<byte[], byte[]> consumer(@Nullable String group, Map<String, String> overrides) {
        Map<String, Object> config = common();
        if (group != null) {
            config.put("group.id", group);
        }
        config.put("enable.auto.commit", "false");
        config.put("allow.auto.create.topics", "false");
        config.put("auto.offset.reset", "earliest");
        // Only the partitions that move are revoked: the state of the others stays where it is.
        config.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        config.put("metadata.max.age.ms", "30000");
        config.putAll(overrides);
        passThrough(config);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What a producer needs to keep its promises and its memory small. */
    Map<String, Object> producer(Map<String, String> overrides) {
        Map<String, Object> config = common();
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        // More, and the broker of a partition that is new to it may take the second batch and refuse the first for good
        // (KAFKA-15591). A lane sends one round at a time anyway.
        config.put("max.in.flight.requests.per.connection", "1");
        config.put("compression.type", "lz4");
        config.put("buffer.memory", Integer.toString(8 << 20));
        config.put("linger.ms", "0");
        config.put("max.block.ms", "2000");
        config.put("request.timeout.ms", "5000");
        config.put("delivery.timeout.ms", "10000");
        config.put("metadata.max.age.ms", "30000");
        config.putAll(overrides);
        passThrough(config);
        return config;
    }

    /** A client that asks about the cluster; the caller closes it. */
    public Admin newAdmin() {
        return Admin.create(admin());
    }

    Map<String, Object> admin() {
        Map<String, Object> config = common();
        config.put("request.timeout.ms", "5000");
        config.put("default.api.timeout.ms", "10000");
        passThrough(config);
        return config;
    }

    @Override
    public String toString() {
        return "KafkaSettings[" + String.join(",", bootstrapServers) + ", "
                + security.name().toLowerCase(Locale.ROOT) + "]";
    }
}
