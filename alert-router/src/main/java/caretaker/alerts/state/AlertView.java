package caretaker.alerts.state;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.Fingerprint;
import java.util.List;
import java.util.Set;

/**
 * An alert as the API shows it.
 *
 * @param mutedBy names of the time intervals that keep it quiet
 */
public record AlertView(
        Alert alert,
        Set<String> receivers,
        List<String> silencedBy,
        List<Fingerprint> inhibitedBy,
        List<String> mutedBy) {

    /** The same alert, kept quiet by these intervals. */
    public AlertView mutedBy(List<String> intervals) {
        return new AlertView(alert, receivers, silencedBy, inhibitedBy, intervals);
    }

    public boolean isActive() {
        return silencedBy.isEmpty() && inhibitedBy.isEmpty() && mutedBy.isEmpty();
    }
}
