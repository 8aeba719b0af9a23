package caretaker.alerts.template;

import java.util.List;

/** A Go slice: {@code []string}, {@code []interface {}}, a list of alerts or of pairs. */
record GoList(String type, List<?> items) {
    static final String STRINGS = "[]string";
    static final String ANYTHING = "[]interface {}";

    static GoList strings(List<String> items) {
        return new GoList(STRINGS, items);
    }

    Object get(int index) {
        return items.get(index);
    }
}
