package caretaker.alerts.config;

import caretaker.alerts.routing.InhibitRule;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.LabelMatcher.Operator;
import caretaker.alerts.routing.LabelNames;
import caretaker.alerts.routing.Matchers;
import caretaker.alerts.routing.RouteRules;
import caretaker.alerts.routing.RouteSpec;
import caretaker.alerts.routing.TimeInterval;
import caretaker.alerts.routing.TimeInterval.Minutes;
import caretaker.alerts.routing.TimeInterval.Span;
import caretaker.alerts.routing.TimeMutes;
import caretaker.alerts.routing.TimeRanges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns routes, inhibition rules and time intervals of the file into what decides, and checks them on the way. */
final class Specs {
    private final Problems problems;
    private final List<String> warnings;
    private final LabelNames names;

    Specs(Problems problems, List<String> warnings, LabelNames names) {
        this.problems = problems;
        this.warnings = warnings;
        this.names = names;
    }

    /** The routing tree; receivers and time intervals that it names must be in the file. */
    RouteSpec tree(Values file) {
        Values root = file.section("route");
        if (root == null) {
            problems.add(file.where("route"), "no route provided in config");
            return RouteSpec.to("");
        }
        Set<String> receivers = file.sections("receivers").stream()
                .map(receiver -> receiver.text("name"))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<String> intervals = new LinkedHashSet<>();
        for (String key : List.of("mute_time_intervals", "time_intervals")) {
            file.sections(key).forEach(named -> intervals.add(named.text("name")));
        }
        RouteSpec spec = route(root, receivers, intervals);
        RouteRules.root(spec).forEach(problem -> problems.add(root.where(), problem));
        return spec;
    }

    private RouteSpec route(Values values, Set<String> receivers, Set<String> intervals) {
        List<RouteSpec> children = values.sections("routes").stream()
                .map(child -> route(child, receivers, intervals))
                .toList();
        List<String> groupBy = values.has("group_by") ? values.texts("group_by") : null;
        String receiver = values.text("receiver");
        var spec = new RouteSpec(
                receiver.isEmpty() ? null : receiver,
                groupBy,
                values.duration("group_wait"),
                values.duration("group_interval"),
                values.duration("repeat_interval"),
                matchers(values, "match", "match_re", "matchers"),
                values.flag("continue"),
                values.texts("mute_time_intervals"),
                values.texts("active_time_intervals"),
                values.textMap("labels"),
                children);
        if (!receiver.isEmpty() && !receivers.contains(receiver)) {
            problems.add(values.where("receiver"), "no receiver '" + receiver + "' is defined" + known(receivers));
        }
        for (String key : List.of("mute_time_intervals", "active_time_intervals")) {
            for (String name : values.texts(key)) {
                if (!intervals.contains(name)) {
                    problems.add(values.where(key), "no time interval '" + name + "' is defined" + known(intervals));
                }
            }
        }
        for (String name : values.texts("group_by")) {
            if (!name.equals(RouteSpec.ALL)) {
                label(values, "group_by", name, names);
            }
        }
        RouteRules.own(spec).forEach(problem -> problems.add(values.where(), problem));
        return spec;
    }

    private static String known(Set<String> names) {
        return names.isEmpty() ? "" : "; there are: " + String.join(", ", names);
    }

    /** The three ways to write matchers, together. The second one's are anchored in the keys of groups, as ever. */
    private Matchers matchers(Values values, String equalKey, String regexKey, String listKey) {
        List<LabelMatcher> all = new ArrayList<>();
        values.textMap(equalKey).forEach((name, value) -> {
            label(values, equalKey, name, LabelNames.CLASSIC);
            all.add(LabelMatcher.equal(name, value));
        });
        values.textMap(regexKey).forEach((name, value) -> {
            label(values, regexKey, name, LabelNames.CLASSIC);
            all.add(new LabelMatcher(Operator.REGEX, name, "^(?:" + value + ")$"));
        });
        return values.matchers(listKey).and(all);
    }

    private void label(Values values, String key, String name, LabelNames allowed) {
        if (!allowed.allow(name)) {
            problems.add(values.where(key), "'" + name + "' is not a label name");
        }
    }

    List<InhibitRule> inhibitRules(Values file) {
        List<InhibitRule> rules = new ArrayList<>();
        for (Values values : file.sections("inhibit_rules")) {
            rules.add(rule(values));
        }
        return rules;
    }

    private InhibitRule rule(Values values) {
        Matchers target = matchers(values, "target_match", "target_match_re", "target_matchers");
        Matchers single = matchers(values, "source_match", "source_match_re", "source_matchers");
        List<String> equal = values.texts("equal");
        equal.forEach(name -> label(values, "equal", name, names));
        List<Values> several = values.sections("sources");
        if (several.isEmpty()) {
            if (equal.isEmpty()) {
                warnings.add(values.where() + ": without 'equal', any source silences every target");
            }
            return new InhibitRule(values.text("name"), target, List.of(new InhibitRule.Source(single, equal)));
        }
        if (!single.isEmpty() || !equal.isEmpty()) {
            problems.add(values.where("sources"), "not together with source_match, source_matchers or equal");
        }
        List<InhibitRule.Source> sources = new ArrayList<>();
        for (Values source : several) {
            Matchers matchers = source.matchers("matchers");
            if (matchers.matchTheEmpty()) {
                problems.add(source.where(), "at least one matcher must not match the empty string");
            }
            source.texts("equal").forEach(name -> label(source, "equal", name, names));
            sources.add(new InhibitRule.Source(matchers, source.texts("equal")));
        }
        return new InhibitRule(values.text("name"), target, sources);
    }

    TimeMutes times(Values file) {
        Map<String, List<TimeInterval>> intervals = new LinkedHashMap<>();
        for (String key : List.of("mute_time_intervals", "time_intervals")) {
            for (Values named : file.sections(key)) {
                String name = named.text("name");
                List<TimeInterval> specs = named.sections("time_intervals").stream()
                        .map(this::interval)
                        .toList();
                if (name.isEmpty()) {
                    problems.add(named.where(), "missing name in time interval");
                } else if (intervals.put(name, specs) != null) {
                    problems.add(named.where("name"), "a time interval '" + name + "' is there already");
                }
            }
        }
        return new TimeMutes(intervals);
    }

    private TimeInterval interval(Values values) {
        List<Minutes> times = new ArrayList<>();
        for (Values range : values.sections("times")) {
            try {
                times.add(TimeRanges.minutes(range.text("start_time"), range.text("end_time")));
            } catch (IllegalArgumentException e) {
                problems.add(range.where(), String.valueOf(e.getMessage()));
            }
        }
        return new TimeInterval(
                times,
                values.list("weekdays", Span.class),
                values.list("days_of_month", Span.class),
                values.list("months", Span.class),
                values.list("years", Span.class),
                TimeRanges.location(values.text("location")));
    }
}
