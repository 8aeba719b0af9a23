package caretaker.alerts.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of the routing tree with everything that it inherits. Immutable.
 *
 * <p>Receiver, grouping, the three intervals and labels go down the tree; matchers, {@code continue} and time intervals
 * don't.
 */
public final class Route {
    public static final Duration GROUP_WAIT = Duration.ofSeconds(30);
    public static final Duration GROUP_INTERVAL = Duration.ofMinutes(5);
    public static final Duration REPEAT_INTERVAL = Duration.ofHours(4);

    private final String id;
    private final String key;
    private final Options options;
    private final Matchers matchers;
    private final boolean goesOn;
    private final List<String> muteTimes;
    private final List<String> activeTimes;
    private final List<Route> routes;

    /** What is inherited. */
    public record Options(
            String receiver,
            Set<String> groupBy,
            boolean groupByAll,
            Duration groupWait,
            Duration groupInterval,
            Duration repeatInterval,
            Map<String, String> labels) {
        public Options {
            groupBy = Set.copyOf(groupBy);
            labels = Map.copyOf(labels);
        }
    }

    private Route(String id, String parentKey, Options options, RouteSpec spec) {
        this.id = id;
        this.key = parentKey.isEmpty() ? spec.matchers().toString() : parentKey + "/" + spec.matchers();
        this.options = options;
        this.matchers = spec.matchers();
        this.goesOn = spec.goesOn();
        this.muteTimes = List.copyOf(spec.muteTimes());
        this.activeTimes = List.copyOf(spec.activeTimes());
        List<Route> children = new ArrayList<>();
        for (RouteSpec child : spec.routes()) {
            children.add(new Route(id + "/" + children.size(), key, inherit(options, child), child));
        }
        this.routes = List.copyOf(children);
    }

    /**
     * The tree below a root.
     *
     * @throws IllegalArgumentException with everything that is wrong, see {@link RouteRules}
     */
    public static Route tree(RouteSpec root) {
        List<String> problems = RouteRules.problems(root);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        var defaults = new Options("", Set.of(), false, GROUP_WAIT, GROUP_INTERVAL, REPEAT_INTERVAL, Map.of());
        return new Route("0", "", inherit(defaults, root), root);
    }

    private static Options inherit(Options parent, RouteSpec spec) {
        @Nullable List<String> groupBy = spec.groupBy();
        boolean all = groupBy == null ? parent.groupByAll() : groupBy.contains(RouteSpec.ALL);
        Map<String, String> labels = new TreeMap<>(parent.labels());
        labels.putAll(spec.labels());
        String receiver = spec.receiver();
        return new Options(
                receiver == null || receiver.isEmpty() ? parent.receiver() : receiver,
                all ? Set.of() : groupBy == null ? parent.groupBy() : new HashSet<>(groupBy),
                all,
                either(spec.groupWait(), parent.groupWait()),
                either(spec.groupInterval(), parent.groupInterval()),
                either(spec.repeatInterval(), parent.repeatInterval()),
                labels);
    }

    private static Duration either(@Nullable Duration own, Duration inherited) {
        return own == null ? inherited : own;
    }

    /** The routes that an alert takes: depth first, left to right, up to the first that doesn't continue. */
    public List<Route> match(LabelSet labels) {
        if (!matchers.matches(labels)) {
            return List.of();
        }
        List<Route> found = new ArrayList<>(1);
        for (Route route : routes) {
            List<Route> below = route.match(labels);
            found.addAll(below);
            if (!below.isEmpty() && !route.goesOn) {
                break;
            }
        }
        return found.isEmpty() ? List.of(this) : found;
    }

    /** Every node, parents first. */
    public void walk(Consumer<Route> visitor) {
        visitor.accept(this);
        routes.forEach(route -> route.walk(visitor));
    }

    /** The receivers that some route names. Others are never built, so a mistake in them does no harm. */
    public Set<String> receivers() {
        Set<String> used = new HashSet<>();
        walk(route -> used.add(route.receiver()));
        return used;
    }

    /** The labels by which an alert is grouped here; absent ones are absent. */
    public LabelSet groupLabels(LabelSet alert) {
        return options.groupByAll() ? alert : alert.only(options.groupBy());
    }

    /** Which node it is: the positions from the root, {@code 0/2/1}. Unlike the key it is unique. */
    public String id() {
        return id;
    }

    /** The matchers from the root, <code>{}/{severity="critical"}</code>: the first half of a group key. */
    public String key() {
        return key;
    }

    public String receiver() {
        return options.receiver();
    }

    public Options options() {
        return options;
    }

    public Matchers matchers() {
        return matchers;
    }

    public boolean goesOn() {
        return goesOn;
    }

    public List<String> muteTimes() {
        return muteTimes;
    }

    public List<String> activeTimes() {
        return activeTimes;
    }

    public List<Route> routes() {
        return routes;
    }

    @Override
    public String toString() {
        return key + " -> " + options.receiver();
    }
}
