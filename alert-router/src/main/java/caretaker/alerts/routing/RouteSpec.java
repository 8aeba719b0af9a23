package caretaker.alerts.routing;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of the routing tree as the configuration writes it; what is null comes from the parent.
 *
 * @param groupBy label names, or only {@link #ALL}; empty means one group
 * @param labels given to the notifications of this route and of those below it
 */
public record RouteSpec(
        @Nullable String receiver,
        @Nullable List<String> groupBy,
        @Nullable Duration groupWait,
        @Nullable Duration groupInterval,
        @Nullable Duration repeatInterval,
        Matchers matchers,
        boolean goesOn,
        List<String> muteTimes,
        List<String> activeTimes,
        Map<String, String> labels,
        List<RouteSpec> routes) {
    /** In {@code group_by}: every label. */
    public static final String ALL = "...";

    /** A node that only names its receiver; for tests and for what we send to ourselves. */
    public static RouteSpec to(String receiver) {
        return new RouteSpec(
                receiver, null, null, null, null, Matchers.NONE, false, List.of(), List.of(), Map.of(), List.of());
    }

    public RouteSpec matching(LabelMatcher... matchers) {
        return new RouteSpec(
                receiver,
                groupBy,
                groupWait,
                groupInterval,
                repeatInterval,
                Matchers.of(matchers),
                goesOn,
                muteTimes,
                activeTimes,
                labels,
                routes);
    }

    public RouteSpec goingOn() {
        return new RouteSpec(
                receiver,
                groupBy,
                groupWait,
                groupInterval,
                repeatInterval,
                matchers,
                true,
                muteTimes,
                activeTimes,
                labels,
                routes);
    }

    public RouteSpec groupedBy(String... names) {
        return new RouteSpec(
                receiver,
                List.of(names),
                groupWait,
                groupInterval,
                repeatInterval,
                matchers,
                goesOn,
                muteTimes,
                activeTimes,
                labels,
                routes);
    }

    public RouteSpec timed(@Nullable Duration wait, @Nullable Duration interval, @Nullable Duration repeat) {
        return new RouteSpec(
                receiver, groupBy, wait, interval, repeat, matchers, goesOn, muteTimes, activeTimes, labels, routes);
    }

    public RouteSpec during(List<String> mute, List<String> active) {
        return new RouteSpec(
                receiver,
                groupBy,
                groupWait,
                groupInterval,
                repeatInterval,
                matchers,
                goesOn,
                mute,
                active,
                labels,
                routes);
    }

    public RouteSpec labelled(Map<String, String> given) {
        return new RouteSpec(
                receiver,
                groupBy,
                groupWait,
                groupInterval,
                repeatInterval,
                matchers,
                goesOn,
                muteTimes,
                activeTimes,
                given,
                routes);
    }

    public RouteSpec with(RouteSpec... children) {
        return new RouteSpec(
                receiver,
                groupBy,
                groupWait,
                groupInterval,
                repeatInterval,
                matchers,
                goesOn,
                muteTimes,
                activeTimes,
                labels,
                List.of(children));
    }
}
