package caretaker.agent;

import caretaker.agent.docker.DockerSettings;
import caretaker.agent.inventory.InventorySettings;
import caretaker.agent.poll.Intervals;
import caretaker.agent.probe.ProbeSettings;
import caretaker.agent.simulated.FaultScript;
import caretaker.chassis.HostName;
import caretaker.chassis.HttpSettings;
import caretaker.chassis.Journal;
import caretaker.chassis.KafkaSettings;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.WireName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything the agent can be told.
 *
 * @param host the name under which this host's readings appear; the machine's own name if it is left out
 * @param dataDir where events that Kafka has not taken, and the raised conditions, outlive the process; without it they
 *     are in memory only
 * @param dcgm dcgm-exporters of this host
 * @param expectedGpus GPUs that should be in the host; 0: the most that were ever seen
 * @param probes of services that no container of this host declares
 */
public record GpuAgentConfig(
        @Nullable String host,
        KafkaSettings kafka,
        @Nullable Path dataDir,
        Http http,
        @Default("nvml") Source source,
        NvmlSettings nvml,
        Polling intervals,
        @Default("0") @Range(min = "0", max = "256") int expectedGpus,
        Simulated simulated,
        DockerSettings docker,
        InventorySettings inventory,
        List<DcgmSettings> dcgm,
        List<ProbeSettings> probes,
        Buffer buffer,
        Restored restored,
        HealthConfig health,
        KernelLogConfig kernelLog) {

    public GpuAgentConfig {
        probes = List.copyOf(probes);
        if (host != null && !WireName.isValid(host)) {
            throw new IllegalArgumentException("host '" + host + "' is not a name; use letters, digits, '-' and '.'");
        }
        if (source == Source.DCGM && dcgm.isEmpty()) {
            throw new IllegalArgumentException("source dcgm needs at least one endpoint under dcgm");
        }
    }

    /** Where readings come from. */
    public enum Source {
        /** The driver, and what dcgm-exporters add to it. */
        NVML,
        /** Nothing but dcgm-exporters. */
        DCGM,
        SIMULATED
    }

    /** Where the agent's own metrics and health are served. */
    public record Http(
            @Default("127.0.0.1") String host,

            @Default("9810") @Range(min = "0", max = "65535")
            int port,

            @Nullable Path webConfig) {

        HttpSettings settings() {
            return new HttpSettings(host, port, webConfig, new Bytes(1 << 20));
        }
    }

    /** How often what is read, see {@link Intervals}. */
    public record Polling(
            @Default("1s") @Range(min = "100ms", max = "1h") Duration fast,

            @Default("30s") @Range(min = "100ms", max = "1d")
            Duration slow,

            @Default("1h") @Range(min = "100ms", max = "7d") Duration rare) {
        public Polling {
            new Intervals(fast, slow, rare); // refuses what does not fit together
        }

        Intervals intervals() {
            return new Intervals(fast, slow, rare);
        }
    }

    /**
     * What is made up when the source is simulated.
     *
     * @param hosts more than one publishes for {@code node-1} to {@code node-N}
     * @param prefix of those names
     * @param faults {@code none}, {@code demo}, or a file with a script of faults
     */
    public record Simulated(
            @Default("1") @Range(min = "1", max = "10000") int hosts,
            @Default("8") @Range(min = "1", max = "100") int gpus,
            @Default("1") long seed,
            @Default("node-") String prefix,
            @Default("none") String faults) {

        public Simulated {
            if (!WireName.isValid(prefix)) {
                throw new IllegalArgumentException("prefix '" + prefix + "' is not the beginning of a name");
            }
        }

        FaultScript script() {
            return switch (faults) {
                case "none" -> FaultScript.NONE;
                case "demo" -> FaultScript.demo();
                default -> read(Path.of(faults));
            };
        }

        private static FaultScript read(Path file) {
            try {
                return FaultScript.parse(Files.readString(file));
            } catch (IOException e) {
                throw new IllegalArgumentException("simulated.faults: cannot read " + file + ": " + e, e);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("simulated.faults: " + file + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * What becomes of the conditions that a former run of the agent had raised.
     *
     * @param confirmAfter until then a watcher that does not find one again clears nothing
     * @param forgetAfter then what nobody has found again is cleared
     */
    public record Restored(
            @Default("1m") @Range(min = "1s", max = "1h") Duration confirmAfter,

            @Default("10m") @Range(min = "1s", max = "1d") Duration forgetAfter) {}

    /**
     * What is held for each host while the broker is away.
     *
     * @param eventsOnDisk of all hosts together, with a {@code data-dir}: the oldest are kept, newer ones refused and
     *     counted
     */
    public record Buffer(
            @Default("600") @Range(min = "1") int readings,
            @Default("3MiB") @Range(min = "1MiB") Bytes readingsSize,
            @Default("10000") @Range(min = "1") int events,
            @Default("3MiB") @Range(min = "1MiB") Bytes eventsSize,
            @Default("100000") @Range(min = "1") int eventsOnDisk,
            @Default("64MiB") @Range(min = "1MiB") Bytes eventsOnDiskSize) {

        /** How long an event waits for the broker before it is forced to the disk. */
        private static final Duration SYNC_AFTER = Duration.ofMillis(100);

        Journal.Settings journal() {
            return new Journal.Settings(eventsOnDisk, eventsOnDiskSize, eventsSize, SYNC_AFTER);
        }

        OutboxSettings settings(int hosts) {
            return new OutboxSettings(
                    Math.multiplyExact(readings, hosts),
                    new Bytes(readingsSize.count() * hosts),
                    events,
                    eventsSize,
                    500,
                    Duration.ofSeconds(3),
                    Map.of(
                            "batch.size",
                            hosts > 16 ? "65536" : "16384", // the producer keeps some of them
                            "buffer.memory",
                            Integer.toString(hosts > 16 ? 8 << 20 : 1 << 20)));
        }
    }

    /** Reads the file of {@code --config}. */
    public static GpuAgentConfig load(Path file, Map<String, String> environment) {
        return Config.load(GpuAgentConfig.class, file, environment);
    }

    public static GpuAgentConfig defaults() {
        return Config.defaults(GpuAgentConfig.class);
    }

    /** The same with made-up hosts in place of a driver. */
    public GpuAgentConfig with(Simulated hosts) {
        return new GpuAgentConfig(
                host,
                kafka,
                dataDir,
                http,
                Source.SIMULATED,
                nvml,
                intervals,
                expectedGpus,
                hosts,
                docker,
                inventory,
                dcgm,
                probes,
                buffer,
                restored,
                health,
                kernelLog);
    }

    /** The same with another broker and another port of its own; 0 takes a free one. */
    public GpuAgentConfig with(KafkaSettings broker, int port) {
        return new GpuAgentConfig(
                host,
                broker,
                dataDir,
                new Http(http.host(), port, http.webConfig()),
                source,
                nvml,
                intervals,
                expectedGpus,
                simulated,
                docker,
                inventory,
                dcgm,
                probes,
                buffer,
                restored,
                health,
                kernelLog);
    }

    /** The names to publish for. */
    List<String> hosts() {
        if (source == Source.SIMULATED && simulated.hosts() > 1) {
            return IntStream.rangeClosed(1, simulated.hosts())
                    .mapToObj(number -> simulated.prefix() + number)
                    .toList();
        }
        return List.of(hostName());
    }

    /** The configured name, or the machine's. */
    String hostName() {
        return host != null ? host : HostName.ofThisMachine();
    }
}
