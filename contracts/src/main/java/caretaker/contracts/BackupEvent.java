package caretaker.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of one piece of work on the backups of a series: a backup, its verification, a restore.
 *
 * <p>A piece of work has one event {@link State#STARTED} and later one that ends it; both have its {@code operation}.
 * Operation and state together are the event's identity: a reader that has seen the pair has seen the event.
 *
 * @param series what is backed up again and again, the key of the record: a {@link WireName}
 * @param host where the work is done: a {@link WireName}
 * @param operation unique for each piece of work: a {@link WireName}
 * @param time when it was said, by the host's clock
 * @param startedAt when the work began; not after {@code time}
 * @param trigger why it was done: {@code cron}, {@code event}, {@code upgrade}, {@code manual}
 * @param backup the backup that was made, verified or restored; empty if there is none
 * @param contents what is in it; null unless it is there
 * @param pausedMillis how long a service was paused or stopped for it
 * @param targets where it went, and where it did not
 * @param pruned backups that were removed
 * @param cause one word for why it failed: {@code disk-full}; empty if it did not
 * @param error the same in a sentence, never a secret; empty if it did not
 * @param warnings what a person should look at although it succeeded
 * @param expectedBy when the next good backup of the series is missing; null if the event says nothing about it, then
 *     that of an earlier event holds
 */
public record BackupEvent(
        String series,
        String host,
        String operation,
        Work work,
        State state,
        Instant time,
        Instant startedAt,
        String trigger,
        String backup,
        @Nullable Contents contents,
        long pausedMillis,
        List<Target> targets,
        List<String> pruned,
        String cause,
        String error,
        List<String> warnings,
        @Nullable Instant expectedBy) {

    /** UTF-16 units of an error or a warning. */
    public static final int MAX_TEXT = 4096;

    /** UTF-16 units of a word: a trigger, a cause, a target's name, the id of a backup. */
    public static final int MAX_WORD = 256;

    /** Targets; the first are kept. */
    public static final int MAX_TARGETS = 32;

    /** Warnings; the first are kept. */
    public static final int MAX_WARNINGS = 32;

    /** Backups that were removed; the first are kept. */
    public static final int MAX_PRUNED = 1000;

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.ofEpochMilli(ReadingsCodec.MAX_TIME);

    /** What was done. */
    public enum Work {
        BACKUP,
        VERIFICATION,
        PRUNING,
        RESTORE,
        /** A restore into a scratch place, to know that it works. */
        RESTORE_DRILL
    }

    public enum State {
        STARTED,
        /** A backup is there, whole. */
        SUCCEEDED,
        /** A backup is there, but not all that should be in it. */
        PARTIAL,
        /** The work came to nothing. */
        FAILED,
        VERIFIED,
        PRUNED,
        /** By a restore, or by a drill. */
        RESTORED,
        /** The series is backed up no more: nothing is expected of it. */
        RETIRED
    }

    /**
     * What is in a backup.
     *
     * @param bytes before compression
     * @param storedBytes as it lies at a target
     * @param sha256 of the stored bytes: 64 lower-case hex digits
     */
    public record Contents(long bytes, long storedBytes, long files, String sha256) {
        public Contents {
            if (bytes < 0 || storedBytes < 0 || files < 0) {
                throw new IllegalArgumentException("a size below 0");
            }
            if (!WireHex.isSha256(sha256)) {
                throw new IllegalArgumentException("a SHA-256 has 64 hex digits");
            }
        }
    }

    /**
     * A place for backups.
     *
     * @param error why nothing got there; empty if it did
     */
    public record Target(String name, String error) {
        public Target {
            name = BoundedText.cut(name, MAX_WORD);
            error = BoundedText.cut(error, MAX_TEXT);
        }
    }

    public BackupEvent {
        if (!WireName.isValid(series) || !WireName.isValid(host) || !WireName.isValid(operation)) {
            throw new IllegalArgumentException("an event needs a series, a host and an operation");
        }
        for (Instant each : expectedBy == null ? List.of(time, startedAt) : List.of(time, startedAt, expectedBy)) {
            if (each.isBefore(FIRST) || each.isAfter(LAST)) {
                throw new IllegalArgumentException("an event needs times from 1970 to 9999");
            }
        }
        if (startedAt.isAfter(time)) {
            throw new IllegalArgumentException("an event before its work began");
        }
        if (pausedMillis < 0 || pausedMillis > HealthEvent.MAX_SEQUENCE) {
            throw new IllegalArgumentException("a pause of " + pausedMillis + " ms");
        }
        trigger = BoundedText.cut(trigger, MAX_WORD);
        backup = BoundedText.cut(backup, MAX_WORD);
        targets = targets.stream().limit(MAX_TARGETS).toList();
        pruned = cut(pruned, MAX_PRUNED, MAX_WORD);
        cause = BoundedText.cut(cause, MAX_WORD);
        error = BoundedText.cut(error, MAX_TEXT);
        warnings = cut(warnings, MAX_WARNINGS, MAX_TEXT);
    }

    /** Unique for ever. */
    public String id() {
        return operation + "/" + state.name().toLowerCase(Locale.ROOT);
    }

    private static List<String> cut(List<String> texts, int entries, int length) {
        return texts.stream()
                .limit(entries)
                .map(text -> BoundedText.cut(text, length))
                .toList();
    }
}
