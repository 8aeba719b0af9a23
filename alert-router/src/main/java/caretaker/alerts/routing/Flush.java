package caretaker.alerts.routing;

import java.time.Instant;
import java.util.List;

/**
 * A group whose time has come, with all its alerts as they were then.
 *
 * @param number tells this flush from the group's others
 * @param alerts firing and resolved, by job, instance and labels
 * @param tick when it was due and taken up: what is firing, muted or due for a repeat is decided at this time
 * @param deadline when an unfinished flush is given up and counts as failed
 */
public record Flush(
        long number,
        GroupId id,
        Route route,
        LabelSet groupLabels,
        List<Alert> alerts,
        Instant tick,
        Instant deadline) {
    public Flush {
        alerts = List.copyOf(alerts);
    }

    public boolean isResolved(Alert alert) {
        return alert.resolvedAt(tick);
    }

    /** The same flush with fewer alerts. */
    public Flush withAlerts(List<Alert> left) {
        return new Flush(number, id, route, groupLabels, left, tick, deadline);
    }
}
