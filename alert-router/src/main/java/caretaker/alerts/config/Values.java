package caretaker.alerts.config;

import caretaker.alerts.config.Kind.Schema;
import caretaker.alerts.routing.Matchers;
import caretaker.chassis.config.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a section of the file holds, defaults included. Filled while a file is read, not changed afterwards. */
final class Values {
    private final Schema schema;
    private final String path;
    private final String at;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();

    /** @param at file, line and column, for messages */
    Values(Schema schema, String path, String at) {
        this.schema = schema;
        this.path = path;
        this.at = at;
    }

    Schema schema() {
        return schema;
    }

    void put(String key, Object value) {
        values.put(key, value);
    }

    void put(String key, Object value, String place) {
        values.put(key, value);
        places.put(key, place);
    }

    void remove(String key) {
        values.remove(key);
    }

    /** Where a key is: {@code file:line:column: path}; where the section is if the key is not. */
    String where(String key) {
        String dotted = path.isEmpty() ? key : path + "." + key;
        return places.getOrDefault(key, at) + ": " + dotted;
    }

    String where() {
        return path.isEmpty() ? at : at + ": " + path;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether it was written in the file and is not empty. */
    boolean isGiven(String key) {
        Object value = values.get(key);
        return value != null
                && !value.equals("")
                && !(value instanceof Secret secret && secret.reveal().isEmpty());
    }

    @Nullable Object get(String key) {
        return values.get(key);
    }

    /** The text, or the empty one. */
    String text(String key) {
        return values.get(key) instanceof String text ? text : "";
    }

    @Nullable Secret secret(String key) {
        return values.get(key) instanceof Secret secret && !secret.reveal().isEmpty() ? secret : null;
    }

    @Nullable Duration duration(String key) {
        return values.get(key) instanceof Duration duration ? duration : null;
    }

    Duration duration(String key, Duration fallback) {
        return values.get(key) instanceof Duration duration ? duration : fallback;
    }

    boolean flag(String key) {
        return values.get(key) instanceof Boolean flag && flag;
    }

    @Nullable Boolean flagOrNull(String key) {
        return values.get(key) instanceof Boolean flag ? flag : null;
    }

    long count(String key) {
        return values.get(key) instanceof Long count ? count : 0;
    }

    Matchers matchers(String key) {
        return values.get(key) instanceof Matchers matchers ? matchers : Matchers.NONE;
    }

    @Nullable Values section(String key) {
        return values.get(key) instanceof Values section ? section : null;
    }

    List<Values> sections(String key) {
        return values.get(key) instanceof List<?> list
                ? list.stream().map(Values.class::cast).toList()
                : List.of();
    }

    List<String> texts(String key) {
        return values.get(key) instanceof List<?> list
                ? list.stream().map(String.class::cast).toList()
                : List.of();
    }

    <T> List<T> list(String key, Class<T> type) {
        return values.get(key) instanceof List<?> list
                ? list.stream().map(type::cast).toList()
                : List.of();
    }

    Map<String, String> textMap(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(key).forEach((name, value) -> texts.put(name, String.valueOf(value)));
        return texts;
    }

    Map<String, Object> map(String key) {
        Map<String, Object> copy = new LinkedHashMap<>();
        if (values.get(key) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        }
        return copy;
    }
}
