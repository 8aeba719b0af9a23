package caretaker.alerts.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.routing.PostedAlert;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the alerts of a request without a tree in between: 100,000 of them are a usual storm. Unknown fields are
 * skipped, of equal ones the last counts, case does not, as with Alertmanager.
 */
final class AlertReader {
    private static final String BODY = "alerts";
    private static final int MAX_DEPTH = 100;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private final JsonParser json;
    private final long maxBytes;
    private final List<PostedAlert> alerts = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    /**
     * What a body holds.
     *
     * @param refused why others are not among them: too large for the bus
     */
    record Read(List<PostedAlert> alerts, List<String> refused) {}

    private AlertReader(JsonParser json, long maxBytes) {
        this.json = json;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads a whole body. Bytes that are not UTF-8 become U+FFFD.
     *
     * @param maxBytes how large one alert may be once it is JSON
     */
    static Read read(Buffer body, long maxBytes) throws ApiError {
        try {
            return read(JSON.createParser(new Bytes(body)), maxBytes);
        } catch (JsonProcessingException e) {
            if (!e.getOriginalMessage().startsWith("Invalid UTF-8")) {
                throw ApiError.unreadable(BODY, brief(e));
            }
        } catch (IOException e) {
            throw ApiError.unreadable(BODY, String.valueOf(e.getMessage())); // a mangled UTF-16, for one
        }
        try {
            return read(JSON.createParser(new InputStreamReader(new Bytes(body), UTF_8)), maxBytes);
        } catch (JsonProcessingException e) {
            throw ApiError.unreadable(BODY, brief(e));
        } catch (IOException e) {
            throw ApiError.unreadable(BODY, String.valueOf(e.getMessage()));
        }
    }

    private static Read read(JsonParser json, long maxBytes) throws IOException, ApiError {
        try (json) {
            var reader = new AlertReader(json, maxBytes);
            reader.all();
            return new Read(reader.alerts, reader.refused);
        }
    }

    private static String brief(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        return message.length() > 200 ? message.substring(0, 200) + "..." : message;
    }

    private void all() throws IOException, ApiError {
        JsonToken first = json.nextToken();
        if (first == null) {
            throw ApiError.required(BODY);
        }
        if (first == JsonToken.VALUE_NULL) {
            return; // no alerts, says Go
        }
        if (first != JsonToken.START_ARRAY) {
            throw ApiError.unreadable(BODY, "it is no array of alerts");
        }
        for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw ApiError.unreadable(BODY, "element " + i + " is no object");
            }
            one(i);
        }
    }

    private void one(int index) throws IOException, ApiError {
        Map<String, String> labels = null;
        Map<String, String> annotations = Map.of();
        Instant startsAt = null;
        Instant endsAt = null;
        String url = "";
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field.toLowerCase(Locale.ROOT)) {
                case "labels" -> labels = texts(field);
                case "annotations" -> {
                    Map<String, String> given = texts(field);
                    annotations = given == null ? Map.of() : given;
                }
                case "startsat" -> startsAt = time(field);
                case "endsat" -> endsAt = time(field);
                case "generatorurl" -> url = text(field);
                default -> json.skipChildren();
            }
        }
        if (labels == null) {
            throw ApiError.required(index + ".labels");
        }
        if (!isUri(url)) {
            throw ApiError.schema(601, index + ".generatorURL in body must be of type uri: \"" + shown(url) + "\"");
        }
        long bytes = size(labels) + size(annotations) + size(url);
        if (bytes > maxBytes) {
            refused.add("alert " + index + " has " + bytes + " bytes, the limit is " + maxBytes);
        } else {
            alerts.add(new PostedAlert(labels, annotations, startsAt, endsAt, url));
        }
    }

    private @Nullable Map<String, String> texts(String field) throws IOException, ApiError {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw ApiError.unreadable(BODY, field + " is no object");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            texts.put(name, text(name));
        }
        return texts;
    }

    private String text(String field) throws IOException, ApiError {
        return switch (json.currentToken()) {
            case VALUE_STRING -> json.getText();
            case VALUE_NULL -> "";
            default -> throw ApiError.unreadable(BODY, "the value of \"" + shown(field) + "\" is no text");
        };
    }

    private @Nullable Instant time(String field) throws IOException, ApiError {
        String text = text(field);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return ApiTime.parse(text);
        } catch (DateTimeException e) {
            throw ApiError.unreadable(BODY, field + ": " + e.getMessage());
        }
    }

    /** Whether it has a scheme or is a path. */
    private static boolean isUri(String url) {
        if (url.isEmpty()) {
            return true;
        }
        for (int i = 0; i < url.length(); i++) {
            if (Character.isISOControl(url.charAt(i))) {
                return false;
            }
        }
        int colon = url.indexOf(':');
        return url.charAt(0) == '/' || (colon > 0 && isScheme(url.substring(0, colon)));
    }

    private static boolean isScheme(String text) {
        return Character.isLetter(text.charAt(0))
                && text.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || "+-.".indexOf(c) >= 0));
    }

    private static String shown(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }

    private static long size(Map<String, String> texts) {
        long size = 0;
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            size += size(entry.getKey()) + size(entry.getValue()) + 6;
        }
        return size;
    }

    /** Bytes of the text as JSON in UTF-8. */
    private static long size(String text) {
        long size = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            } else if (c < 0x20) {
                size += 5;
            } else if (c == '"' || c == '\\') {
                size++;
            }
        }
        return size;
    }

    /** Reads a buffer without a copy of it. */
    private static final class Bytes extends InputStream {
        private final Buffer buffer;
        private int at;

        Bytes(Buffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int read() {
            return at < buffer.length() ? buffer.getByte(at++) & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            int some = Math.min(length, buffer.length() - at);
            if (some <= 0) {
                return length == 0 ? 0 : -1;
            }
            buffer.getBytes(at, at + some, into, offset);
            at += some;
            return some;
        }
    }
}
