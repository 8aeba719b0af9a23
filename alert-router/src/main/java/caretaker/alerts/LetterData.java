package caretaker.alerts;

import caretaker.alerts.delivery.Letter;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.template.TemplateData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A letter as templates see it. */
final class LetterData {
    /** What Go's {@code regexp.QuoteMeta} escapes. */
    private static final String SPECIAL = "\\.+*?()|[]{}^$";

    private LetterData() {}

    static TemplateData of(Letter letter, String externalUrl) {
        List<TemplateData.Alert> alerts = new ArrayList<>(letter.alerts().size());
        boolean fires = false;
        for (Alert alert : letter.alerts()) {
            boolean firing = letter.message().firing().contains(alert.fingerprint());
            fires |= firing;
            alerts.add(new TemplateData.Alert(
                    firing ? "firing" : "resolved",
                    alert.labels().asMap(),
                    alert.annotations().asMap(),
                    alert.startsAt(),
                    firing ? null : alert.endsAt(),
                    alert.generatorUrl(),
                    alert.fingerprint().toString()));
        }
        return new TemplateData(
                quoted(letter.key().group().receiver()),
                fires ? "firing" : "resolved",
                alerts,
                letter.groupLabels().asMap(),
                common(letter.alerts(), Alert::labels),
                common(letter.alerts(), Alert::annotations),
                externalUrl,
                letter.message().reason(),
                letter.routeLabels());
    }

    private static Map<String, String> common(List<Alert> alerts, Function<Alert, LabelSet> part) {
        if (alerts.isEmpty()) {
            return Map.of();
        }
        Map<String, String> common = new HashMap<>(part.apply(alerts.getFirst()).asMap());
        for (Alert alert : alerts) {
            if (common.isEmpty()) {
                break;
            }
            common.entrySet()
                    .removeIf(each -> !part.apply(alert).get(each.getKey()).equals(each.getValue()));
        }
        return common;
    }

    static String quoted(String name) {
        var quoted = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (SPECIAL.indexOf(name.charAt(i)) >= 0) {
                quoted.append('\\');
            }
            quoted.append(name.charAt(i));
        }
        return quoted.toString();
    }
}
