package caretaker.alerts.routing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a routing tree must keep to, and what it should. */
public final class RouteRules {
    /** Deeper trees are refused; ours and everybody's have three or four levels. */
    public static final int MAX_DEPTH = 64;

    private RouteRules() {}

    /** Everything that makes the tree unusable by itself; names are checked by {@link #unknown}. */
    public static List<String> problems(RouteSpec root) {
        List<String> problems = new ArrayList<>(root(root));
        node(root, 0, problems);
        return problems;
    }

    /** What only the root must keep to. */
    public static List<String> root(RouteSpec root) {
        List<String> problems = new ArrayList<>();
        if (root.receiver() == null || root.receiver().isEmpty()) {
            problems.add("root route must specify a default receiver");
        }
        if (!root.matchers().isEmpty()) {
            problems.add("root route must not have any matchers");
        }
        if (root.goesOn()) {
            problems.add("cannot have continue in root route");
        }
        if (!root.muteTimes().isEmpty()) {
            problems.add("root route must not have any mute time intervals");
        }
        if (!root.activeTimes().isEmpty()) {
            problems.add("root route must not have any active time intervals");
        }
        return problems;
    }

    private static void node(RouteSpec spec, int depth, List<String> problems) {
        if (depth > MAX_DEPTH) {
            problems.add("routes nested more than " + MAX_DEPTH + " deep");
            return;
        }
        problems.addAll(own(spec));
        spec.routes().forEach(child -> node(child, depth + 1, problems));
    }

    /** What is wrong with the node itself, whatever is above and below it. */
    public static List<String> own(RouteSpec spec) {
        List<String> problems = new ArrayList<>();
        List<String> groupBy = spec.groupBy() == null ? List.of() : spec.groupBy();
        Set<String> seen = new HashSet<>();
        for (String name : groupBy) {
            if (!seen.add(name) && !name.equals(RouteSpec.ALL)) {
                problems.add("duplicated label " + GoText.quote(name) + " in group_by");
            }
        }
        if (seen.contains(RouteSpec.ALL) && seen.size() > 1) {
            problems.add("cannot have wildcard group_by (`...`) and other labels at the same time");
        }
        if (Duration.ZERO.equals(spec.groupInterval())) {
            problems.add("group_interval cannot be zero");
        }
        if (Duration.ZERO.equals(spec.repeatInterval())) {
            problems.add("repeat_interval cannot be zero");
        }
        return problems;
    }

    /** Receivers and time intervals that are named and not there. */
    public static List<String> unknown(RouteSpec root, Set<String> receivers, Set<String> timeIntervals) {
        List<String> problems = new ArrayList<>();
        String receiver = root.receiver();
        if (receiver != null && !receiver.isEmpty() && !receivers.contains(receiver)) {
            problems.add("undefined receiver " + GoText.quote(receiver) + " used in route");
        }
        List<String> times = new ArrayList<>(root.activeTimes());
        times.addAll(root.muteTimes());
        for (String name : times) {
            if (!timeIntervals.contains(name)) {
                problems.add("undefined time interval " + GoText.quote(name) + " used in route");
            }
        }
        root.routes().forEach(child -> problems.addAll(unknown(child, receivers, timeIntervals)));
        return problems;
    }

    /**
     * What will surprise, though it is allowed.
     *
     * @param retention how long notifications are remembered
     */
    public static List<String> warnings(Route root, Duration retention) {
        List<String> warnings = new ArrayList<>();
        root.walk(route -> {
            Duration repeat = route.options().repeatInterval();
            if (repeat.compareTo(route.options().groupInterval()) < 0) {
                warnings.add(
                        route.key() + ": repeat_interval is less than group_interval; notifications will not repeat"
                                + " until the next group_interval");
            }
            if (repeat.compareTo(retention) > 0) {
                warnings.add(route.key() + ": repeat_interval is greater than the data retention period; notifications"
                        + " will repeat more often than expected");
            }
        });
        return warnings;
    }
}
