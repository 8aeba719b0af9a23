package caretaker.alerts.routing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * All groups and their timers, as a machine that events and time drive. Not safe for several threads at once.
 *
 * <p>The caller feeds alerts with {@link #put}, asks {@link #due} at {@link #nextDue} for what has to be flushed, and
 * answers each {@link Flush} with {@link #finished}. It reads no clock and starts nothing.
 *
 * <p>First flush after {@code group_wait}, at once where the alert that opened the group is older than that; then every
 * {@code group_interval} from the start of the previous flush. An alert that joins an open group waits for its tick.
 * For receivers that want it, a group that was flushed before does not wait for its tick once all of it is over.
 */
public final class Groups {
    private static final Comparator<Group> BY_TIME =
            Comparator.comparing(Group::dueAt).thenComparingLong(Group::serial);

    private final Instant notBefore;
    private final int maxGroups;
    private final Predicate<String> flushesWhenOver;
    private final Map<Place, Group> groups = new HashMap<>();

    /** Groups that wait for their time; one that is being flushed is not in it. */
    private final TreeSet<Group> waiting = new TreeSet<>(BY_TIME);

    /** Those that may be due earlier or later than they wait for. */
    private final Set<Group> unsettled = new HashSet<>();

    private final Map<Long, Group> running = new HashMap<>();
    private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>(Comparator.comparing(Deadline::at));
    private final Map<Fingerprint, Integer> held = new HashMap<>();
    private final Map<GroupId, Instant> restored = new HashMap<>();
    private Route tree;
    private long nextNumber = 1;

    private record Place(String routeId, LabelSet labels) {}

    /** Of a flush, which may be finished long since. */
    private record Deadline(Instant at, long flush) {}

    /** A group as the API shows it. */
    public record View(Route route, GroupId id, LabelSet labels, List<Alert> alerts) {}

    /**
     * @param notBefore nothing is flushed earlier, so that senders can repeat their alerts after a start
     * @param maxGroups alerts that would open more are left out and counted; 0 for no limit
     */
    public Groups(Route tree, Instant notBefore, int maxGroups) {
        this(tree, notBefore, maxGroups, _ -> false);
    }

    /**
     * As {@link #Groups(Route, Instant, int)}.
     *
     * @param flushesWhenOver whether a receiver's groups need not wait for their tick once all of them is over
     */
    public Groups(Route tree, Instant notBefore, int maxGroups, Predicate<String> flushesWhenOver) {
        this.tree = tree;
        this.notBefore = notBefore;
        this.maxGroups = maxGroups;
        this.flushesWhenOver = flushesWhenOver;
    }

    /** Timers from before a restart; used by groups that open again, forgotten at the next {@link #reap}. */
    public void restore(Map<GroupId, Instant> timers) {
        restored.putAll(timers);
    }

    /** Gives an alert's newest state to every group that it belongs to; how many it found no room for. */
    public int put(Alert alert, Instant now) {
        int refused = 0;
        for (Route route : tree.match(alert.labels())) {
            LabelSet labels = route.groupLabels(alert.labels());
            var place = new Place(route.id(), labels);
            Group group = groups.get(place);
            if (group == null) {
                if (maxGroups > 0 && groups.size() >= maxGroups) {
                    refused++;
                    continue;
                }
                group = open(route, labels, alert, now);
                groups.put(place, group);
                waiting.add(group);
            }
            if (group.put(alert)) {
                held.merge(alert.fingerprint(), 1, Integer::sum);
            }
            mayBeDue(group);
        }
        return refused;
    }

    private Group open(Route route, LabelSet labels, Alert alert, Instant now) {
        Instant first = now.plus(route.options().groupWait());
        if (alert.startsAt().plus(route.options().groupWait()).isBefore(now)) {
            first = now;
        }
        var id = new GroupId(route.key() + ":" + labels, route.receiver());
        Instant before = restored.get(id);
        first = before == null ? first : before;
        var group = new Group(
                nextNumber++,
                route,
                labels,
                flushesWhenOver.test(route.receiver()),
                first.isBefore(notBefore) ? notBefore : first);
        if (before != null) {
            group.wasFlushed();
        }
        return group;
    }

    /** Lets a group wait for its time. */
    private void await(Group group) {
        group.settle(notBefore);
        waiting.add(group);
    }

    private void mayBeDue(Group group) {
        if (group.flushesWhenOver()) {
            unsettled.add(group);
        }
    }

    /** Once for many alerts that came together: it looks at all of a group. */
    private void settle() {
        for (Group group : unsettled) {
            if (waiting.remove(group)) {
                await(group);
            }
        }
        unsettled.clear();
    }

    /** When {@link #due} has something next; empty if nothing waits. */
    public Optional<Instant> nextDue() {
        settle();
        return waiting.isEmpty()
                ? Optional.empty()
                : Optional.of(waiting.first().dueAt());
    }

    /** Starts every flush whose time has come. A flush that passed its deadline unanswered counts as failed first. */
    public List<Flush> due(Instant now) {
        while (!deadlines.isEmpty() && !now.isBefore(deadlines.peek().at())) {
            Group late = running.get(deadlines.remove().flush());
            Flush flush = late == null ? null : late.running();
            if (flush != null) {
                finished(flush, false);
            }
        }
        settle();
        List<Flush> flushes = new ArrayList<>();
        while (!waiting.isEmpty() && !waiting.first().dueAt().isAfter(now)) {
            Group group = waiting.pollFirst();
            Flush flush = group.start(nextNumber++, now);
            running.put(flush.number(), group);
            deadlines.add(new Deadline(flush.deadline(), flush.number()));
            flushes.add(flush);
        }
        return flushes;
    }

    /**
     * Ends a flush.
     *
     * @param succeeded also where nothing had to be sent. Then alerts that were resolved and not changed since leave
     *     the group; else all stay for the next tick
     * @return false if the flush was given up before
     */
    public boolean finished(Flush flush, boolean succeeded) {
        Group group = running.remove(flush.number());
        if (group == null) {
            return false;
        }
        group.finish(flush, succeeded).forEach(alert -> release(alert.fingerprint()));
        await(group);
        return true;
    }

    private void release(Fingerprint fingerprint) {
        held.computeIfPresent(fingerprint, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Whether some group still has the alert and may have to tell of its end. */
    public boolean holds(Fingerprint fingerprint) {
        return held.containsKey(fingerprint);
    }

    /** Removes the groups that became empty; to be called every 30 s. Returns which. */
    public List<GroupId> reap() {
        restored.clear();
        List<GroupId> gone = new ArrayList<>();
        groups.values().removeIf(group -> {
            boolean dead = group.isEmpty() && group.running() == null;
            if (dead) {
                waiting.remove(group);
                unsettled.remove(group);
                gone.add(group.id());
            }
            return dead;
        });
        return gone;
    }

    /**
     * Takes up another tree. Groups that are the same in both, with the same intervals, keep their timers and their
     * unfinished flushes; the others start anew.
     *
     * @param alerts everything in the store
     */
    public void reload(Route newTree, Collection<Alert> alerts, Instant now) {
        Map<GroupId, Group> before = new HashMap<>();
        groups.values().forEach(group -> before.put(group.id(), group));
        tree = newTree;
        groups.clear();
        waiting.clear();
        unsettled.clear();
        running.clear();
        held.clear();
        alerts.forEach(alert -> put(alert, now));
        for (Group group : groups.values()) {
            Group old = before.remove(group.id());
            if (old != null && old.route().options().equals(group.route().options())) {
                waiting.remove(group);
                group.continueFrom(old);
                Flush flush = group.running();
                if (flush == null) {
                    await(group);
                } else {
                    running.put(flush.number(), group);
                }
            }
        }
    }

    /** Takes an alert out of every group, since somebody else told of its end and forgot it. */
    public void forget(Alert alert) {
        if (!holds(alert.fingerprint())) {
            return;
        }
        for (Route route : tree.match(alert.labels())) {
            Group group = groups.get(new Place(route.id(), route.groupLabels(alert.labels())));
            if (group != null && group.remove(alert.fingerprint())) {
                release(alert.fingerprint());
                mayBeDue(group);
            }
        }
    }

    /** Takes up timers that another instance kept. Those of groups that are being flushed stay. */
    public void retime(Map<GroupId, Instant> timers) {
        for (Group group : groups.values()) {
            Instant next = timers.get(group.id());
            if (next != null && waiting.remove(group)) {
                group.retime(next);
                group.wasFlushed();
                await(group);
            }
        }
    }

    /** When a group is flushed next; empty if there is no such group. */
    public Optional<Instant> nextFlush(GroupId id) {
        return groups.values().stream()
                .filter(group -> group.id().equals(id))
                .findFirst()
                .map(Group::nextFlush);
    }

    /** What a group is. */
    public record About(LabelSet labels, Route.Options options) {}

    /** All groups by their keys. */
    public Map<String, About> about() {
        Map<String, About> all = new HashMap<>();
        groups.values()
                .forEach(group -> all.put(
                        group.id().key(),
                        new About(group.labels(), group.route().options())));
        return all;
    }

    /** All groups that are not empty, by labels, then receiver. */
    public List<View> views() {
        return groups.values().stream()
                .filter(group -> !group.isEmpty())
                .sorted(Comparator.comparing(Group::labels)
                        .thenComparing(group -> group.route().receiver()))
                .map(group -> new View(group.route(), group.id(), group.labels(), group.sorted()))
                .toList();
    }

    /** Looks at one group. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Is called for each group.
         *
         * @param alerts to be copied if they are to be kept
         */
        void visit(Route route, LabelSet labels, Collection<Alert> alerts);
    }

    /** Shows all groups that are not empty, in no order. */
    public void forEach(Visitor visitor) {
        for (Group group : groups.values()) {
            if (!group.isEmpty()) {
                visitor.visit(group.route(), group.labels(), group.alerts());
            }
        }
    }

    public int size() {
        return groups.size();
    }
}
