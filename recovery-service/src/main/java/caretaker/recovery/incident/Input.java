package caretaker.recovery.incident;

import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.containers.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the edge tells. */
public sealed interface Input {
    /**
     * A record of {@code caretaker.health}.
     *
     * @param recordedAt the broker's time of the record
     */
    record Health(HealthEvent event, Instant recordedAt) implements Input {}

    /** All containers of the engine, as they are now. */
    record Listed(List<Sighting> containers) implements Input {}

    /** A record of {@code caretaker.recovery-state}, read at the start. */
    record Restored(String key, Decoded<RecoveryState> state) implements Input {}

    /** The host's record of {@code caretaker.recovery-state}: read at the start, and whenever there is a new one. */
    record RestoredHost(RecoveryHostState state) implements Input {}

    /** Topics have been read up to where they ended at the start: now it may act. */
    record CaughtUp() implements Input {}

    /**
     * The answer to {@link Effect.Look}.
     *
     * @param sighting null if there is no such container
     * @param allowed whether what the step requires holds
     * @param log the last lines of its log
     * @param evidence what was saved; null if nothing was to be or could be
     * @param needed the containers that it needs, as they are now
     * @param answer what its service answered, as one line without secrets of at most 500 characters; empty for nothing
     * @param copy the newest one that was made of it in the incident; null if there is none
     * @param former when the configuration was kept that could be put back; null if none was, or nobody asked
     */
    record Looked(
            long question,
            @Nullable Sighting sighting,
            ProbeAnswer probe,
            boolean allowed,
            List<String> log,
            @Nullable Evidence evidence,
            List<Sighting> needed,
            String answer,
            @Nullable Copy copy,
            @Nullable Instant former)
            implements Input {
        public Looked(
                long question,
                @Nullable Sighting sighting,
                ProbeAnswer probe,
                boolean allowed,
                List<String> log,
                @Nullable Evidence evidence,
                List<Sighting> needed) {
            this(question, sighting, probe, allowed, log, evidence, needed, "", null, null);
        }
    }

    /**
     * A copy of one of its folders.
     *
     * @param isDamaged whether a database in it is not whole
     * @param what where it is and what was found in it, for a person
     */
    record Copy(boolean isDamaged, String what) {}

    /** The engine gave no answer to {@link Effect.Look}. */
    record NotLooked(long question, String why) implements Input {}

    /** The answer to {@link Effect.Perform}. */
    record Performed(String operationId, Result result) implements Input {}

    /**
     * A record could not be written; the effects of the same key after it were not carried out.
     *
     * @param key of the effect
     * @param event that is not on the bus; null if it was a state
     */
    record NotWritten(String key, @Nullable RecoveryEvent event) implements Input {}

    record Locked(MaintenanceLock lock) implements Input {}

    /** A lock was given back: the key of its record. */
    record Unlocked(String key) implements Input {}

    /**
     * A {@code started} of another host on {@code caretaker.recoveries}.
     *
     * @param key of the record
     * @param group of the container; empty if it is in none
     * @param containerId the engine's id of it; empty if it is not told
     */
    record StartedElsewhere(Instant at, String key, String group, String containerId) implements Input {
        String host() {
            return key.split("/", 2)[0];
        }
    }

    /** Another host has a record on {@code caretaker.recovery-state}, or none any more. */
    record HostElsewhere(String host, boolean isThere) implements Input {}

    /** What was told last of a container of another host is no {@code started} any more: the key of the record. */
    record EndedElsewhere(String key) implements Input {}

    /** Somebody has thrown or released the switch that stops everything. */
    record KillSwitch(boolean on) implements Input {}

    /**
     * A person wants something.
     *
     * @param actor {@code user:NAME}
     */
    record Asked(Command command, String actor) implements Input {}

    /** What the service's own round over all containers has seen of one: as it is now, and what its probe says. */
    record Verified(Sighting sighting, ProbeAnswer probe) implements Input {}

    /** Whether a disk of the host is full: told before the answer to a look with evidence. */
    record Disk(boolean isFull) implements Input {}

    /** Time has passed. */
    record Tick() implements Input {}

    /** What the probe of a container's service says. */
    enum ProbeAnswer {
        /** There is none, or it was not asked. */
        NONE,
        PASSED,
        FAILED,
        /** It says that it is still starting. */
        STARTING
    }

    /** What became of an operation. */
    sealed interface Result {
        record Done() implements Result {}

        /** The engine said no; nothing was changed. */
        record Refused(String why) implements Result {}

        /** The container was not the one that was expected any more; nothing was done. */
        record Changed() implements Result {}

        /** {@link Recoveries#mayPerform} said no; nothing was done. */
        record Held() implements Result {}

        /** No answer, or half of one: it may have been done. */
        record Unknown(String why) implements Result {}
    }

    /** What a person can want. Names are keys of containers, their names, or compose services. */
    sealed interface Command {
        /** Repair it now: without backoff, without the rate limit, with steps that need a person's word. */
        record Repair(String container, boolean dryRun) implements Command {}

        record Release(String container) implements Command {}

        record Quarantine(String container, String why) implements Command {}

        /**
         * Stop all repairs.
         *
         * @param length null: until somebody resumes
         */
        record Pause(@Nullable Duration length, String why) implements Command {}

        record Resume() implements Command {}

        record ResetBreaker() implements Command {}

        /**
         * The host is well whatever it was said to have.
         *
         * @param name as {@code GET /host} shows it, only its first word, or {@code all}
         */
        record ClearIllness(String name) implements Command {}
    }
}
