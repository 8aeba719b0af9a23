package caretaker.agent.health;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.Map;

/**
 * Something that is wrong at this moment. What makes it an event is that it was not so a moment ago.
 *
 * @param severity how soon a person should know
 * @param action what to do about it
 * @param code the driver's or the system's number for it, or empty
 * @param message one sentence for a person
 * @param evidence what the driver said, the raw line, the values at the time; never a secret
 */
public record Finding(
        Condition condition,
        Severity severity,
        Action action,
        HealthEvent.Entity entity,
        String code,
        String message,
        Map<String, String> evidence) {

    public Finding {
        evidence = Map.copyOf(evidence);
    }

    /** With the severity and the action that its condition has unless there is more to say. */
    public Finding(
            Condition condition, HealthEvent.Entity entity, String code, String message, Map<String, String> evidence) {
        this(condition, condition.severity(), condition.action(), entity, code, message, evidence);
    }

    /** The same with other evidence. */
    Finding with(Map<String, String> other) {
        return new Finding(condition, severity, action, entity, code, message, other);
    }

    /** The GPU that a finding is about. */
    public static HealthEvent.Entity gpu(String uuid, int index) {
        return new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, uuid, "GPU " + index);
    }

    /** The host that a finding is about. */
    public static HealthEvent.Entity host(String name) {
        return new HealthEvent.Entity(HealthEvent.Entity.Kind.HOST, name, name);
    }

    /** The container that a finding is about. */
    public static HealthEvent.Entity container(String id, String name) {
        return new HealthEvent.Entity(HealthEvent.Entity.Kind.CONTAINER, id, name);
    }
}
