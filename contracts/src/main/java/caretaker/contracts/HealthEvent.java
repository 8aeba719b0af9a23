package caretaker.contracts;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something an agent found wrong, or well again, on its host.
 *
 * <p>The same condition on the same entity is raised once and cleared once; {@link State#OCCURRED} is for what has no
 * duration. {@code agentId} and {@code sequence} together are the event's identity: a reader that has seen the pair has
 * seen the event, and a gap in the sequence of one agent id is an event that is missing.
 *
 * <p>Texts are cut to {@link #MAX_TEXT} and the evidence to {@link #MAX_EVIDENCE} entries, so that any event fits into
 * a record that every reader takes.
 *
 * @param host name of the GPU host, the key of the record: a {@link WireName}
 * @param agentId changes with each start of the agent: a {@link WireName}
 * @param sequence counts the events of one agent id from 1
 * @param time when the agent saw it, by the host's clock
 * @param code the driver's or the system's own number for it (an XID, an exit code); empty if it has none
 * @param message one sentence for a person
 * @param evidence the raw line, the values; never a secret
 * @param drill whether a person injected it for practice
 */
public record HealthEvent(
        String host,
        String agentId,
        long sequence,
        Instant time,
        Condition condition,
        State state,
        Severity severity,
        Entity entity,
        String code,
        String message,
        Action action,
        Map<String, String> evidence,
        boolean drill) {

    /** UTF-16 units of the message and of one value of the evidence. */
    public static final int MAX_TEXT = 4096;

    /** UTF-16 units of an id, a name, a code, a key of the evidence. */
    public static final int MAX_WORD = 256;

    /** Entries of the evidence; the first by key are kept. */
    public static final int MAX_EVIDENCE = 32;

    /** The greatest number that a reader with floating-point numbers takes for what it is: 2^53 - 1. */
    public static final long MAX_SEQUENCE = (1L << 53) - 1;

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.ofEpochMilli(ReadingsCodec.MAX_TIME);

    public enum State {
        RAISED,
        CLEARED,
        OCCURRED
    }

    /** How soon a person should know. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /** What the agent advises. Nothing acts on it by itself but the recovery service, by its own rules. */
    public enum Action {
        NONE,
        RESTART_APP,
        RESTART_CONTAINER,
        RECREATE_CONTAINER,
        RESTART_AGENT,
        RESET_GPU,
        REBOOT_NODE,
        CONTACT_SUPPORT
    }

    /**
     * What the condition is about.
     *
     * @param id the identity that lasts: a GPU's UUID, a container's id, a host's name
     * @param name what people call it: {@code GPU 3}, {@code grafana}
     */
    public record Entity(Kind kind, String id, String name) {
        public enum Kind {
            HOST,
            GPU,
            CONTAINER,
            SERVICE
        }

        public Entity {
            if (id.isBlank()) {
                throw new IllegalArgumentException("an entity needs an id");
            }
            id = BoundedText.cut(id, MAX_WORD);
            name = BoundedText.cut(name, MAX_WORD);
        }
    }

    public HealthEvent {
        if (!WireName.isValid(host) || !WireName.isValid(agentId)) {
            throw new IllegalArgumentException("an event needs a host and an agent id");
        }
        if (sequence < 1 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("an event needs a sequence number from 1");
        }
        if (time.isBefore(FIRST) || time.isAfter(LAST)) {
            throw new IllegalArgumentException("an event needs a time from 1970 to 9999");
        }
        code = BoundedText.cut(code, MAX_WORD);
        message = BoundedText.cut(message, MAX_TEXT);
        evidence = cut(evidence);
    }

    /** Unique for ever: the pair of agent id and sequence. */
    public String id() {
        return agentId + "/" + sequence;
    }

    /** The evidence in the order in which it is written. */
    SortedMap<String, String> sortedEvidence() {
        return new TreeMap<>(evidence);
    }

    private static Map<String, String> cut(Map<String, String> evidence) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (var entry : new TreeMap<>(evidence).entrySet()) {
            if (kept.size() < MAX_EVIDENCE) {
                kept.put(BoundedText.cut(entry.getKey(), MAX_WORD), BoundedText.cut(entry.getValue(), MAX_TEXT));
            }
        }
        return Map.copyOf(kept);
    }
}
