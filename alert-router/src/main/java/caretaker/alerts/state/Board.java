package caretaker.alerts.state;

import caretaker.alerts.config.AlertmanagerConfig;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.Budget;
import caretaker.alerts.routing.Fingerprint;
import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Groups;
import caretaker.alerts.routing.Inhibitor;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.routing.Pipeline;
import caretaker.alerts.routing.ReceiverOptions;
import caretaker.alerts.routing.Route;
import caretaker.alerts.routing.Silences;
import caretaker.contracts.NotificationEvent;
import caretaker.contracts.NotificationEvent.Dead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that the router knows. Only its desk's thread may touch it. */
public final class Board {
    /**
     * How much is kept; 0 is no limit.
     *
     * @param bytes of alerts, silences and what could not be told, together
     */
    public record Limits(
            AlertStore.Limits alerts, Silences.Limits silences, int groups, long bytes, Duration retention) {}

    private static final Duration LOOK_FOR_ROOM = Duration.ofSeconds(1);

    private final Limits limits;
    private final Budget budget;
    private final AlertStore alerts;
    private final Silences silences;
    private final NotificationLog log = new NotificationLog();
    private final Map<NotificationLog.Key, Pending> pending = new HashMap<>();
    private final Map<NotificationLog.Key, Dead> dead = new HashMap<>();
    private volatile Map<String, Integer> undelivered = Map.of();
    private final History history = new History();
    private final Groups groups;
    private final Function<String, ReceiverOptions> options;
    /** Of the groups that another instance told somebody of. */
    private final Map<GroupId, Instant> timers = new HashMap<>();

    private final LongAdder leftOut = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private Instant madeRoomAt = Instant.EPOCH;
    private boolean live;
    private boolean leading;
    private AlertmanagerConfig config;
    private Inhibitor inhibitor;
    private Pipeline pipeline;

    /**
     * Knows nothing yet; receivers are told as Alertmanager tells them.
     *
     * @param notBefore no group is flushed earlier
     */
    public Board(AlertmanagerConfig config, LabelNames names, Limits limits, Instant notBefore) {
        this(config, names, limits, notBefore, _ -> ReceiverOptions.NONE);
    }

    /**
     * As {@link #Board(AlertmanagerConfig, LabelNames, Limits, Instant)}.
     *
     * @param options of a receiver, by its name
     */
    public Board(
            AlertmanagerConfig config,
            LabelNames names,
            Limits limits,
            Instant notBefore,
            Function<String, ReceiverOptions> options) {
        this.options = options;
        this.limits = limits;
        this.config = config;
        this.budget = new Budget(limits.bytes());
        this.alerts = new AlertStore(names, limits.alerts(), budget);
        this.silences = new Silences(names, limits.silences(), budget);
        this.groups = new Groups(
                config.route(),
                notBefore,
                limits.groups(),
                receiver -> options.apply(receiver).flushWhenAllResolved());
        this.inhibitor = new Inhibitor(config.inhibitRules());
        this.pipeline = new Pipeline(inhibitor, config.times(), silences, config::integrations, options);
    }

    /** Takes up another configuration. Groups that are the same in both keep their timers. */
    public void reload(AlertmanagerConfig changed, Instant now) {
        config = changed;
        inhibitor = new Inhibitor(changed.inhibitRules());
        alerts.all().forEach(inhibitor::put);
        pipeline = new Pipeline(inhibitor, changed.times(), silences, changed::integrations, options);
        groups.reload(changed.route(), alerts.all(), now);
    }

    public AlertmanagerConfig config() {
        return config;
    }

    public AlertStore alerts() {
        return alerts;
    }

    public Silences silences() {
        return silences;
    }

    public Groups groups() {
        return groups;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    /** What is done for a receiver that Alertmanager's file has no words for. */
    public ReceiverOptions options(String receiver) {
        return options.apply(receiver);
    }

    public NotificationLog log() {
        return log;
    }

    public Budget budget() {
        return budget;
    }

    public Duration retention() {
        return limits.retention();
    }

    /** An alert has its effect: it inhibits others, and its groups will tell of it. */
    public void effect(Alert alert, Instant now) {
        if (!live) {
            return;
        }
        inhibitor.put(alert);
        leftOut.add(groups.put(alert, now));
    }

    /** How often an alert found no room for a group of its own. Any thread. */
    public long leftOut() {
        return leftOut.sum();
    }

    /** So many alerts found no room. */
    public void refused(int count) {
        refused.add(count);
    }

    /** How often an alert was refused since there was no room for it. Any thread. */
    public long refused() {
        return refused.sum();
    }

    /** Everything that the bus had is known: groups open, with the timers that they had. */
    public void goLive(Instant now) {
        live = true;
        groups.restore(timers);
        // A group opened when its first alert began or a little later; nobody knows how much.
        alerts.all().stream()
                .sorted(Comparator.comparing(Alert::startsAt))
                .forEach(alert -> effect(alert, alert.startsAt().isBefore(now) ? alert.startsAt() : now));
    }

    /** This instance tells people from now on: it goes on with the timers of the one that did before. */
    public void lead() {
        leading = true;
        groups.retime(timers);
        timers.clear();
    }

    /** Whether this instance tells people. */
    public boolean isLeading() {
        return leading;
    }

    /** Another instance may tell people from now on. */
    public void standBy() {
        leading = false;
    }

    /** Whether groups are open. Until then nobody is told of anything. */
    public boolean isLive() {
        return live;
    }

    /**
     * Takes a state from the bus, where it replaces the older one: it was merged when it was accepted, and at another
     * time the same merge would come to something else.
     */
    public void heard(Alert alert, Instant now) {
        Optional<Alert> known = alerts.get(alert.fingerprint());
        boolean isOld = known.filter(one -> one.updatedAt().isAfter(alert.updatedAt()) || one.equals(alert))
                .isPresent();
        if (!isOld) {
            alerts.replace(alert);
            effect(alert, now);
        }
    }

    /**
     * Forgets an alert that another instance said is over and told of. One that fires was posted here in that moment:
     * it stays, and is to be put on the bus again, which has lost it.
     */
    public Optional<Alert> forget(Fingerprint fingerprint, Instant now) {
        Optional<Alert> known = alerts.get(fingerprint);
        Optional<Alert> fires = known.filter(alert -> !alert.resolvedAt(now));
        if (known.isPresent() && fires.isEmpty()) {
            inhibitor.remove(known.get());
            groups.forget(known.get());
            alerts.remove(fingerprint);
        }
        return fires;
    }

    /** Forgets what is over and has nobody to be told of; which alerts. */
    public List<Alert> forgetOver(Instant now) {
        List<Alert> over = alerts.collect(now, groups::holds);
        over.forEach(inhibitor::remove);
        return over;
    }

    /** As {@link #forgetOver} where an alert finds no room; not oftener than each second, and by who leads. */
    public List<Alert> makeRoom(Instant now) {
        if (!leading || now.isBefore(madeRoomAt.plus(LOOK_FOR_ROOM))) {
            return List.of();
        }
        madeRoomAt = now;
        return forgetOver(now);
    }

    /** Takes from the bus what is known of one way of telling a group. The instance that leads knows better. */
    public void heard(NotificationLog.Key key, NotificationEvent event) {
        history.add(event);
        if (event.sent() != null) {
            log.put(key, Translation.notified(event.sent()));
        }
        if (leading) {
            return;
        }
        bury(key, event.dead());
        if (event.pending() == null) {
            pending.remove(key);
        } else {
            pending.put(key, Translation.pending(event.pending()));
        }
        timers.put(key.group(), event.nextFlush());
    }

    /** Forgets what another instance forgot. */
    public void forget(NotificationLog.Key key) {
        timers.remove(key.group());
        if (!leading) {
            bury(key, null);
        }
    }

    /** What was perhaps sent, and perhaps not. */
    public Map<NotificationLog.Key, Pending> allPending() {
        return Map.copyOf(pending);
    }

    public void began(NotificationLog.Key key, Pending being) {
        pending.put(key, being);
    }

    public void ended(NotificationLog.Key key) {
        pending.remove(key);
    }

    /** What could not be told; null if nothing. */
    public @Nullable Dead dead(NotificationLog.Key key) {
        return dead.get(key);
    }

    /** Keeps what could not be told; null to forget it. */
    public void bury(NotificationLog.Key key, @Nullable Dead what) {
        Dead before = what == null ? dead.remove(key) : dead.put(key, what);
        budget.add(Sizes.of(what) - Sizes.of(before));
        if ((before == null) != (what == null)) {
            Map<String, Integer> counts = new TreeMap<>(undelivered);
            counts.merge(key.group().receiver(), what == null ? -1 : 1, Integer::sum);
            counts.values().removeIf(count -> count == 0);
            undelivered = Map.copyOf(counts);
        }
    }

    /** All that could not be told. */
    public Map<NotificationLog.Key, Dead> allDead() {
        return Map.copyOf(dead);
    }

    /** How many messages could not be told. Any thread; may be a little old. */
    public int deadCount() {
        return dead.size();
    }

    /** How many messages could not be told, by receiver. Any thread; may be a little old. */
    public Map<String, Integer> undelivered() {
        return undelivered;
    }

    public History history() {
        return history;
    }

    /** Keys of the notification log that mean nothing any more; they are forgotten here. */
    public List<NotificationLog.Key> forgetTold(Instant now) {
        List<NotificationLog.Key> over = log.collect(now);
        return over.stream()
                .filter(key -> !dead.containsKey(key) && !pending.containsKey(key))
                .toList();
    }

    /** What the API shows of an alert. */
    public AlertView view(Alert alert, Instant now) {
        List<Route> routes = config.route().match(alert.labels());
        List<String> mutedBy = new ArrayList<>();
        Set<String> receivers = new TreeSet<>();
        for (Route route : routes) {
            receivers.add(route.receiver());
            mutedBy.addAll(mutedBy(route, now));
        }
        return new AlertView(
                alert,
                receivers,
                silences.silencing(alert.labels(), now),
                inhibitor.inhibiting(alert.labels(), now).map(List::of).orElse(List.of()),
                mutedBy);
    }

    private List<String> mutedBy(Route route, Instant now) {
        if (route.muteTimes().isEmpty() && route.activeTimes().isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>(config.times().mutedBy(route, now));
        names.addAll(config.times().inactiveBecauseOf(route, now));
        return names;
    }

    /** What the API shows of these alerts, without those that the question leaves out. */
    public List<AlertView> views(Collection<Alert> some, AlertQuery query, Instant now) {
        Set<String> receivers = query.receivers(config.receivers());
        List<AlertView> shown = new ArrayList<>(some.size());
        for (Alert alert : some) {
            AlertView view = view(alert, now);
            if (query.shows(view, receivers)) {
                shown.add(view);
            }
        }
        return shown;
    }

    /** As {@link #views}, where the group says which intervals keep them quiet. */
    public List<AlertView> viewsIn(GroupView group, Collection<Alert> some, AlertQuery query, Instant now) {
        return views(some, query.evenMuted(), now).stream()
                .map(view -> view.mutedBy(group.mutedBy()))
                .toList();
    }

    /** The groups that the question asks for, in no order, with all their alerts. */
    public List<GroupView> groupsOf(AlertQuery query, Instant now) {
        Set<String> receivers = query.receivers(config.receivers());
        List<GroupView> found = new ArrayList<>();
        groups.forEach((route, labels, inIt) -> {
            List<String> mutedBy = mutedBy(route, now);
            if (receivers.contains(route.receiver()) && (query.muted() || mutedBy.isEmpty())) {
                found.add(
                        new GroupView(labels, route.receiver(), route.options().labels(), List.copyOf(inIt), mutedBy));
            }
        });
        return found;
    }
}
