package caretaker.contracts;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A topic of the bus with the settings it is created with. {@code asyncapi.yaml} is this table for other readers. */
public enum Topic {
    READINGS(12, Cleanup.DELETE, Duration.ofHours(1), "host"),
    HEALTH(6, Cleanup.DELETE, Duration.ofDays(14), "host"),
    INVENTORY(6, Cleanup.COMPACT, Duration.ZERO, "host"),
    ALERTS(6, Cleanup.COMPACT_DELETE, Duration.ofDays(14), "alert fingerprint"),
    SILENCES(1, Cleanup.COMPACT, Duration.ZERO, "silence id"),
    NOTIFICATIONS(6, Cleanup.COMPACT_DELETE, Duration.ofDays(14), "group key + receiver + integration"),
    RECOVERIES(6, Cleanup.DELETE, Duration.ofDays(365), "host/container"),
    RECOVERY_STATE(6, Cleanup.COMPACT, Duration.ZERO, "host/container"),
    MAINTENANCE(1, Cleanup.COMPACT, Duration.ZERO, "host/container/holder"),
    BACKUPS(1, Cleanup.DELETE, Duration.ofDays(365), "series"),
    DEAD_LETTERS(1, Cleanup.DELETE, Duration.ofDays(14), "as read");

    /** How long every record of {@link #NOTIFICATIONS} stays: it is the history of what was sent. */
    public static final Duration HISTORY = Duration.ofDays(5);

    /** Kafka's {@code cleanup.policy}. */
    public enum Cleanup {
        DELETE("delete"),
        COMPACT("compact"),
        COMPACT_DELETE("compact,delete");

        private final String policy;

        Cleanup(String policy) {
            this.policy = policy;
        }

        public String policy() {
            return policy;
        }
    }

    private final String fullName;
    private final int partitions;
    private final Cleanup cleanup;
    private final Duration retention;
    private final String key;

    Topic(int partitions, Cleanup cleanup, Duration retention, String key) {
        this.fullName = "caretaker." + name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.partitions = partitions;
        this.cleanup = cleanup;
        this.retention = retention;
        this.key = key;
    }

    /** The name in Kafka, for example {@code caretaker.readings}. */
    public String fullName() {
        return fullName;
    }

    /** Partitions it is created with; more may be added by hand, the services follow. */
    public int partitions() {
        return partitions;
    }

    public Cleanup cleanup() {
        return cleanup;
    }

    /** How long a record is kept; zero where only compaction removes records. */
    public Duration retention() {
        return retention;
    }

    /**
     * Kafka's settings that it is created with, whoever creates it. Records carry the broker's time, because a host's
     * clock must not decide what is kept; and only whole segments expire, so they are short beside the retention.
     */
    public Map<String, String> config() {
        Map<String, String> config = new HashMap<>();
        config.put("cleanup.policy", cleanup.policy());
        config.put("message.timestamp.type", "LogAppendTime");
        if (!retention.isZero()) {
            config.put("retention.ms", Long.toString(retention.toMillis()));
            config.put("segment.ms", Long.toString(retention.dividedBy(6).toMillis()));
        }
        if (this == NOTIFICATIONS) {
            config.put("min.compaction.lag.ms", Long.toString(HISTORY.toMillis()));
            config.put("max.message.bytes", Integer.toString(NotificationEventCodec.MAX_BYTES));
        }
        return config;
    }

    /** What the key of a record is, in words. */
    public String key() {
        return key;
    }
}
