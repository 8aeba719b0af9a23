package caretaker.collector;

import caretaker.chassis.HttpSettings;
import caretaker.chassis.KafkaSettings;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.collector.state.FleetLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything the collector can be told. Every setting has a default. */
public record CollectorConfig(KafkaSettings kafka, Http http, Readings readings, Inventory inventory, LogSettings log) {

    /** Nothing but defaults. */
    public static CollectorConfig defaults() {
        return Config.defaults(CollectorConfig.class);
    }

    /** Reads a YAML file. */
    public static CollectorConfig load(Path file, Map<String, String> environment) {
        return Config.load(CollectorConfig.class, file, environment);
    }

    /** Where {@code /metrics} is served; see {@link HttpSettings}. */
    public record Http(
            @Default("127.0.0.1") String host,

            @Default("9811") @Range(min = "0", max = "65535")
            int port,

            @Nullable Path webConfig) {

        HttpSettings settings() {
            return new HttpSettings(host, port, webConfig, new Bytes(1 << 20));
        }
    }

    /**
     * How readings are kept.
     *
     * @param topic where they are read
     * @param deadLetters where records go that cannot be read
     * @param group collectors of one group share the hosts among them
     * @param lookback how far back a partition is read when it is assigned: hosts silent for longer are not known then
     * @param staleIntervals a host is silent once it has sent nothing for so many of its own intervals
     * @param staleAtLeast a host is not silent earlier than this
     * @param forgetAfter a silent host disappears after this
     * @param maxHosts one more is refused
     * @param maxGpusPerHost of a host with more, the first ones are kept
     * @param maxRecord a larger record goes to the dead letters
     */
    public record Readings(
            @Default("caretaker.readings") String topic,
            @Default("caretaker.dead-letters") String deadLetters,
            @Default("caretaker-collector") String group,
            @Default("5m") @Range(min = "1s", max = "1h") Duration lookback,
            @Default("3") @Range(min = "1", max = "100") int staleIntervals,
            @Default("3s") @Range(min = "100ms", max = "1h") Duration staleAtLeast,
            @Default("24h") @Range(min = "1m") Duration forgetAfter,
            @Default("20000") @Range(min = "1") int maxHosts,

            @Default("128") @Range(min = "1", max = "256") int maxGpusPerHost,

            @Default("1MiB") @Range(min = "1KiB", max = "64MiB")
            Bytes maxRecord) {

        FleetLimits limits() {
            return new FleetLimits(maxHosts, maxGpusPerHost, staleIntervals, staleAtLeast, forgetAfter);
        }
    }

    /**
     * How inventories become the lists at {@code /sd}. How long they are kept is {@code readings.forget-after}, and how
     * many hosts there may be is {@code readings.max-hosts}.
     *
     * @param topic where they are read
     * @param maxTargetsPerHost of a host with more, the first ones are handed to Prometheus
     */
    public record Inventory(
            @Default("caretaker.inventory") String topic,
            @Default("50") @Range(min = "1", max = "200") int maxTargetsPerHost) {}
}
