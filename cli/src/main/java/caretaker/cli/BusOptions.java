package caretaker.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that reads the bus or writes to it. */
final class BusOptions {
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

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "Give up after this time (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(30);

    String bootstrap() {
        return bootstrap;
    }

    Duration timeout() {
        return timeout;
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

    CommandFailure unreachable() {
        return new CommandFailure(
                Exit.UNREACHABLE,
                "no answer from Kafka at " + bootstrap + "; is it running, and is --bootstrap right?");
    }
}
