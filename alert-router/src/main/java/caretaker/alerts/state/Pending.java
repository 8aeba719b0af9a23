package caretaker.alerts.state;

import caretaker.alerts.routing.Fingerprint;
import java.time.Instant;
import java.util.Set;

/**
 * A message that is being sent, or perhaps was before a crash.
 *
 * @param id the receiver knows a repetition by it
 */
public record Pending(String id, String reason, Instant since, Set<Fingerprint> firing, Set<Fingerprint> resolved) {
    public Pending {
        firing = Set.copyOf(firing);
        resolved = Set.copyOf(resolved);
    }

    /** Whether it tells the same. */
    public boolean tells(Set<Fingerprint> fires, Set<Fingerprint> ended) {
        return firing.equals(fires) && resolved.equals(ended);
    }
}
