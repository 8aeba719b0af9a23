package caretaker.alerts.state;

import caretaker.alerts.routing.LabelSet;
import java.util.List;
import java.util.Map;

/** A group as the API shows it. */
public record GroupView(LabelSet labels, String receiver, Map<String, String> routeLabels, List<AlertView> alerts) {}
