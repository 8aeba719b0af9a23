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
 * @param withheld what was told as firing before, was kept back this time, and has no end yet that was told; only where
 *     ends are told under silences
 * @param repeats how often the same was told again; only where repeats come further and further apart
 */
public record Notified(
        Instant at,
        Set<Fingerprint> firing,
        Set<Fingerprint> resolved,
        Instant expiresAt,
        Map<String, String> data,
        Set<Fingerprint> withheld,
        int repeats) {
    public static final Duration RETENTION = Duration.ofDays(5);

    public Notified {
        firing = Set.copyOf(firing);
        resolved = Set.copyOf(resolved);
        data = Map.copyOf(data);
        withheld = Set.copyOf(withheld);
    }

    /** One of a receiver that is told as Alertmanager tells it. */
    public Notified(
            Instant at,
            Set<Fingerprint> firing,
            Set<Fingerprint> resolved,
            Instant expiresAt,
            Map<String, String> data) {
        this(at, firing, resolved, expiresAt, data, Set.of(), 0);
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

    /** The same, with what is known of messages before it. */
    public Notified with(Set<Fingerprint> keptBack, int repeated) {
        return new Notified(at, firing, resolved, expiresAt, data, keptBack, repeated);
    }

    /** Whether it was told that the alert fires, and not that it ended. */
    public boolean owesEnd(Fingerprint fingerprint) {
        return firing.contains(fingerprint) || withheld.contains(fingerprint);
    }

    /** Whether it is known that something fires: what is told next belongs to it. */
    public boolean isOpen(Instant now) {
        return !firing.isEmpty() && !isExpired(now);
    }

    public boolean isExpired(Instant now) {
        return !now.isBefore(expiresAt);
    }
}
