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
import org.jspecify.annotations.Nullable;

/** An alert that says that it is none, to try a receiver with. */
final class Sample {
    private static final Map<String, String> LABELS =
            Map.of("alertname", "CaretakerReceiverTest", "severity", "info", "source", "caretaker");
    private static final Map<String, String> ANNOTATIONS = Map.of(
            "summary", "A test of this receiver",
            "description", "Somebody asked Caretaker to try this receiver. Nothing is wrong.");

    private Sample() {}

    static Notification firing(Integration integration, String externalUrl, Instant now) {
        return of(integration, externalUrl, "firing", now, null);
    }

    /** The same alert over: where the first opened something that stays open. */
    static Notification over(Integration integration, String externalUrl, Instant now) {
        return of(integration, externalUrl, "resolved", now, now);
    }

    private static Notification of(
            Integration integration, String externalUrl, String status, Instant now, @Nullable Instant endsAt) {
        var labels = LabelSet.of(LABELS);
        var alert = new TemplateData.Alert(
                status,
                LABELS,
                ANNOTATIONS,
                now,
                endsAt,
                "",
                labels.fingerprint().toString());
        String receiver = integration.receiver();
        var data = new TemplateData(
                LetterData.quoted(receiver),
                status,
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
