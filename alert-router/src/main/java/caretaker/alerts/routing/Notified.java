package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What one integration was last told of one group: an entry of the notification log.
 *
 * @param at when it was sent, or would have been, had ends been wanted
 * @param expiresAt when it is forgotten
 * @param data what the receiver needs to find its message again, such as Slack's {@code ts}
 */
public record Notified(
        Instant at, Set<Fingerprint> firing, Set<Fingerprint> resolved, Instant expiresAt, Map<String, String> data) {
    public static final Duration RETENTION = Duration.ofDays(5);

    public Notified {
        firing = Set.copyOf(firing);
        resolved = Set.copyOf(resolved);
        data = Map.copyOf(data);
    }

    /** An entry that is kept for two repeats, but not longer than the retention. */
    public static Notified at(
            Instant now,
            Set<Fingerprint> firing,
            Set<Fingerprint> resolved,
            Duration repeatInterval,
            Duration retention,
            Map<String, String> data) {
        Duration twice = repeatInterval.multipliedBy(2);
        Duration kept = twice.compareTo(retention) < 0 ? twice : retention;
        return new Notified(now, firing, resolved, now.plus(kept), data);
    }

    /** Whether it is known that something fires: what is told next belongs to it. */
    public boolean isOpen(Instant now) {
        return !firing.isEmpty() && !isExpired(now);
    }

    public boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }
}
