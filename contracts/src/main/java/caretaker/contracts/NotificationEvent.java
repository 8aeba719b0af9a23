package caretaker.contracts;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far one way of reaching a receiver is with one group of alerts. It replaces all earlier ones of its key.
 *
 * <p>Before something is sent, an event with {@code pending} is written; after it, one without. A pending one that no
 * other follows was perhaps sent: it is sent again with the same {@code id}.
 *
 * @param integration the kind of way: {@code webhook}, {@code email}
 * @param index its place among those of its kind at the receiver, from 0
 * @param at when this was written
 * @param nextFlush when the group is looked at next
 * @param sent what the receiver was told last; null if nothing
 * @param pending what is being sent; null if nothing
 * @param failure why the last attempt failed, without secrets; empty if it did not
 */
public record NotificationEvent(
        String groupKey,
        String receiver,
        String integration,
        int index,
        Instant at,
        Instant nextFlush,
        @Nullable Sent sent,
        @Nullable Pending pending,
        String failure) {

    /** UTF-16 units of a failure. */
    public static final int MAX_FAILURE = 4096;

    /**
     * What was told.
     *
     * @param firing fingerprints
     * @param resolved fingerprints
     * @param data what is needed to find the message again
     */
    public record Sent(
            Instant at, Set<String> firing, Set<String> resolved, Instant expiresAt, Map<String, String> data) {
        public Sent {
            firing = Set.copyOf(firing);
            resolved = Set.copyOf(resolved);
            data = Map.copyOf(data);
        }
    }

    /**
     * What is being told.
     *
     * @param id the same at each attempt: the key by which a receiver knows a repetition
     */
    public record Pending(String id, String reason, Instant since, Set<String> firing, Set<String> resolved) {
        public Pending {
            firing = Set.copyOf(firing);
            resolved = Set.copyOf(resolved);
        }
    }

    public NotificationEvent {
        if (index < 0) {
            throw new IllegalArgumentException("an index counts from 0");
        }
        failure = BoundedText.cut(failure, MAX_FAILURE);
    }

    /** The key of the record: <code>{}:{alertname="GpuHot"}/oncall/webhook[0]</code>. */
    public String key() {
        return groupKey + "/" + receiver + "/" + integration + "[" + index + "]";
    }
}
