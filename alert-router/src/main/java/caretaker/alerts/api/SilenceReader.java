package caretaker.alerts.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.Silence;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the silence of a request. */
final class SilenceReader {
    private static final String BODY = "silence";
    private static final int MAX_BODY = 2 << 20;

    private SilenceReader() {}

    /** The silence as it was sent; whether it may be is not looked at. */
    static Silence read(Buffer body) throws ApiError {
        if (body.length() > MAX_BODY) {
            throw ApiError.text(400, "a silence has at most " + MAX_BODY + " bytes");
        }
        JsonObject json = object(body.toString(UTF_8));
        String comment = requiredText(json, "comment");
        String createdBy = requiredText(json, "createdBy");
        Instant ends = requiredTime(json, "endsAt");
        List<LabelMatcher> matchers = matchers(json);
        Instant starts = requiredTime(json, "startsAt");
        if (matchers.isEmpty()) {
            throw ApiError.schema(612, "matchers in body should have at least 1 items");
        }
        String id = text(json, "id");
        return new Silence(
                id == null ? "" : id,
                new Matchers(matchers),
                starts,
                ends,
                Instant.EPOCH,
                createdBy,
                comment,
                texts(json, "annotations"));
    }

    private static JsonObject object(String text) throws ApiError {
        if (text.isBlank()) {
            throw ApiError.required(BODY);
        }
        try {
            Object json = Json.decodeValue(text);
            if (json == null) {
                return new JsonObject();
            }
            if (json instanceof JsonObject object) {
                return object;
            }
        } catch (DecodeException e) {
            throw ApiError.unreadable(BODY, "it is no JSON");
        }
        throw ApiError.unreadable(BODY, "it is no object");
    }

    private static List<LabelMatcher> matchers(JsonObject json) throws ApiError {
        Object value = json.getValue("matchers");
        if (value == null) {
            throw ApiError.required("matchers");
        }
        if (!(value instanceof JsonArray array)) {
            throw ApiError.unreadable(BODY, "matchers is no array");
        }
        List<LabelMatcher> matchers = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.getValue(i) instanceof JsonObject matcher)) {
                throw ApiError.unreadable(BODY, "matcher " + i + " is no object");
            }
            matchers.add(matcher(matcher, "matchers." + i + "."));
        }
        return matchers;
    }

    private static LabelMatcher matcher(JsonObject json, String path) throws ApiError {
        Boolean isRegex = flag(json, "isRegex");
        if (isRegex == null) {
            throw ApiError.required(path + "isRegex");
        }
        String name = text(json, "name");
        if (name == null) {
            throw ApiError.required(path + "name");
        }
        String value = text(json, "value");
        if (value == null) {
            throw ApiError.required(path + "value");
        }
        boolean isEqual = !Boolean.FALSE.equals(flag(json, "isEqual"));
        try {
            return new LabelMatcher(LabelMatcher.Operator.of(isEqual, isRegex), name, value);
        } catch (IllegalArgumentException e) {
            throw ApiError.text(400, "invalid silence: " + e.getMessage());
        }
    }

    private static @Nullable Boolean flag(JsonObject json, String field) throws ApiError {
        Object value = json.getValue(field);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw ApiError.unreadable(BODY, field + " is neither true nor false");
    }

    private static @Nullable String text(JsonObject json, String field) throws ApiError {
        Object value = json.getValue(field);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw ApiError.unreadable(BODY, field + " is no text");
    }

    private static String requiredText(JsonObject json, String field) throws ApiError {
        String text = text(json, field);
        if (text == null) {
            throw ApiError.required(field);
        }
        return text;
    }

    /** An empty one is long ago, as Alertmanager takes it: a start then becomes now. */
    private static Instant requiredTime(JsonObject json, String field) throws ApiError {
        String text = requiredText(json, field);
        try {
            return text.isEmpty() ? Instant.EPOCH : ApiTime.parse(text);
        } catch (DateTimeException e) {
            throw ApiError.unreadable(BODY, field + ": " + e.getMessage());
        }
    }

    private static Map<String, String> texts(JsonObject json, String field) throws ApiError {
        Object value = json.getValue(field);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof JsonObject object)) {
            throw ApiError.unreadable(BODY, field + " is no object");
        }
        Map<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, Object> entry : object) {
            if (!(entry.getValue() instanceof String text)) {
                throw ApiError.unreadable(BODY, "the value of \"" + entry.getKey() + "\" is no text");
            }
            texts.put(entry.getKey(), text);
        }
        return texts;
    }
}
