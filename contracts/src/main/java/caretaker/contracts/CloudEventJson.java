package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the codecs of CloudEvents 1.0 in structured JSON share: the envelope, and reading fields of a known kind. */
final class CloudEventJson {
    private static final String SPEC_VERSION = "1.0";
    private static final String SCHEMAS = "urn:caretaker:v1:";
    private static final int USUAL_BYTES = 1 << 10;
    private static final String IN_A_SEGMENT = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int MAX_DEPTH = 32;

    /** Of a record that is read. */
    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_REASON = 200;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private CloudEventJson() {}

    /** Leaves the reading of an event that says something this version has no word for. */
    static final class NewerException extends Exception {
        private static final long serialVersionUID = 1;

        NewerException(String what) {
            super(what, null, false, false);
        }
    }

    /** An event that has no data yet. */
    static ObjectNode envelope(String type, String source, String id, String time, String subject, String schema) {
        return JSON.createObjectNode()
                .put("specversion", SPEC_VERSION)
                .put("type", type)
                .put("source", source)
                .put("id", id)
                .put("time", time)
                .put("subject", subject)
                .put("datacontenttype", "application/json")
                .put("dataschema", SCHEMAS + schema);
    }

    /** What an event says, written as it comes: no tree is made of what is written ten thousand times a second. */
    @FunctionalInterface
    interface Data {
        /** Writes the fields of {@code data}. */
        void write(JsonGenerator json) throws IOException;
    }

    /** As {@link #envelope}, with its data. */
    static byte[] bytes(String type, String source, String id, String time, String subject, String schema, Data data) {
        var bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("specversion", SPEC_VERSION);
            json.writeStringField("type", type);
            json.writeStringField("source", source);
            json.writeStringField("id", id);
            json.writeStringField("time", time);
            json.writeStringField("subject", subject);
            json.writeStringField("datacontenttype", "application/json");
            json.writeStringField("dataschema", SCHEMAS + schema);
            json.writeObjectFieldStart("data");
            data.write(json);
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes whatever is written", e);
        }
        return bytes.toByteArray();
    }

    /** An object of texts, by name. */
    static void write(JsonGenerator json, String field, Map<String, String> texts) throws IOException {
        boolean isSorted = texts instanceof SortedMap<String, String> sorted && sorted.comparator() == null;
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, String> text : (isSorted ? texts : new TreeMap<>(texts)).entrySet()) {
            json.writeStringField(text.getKey(), text.getValue());
        }
        json.writeEndObject();
    }

    /** An array of texts, in their order. */
    static void write(JsonGenerator json, String field, Set<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : new TreeSet<>(texts)) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    static byte[] bytes(ObjectNode event) {
        try {
            return JSON.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of plain values always serialises", e);
        }
    }

    static JsonNode read(byte[] bytes) throws IOException {
        return JSON.readTree(bytes);
    }

    /** Makes an event of a tree. */
    @FunctionalInterface
    interface Reading<T> {
        T event(JsonNode cloudEvent) throws NewerException;
    }

    /** Reads a record's value of a compacted topic, where none means that its key is no more. */
    static <T> Decoded<T> decode(byte @Nullable [] bytes, Reading<T> reading) {
        return decode(bytes, MAX_BYTES, reading);
    }

    /** As {@link #decode(byte[], Reading)}, of records that may be larger. */
    static <T> Decoded<T> decode(byte @Nullable [] bytes, int maxBytes, Reading<T> reading) {
        if (bytes == null) {
            return new Decoded.Removed<>();
        }
        if (bytes.length > maxBytes) {
            return new Decoded.Malformed<>("a record of " + bytes.length + " bytes");
        }
        try {
            return new Decoded.Known<>(reading.event(read(bytes)));
        } catch (NewerException e) {
            return new Decoded.Unknown<>(brief(e.getMessage()));
        } catch (JsonProcessingException e) {
            return new Decoded.Malformed<>(brief(e.getOriginalMessage()));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return new Decoded.Malformed<>(brief(e.getMessage()));
        }
    }

    /** An object of texts or, where nothing else is said, an empty one. */
    static Map<String, String> texts(JsonNode parent, String field) {
        Map<String, String> texts = new TreeMap<>();
        JsonNode json = object(parent, field);
        json.fieldNames().forEachRemaining(key -> texts.put(key, text(json, key)));
        return texts;
    }

    /** Refuses the envelope of another version or type. */
    static void expect(JsonNode event, String type) throws NewerException {
        known("specversion", text(event, "specversion"), SPEC_VERSION);
        known("type", text(event, "type"), type);
        text(event, "source");
    }

    private static void known(String field, String value, String expected) throws NewerException {
        if (!value.equals(expected)) {
            throw new NewerException(field + " " + value);
        }
    }

    static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("'" + field + "' is no text");
        }
        return value.textValue();
    }

    /** A text that may be left out, which says the same as an empty one. */
    static String textOrNone(JsonNode object, String field) {
        return object.has(field) ? text(object, field) : "";
    }

    static long number(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("'" + field + "' is no whole number");
        }
        return value.longValue();
    }

    /** As {@link #number}, of what fits an {@code int}. */
    static int integer(JsonNode object, String field) {
        long value = number(object, field);
        if (value != (int) value) {
            throw new IllegalArgumentException("'" + field + "' is " + value);
        }
        return (int) value;
    }

    /** A truth that may be left out, which says false. */
    static boolean flagOrFalse(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isBoolean() && !value.isMissingNode()) {
            throw new IllegalArgumentException("'" + field + "' is neither true nor false");
        }
        return value.booleanValue();
    }

    /** An object or, where nothing else is said, one without fields. */
    static JsonNode object(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        if (!value.isObject() && !value.isMissingNode()) {
            throw new IllegalArgumentException("'" + field + "' is no object");
        }
        return value;
    }

    /** An array or, where nothing else is said, one without elements. */
    static JsonNode array(JsonNode parent, String field) {
        JsonNode value = parent.path(field);
        if (!value.isArray() && !value.isMissingNode()) {
            throw new IllegalArgumentException("'" + field + "' is no array");
        }
        return value;
    }

    static <E extends Enum<E>> E constant(Class<E> type, JsonNode object, String field) throws NewerException {
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
    static String escaped(String text) {
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
    static String brief(@Nullable String reason) {
        String line = String.valueOf(reason).replaceAll("\\p{Cntrl}", "?");
        return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...";
    }
}
