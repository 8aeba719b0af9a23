package caretaker.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far one way of reaching a receiver is with one group of alerts. It replaces all earlier ones of its key.
 *
 * <p>Before something is sent, an event with {@code pending} is written; after it, one with {@code result} and without
 * {@code pending}. A pending one that no other follows was perhaps sent: it is sent again with the same {@code id}.
 *
 * @param integration the kind of way: {@code webhook}, {@code email}
 * @param index its place among those of its kind at the receiver, from 0
 * @param at when this was written
 * @param nextFlush when the group is looked at next
 * @param sent what the receiver was told last; null if nothing
 * @param pending what is being sent; null if nothing
 * @param result how the message before ended; null while one is being sent, and if none ever was
 * @param dead what could not be told and still waits for somebody; null if nothing
 */
public record NotificationEvent(
        String groupKey,
        String receiver,
        String integration,
        int index,
        Instant at,
        Instant nextFlush,
        @Nullable Sent sent,
        @Nullable Message pending,
        @Nullable Result result,
        @Nullable Dead dead) {

    /** UTF-16 units of an error. */
    public static final int MAX_ERROR = 4096;

    /**
     * What was told.
     *
     * @param firing fingerprints
     * @param resolved fingerprints
     * @param data what is needed to find the message again
     * @param withheld fingerprints that were told as firing before, are not in this message, and have no end that was
     *     told
     * @param repeats how often the same was told again
     */
    public record Sent(
            Instant at,
            Set<String> firing,
            Set<String> resolved,
            Instant expiresAt,
            Map<String, String> data,
            Set<String> withheld,
            int repeats) {
        public Sent {
            if (repeats < 0) {
                throw new IllegalArgumentException("repeats count from 0");
            }
            withheld = Set.copyOf(withheld);
            firing = Set.copyOf(firing);
            resolved = Set.copyOf(resolved);
            data = Map.copyOf(data);
        }

        /** With nothing withheld, and not repeated. */
        public Sent(Instant at, Set<String> firing, Set<String> resolved, Instant expiresAt, Map<String, String> data) {
            this(at, firing, resolved, expiresAt, data, Set.of(), 0);
        }
    }

    /**
     * What is to be told.
     *
     * @param id the same at each attempt: the key by which a receiver knows a repetition
     * @param reason why
     * @param since when it was decided
     */
    public record Message(String id, String reason, Instant since, Set<String> firing, Set<String> resolved) {
        public Message {
            firing = Set.copyOf(firing);
            resolved = Set.copyOf(resolved);
        }
    }

    /** How a message ended. */
    public enum Outcome {
        /** The receiver took it. */
        DELIVERED,
        /** It was given up. */
        FAILED,
        /** Nobody had to be told any more, or the receiver is no more. */
        CANCELLED,
        /** There was nothing to send, since ends are not wanted; {@code sent} says what counts as told. */
        SKIPPED
    }

    /**
     * A message that ended. What it told is in {@code sent} if it was delivered, in {@code dead} if it failed.
     *
     * @param attempts how often it was tried
     * @param error why the last attempt failed, without secrets; empty if it did not
     */
    public record Result(
            String id, String reason, Instant since, Instant at, int attempts, Outcome outcome, String error) {
        public Result {
            error = BoundedText.cut(error, MAX_ERROR);
        }
    }

    /**
     * What could not be told.
     *
     * @param message with the newest id; with the fingerprints of all {@code alerts} and of those left out
     * @param at when it was given up
     * @param alerts as they were, as many as there was room for
     * @param omitted how many more there were
     */
    public record Dead(Message message, Instant at, int attempts, String error, List<AlertEvent> alerts, int omitted) {
        public Dead {
            error = BoundedText.cut(error, MAX_ERROR);
            alerts = List.copyOf(alerts);
        }
    }

    public NotificationEvent {
        if (index < 0) {
            throw new IllegalArgumentException("an index counts from 0");
        }
    }

    /** The key of the record: <code>{}:{alertname="GpuHot"}/oncall/webhook[0]</code>. */
    public String key() {
        return groupKey + "/" + receiver + "/" + integration + "[" + index + "]";
    }
}
