package caretaker.alerts.delivery;

import caretaker.alerts.routing.Integration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** The letters that wait for one receiver. There is at most one for each group and integration, which bounds it. */
final class Lane {
    final Queue<Delivery> ready = new ArrayDeque<>();
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
