package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Alerts of one route that are sent together, and when. */
final class Group {
    static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(10);

    private final long serial;
    private final Route route;
    private final LabelSet labels;
    private final GroupId id;
    private final Map<Fingerprint, Alert> alerts = new HashMap<>();
    private final boolean flushesWhenOver;
    private Instant nextFlush;
    private Instant dueAt;
    private @Nullable Flush running;

    /** Whether there was a flush, in an instance before this one if not here. */
    private boolean flushed;

    private Instant lastTick = Instant.MIN;

    /** Whether the end of some alert is another one than at the last flush. */
    private boolean changed;

    /** @param flushesWhenOver whether it need not wait for its tick once all of it is over */
    Group(long serial, Route route, LabelSet labels, boolean flushesWhenOver, Instant nextFlush) {
        this.serial = serial;
        this.route = route;
        this.labels = labels;
        this.id = new GroupId(route.key() + ":" + labels, route.receiver());
        this.flushesWhenOver = flushesWhenOver;
        this.nextFlush = nextFlush;
        this.dueAt = nextFlush;
    }

    long serial() {
        return serial;
    }

    Route route() {
        return route;
    }

    LabelSet labels() {
        return labels;
    }

    GroupId id() {
        return id;
    }

    /** Its next tick. */
    Instant nextFlush() {
        return nextFlush;
    }

    /** When it is flushed next: at its tick, or before that if all of it is over then. */
    Instant dueAt() {
        return dueAt;
    }

    boolean flushesWhenOver() {
        return flushesWhenOver;
    }

    /**
     * Decides when it is due. What was never flushed waits for its tick; what is over and was flushed since, too.
     *
     * @param notBefore it is not due earlier
     */
    void settle(Instant notBefore) {
        dueAt = nextFlush;
        if (!flushesWhenOver || !flushed) {
            return;
        }
        Instant over = alerts.values().stream()
                .map(Alert::endsAt)
                .max(Comparator.naturalOrder())
                .orElse(nextFlush);
        if (over.isBefore(nextFlush) && (changed || over.isAfter(lastTick))) {
            dueAt = over.isBefore(notBefore) ? notBefore : over;
        }
    }

    /** There was a flush before, elsewhere. */
    void wasFlushed() {
        flushed = true;
    }

    @Nullable Flush running() {
        return running;
    }

    boolean isEmpty() {
        return alerts.isEmpty();
    }

    List<Alert> sorted() {
        List<Alert> all = new ArrayList<>(alerts.values());
        all.sort(Alert.ORDER);
        return all;
    }

    Collection<Alert> alerts() {
        return alerts.values();
    }

    /** Takes the newest state; whether it is new here. */
    boolean put(Alert alert) {
        Alert before = alerts.put(alert.fingerprint(), alert);
        changed |= before == null || !before.endsAt().equals(alert.endsAt());
        return before == null;
    }

    boolean remove(Fingerprint fingerprint) {
        return alerts.remove(fingerprint) != null;
    }

    void retime(Instant next) {
        nextFlush = next;
    }

    /** Goes on with the timer and the unfinished flush that a group had before a reload. */
    void continueFrom(Group before) {
        nextFlush = before.nextFlush;
        running = before.running;
        flushed = before.flushed;
        lastTick = before.lastTick;
        changed = before.changed;
    }

    Flush start(long number, Instant now) {
        Duration interval = route.options().groupInterval();
        nextFlush = now.plus(interval);
        flushed = true;
        lastTick = now;
        changed = false;
        Duration timeout = interval.compareTo(SHORTEST_TIMEOUT) > 0 ? interval : SHORTEST_TIMEOUT;
        var flush = new Flush(number, id, route, labels, sorted(), now, now.plus(timeout));
        running = flush;
        return flush;
    }

    /** Ends the running flush; the alerts that are told of and leave. */
    List<Alert> finish(Flush flush, boolean succeeded) {
        running = null;
        List<Alert> gone = new ArrayList<>();
        if (succeeded) {
            for (Alert sent : flush.alerts()) {
                Alert held = alerts.get(sent.fingerprint());
                if (flush.isResolved(sent) && held != null && held.updatedAt().equals(sent.updatedAt())) {
                    alerts.remove(sent.fingerprint());
                    gone.add(sent);
                }
            }
        }
        return gone;
    }
}
