package caretaker.contracts;

import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that was done about a container that failed, or on purpose not done, and who did it. The topic is the audit
 * of the recovery service: every change by a person is one of these too.
 *
 * <p>What is written again after a crash has the same {@code id}: a reader that has seen it has seen the event.
 *
 * @param id the same at each writing: the incident or operation, a slash, what happened
 * @param host where: a {@link WireName}
 * @param actor {@code recovery-service}, or {@code user:NAME}
 * @param message one sentence for a person; never a secret
 * @param container null where it is about the whole host
 * @param incident null where a person changed something without one
 * @param operation what was done or would be; null where nothing is
 * @param before the container a moment before; null if not looked at
 * @param after the container at the end; null if not looked at
 * @param took from the failure to the outcome; null where there is none yet
 * @param evidence what was saved before anything was done; null if nothing
 * @param dryRun whether nothing was really done: it says what would have been
 */
public record RecoveryEvent(
        String id,
        String host,
        Instant time,
        Kind kind,
        Reason reason,
        String actor,
        String message,
        @Nullable ContainerIdentity container,
        @Nullable Incident incident,
        @Nullable Operation operation,
        @Nullable Snapshot before,
        @Nullable Snapshot after,
        @Nullable Duration took,
        @Nullable Evidence evidence,
        boolean dryRun) {

    /** UTF-16 units of a message. */
    public static final int MAX_TEXT = 4096;

    /** UTF-16 units of an id, an actor, a name. */
    public static final int MAX_WORD = 1024;

    /** Health events that are named; the first ones are kept. */
    public static final int MAX_EVENTS = 64;

    /** The service, where no person asked for it. */
    public static final String SERVICE = "recovery-service";

    public enum Kind {
        /** An incident began, or a person asked for something. */
        REQUESTED,
        /** An operation is about to be done. With {@code restore-backup} this asks the backup service for it. */
        STARTED,
        /** It was done, and its effect was proven. */
        SUCCEEDED,
        /** It was done and did not help, or could not be done. */
        FAILED,
        /** Nothing is done; the reason says why. */
        SKIPPED,
        /** A container is left alone until a person releases it. */
        QUARANTINED,
        /** A person has ended a quarantine; without a container, what the whole host was said to suffer from. */
        RELEASED,
        /** A person must do something on the host; the message has the command. */
        ESCALATED,
        /** A container is well and unwell by turns. */
        FLAPPING,
        /** Too many containers were repaired: nothing is done on this host any more. */
        BREAKER_OPENED,
        /** A person has allowed repairs again. */
        BREAKER_RESET,
        /** A person has stopped all repairs of a host; for {@code maintenance}, those of some containers. */
        PAUSED,
        /** They go on. */
        RESUMED
    }

    /** Why. The set only grows. */
    public enum Reason {
        /** There is a failure, or nothing more to say. */
        NONE,
        /** A person wanted it. */
        OPERATOR,
        /** The container is gone, another one, started since, or well. */
        STALE,
        /** The event was too old. */
        EXPIRED,
        /** The container did not opt in, or is out of scope. */
        NOT_MANAGED,
        /** Its label says neither yes nor no. */
        BAD_LABEL,
        /** Somebody stopped it on purpose. */
        MANUAL_STOP,
        /** Its state is none that a repair fits: created, paused, removing, restarting, dead. */
        STATE,
        /** Somebody works on it. */
        MAINTENANCE,
        /** Repairs are paused. */
        PAUSED,
        RATE_LIMITED,
        BREAKER_OPEN,
        /** Another container that it needs is repaired first. */
        DEFERRED,
        /** The whole host is ill. */
        SUPPRESSED_HOST,
        DRY_RUN,
        /** Another instance has taken over. */
        FENCED,
        /** Too many attempts. */
        BUDGET,
        /** No attempt can help. */
        PERMANENT,
        /** What was remembered of it cannot be read. */
        STATE_UNREADABLE,
        /** The playbook says to tell only. */
        REPORT_ONLY,
        /** The next step needs a person's word. */
        NEEDS_APPROVAL,
        /** Only the host's administrator can do it. */
        HOST_ACTION,
        /** The engine refused or failed. */
        ACTION_FAILED,
        /** Nobody knows whether it was done. */
        TIMEOUT,
        /** It was done, but the container is not well. */
        NOT_VERIFIED,
        FLAPPING
    }

    /** What is done to a container. */
    public enum Action {
        START,
        RESTART,
        RECREATE,
        /** A folder of it is copied to where the service keeps its data. */
        COPY_ASIDE,
        RELOAD,
        EXEC,
        STOP,
        RESTORE_BACKUP,
        /** The files of a volume are given to the user that the container runs as, and it is started anew. */
        FIX_PERMISSIONS,
        /** The configuration that was good last is put back and read. */
        FORMER_CONFIG,
        QUARANTINE,
        NONE
    }

    /**
     * What went wrong.
     *
     * @param condition a {@link Condition}'s name in events, or a newer one
     * @param eventIds ids of the health events that belong to it
     * @param drill whether a person injected it for practice
     */
    public record Incident(
            String id, String condition, String code, Severity severity, List<String> eventIds, boolean drill) {
        public Incident {
            if (id.isBlank() || condition.isBlank()) {
                throw new IllegalArgumentException("an incident needs an id and a condition");
            }
            id = BoundedText.cut(id, MAX_WORD);
            condition = BoundedText.cut(condition, MAX_WORD);
            code = BoundedText.cut(code, MAX_WORD);
            eventIds = BoundedText.first(eventIds, MAX_EVENTS, MAX_WORD);
        }
    }

    /**
     * One step of the ladder.
     *
     * @param id reserved before it is done; the same after a crash
     * @param attempt from 1
     * @param group of containers, on whichever hosts, of which no two are repaired at a time; empty if it is in none
     */
    public record Operation(String id, Action action, int attempt, String group) {
        public Operation {
            if (id.isBlank() || attempt < 1) {
                throw new IllegalArgumentException("an operation needs an id and an attempt from 1");
            }
            id = BoundedText.cut(id, MAX_WORD);
            group = BoundedText.cut(group, MAX_WORD);
        }

        /** Of a container that is in no group. */
        public Operation(String id, Action action, int attempt) {
            this(id, action, attempt, "");
        }
    }

    /**
     * A container at one moment.
     *
     * @param containerId empty if there is none
     * @param state the engine's word
     * @param health the engine's word; empty without a health check
     * @param startedAt null if it never ran
     */
    public record Snapshot(
            String containerId,
            String state,
            String health,
            int exitCode,
            boolean oomKilled,
            @Nullable Instant startedAt,
            int restartCount) {
        public Snapshot {
            containerId = BoundedText.cut(containerId, MAX_WORD);
            state = BoundedText.cut(state, MAX_WORD);
            health = BoundedText.cut(health, MAX_WORD);
        }
    }

    /**
     * A file of the host with what was found.
     *
     * @param sha256 64 hex digits
     */
    public record Evidence(String path, String sha256, long bytes) {
        public Evidence {
            if (!WireHex.isSha256(sha256) || bytes < 0) {
                throw new IllegalArgumentException("evidence needs a SHA-256 and a size");
            }
            path = BoundedText.cut(path, MAX_WORD);
        }
    }

    public RecoveryEvent {
        if (id.isBlank() || actor.isBlank()) {
            throw new IllegalArgumentException("an event needs an id and an actor");
        }
        if (!WireName.isValid(host)) {
            throw new IllegalArgumentException("an event needs a host");
        }
        if (took != null && took.isNegative()) {
            throw new IllegalArgumentException("nothing takes less than no time");
        }
        id = BoundedText.cut(id, MAX_WORD);
        actor = BoundedText.cut(actor, MAX_WORD);
        message = BoundedText.cut(message, MAX_TEXT);
    }

    /** The key of the record: {@code node-07/research/grafana/1}, or the host where it is about the whole of it. */
    public String key() {
        return container == null ? host : container.key(host);
    }
}
