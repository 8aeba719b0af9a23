package caretaker.alerts.routing;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each integration was last told of each group, as the bus has it. Not safe for several threads at once. */
public final class NotificationLog implements Pipeline.Log {
    private final Map<Key, Notified> entries = new HashMap<>();

    /**
     * Whose entry it is.
     *
     * @param index the integration's place among those of its kind at the receiver
     */
    public record Key(GroupId group, Integration.Kind kind, int index) {
        public static Key of(GroupId group, Integration integration) {
            return new Key(group, integration.kind(), integration.index());
        }
    }

    @Override
    public @Nullable Notified last(GroupId group, Integration integration) {
        return last(Key.of(group, integration));
    }

    /** As {@link #last(GroupId, Integration)}. */
    public @Nullable Notified last(Key key) {
        return entries.get(key);
    }

    /** Takes an entry; one that is older than the known one changes nothing. */
    public void put(Key key, Notified entry) {
        entries.merge(key, entry, (known, given) -> given.at().isBefore(known.at()) ? known : given);
    }

    /** Drops what has expired; the keys, to be removed from the bus. */
    public List<Key> collect(Instant now) {
        List<Key> expired = entries.entrySet().stream()
                .filter(entry -> entry.getValue().isExpired(now))
                .map(Map.Entry::getKey)
                .toList();
        expired.forEach(entries::remove);
        return expired;
    }

    public int size() {
        return entries.size();
    }
}
