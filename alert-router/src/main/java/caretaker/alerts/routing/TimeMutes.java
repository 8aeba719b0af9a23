package caretaker.alerts.routing;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The named time intervals, and which routes they keep quiet when. */
public record TimeMutes(Map<String, List<TimeInterval>> intervals) {
    public static final TimeMutes NONE = new TimeMutes(Map.of());

    public TimeMutes {
        intervals = Map.copyOf(intervals);
    }

    /** The names of those mute intervals of the route that are on. */
    public List<String> mutedBy(Route route, Instant time) {
        return route.muteTimes().stream().filter(name -> isOn(name, time)).toList();
    }

    /** The names of the route's active intervals if none of them is on; empty if it may notify. */
    public List<String> inactiveBecauseOf(Route route, Instant time) {
        boolean active =
                route.activeTimes().isEmpty() || route.activeTimes().stream().anyMatch(name -> isOn(name, time));
        return active ? List.of() : route.activeTimes();
    }

    private boolean isOn(String name, Instant time) {
        return intervals.getOrDefault(name, List.of()).stream().anyMatch(interval -> interval.contains(time));
    }
}
