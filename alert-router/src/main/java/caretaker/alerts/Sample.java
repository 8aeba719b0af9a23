package caretaker.alerts;

import caretaker.alerts.receivers.Notification;
import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.template.TemplateData;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An alert that says that it is none, to try a receiver with. */
final class Sample {
    private static final Map<String, String> LABELS =
            Map.of("alertname", "CaretakerReceiverTest", "severity", "info", "source", "caretaker");
    private static final Map<String, String> ANNOTATIONS = Map.of(
            "summary", "A test of this receiver",
            "description", "Somebody asked Caretaker to try this receiver. Nothing is wrong.");

    private Sample() {}

    static Notification of(Integration integration, String externalUrl, Instant now) {
        var labels = LabelSet.of(LABELS);
        var alert = new TemplateData.Alert(
                "firing",
                LABELS,
                ANNOTATIONS,
                now,
                null,
                "",
                labels.fingerprint().toString());
        String receiver = integration.receiver();
        var data = new TemplateData(
                LetterData.quoted(receiver),
                "firing",
                List.of(alert),
                LABELS,
                LABELS,
                ANNOTATIONS,
                externalUrl,
                Reason.FIRST.text(),
                Map.of());
        String id = "test-" + now.getEpochSecond() + "-" + now.getNano();
        return new Notification(new GroupId("test:" + labels, receiver), data, Reason.FIRST, id, now, Map.of());
    }
}
