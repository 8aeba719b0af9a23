package caretaker.contracts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns health events into CloudEvents 1.0 JSON (structured mode) and back.
 *
 * <p>The mapping is written out, so that renaming a Java field cannot change the wire. Readers ignore what they do not
 * know.
 */
public final class HealthEventCodec {
    /** CloudEvents {@code type} of a health event. */
    public static final String TYPE = "caretaker.health.v1";

    private static final String SCHEMA = "caretaker/v1/health-event.schema.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What came out of a record's value. */
    public sealed interface Decoded {
        record Known(HealthEvent event) implements Decoded {}

        /** A type or a condition of a newer writer. Skip it and count it. */
        record Unknown(String what) implements Decoded {}

        /** Bytes no retry can fix. */
        record Malformed(String reason) implements Decoded {}
    }

    public byte[] encode(HealthEvent event) {
        ObjectNode cloudEvent = JSON.createObjectNode()
                .put("specversion", "1.0")
                .put("type", TYPE)
                .put("source", "/hosts/" + event.host() + "/gpu-agent")
                .put("id", event.id())
                .put("time", event.time().toString())
                .put("subject", event.condition().wire() + "/" + event.entity().id())
                .put("datacontenttype", "application/json")
                .put("dataschema", SCHEMA);
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
        try {
            return JSON.writeValueAsBytes(cloudEvent);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of plain values always serialises", e);
        }
    }

    public Decoded decode(byte[] bytes) {
        try {
            JsonNode cloudEvent = JSON.readTree(bytes);
            String type = cloudEvent.required("type").asText();
            if (!type.equals(TYPE)) {
                return new Decoded.Unknown("type " + type);
            }
            JsonNode data = cloudEvent.required("data");
            String name = data.required("condition").asText();
            Condition condition = Condition.ofWire(name);
            if (condition == null) {
                return new Decoded.Unknown("condition " + name);
            }
            return new Decoded.Known(event(
                    data, condition, Instant.parse(cloudEvent.required("time").asText())));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return new Decoded.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static HealthEvent event(JsonNode data, Condition condition, Instant time) {
        JsonNode entity = data.required("entity");
        return new HealthEvent(
                data.required("host").asText(),
                data.required("agentId").asText(),
                data.required("sequence").asLong(),
                time,
                condition,
                constant(HealthEvent.State.class, data.required("state")),
                constant(HealthEvent.Severity.class, data.required("severity")),
                new HealthEvent.Entity(
                        constant(HealthEvent.Entity.Kind.class, entity.required("kind")),
                        entity.required("id").asText(),
                        entity.required("name").asText()),
                data.path("code").asText(""),
                data.path("message").asText(""),
                constant(HealthEvent.Action.class, data.required("action")),
                evidence(data.path("evidence")),
                data.path("drill").asBoolean(false));
    }

    private static Map<String, String> evidence(JsonNode json) {
        Map<String, String> evidence = new TreeMap<>();
        json.properties()
                .forEach(entry -> evidence.put(entry.getKey(), entry.getValue().asText()));
        return evidence;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode word) {
        return Enum.valueOf(type, word.asText().toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
