package caretaker.alerts.template;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a notification's templates see, {@code .} in them. Fields and methods have Alertmanager's names there, such as
 * {@code .GroupLabels.SortedPairs}.
 *
 * @param receiver the receiver's name with the special characters of regular expressions escaped, as Alertmanager does
 * @param status firing if any alert fires, otherwise resolved
 * @param notificationReason why this notification is sent; empty if not known
 * @param routeLabels labels of the route, for the field {@code .RouteLabels} and the function {@code routeLabels}
 */
public record TemplateData(
        String receiver,
        String status,
        List<Alert> alerts,
        Map<String, String> groupLabels,
        Map<String, String> commonLabels,
        Map<String, String> commonAnnotations,
        String externalUrl,
        String notificationReason,
        Map<String, String> routeLabels) {
    static final String ALERTS = "template.Alerts";

    private static final GoStruct.Shape DATA_SHAPE = new GoStruct.Shape(
            "template.Data",
            List.of(
                    "Receiver",
                    "Status",
                    "Alerts",
                    "GroupLabels",
                    "CommonLabels",
                    "CommonAnnotations",
                    "ExternalURL",
                    "NotificationReason",
                    "RouteLabels"),
            List.of(
                    "receiver",
                    "status",
                    "alerts",
                    "groupLabels",
                    "commonLabels",
                    "commonAnnotations",
                    "externalURL",
                    "notification_reason",
                    "routeLabels"));
    private static final GoStruct.Shape ALERT_SHAPE = new GoStruct.Shape(
            "template.Alert",
            List.of("Status", "Labels", "Annotations", "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"),
            List.of("status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"));

    public TemplateData {
        alerts = List.copyOf(alerts);
        groupLabels = Map.copyOf(groupLabels);
        commonLabels = Map.copyOf(commonLabels);
        commonAnnotations = Map.copyOf(commonAnnotations);
        routeLabels = Map.copyOf(routeLabels);
    }

    /**
     * One alert of the notification.
     *
     * @param status firing or resolved
     * @param endsAt null while the end is not known
     * @param fingerprint 16 hex digits
     */
    public record Alert(
            String status,
            Map<String, String> labels,
            Map<String, String> annotations,
            Instant startsAt,
            @Nullable Instant endsAt,
            String generatorUrl,
            String fingerprint) {
        public Alert {
            labels = Map.copyOf(labels);
            annotations = Map.copyOf(annotations);
        }

        private GoStruct value() {
            return new GoStruct(
                    ALERT_SHAPE,
                    List.of(
                            status,
                            GoMap.labels(labels),
                            GoMap.labels(annotations),
                            GoTime.utc(startsAt),
                            GoTime.utc(endsAt == null ? GoTime.ZERO : endsAt),
                            generatorUrl,
                            fingerprint));
        }
    }

    /** The data as a template's dot. */
    Object value() {
        return new GoStruct(
                DATA_SHAPE,
                List.of(
                        receiver,
                        status,
                        new GoList(ALERTS, alerts.stream().map(Alert::value).toList()),
                        GoMap.labels(groupLabels),
                        GoMap.labels(commonLabels),
                        GoMap.labels(commonAnnotations),
                        externalUrl,
                        notificationReason,
                        GoMap.labels(routeLabels)));
    }
}
