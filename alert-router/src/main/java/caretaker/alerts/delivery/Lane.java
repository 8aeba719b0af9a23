package caretaker.alerts.delivery;

import caretaker.alerts.routing.Integration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * The letters that wait for a place at one receiver. There is at most one for each group and integration, which bounds
 * it.
 */
final class Lane {
    final SequencedSet<Delivery> ready = new LinkedHashSet<>();
    private final Map<Integration, Instant> paused = new HashMap<>();
    int busy;

    /** Does as the receiver asked: nothing to this integration before then. */
    void pause(Integration integration, Instant until) {
        paused.merge(integration, until, (a, b) -> a.isAfter(b) ? a : b);
    }

    Optional<Instant> pausedUntil(Integration integration, Instant now) {
        Instant until = paused.get(integration);
        if (until != null && !until.isAfter(now)) {
            paused.remove(integration);
            until = null;
        }
        return Optional.ofNullable(until);
    }
}
