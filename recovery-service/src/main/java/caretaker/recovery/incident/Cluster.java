package caretaker.recovery.incident;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the bus tells of other hosts: that they are there, and what was begun on them. Nobody coordinates: a host counts
 * as there once its service has ever written its record.
 */
final class Cluster {
    private static final int MOST = 10_000;

    private final Set<String> hosts = new HashSet<>();
    private final Deque<Instant> starts = new ArrayDeque<>();
    private final Map<String, Instant> lastStarts = new HashMap<>();

    /** @param isThere whether it has a record */
    void heardOf(String host, boolean isThere) {
        if (!isThere) {
            hosts.remove(host);
        } else if (hosts.size() < MOST) {
            hosts.add(host);
        }
    }

    void started(String host, Instant at) {
        heardOf(host, true);
        starts.addLast(at);
        if (starts.size() > MOST) {
            starts.removeFirst();
        }
        if (hosts.contains(host)) {
            lastStarts.merge(host, at, (one, other) -> one.isAfter(other) ? one : other);
        }
    }

    /** When operations began on other hosts, within a window. */
    Deque<Instant> starts(Instant from) {
        Deque<Instant> within = new ArrayDeque<>();
        starts.stream().filter(at -> at.isAfter(from)).forEach(within::addLast);
        return within;
    }

    /** How many hosts there are besides this one. */
    int others() {
        return hosts.size();
    }

    /** On how many of them something was begun within a window. */
    int acted(Instant from) {
        return (int) lastStarts.values().stream().filter(at -> at.isAfter(from)).count();
    }

    /** A person has looked at what was begun so far. */
    void reset() {
        lastStarts.clear();
    }

    /** Forgets what is older than any window. */
    void pass(Instant now, Duration longest) {
        Instant oldest = now.minus(longest);
        starts.removeIf(at -> at.isBefore(oldest));
        lastStarts.values().removeIf(at -> at.isBefore(oldest));
    }
}
