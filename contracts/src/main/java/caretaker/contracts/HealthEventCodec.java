package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
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
    public static final int MAX_BYTES = 1 << 20;

    private static final String SPEC_VERSION = "1.0";
    private static final String SCHEMA = "urn:caretaker:v1:health-event.schema.json";
    private static final String IN_A_SEGMENT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int MAX_DEPTH = 32;
    private static final int MAX_REASON = 200;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** What came out of a record's value. */
    public sealed interface Decoded {
        record Known(HealthEvent event) implements Decoded {}

        /** A type, a condition or another word of a newer writer. Skip it and count it. */
        record Unknown(String what) implements Decoded {}

        /** Bytes no retry can fix. */
        record Malformed(String reason) implements Decoded {}
    }

    public byte[] encode(HealthEvent event) {
        ObjectNode cloudEvent = JSON.createObjectNode()
                .put("specversion", SPEC_VERSION)
                .put("type", TYPE)
                .put("source", "/hosts/" + escaped(event.host()) + "/gpu-agent")
                .put("id", event.id())
                .put("time", event.time().toString())
                .put(
                        "subject",
                        event.condition().wire() + "/" + escaped(event.entity().id()))
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

    /** Reads a record's value, which is null in a record that only deletes. */
    public Decoded decode(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length > MAX_BYTES) {
            return new Decoded.Malformed(bytes == null ? "no value" : "a record of " + bytes.length + " bytes");
        }
        try {
            return new Decoded.Known(event(JSON.readTree(bytes)));
        } catch (NewerException e) {
            return new Decoded.Unknown(brief(e.getMessage()));
        } catch (JsonProcessingException e) {
            return new Decoded.Malformed(brief(e.getOriginalMessage()));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return new Decoded.Malformed(brief(e.getMessage()));
        }
    }

    private static HealthEvent event(JsonNode cloudEvent) throws NewerException {
        known("specversion", text(cloudEvent, "specversion"), SPEC_VERSION);
        known("type", text(cloudEvent, "type"), TYPE);
        text(cloudEvent, "source");
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
                data.has("code") ? text(data, "code") : "",
                data.has("message") ? text(data, "message") : "",
                constant(HealthEvent.Action.class, data, "action"),
                evidence(data),
                data.has("drill") && flag(data, "drill"));
        if (!event.id().equals(text(cloudEvent, "id"))) {
            throw new IllegalArgumentException("an id that is not agentId/sequence");
        }
        return event;
    }

    private static Map<String, String> evidence(JsonNode data) {
        Map<String, String> evidence = new TreeMap<>();
        JsonNode json = data.path("evidence");
        if (!json.isObject() && !json.isMissingNode()) {
            throw new IllegalArgumentException("'evidence' is no object");
        }
        json.fieldNames().forEachRemaining(key -> evidence.put(key, text(json, key)));
        return evidence;
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + field + "' is no text");
        }
        return value.textValue();
    }

    private static long number(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("'" + field + "' is no whole number");
        }
        return value.longValue();
    }

    private static boolean flag(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isBoolean()) {
            throw new IllegalArgumentException("'" + field + "' is neither true nor false");
        }
        return value.booleanValue();
    }

    private static void known(String field, String value, String expected) throws NewerException {
        if (!value.equals(expected)) {
            throw new NewerException(field + " " + value);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, JsonNode object, String field) throws NewerException {
        String text = text(object, field);
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        throw new NewerException(field + " " + text);
    }

    /** How a constant is written in events: {@code restart-app}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** One segment of a URI's path: what may not stand there is percent-encoded. */
    private static String escaped(String text) {
        var escaped = new StringBuilder(text.length());
        for (byte octet : text.getBytes(UTF_8)) {
            char c = (char) (octet & 0xFF);
            if (IN_A_SEGMENT.indexOf(c) >= 0) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return escaped.toString();
    }

    /** For a log line: short, and without control characters. */
    private static String brief(@Nullable String reason) {
        String line = String.valueOf(reason).replaceAll("\\p{Cntrl}", "?");
        return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
    }

    /** Leaves the reading of an event that says something this version has no word for. */
    private static final class NewerException extends Exception {
        private static final long serialVersionUID = 1;

        NewerException(String what) {
            super(what, null, false, false);
        }
    }
}
