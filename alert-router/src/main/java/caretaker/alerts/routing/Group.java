package caretaker.alerts.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
    private Instant nextFlush;
    private @Nullable Flush running;

    Group(long serial, Route route, LabelSet labels, Instant nextFlush) {
        this.serial = serial;
        this.route = route;
        this.labels = labels;
        this.id = new GroupId(route.key() + ":" + labels, route.receiver());
        this.nextFlush = nextFlush;
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

    Instant nextFlush() {
        return nextFlush;
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
        return alerts.put(alert.fingerprint(), alert) == null;
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
    }

    Flush start(long number, Instant now) {
        Duration interval = route.options().groupInterval();
        nextFlush = now.plus(interval);
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
