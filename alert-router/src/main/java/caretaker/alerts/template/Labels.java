package caretaker.alerts.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Alertmanager lets a template do with a set of labels or annotations. */
final class Labels {
    static final String PAIRS = "template.Pairs";
    private static final String ALERT_NAME = "alertname";
    private static final GoStruct.Shape PAIR =
            new GoStruct.Shape("template.Pair", List.of("Name", "Value"), List.of("Name", "Value"));

    private Labels() {}

    /** By name, the alert's name first. */
    static GoList sorted(GoMap labels) {
        List<String> keys = labels.sortedKeys();
        if (keys.remove(ALERT_NAME)) {
            keys.addFirst(ALERT_NAME);
        }
        List<GoStruct> pairs = new ArrayList<>(keys.size());
        for (String key : keys) {
            pairs.add(new GoStruct(PAIR, List.of(key, labels.get(key))));
        }
        return new GoList(PAIRS, pairs);
    }

    static GoList names(GoList pairs) {
        return column(pairs, 0);
    }

    static GoList values(GoList pairs) {
        return column(pairs, 1);
    }

    static GoMap without(GoMap labels, GoList keys) {
        Map<String, String> left = new HashMap<>();
        labels.entries().forEach((name, value) -> left.put(name, (String) value));
        keys.items().forEach(left::remove);
        return GoMap.labels(left);
    }

    /** {@code a=b, c=d}. */
    static String pairsText(GoList pairs) {
        var text = new StringBuilder();
        for (Object item : pairs.items()) {
            if (item instanceof GoStruct(var _, var pair)) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(pair.get(0))
                        .append('=')
                        .append(pair.get(1));
            }
        }
        return text.toString();
    }

    private static GoList column(GoList pairs, int index) {
        List<String> texts = new ArrayList<>(pairs.items().size());
        for (Object item : pairs.items()) {
            if (item instanceof GoStruct pair) {
                texts.add((String) pair.values().get(index));
            }
        }
        return GoList.strings(texts);
    }
}
