package caretaker.alerts.delivery;

import caretaker.alerts.routing.Flush;
import caretaker.alerts.routing.NotificationLog;
import java.util.HashSet;
import java.util.Set;

/** A flush that waits for its letters. */
record Flight(Flush flush, Set<NotificationLog.Key> open) {
    Flight(Flush flush) {
        this(flush, new HashSet<>());
    }
}
