package caretaker.alerts.state;

import caretaker.contracts.NotificationEvent;
import caretaker.contracts.NotificationEvent.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was told to whom, as the bus has it: the newest messages that ended, within a bound. On the desk's thread. */
public final class History {
    static final int MAX_ENTRIES = 20_000;
    /** Of all entries together. */
    static final int MAX_FINGERPRINTS = 200_000;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private int fingerprints;

    /**
     * One message.
     *
     * @param key as {@link NotificationEvent#key}
     * @param integration {@code webhook[0]}
     * @param firing fingerprints of what it told
     */
    public record Entry(
            String key,
            String groupKey,
            String receiver,
            String integration,
            Result result,
            Set<String> firing,
            Set<String> resolved) {

        private int size() {
            return firing.size() + resolved.size();
        }
    }

    /** Takes a message that ended; an event that says nothing of one changes nothing. */
    void add(NotificationEvent event) {
        Result result = event.result();
        if (result == null) {
            return;
        }
        var entry = new Entry(
                event.key(),
                event.groupKey(),
                event.receiver(),
                event.integration() + "[" + event.index() + "]",
                result,
                told(event, result, true),
                told(event, result, false));
        entries.addLast(entry);
        fingerprints += entry.size();
        while (entries.size() > 1 && (entries.size() > MAX_ENTRIES || fingerprints > MAX_FINGERPRINTS)) {
            fingerprints -= entries.removeFirst().size();
        }
    }

    private static Set<String> told(NotificationEvent event, Result result, boolean firing) {
        var sent = event.sent();
        var dead = event.dead();
        return switch (result.outcome()) {
            case DELIVERED, SKIPPED -> sent == null ? Set.of() : firing ? sent.firing() : sent.resolved();
            case FAILED ->
                dead == null
                        ? Set.of()
                        : firing ? dead.message().firing() : dead.message().resolved();
            case CANCELLED -> Set.of();
        };
    }

    /**
     * The newest first.
     *
     * @param fingerprint of an alert that was told of; null for all
     * @param receiver a name; null for all
     */
    public List<Entry> newest(@Nullable String fingerprint, @Nullable String receiver, int limit) {
        List<Entry> found = new ArrayList<>();
        Iterator<Entry> newestFirst = entries.descendingIterator();
        while (newestFirst.hasNext() && found.size() < limit) {
            Entry entry = newestFirst.next();
            boolean isMeant = (receiver == null || receiver.equals(entry.receiver()))
                    && (fingerprint == null
                            || entry.firing().contains(fingerprint)
                            || entry.resolved().contains(fingerprint));
            if (isMeant) {
                found.add(entry);
            }
        }
        return found;
    }

    public int size() {
        return entries.size();
    }
}
