package caretaker.contracts;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the recovery service must remember of a whole host: its key is the host.
 *
 * @param revision counts the writings of one host from 1
 * @param writer who may write: a service that finds a higher epoch than its own here stops
 * @param breaker null while it is closed
 * @param pause null while repairs go on
 * @param illnesses what the whole host suffers from, and since when; no container is repaired meanwhile
 */
public record RecoveryHostState(
        String host,
        long revision,
        RecoveryState.Writer writer,
        Instant updatedAt,
        @Nullable Breaker breaker,
        @Nullable Pause pause,
        Map<String, Instant> illnesses) {

    /** Illnesses that are remembered. */
    public static final int MAX_ILLNESSES = 64;

    /**
     * Too much was repaired.
     *
     * @param repaired containers or hosts that were, within the window
     * @param managed containers or hosts that there were
     * @param ofHosts whether hosts of the cluster are meant rather than containers of this one
     */
    public record Breaker(Instant since, int repaired, int managed, boolean ofHosts) {}

    /**
     * A person has stopped all repairs.
     *
     * @param until when they go on by themselves; null: when a person says so
     */
    public record Pause(Instant since, @Nullable Instant until, String by, String reason) {
        public Pause {
            reason = BoundedText.cut(reason, MaintenanceLock.MAX_REASON);
        }
    }

    public RecoveryHostState {
        if (!WireName.isValid(host)) {
            throw new IllegalArgumentException("a state needs a host");
        }
        if (revision < 1 || revision > HealthEvent.MAX_SEQUENCE) {
            throw new IllegalArgumentException("a state needs a revision from 1");
        }
        Map<String, Instant> kept = new TreeMap<>();
        new TreeMap<>(illnesses)
                .entrySet().stream()
                        .limit(MAX_ILLNESSES)
                        .forEach(illness -> kept.put(illness.getKey(), illness.getValue()));
        illnesses = Collections.unmodifiableMap(kept);
    }
}
