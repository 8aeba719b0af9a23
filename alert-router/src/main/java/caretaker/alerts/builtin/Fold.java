package caretaker.alerts.builtin;

import caretaker.alerts.builtin.Change.Content;
import caretaker.alerts.routing.Alert;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the events come to: what is wrong now. Not safe for several threads at once.
 *
 * <p>The topics are read from their beginning at each start, but the oldest events are gone by then. So an alert that
 * still fires and of which no event is left is taken over by {@link #adopt}, until an event says that it is over.
 */
public final class Fold {
    /** How long a fresh agent may take to find again what an earlier run had raised. */
    static final Duration FOUND_AGAIN_WITHIN = Duration.ofMinutes(5);

    private static final int MAX_CLEARED = 200_000;

    private final BuiltInSettings settings;
    private final Map<Subject, Entry> entries = new HashMap<>();

    /** What was said to be over, until the alerts of earlier are adopted; the oldest give way. */
    private @Nullable Map<Subject, Boolean> cleared = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Boolean> eldest) {
            return size() > MAX_CLEARED;
        }
    };

    private long dropped;

    /**
     * One trouble.
     *
     * @param by who raised it; empty if that does not matter or is not known
     * @param until when it is over by itself; null if it is not
     */
    private record Entry(
            Wanted wanted,
            Instant firesAt,
            String by,
            @Nullable Instant until) {
        boolean isOver(Instant now) {
            return until != null && !until.isAfter(now);
        }

        Entry until(Instant end) {
            return new Entry(wanted, firesAt, by, end);
        }
    }

    public Fold(BuiltInSettings settings) {
        this.settings = settings;
    }

    /** Takes one change. Those of one subject must come in their order. */
    public void take(Change change, Instant now) {
        switch (change) {
            case Change.Raised(var subject, var since, var by, var content) ->
                put(subject, since, by, content, null, now);
            case Change.Occurred(var subject, var since, var saidAt, var content) -> {
                Instant until = saidAt.plus(settings.lasts(subject.kind()));
                if (until.isAfter(now)) {
                    put(subject, since, "", content, until, now);
                }
            }
            case Change.Cleared(var subject) -> {
                entries.remove(subject);
                if (cleared != null) {
                    cleared.put(subject, true);
                }
            }
            case Change.StartedAfresh(var host, var by, var at) ->
                entries.replaceAll((subject, entry) ->
                        isOfOther(subject, entry, host, by) ? entry.until(at.plus(FOUND_AGAIN_WITHIN)) : entry);
        }
    }

    /** Whether another run of the host's agent raised it. What has an end already keeps it. */
    private static boolean isOfOther(Subject subject, Entry entry, String host, String by) {
        return subject.host().equals(host)
                && !subject.drill()
                && subject.kind().isCondition()
                && entry.until() == null
                && !entry.by().equals(by);
    }

    private void put(Subject subject, Instant since, String by, Content content, @Nullable Instant until, Instant now) {
        if (cleared != null) {
            cleared.remove(subject);
        }
        Optional<Severity> severity = settings.severity(subject.kind(), content.severity());
        if (severity.isEmpty()) {
            entries.remove(subject);
            return;
        }
        Entry known = entries.get(subject);
        if (known == null && isFull(now)) {
            dropped++;
            return;
        }
        Instant start = since;
        Instant firesAt = until == null ? since.plus(settings.waits(subject.kind())) : since;
        if (known != null && !known.isOver(now)) {
            start = known.wanted().startsAt();
            firesAt = known.firesAt();
        }
        var wanted = Wanted.of(subject, severity.get(), content, start, settings);
        entries.put(subject, new Entry(wanted, firesAt, by, until));
    }

    private boolean isFull(Instant now) {
        if (entries.size() >= settings.maxAlerts()) {
            entries.values().removeIf(entry -> entry.isOver(now));
        }
        return entries.size() >= settings.maxAlerts();
    }

    /**
     * Takes over alerts that still fire and of which no event is left. To be called once, when all events there are
     * have been taken.
     */
    public void adopt(Collection<Alert> firing, Instant now) {
        Map<Subject, Boolean> over = cleared == null ? Map.of() : cleared;
        cleared = null;
        for (Alert alert : firing) {
            Subject subject = Subject.of(alert).orElse(null);
            if (subject == null || entries.containsKey(subject) || over.containsKey(subject) || !lasts(subject)) {
                continue;
            }
            if (isFull(now)) {
                dropped++;
            } else {
                entries.put(subject, new Entry(Wanted.of(subject, alert), alert.startsAt(), "", null));
            }
        }
    }

    /** Whether only an event can say that it is over, and somebody wants to be told. */
    private boolean lasts(Subject subject) {
        Kind kind = subject.kind();
        return kind.lasts() == null
                && !kind.equals(Kind.HOST_SILENT)
                && !kind.equals(Kind.NOTIFICATIONS_UNDELIVERED)
                && settings.severity(kind, Severity.CRITICAL).isPresent();
    }

    /** Forgets all that is wrong with a host. */
    public void forget(String host) {
        entries.keySet().removeIf(subject -> subject.host().equals(host));
    }

    /** What should fire. What is over by itself is forgotten. */
    public List<Wanted> firing(Instant now) {
        entries.values().removeIf(entry -> entry.isOver(now));
        List<Wanted> firing = new ArrayList<>(entries.size());
        for (Entry entry : entries.values()) {
            if (!entry.firesAt().isAfter(now)) {
                firing.add(entry.wanted());
            }
        }
        return firing;
    }

    /** What is known to be wrong, or will be. */
    public int size() {
        return entries.size();
    }

    /** How often there was no room for one more. */
    public long dropped() {
        return dropped;
    }
}
