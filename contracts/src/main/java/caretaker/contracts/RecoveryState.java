package caretaker.contracts;

import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryEvent.Snapshot;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the recovery service must remember of one container. It is written before anything is done, so a service
 * that is killed at any moment goes on with the same operation; the newest of a key replaces all earlier ones.
 *
 * @param revision counts the writings of one key from 1
 * @param writer who wrote it
 * @param due when it is looked at next; null if only news can change it
 * @param incident null while nothing is wrong
 * @param operation what is being done, or was last; null if nothing in this incident
 * @param attempts when operations were begun, oldest first: what the budget counts
 * @param changes when its health changed, oldest first: what flapping counts
 * @param wellSince since when it has been well without a break; null if it is not or nobody knows
 * @param quarantine null if it is in none
 * @param handled ids of health events that have had their effect, oldest first
 */
public record RecoveryState(
        String host,
        ContainerIdentity container,
        long revision,
        Writer writer,
        Instant updatedAt,
        Phase phase,
        @Nullable Instant due,
        @Nullable Incident incident,
        @Nullable Operation operation,
        List<Instant> attempts,
        List<Instant> changes,
        @Nullable Instant wellSince,
        @Nullable Quarantine quarantine,
        List<String> handled) {

    /** Attempts and changes that are remembered; the newest. */
    public static final int MAX_TIMES = 64;

    /** Events that are remembered; the newest. */
    public static final int MAX_HANDLED = 256;

    public enum Phase {
        OK,
        /** Something is wrong, perhaps not for long. */
        SUSPECT,
        /** It waits: for its backoff, for another container, for its turn. */
        PENDING,
        /** An operation is reserved: it may have been done. */
        ACTING,
        /** It was done; whether it helped is being looked at. */
        VERIFYING,
        /** It did not help. */
        FAILED_ATTEMPT,
        QUARANTINED
    }

    /**
     * An instance of the service.
     *
     * @param epoch greater at each start on a host: the lower one may not write
     */
    public record Writer(String instance, long epoch) {}

    /**
     * What is wrong.
     *
     * @param since when the failure was seen first
     * @param containerId of the container that failed
     * @param startedAt when its run that failed began; null if not known
     * @param playbook name of the one that is followed
     * @param rung which step of its ladder is next, from 0
     * @param waitingFor key of the container that is repaired first; empty if none
     */
    public record Incident(
            String id,
            String condition,
            String code,
            Severity severity,
            Instant since,
            String containerId,
            @Nullable Instant startedAt,
            List<String> eventIds,
            String playbook,
            int rung,
            String waitingFor,
            boolean dryRun,
            boolean drill) {
        public Incident {
            eventIds = BoundedText.first(eventIds, RecoveryEvent.MAX_EVENTS, RecoveryEvent.MAX_WORD);
            if (id.isBlank() || rung < 0) {
                throw new IllegalArgumentException("an incident needs an id and a rung from 0");
            }
        }
    }

    /**
     * One step, by which it can be told afterwards whether it was done.
     *
     * @param reservedAt when it was written down
     * @param deadline until when its effect must show
     * @param before the container a moment before
     * @param unsettled whether the engine's answer is missing: only looking tells
     * @param evidence what was saved before; null if nothing
     */
    public record Operation(
            String id,
            Action action,
            int attempt,
            String actor,
            Instant reservedAt,
            Instant deadline,
            Snapshot before,
            boolean unsettled,
            @Nullable Evidence evidence) {
        public Operation {
            if (id.isBlank() || attempt < 1 || deadline.isBefore(reservedAt)) {
                throw new IllegalArgumentException("an operation needs an id, an attempt from 1 and a deadline");
            }
        }
    }

    /**
     * It is left alone.
     *
     * @param until when it ends by itself; null: never
     * @param by who put it there
     */
    public record Quarantine(
            Reason reason, Instant since, @Nullable Instant until, String by, String message) {
        public Quarantine {
            message = BoundedText.cut(message, RecoveryEvent.MAX_TEXT);
        }
    }

    public RecoveryState {
        if (!WireName.isValid(host)) {
            throw new IllegalArgumentException("a state needs a host");
        }
        if (revision < 1 || revision > HealthEvent.MAX_SEQUENCE) {
            throw new IllegalArgumentException("a state needs a revision from 1");
        }
        if ((phase == Phase.ACTING || phase == Phase.VERIFYING) && (operation == null || incident == null)) {
            throw new IllegalArgumentException("an operation is under way, and not said which");
        }
        if ((phase == Phase.QUARANTINED) != (quarantine != null)) {
            throw new IllegalArgumentException("a quarantine has a reason");
        }
        attempts = last(attempts, MAX_TIMES);
        changes = last(changes, MAX_TIMES);
        handled = last(handled, MAX_HANDLED);
    }

    private static <T> List<T> last(List<T> list, int max) {
        return List.copyOf(list.subList(Math.max(0, list.size() - max), list.size()));
    }

    /** The key of the record. */
    public String key() {
        return container.key(host);
    }
}
