package caretaker.contracts;

import static caretaker.contracts.CloudEventJson.constant;
import static caretaker.contracts.CloudEventJson.flagOrFalse;
import static caretaker.contracts.CloudEventJson.number;
import static caretaker.contracts.CloudEventJson.text;
import static caretaker.contracts.CloudEventJson.textOrNone;
import static caretaker.contracts.CloudEventJson.word;

import caretaker.contracts.CloudEventJson.NewerException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns health events into CloudEvents 1.0 JSON (structured mode) and back.
 *
 * <p>The mapping is written out, so that renaming a Java field cannot change the wire. Readers ignore fields that they
 * do not know; no bytes make {@link #decode} throw.
 */
public final class HealthEventCodec {
    /** CloudEvents {@code type} of a health event. */
    public static final String TYPE = "caretaker.health.v1";

    /** Largest record that is read, and more than the largest event that is written. */
    public static final int MAX_BYTES = CloudEventJson.MAX_BYTES;

    private static final String SCHEMA = "health-event.schema.json";

    public byte[] encode(HealthEvent event) {
        ObjectNode cloudEvent = CloudEventJson.envelope(
                TYPE,
                "/hosts/" + CloudEventJson.escaped(event.host()) + "/gpu-agent",
                event.id(),
                event.time().toString(),
                event.condition().wire() + "/"
                        + CloudEventJson.escaped(event.entity().id()),
                SCHEMA);
        ObjectNode data = cloudEvent
                .putObject("data")
                .put("host", event.host())
                .put("agentId", event.agentId())
                .put("sequence", event.sequence())
                .put("condition", event.condition().wire())
                .put("state", word(event.state()))
                .put("severity", word(event.severity()));
        data.putObject("entity")
                .put("kind", word(event.entity().kind()))
                .put("id", event.entity().id())
                .put("name", event.entity().name());
        data.put("code", event.code()).put("message", event.message()).put("action", word(event.action()));
        ObjectNode evidence = data.putObject("evidence");
        event.sortedEvidence().forEach(evidence::put);
        if (event.drill()) {
            data.put("drill", true);
        }
        return CloudEventJson.bytes(cloudEvent);
    }

    /** Reads a record's value, which is null in a record that only deletes. */
    public Decoded<HealthEvent> decode(byte @Nullable [] bytes) {
        return bytes == null
                ? new Decoded.Malformed<>("no value")
                : CloudEventJson.decode(bytes, HealthEventCodec::event);
    }

    private static HealthEvent event(JsonNode cloudEvent) throws NewerException {
        CloudEventJson.expect(cloudEvent, TYPE);
        JsonNode data = cloudEvent.path("data");
        String name = text(data, "condition");
        Condition condition = Condition.ofWire(name);
        if (condition == null) {
            throw new NewerException("condition " + name);
        }
        JsonNode entity = data.path("entity");
        var event = new HealthEvent(
                text(data, "host"),
                text(data, "agentId"),
                number(data, "sequence"),
                Instant.parse(text(cloudEvent, "time")),
                condition,
                constant(HealthEvent.State.class, data, "state"),
                constant(HealthEvent.Severity.class, data, "severity"),
                new HealthEvent.Entity(
                        constant(HealthEvent.Entity.Kind.class, entity, "kind"),
                        text(entity, "id"),
                        text(entity, "name")),
                textOrNone(data, "code"),
                textOrNone(data, "message"),
                constant(HealthEvent.Action.class, data, "action"),
                evidence(data),
                flagOrFalse(data, "drill"));
        if (!event.id().equals(text(cloudEvent, "id"))) {
            throw new IllegalArgumentException("an id that is not agentId/sequence");
        }
        return event;
    }

    private static Map<String, String> evidence(JsonNode data) {
        Map<String, String> evidence = new TreeMap<>();
        JsonNode json = CloudEventJson.object(data, "evidence");
        json.fieldNames().forEachRemaining(key -> evidence.put(key, text(json, key)));
        return evidence;
    }
}
