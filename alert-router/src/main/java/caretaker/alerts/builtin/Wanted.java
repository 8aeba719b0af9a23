package caretaker.alerts.builtin;

import caretaker.alerts.builtin.Change.Content;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An alert that should fire. */
public record Wanted(Subject subject, LabelSet labels, LabelSet annotations, Instant startsAt) {

    static Wanted of(Subject subject, Severity severity, Content content, Instant startsAt, BuiltInSettings settings) {
        Map<String, String> labels = new TreeMap<>(content.labels());
        labels.put("alertname", subject.kind().alertname());
        labels.put("severity", severity.name().toLowerCase(Locale.ROOT));
        labels.put("source", Subject.SOURCE);
        if (!subject.host().isEmpty()) {
            labels.put("host", subject.host());
        }
        if (subject.drill()) {
            labels.put("drill", "true");
        }
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("summary", (subject.drill() ? "Drill: " : "") + content.summary());
        annotations.put("description", content.description());
        annotations.put("runbook_url", settings.runbook(subject.kind()));
        annotations.put(Subject.ENTITY, subject.entity());
        if (!content.action().isEmpty()) {
            annotations.put("action", content.action());
        }
        return new Wanted(subject, LabelSet.of(labels), LabelSet.keepingEmpty(annotations), startsAt);
    }

    /** One that is told already. */
    static Wanted of(Subject subject, Alert alert) {
        return new Wanted(subject, alert.labels(), alert.annotations(), alert.startsAt());
    }
}
