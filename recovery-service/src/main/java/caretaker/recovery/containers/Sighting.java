package caretaker.recovery.containers;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One container as the engine showed it at one moment. Never holds its environment or its arguments.
 *
 * @param exitCode of the last run; 0 while it runs
 * @param startedAt null if it never ran
 * @param finishedAt when the last run ended; null if none has
 * @param restartCount how often the engine has started it by itself
 * @param error why the engine could not start it; empty if it could
 * @param stopped whether somebody asked it to stop by the engine's API, as far as its events tell
 * @param gpus UUIDs or numbers of the GPUs it was given; empty if none
 * @param shares whose namespaces it lives in: keys of containers
 * @param links whose address it was given by {@code docker run --link} on the default network: keys of containers
 * @param stopTimeout how long it may take to stop; the engine's default is 10 s
 */
public record Sighting(
        ContainerIdentity identity,
        State state,
        Health health,
        int exitCode,
        boolean oomKilled,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        int restartCount,
        String error,
        boolean stopped,
        Map<String, String> labels,
        List<String> gpus,
        List<String> shares,
        List<String> links,
        Duration stopTimeout) {

    /** The engine's own states. */
    public enum State {
        CREATED,
        RUNNING,
        PAUSED,
        RESTARTING,
        REMOVING,
        EXITED,
        DEAD
    }

    /** What its health check says. */
    public enum Health {
        /** It has none. */
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    private static final int KILLED = 137;
    private static final int TERMINATED = 143;

    public Sighting {
        labels = Map.copyOf(labels);
        gpus = List.copyOf(gpus);
        shares = List.copyOf(shares);
        links = List.copyOf(links);
    }

    public String key() {
        return identity.key();
    }

    /** Whether its last run ended as a run ends that somebody has stopped. It need not have been so. */
    public boolean endedAsIfStopped() {
        return state == State.EXITED
                && !oomKilled
                && (stopped || exitCode == 0 || exitCode == KILLED || exitCode == TERMINATED);
    }

    /** Whether nobody could think it well. */
    public boolean isIll() {
        return (state == State.EXITED && !endedAsIfStopped()) || (state == State.RUNNING && health == Health.UNHEALTHY);
    }

    /** Whether this run began after that moment; a run whose beginning is not known did not. */
    public boolean startedAfter(@Nullable Instant moment) {
        return startedAt != null && (moment == null || startedAt.isAfter(moment));
    }

    /** For the audit. */
    public Snapshot snapshot() {
        return new Snapshot(
                identity.id(),
                state.name().toLowerCase(Locale.ROOT),
                health == Health.NONE ? "" : health.name().toLowerCase(Locale.ROOT),
                exitCode,
                oomKilled,
                startedAt,
                restartCount);
    }
}
