package caretaker.recovery.api;

import caretaker.chassis.config.Config;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.MaintenanceLock;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request asks for: a JSON object of known keys. */
final class Body {
    /** Bytes. */
    static final int LARGEST = 16 << 10;

    private static final Pattern ACTOR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final Duration LONGEST_PAUSE = MaintenanceLock.LONGEST;
    private static final int SEGMENTS = 3;
    private static final int SHOWN = 100;

    private final JsonObject json;

    private Body(JsonObject json) {
        this.json = json;
    }

    /** @param keys that it may have */
    static Body read(@Nullable Buffer buffer, Set<String> keys) throws ApiError {
        if (buffer != null && buffer.length() > LARGEST) {
            throw new ApiError(413, "too-large", "a request has at most " + LARGEST + " bytes");
        }
        JsonObject json;
        try {
            Object read = buffer == null || buffer.length() == 0 ? new JsonObject() : Json.decodeValue(buffer);
            if (!(read instanceof JsonObject object)) {
                throw ApiError.bad("the body is no JSON object");
            }
            json = object;
        } catch (DecodeException e) {
            throw ApiError.bad("the body is no JSON");
        }
        Set<String> unknown = new TreeSet<>(json.fieldNames());
        unknown.removeAll(keys);
        if (!unknown.isEmpty()) {
            throw ApiError.bad(
                    "unknown key '" + shown(unknown.iterator().next()) + "'; there are " + new TreeSet<>(keys));
        }
        return new Body(json);
    }

    /** A container's key or name, a compose service, or {@code all}. */
    String container() throws ApiError {
        String word = text("container");
        if (word == null) {
            throw ApiError.bad("'container' is missing");
        }
        return container(word);
    }

    static String container(String word) throws ApiError {
        String[] segments = word.split("/", -1);
        boolean isName = segments.length <= SEGMENTS;
        for (String segment : segments) {
            isName &= ContainerIdentity.isName(segment);
        }
        if (!isName) {
            throw ApiError.bad("'" + shown(word) + "' is no container's key or name, no compose service, nor 'all'");
        }
        return word;
    }

    boolean dryRun() throws ApiError {
        Object value = json.getValue("dryRun");
        if (value != null && !(value instanceof Boolean)) {
            throw ApiError.bad("'dryRun' is true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /** One line; empty if none is given. */
    String reason() throws ApiError {
        String reason = text("reason");
        if (reason == null) {
            return "";
        }
        if (reason.length() > MaintenanceLock.MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw ApiError.bad("'reason' is one line of at most " + MaintenanceLock.MAX_REASON + " characters");
        }
        return reason.strip();
    }

    /** As {@code GET /host} shows it, only its first word, or {@code all}. */
    String illness() throws ApiError {
        String name = text("illness");
        if (name == null || name.isBlank() || name.length() > SHOWN) {
            throw ApiError.bad("'illness' is missing, or too long: one of GET /host, or all");
        }
        return shown(name.strip());
    }

    /** Null: until somebody resumes. */
    @Nullable Duration length() throws ApiError {
        String text = text("for");
        if (text == null) {
            return null;
        }
        Duration length;
        try {
            length = Config.duration(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw ApiError.bad("'for' is '" + shown(text) + "', which is no time; write it as 30m or 1h30m");
        }
        if (!length.isPositive() || length.compareTo(LONGEST_PAUSE) > 0) {
            throw ApiError.bad("'for' is more than nothing and at most " + LONGEST_PAUSE.toDays() + "d");
        }
        return length;
    }

    /**
     * Who asks, as the audit writes it.
     *
     * @param user who has logged in; null where nobody must
     */
    String actor(@Nullable String user) throws ApiError {
        String by = text("by");
        if (by != null && !ACTOR.matcher(by).matches()) {
            throw ApiError.bad("'by' is a name of letters, digits, '.', '_', '@' and '-', at most 64");
        }
        if (user != null && !ACTOR.matcher(user).matches()) {
            throw ApiError.bad("the name of this login cannot be written into the audit; it needs one of letters,"
                    + " digits, '.', '_', '@' and '-', at most 64");
        }
        String name = user != null ? user : by;
        if (name == null) {
            throw ApiError.bad("who asks? give 'by', or log in");
        }
        return "user:" + name;
    }

    private @Nullable String text(String key) throws ApiError {
        Object value = json.getValue(key);
        if (value != null && !(value instanceof String)) {
            throw ApiError.bad("'" + key + "' is no text");
        }
        return (String) value;
    }

    /** Short, and without what would move a cursor. */
    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + "…";
    }
}
