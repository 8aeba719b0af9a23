package caretaker.alerts.delivery;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.state.Pending;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one integration is to be told; the same at each attempt.
 *
 * @param alerts those that are shown, in order; firing is what {@code message} says of them
 * @param repeatInterval as configured: how long what was told counts, if it is not a repeat
 * @param nextFlush when the group is looked at next
 */
public record Letter(
        NotificationLog.Key key,
        Integration integration,
        Pending message,
        LabelSet groupLabels,
        Map<String, String> routeLabels,
        Duration repeatInterval,
        List<Alert> alerts,
        Instant nextFlush) {
    public Letter {
        routeLabels = Map.copyOf(routeLabels);
        alerts = List.copyOf(alerts);
    }

    boolean isFiring(Alert alert) {
        return message.firing().contains(alert.fingerprint());
    }
}
