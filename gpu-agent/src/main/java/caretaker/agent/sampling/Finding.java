package caretaker.agent.sampling;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import java.util.Map;

/**
 * Something that is wrong at this moment. What makes it an event is that it was not so a moment ago.
 *
 * @param code the driver's number for it, or empty
 * @param message one sentence for a person
 * @param evidence what the driver said; the values at the time
 */
public record Finding(
        Condition condition, HealthEvent.Entity entity, String code, String message, Map<String, String> evidence) {

    public Finding {
        evidence = Map.copyOf(evidence);
    }

    /** The GPU that a finding is about. */
    public static HealthEvent.Entity gpu(String uuid, int index) {
        return new HealthEvent.Entity(HealthEvent.Entity.Kind.GPU, uuid, "GPU " + index);
    }

    /** The host that a finding is about. */
    public static HealthEvent.Entity host(String name) {
        return new HealthEvent.Entity(HealthEvent.Entity.Kind.HOST, name, name);
    }
}
