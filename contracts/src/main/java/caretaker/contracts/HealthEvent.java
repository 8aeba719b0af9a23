package caretaker.contracts;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something an agent found wrong, or well again, on its host.
 *
 * <p>The same condition on the same entity is raised once and cleared once; {@link State#OCCURRED} is for what has no
 * duration. {@code agentId} and {@code sequence} together are the event's identity: a reader that has seen the pair has
 * seen the event, and a gap in the sequence of one agent id is an event that is missing.
 *
 * @param host name of the GPU host, the key of the record
 * @param agentId changes with each start of the agent
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
    }

    public HealthEvent {
        if (host.isBlank() || agentId.isBlank() || sequence < 1) {
            throw new IllegalArgumentException("an event needs a host, an agent id and a sequence number from 1");
        }
        evidence = Map.copyOf(evidence);
    }

    /** Unique for ever: the pair of agent id and sequence. */
    public String id() {
        return agentId + "/" + sequence;
    }

    /** The evidence in the order in which it is written. */
    Map<String, String> sortedEvidence() {
        return new TreeMap<>(evidence);
    }
}
