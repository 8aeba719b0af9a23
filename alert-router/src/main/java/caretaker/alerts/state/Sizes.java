package caretaker.alerts.state;

import caretaker.alerts.routing.Budget;
import caretaker.contracts.AlertEvent;
import caretaker.contracts.NotificationEvent.Dead;
import caretaker.contracts.NotificationEvent.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Roughly what takes how much of the memory. */
public final class Sizes {
    private static final long FINGERPRINT = 120;

    private Sizes() {}

    public static long of(AlertEvent alert) {
        long bytes = 500 + Budget.text(alert.generatorUrl());
        for (Map<String, String> texts : List.of(alert.labels(), alert.annotations())) {
            for (Map.Entry<String, String> each : texts.entrySet()) {
                bytes += Budget.text(each.getKey()) + Budget.text(each.getValue());
            }
        }
        return bytes;
    }

    /** What a dead letter takes without the texts of its alerts. */
    public static long of(Message message, String error) {
        int fingerprints = message.firing().size() + message.resolved().size();
        return 500 + Budget.text(error) + FINGERPRINT * fingerprints;
    }

    static long of(@Nullable Dead dead) {
        if (dead == null) {
            return 0;
        }
        long bytes = of(dead.message(), dead.error());
        for (AlertEvent alert : dead.alerts()) {
            bytes += of(alert);
        }
        return bytes;
    }
}
