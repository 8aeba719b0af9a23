package caretaker.recovery;

import caretaker.chassis.HostName;
import caretaker.chassis.HttpSettings;
import caretaker.chassis.KafkaSettings;
import caretaker.chassis.LogSettings;
import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.contracts.WireName;
import caretaker.docker.EngineAddress;
import caretaker.recovery.bus.RecoveryTopics;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.engine.Credentials.Credential;
import caretaker.recovery.engine.EngineSettings;
import caretaker.recovery.incident.Rules;
import caretaker.recovery.playbook.Playbooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the recovery service can be told. Every setting has a default.
 *
 * @param host the name under which the agent of this engine's host publishes; the machine's own name if it is left out
 * @param dataDir what was found before repairs, and what happened: one process at a time
 * @param playbooks a file with the operator's own; they come before the built-in ones
 * @param scope whom it may touch besides those that say so by label
 * @param rules how boldly repairs are made
 * @param verifyEvery how often every container that may be repaired is looked at and its service asked, whatever the
 *     agent says; {@code 0s}: never
 * @param credentials tokens of services, in files, for the steps of a playbook that require them
 * @param killSwitch while this file exists, nothing new is done; {@code stop} in the data folder if it is left out
 * @param lease how long another instance for the same host waits before it takes over from one that is silent
 */
public record RecoveryServiceConfig(
        @Nullable String host,
        KafkaSettings kafka,
        @Default("caretaker-recovery") Path dataDir,
        Http http,
        EngineSettings docker,
        @Nullable Path playbooks,
        Scope scope,
        Rules rules,

        @Default("10m") @Range(min = "0s", max = "1d") Duration verifyEvery,

        List<Credential> credentials,
        @Nullable Path killSwitch,
        @Default("20s") @Range(min = "6s", max = "5m") Duration lease,
        RecoveryTopics topics,
        LogSettings log) {

    /** The default, which {@code run} replaces. */
    public static final Path DATA_DIR = Path.of("caretaker-recovery");

    public RecoveryServiceConfig {
        credentials = List.copyOf(credentials);
        if (host != null && !WireName.isValid(host)) {
            throw new IllegalArgumentException("host '" + host + "' is not a name; use letters, digits, '-' and '.'");
        }
    }

    /** Reads a YAML file. */
    public static RecoveryServiceConfig load(Path file, Map<String, String> environment) {
        return Config.load(RecoveryServiceConfig.class, file, environment);
    }

    /** Where people and Prometheus find it; see {@link HttpSettings}. */
    public record Http(
            @Default("127.0.0.1") String host,

            @Default("9812") @Range(min = "0", max = "65535")
            int port,

            @Nullable Path webConfig) {

        HttpSettings settings() {
            return new HttpSettings(host, port, webConfig, new Bytes(64 << 10));
        }
    }

    /** The configured name, or the machine's. */
    String hostName() {
        return host != null ? host : HostName.ofThisMachine();
    }

    /** Whether there may be an engine: a socket that is not there is none. */
    public boolean mayHaveAnEngine() {
        return EngineAddress.of(docker.host()).socket().map(Files::exists).orElse(true);
    }

    /** The operator's and the built-in ones, with every mistake of the file told at once. */
    Playbooks readPlaybooks() {
        if (playbooks == null) {
            return Playbooks.builtIn();
        }
        try {
            return Playbooks.parse(Files.readString(playbooks), playbooks.toString());
        } catch (IOException e) {
            throw new ConfigException(List.of(playbooks + ": cannot be read: " + e));
        }
    }

    /** The file that stops everything while it exists. */
    Path stopFile() {
        return killSwitch == null ? dataDir.resolve("stop") : killSwitch;
    }
}
