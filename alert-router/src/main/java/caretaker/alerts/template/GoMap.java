package caretaker.alerts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Go map with strings as keys. {@code zero} is what a missing key gives. */
record GoMap(String type, Object zero, Map<String, ?> entries) {
    static final String LABELS = "template.KV";
    static final String DICTIONARY = "map[string]interface {}";

    static GoMap labels(Map<String, String> labels) {
        return new GoMap(LABELS, "", labels);
    }

    static GoMap dictionary(Map<String, Object> entries) {
        return new GoMap(DICTIONARY, GoNil.NIL, entries);
    }

    /** In the order of their bytes. */
    List<String> sortedKeys() {
        var keys = new ArrayList<>(entries.keySet());
        keys.sort(GoStrings.BY_BYTES);
        return keys;
    }

    Object get(String key) {
        Object value = entries.get(key);
        return value == null ? zero : value;
    }
}
