package caretaker.recovery.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks what containers there are. Calls wait; any thread but an event loop's may call. */
final class Census {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{12,64}");

    /** @param refusal in place of an answer */
    private record Recent(
            @Nullable Roster roster,
            @Nullable Unavailable silence,
            @Nullable Refusal refusal,
            long askedAt) {
        Roster get() throws Unavailable, Refusal {
            if (silence != null) {
                throw silence;
            }
            if (refusal != null) {
                throw refusal;
            }
            return Objects.requireNonNull(roster);
        }
    }

    private final Daemon daemon;
    private final EngineMetrics metrics;
    private final Lock asking = new ReentrantLock();
    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable Recent recent;
    private volatile @Nullable Inspection copied;

    Census(Daemon daemon, EngineMetrics metrics) {
        this.daemon = daemon;
        this.metrics = metrics;
    }

    /** All containers, those that do not run among them. What cannot be represented is left out and counted. */
    Roster roster() throws Unavailable, Refusal {
        List<Roster.Entry> entries = new ArrayList<>();
        for (Optional<Roster.Entry> entry : daemon.rows("/containers/json?all=true", Daemon.QUICK, Census::entry)) {
            entry.ifPresentOrElse(entries::add, metrics.unrepresented::increment);
        }
        var roster = new Roster(entries);
        metrics.oldHalves.set(roster.oldHalves());
        return roster;
    }

    /**
     * As {@link #roster}, or what it said if that was asked since then and nothing has been heard to change after it.
     *
     * @param since by {@link System#nanoTime}
     */
    Roster roster(long since) throws Unavailable, Refusal {
        asking.lock(); // of several at once one asks, and all share what it is told, also that nobody answers
        try {
            Recent known = recent;
            if (known == null || known.askedAt() - since < 0) {
                long before = changes.get();
                known = ask();
                recent = changes.get() == before ? known : null;
            }
            return known.get();
        } finally {
            asking.unlock();
        }
    }

    private Recent ask() {
        long now = System.nanoTime();
        try {
            return new Recent(roster(), null, null, now);
        } catch (Unavailable e) {
            return new Recent(null, e, null, now);
        } catch (Refusal e) {
            return new Recent(null, null, e, now);
        }
    }

    /** Something has changed: what was known is not recent any more. */
    void changed() {
        changes.incrementAndGet();
        recent = null;
    }

    private static Optional<Roster.Entry> entry(JsonNode container) {
        Map<String, String> labels = new HashMap<>();
        container
                .path("Labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText("")));
        return Roster.identity(
                        container.path("Id").asText(""),
                        ownName(container.path("Names")),
                        container.path("Image").asText(""),
                        labels)
                .map(identity -> new Roster.Entry(
                        identity,
                        labels,
                        container.path("State").asText("").equalsIgnoreCase("running"),
                        container.path("Created").asLong(0)));
    }

    /** Of links it has others' names too, with a slash within. */
    private static String ownName(JsonNode names) {
        for (JsonNode each : names) {
            String name = each.asText("");
            if (!name.isEmpty() && name.lastIndexOf('/') <= 0) {
                return name;
            }
        }
        return "";
    }

    /**
     * What a container was when it began to be copied, from then on; null when that is over. The engine answers nothing
     * about a container while a folder of it is read.
     */
    void copying(@Nullable Inspection container) {
        copied = container;
    }

    /** None if there is no such container. */
    Optional<Inspection> inspect(String id) throws Unavailable, Refusal {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Inspection held = copied;
        if (held != null && held.id().equals(id)) {
            return Optional.of(held);
        }
        try {
            return Optional.of(new Inspection(daemon.get("/containers/" + id + "/json", Daemon.QUICK)));
        } catch (Refusal e) {
            if (e.isNotFound()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whose addresses are the container's: its own, or those of the one whose network it lives in. */
    Optional<Inspection> network(Inspection container) {
        String mode = container.networkMode();
        if (!mode.startsWith("container:")) {
            return Optional.of(container);
        }
        try {
            Optional<Roster.Entry> other = roster().resolve(mode.substring("container:".length()));
            return other.isEmpty() ? Optional.empty() : inspect(other.get().id());
        } catch (Refusal | Unavailable e) {
            return Optional.empty();
        }
    }
}
