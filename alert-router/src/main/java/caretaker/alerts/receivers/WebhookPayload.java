package caretaker.alerts.receivers;

import caretaker.alerts.template.TemplateData;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Alertmanager's webhook message, version 4.
 *
 * @param data of the alerts that are shown; what they have in common and their status are of these alone
 * @param truncated how many alerts were left out
 */
record WebhookPayload(Notification notification, TemplateData data, long truncated) {

    /** @param maxAlerts 0 for no limit */
    static WebhookPayload of(Notification notification, long maxAlerts) {
        TemplateData data = notification.data();
        int all = data.alerts().size();
        return maxAlerts == 0 || all <= maxAlerts
                ? new WebhookPayload(notification, data, 0)
                : new WebhookPayload(notification, first(data, (int) maxAlerts), all - maxAlerts);
    }

    private static TemplateData first(TemplateData data, int count) {
        List<TemplateData.Alert> alerts = data.alerts().subList(0, count);
        boolean firing = alerts.stream().anyMatch(alert -> alert.status().equals("firing"));
        return new TemplateData(
                data.receiver(),
                firing ? "firing" : "resolved",
                alerts,
                data.groupLabels(),
                common(alerts, TemplateData.Alert::labels),
                common(alerts, TemplateData.Alert::annotations),
                data.externalUrl(),
                data.notificationReason(),
                data.routeLabels());
    }

    private static Map<String, String> common(
            List<TemplateData.Alert> alerts, Function<TemplateData.Alert, Map<String, String>> part) {
        Map<String, String> common = new HashMap<>(part.apply(alerts.getFirst()));
        alerts.forEach(alert -> common.entrySet().retainAll(part.apply(alert).entrySet()));
        return common;
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("receiver", data.receiver());
        json.put("status", data.status());
        ArrayNode alerts = json.putArray("alerts");
        data.alerts().forEach(alert -> alerts.add(alert(alert)));
        json.set("groupLabels", Json.map(data.groupLabels()));
        json.set("commonLabels", Json.map(data.commonLabels()));
        json.set("commonAnnotations", Json.map(data.commonAnnotations()));
        json.put("externalURL", data.externalUrl());
        json.put("notification_reason", notification.reason().text());
        if (!data.routeLabels().isEmpty()) {
            json.set("routeLabels", Json.map(data.routeLabels()));
        }
        json.put("version", "4");
        json.put("groupKey", notification.group().key());
        json.put("truncatedAlerts", truncated);
        return json;
    }

    private static ObjectNode alert(TemplateData.Alert alert) {
        ObjectNode json = Json.object();
        json.put("status", alert.status());
        json.set("labels", Json.map(alert.labels()));
        json.set("annotations", Json.map(alert.annotations()));
        json.put("startsAt", time(alert.startsAt()));
        json.put("endsAt", time(alert.endsAt()));
        json.put("generatorURL", alert.generatorUrl());
        json.put("fingerprint", alert.fingerprint());
        return json;
    }

    /** RFC 3339 with nanoseconds, without zeros at the end of the fraction. */
    static String time(@Nullable Instant at) {
        return at == null ? "0001-01-01T00:00:00Z" : at.toString().replaceFirst("(\\.[0-9]*?)0+Z$", "$1Z");
    }
}
