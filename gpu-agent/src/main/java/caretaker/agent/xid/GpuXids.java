package caretaker.agent.xid;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one GPU has reported lately. Guarded by the watch's lock; every list is bounded. */
final class GpuXids {
    private static final int MOST_RECENT = 64;
    private static final int MOST_OWNERS = 64;

    final String uuid;
    int index;
    long recoveryAction;
    private final Deque<Occurrence> recent = new ArrayDeque<>();
    private final Deque<Occurrence> causes = new ArrayDeque<>();
    private final Map<Integer, Long> lastByCode = new HashMap<>();
    private final Map<Integer, Map<String, Long>> owners = new HashMap<>();

    /** @param uuid empty for a GPU that nobody knows */
    GpuXids(String uuid, int index) {
        this.uuid = uuid;
        this.index = index;
    }

    void add(Occurrence occurrence) {
        bounded(recent, occurrence);
    }

    private static void bounded(Deque<Occurrence> list, Occurrence occurrence) {
        if (list.size() == MOST_RECENT) {
            list.removeFirst();
        }
        list.addLast(occurrence);
    }

    /** The newest one of at most that distance in time that fits. */
    @Nullable Occurrence find(long atNanos, long withinNanos, Predicate<Occurrence> fits) {
        return newest(recent, atNanos, withinNanos, fits);
    }

    private static @Nullable Occurrence newest(
            Deque<Occurrence> list, long atNanos, long withinNanos, Predicate<Occurrence> fits) {
        for (var each = list.descendingIterator(); each.hasNext(); ) {
            Occurrence one = each.next();
            if (Math.abs(atNanos - one.atNanos) <= withinNanos && fits.test(one)) {
                return one;
            }
        }
        return null;
    }

    /** Keeps one that others may follow. */
    void mayBeCause(Occurrence occurrence) {
        bounded(causes, occurrence);
    }

    /** One that was told before, which another may follow. */
    @Nullable Occurrence cause(long atNanos, long withinNanos, Predicate<Occurrence> fits) {
        return newest(causes, atNanos, withinNanos, fits);
    }

    /** Whether a code was there before within the time; notes that it is there now. */
    boolean cameBefore(int code, long atNanos, long withinNanos) {
        Long last = lastByCode.put(code, atNanos);
        return last != null && atNanos - last <= withinNanos;
    }

    /** How many different owners of processes a code has hit within the time, this one counted. */
    int ownersHit(int code, String owner, long atNanos, long withinNanos) {
        Map<String, Long> hit = owners.computeIfAbsent(code, _ -> new HashMap<>());
        hit.values().removeIf(last -> atNanos - last > withinNanos);
        if (hit.size() < MOST_OWNERS) {
            hit.put(owner, atNanos);
        }
        return hit.size();
    }
}
