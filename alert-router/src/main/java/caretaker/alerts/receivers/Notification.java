package caretaker.alerts.receivers;

import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Reason;
import caretaker.alerts.template.TemplateData;
import java.time.Instant;
import java.util.Map;

/**
 * What one integration is to be told. The same for each attempt and after a crash, so that a receiver can recognise it.
 *
 * @param data what templates see; resolved alerts are already left out where the integration is not told of them
 * @param idempotencyKey 1 to 255 printable ASCII characters, one for each notification and integration
 * @param at the flush's time
 * @param remembered what {@link Outcome.Delivered} of the group's last notification asked to keep, by name
 */
public record Notification(
        GroupId group,
        TemplateData data,
        Reason reason,
        String idempotencyKey,
        Instant at,
        Map<String, String> remembered) {
    public Notification {
        remembered = Map.copyOf(remembered);
        if (!idempotencyKey.matches("[\\x21-\\x7e]{1,255}")) {
            throw new IllegalArgumentException("an idempotency key is 1 to 255 printable ASCII characters");
        }
    }

    boolean isFiring() {
        return data.status().equals("firing");
    }
}
