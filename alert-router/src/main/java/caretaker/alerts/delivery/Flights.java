package caretaker.alerts.delivery;

import caretaker.alerts.routing.Flush;
import caretaker.alerts.routing.Groups;
import caretaker.alerts.routing.NotificationLog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Flushes that wait for their letters. On the desk's thread. */
final class Flights {
    private final Groups groups;
    private final Map<NotificationLog.Key, Flight> waiting = new HashMap<>();

    /** A flush. */
    static final class Flight {
        private final Flush flush;
        private final Set<NotificationLog.Key> open = new HashSet<>();
        private boolean hasMoreToTell;

        private Flight(Flush flush) {
            this.flush = flush;
        }
    }

    Flights(Groups groups) {
        this.groups = groups;
    }

    Flight begin(Flush flush) {
        return new Flight(flush);
    }

    /**
     * The flush has not succeeded before this letter has ended. An older one that waits for it was late long since.
     *
     * @param tellsAll false if the letter is an older one: then the group keeps its alerts for the next tick, which
     *     tells what it does not
     */
    void await(Flight flight, NotificationLog.Key key, boolean tellsAll) {
        flight.open.add(key);
        flight.hasMoreToTell |= !tellsAll;
        waiting.put(key, flight);
    }

    void ended(NotificationLog.Key key) {
        Flight flight = waiting.remove(key);
        if (flight != null) {
            flight.open.remove(key);
            landIfDone(flight);
        }
    }

    void landIfDone(Flight flight) {
        if (flight.open.isEmpty()) {
            groups.finished(flight.flush, !flight.hasMoreToTell);
        }
    }

    /** Nobody tells of them here any more. */
    void giveUp() {
        waiting.values().forEach(flight -> groups.finished(flight.flush, false));
        waiting.clear();
    }
}
