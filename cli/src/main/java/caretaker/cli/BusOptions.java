package caretaker.cli;

import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that asks the bus and waits for an answer. */
final class BusOptions {
    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            description = "Give up after this time (default: ${DEFAULT-VALUE}).")
    private Duration timeout = Duration.ofSeconds(30);

    KafkaOptions kafka() {
        return kafka;
    }

    Duration timeout() {
        return timeout;
    }
}
