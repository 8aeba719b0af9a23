package caretaker.alerts.state;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A group as the API shows it.
 *
 * @param alerts in no order, resolved ones included
 * @param mutedBy names of the time intervals that keep the group quiet
 */
public record GroupView(
        LabelSet labels, String receiver, Map<String, String> routeLabels, List<Alert> alerts, List<String> mutedBy) {
    /** By labels, then receiver. */
    public static final Comparator<GroupView> ORDER =
            Comparator.comparing(GroupView::labels).thenComparing(GroupView::receiver);

    /** Those that fire and that are asked for, in the order of messages. */
    public List<Alert> matching(AlertQuery query, Instant now) {
        List<Alert> found = new ArrayList<>(alerts.size());
        for (Alert alert : alerts) {
            if (!alert.resolvedAt(now) && query.matches(alert)) {
                found.add(alert);
            }
        }
        found.sort(Alert.ORDER);
        return found;
    }
}
