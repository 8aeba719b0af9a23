package caretaker.alerts.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One thing that is played on all sides: a small configuration, and what happens in each round.
 *
 * <p>All scenarios are played at the same time on the same servers. So the configuration becomes a branch of one
 * routing tree, for alerts with the label {@code scenario}; its receivers and time intervals get the name as a prefix,
 * its inhibition rules hold among its own alerts.
 *
 * @param config of Alertmanager; <code>${HOOK}</code> is where the side's receivers listen, <code>${MAIL}</code> its
 *     mail server
 * @param reloaded the configuration that takes its place when {@link Play#RELOAD all reload}
 */
record Scenario(String name, String config, String reloaded, List<Consumer<Stage>> rounds) {

    /** One configuration for all, before or after they reload. */
    static Map<String, Object> merged(List<Scenario> scenarios, boolean reloaded) {
        List<Object> routes = new ArrayList<>();
        List<Object> receivers = new ArrayList<>(List.of(Map.of("name", "nobody")));
        List<Object> times = new ArrayList<>();
        List<Object> rules = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            Map<String, Object> part = scenario.read(reloaded);
            Map<String, Object> route = map(part.get("route"));
            scenario.prefix(route);
            route.put("matchers", List.of(scenario.matcher()));
            routes.add(route);
            scenario.named(part, "receivers", receivers);
            scenario.named(part, "time_intervals", times);
            for (Object rule : list(part.get("inhibit_rules"))) {
                Map<String, Object> own = map(rule);
                for (String side : List.of("source_matchers", "target_matchers")) {
                    List<Object> matchers = new ArrayList<>(list(own.get(side)));
                    matchers.add(scenario.matcher());
                    own.put(side, matchers);
                }
                rules.add(own);
            }
        }
        return Map.of(
                "route",
                Map.of(
                        "receiver",
                        "nobody",
                        "group_wait",
                        "1s",
                        "group_interval",
                        "2s",
                        "repeat_interval",
                        "1h",
                        "routes",
                        routes),
                "receivers",
                receivers,
                "time_intervals",
                times,
                "inhibit_rules",
                rules);
    }

    private Map<String, Object> read(boolean again) {
        var load = new Load(LoadSettings.builder().setLabel(name).build());
        return map(load.loadFromString((again ? reloaded : config).replace("${NAME}", name)));
    }

    private String matcher() {
        return "scenario=\"" + name + "\"";
    }

    private void prefix(Map<String, Object> route) {
        route.computeIfPresent("receiver", (key, receiver) -> name + "/" + receiver);
        for (String key : List.of("mute_time_intervals", "active_time_intervals")) {
            route.computeIfPresent(key, (same, names) -> prefixed(list(names), one -> name + "/" + one));
        }
        list(route.get("routes")).forEach(child -> prefix(map(child)));
    }

    private static List<Object> prefixed(List<Object> names, UnaryOperator<String> prefix) {
        List<Object> made = new ArrayList<>();
        names.forEach(one -> made.add(prefix.apply(String.valueOf(one))));
        return made;
    }

    private void named(Map<String, Object> part, String section, List<Object> into) {
        for (Object one : list(part.get(section))) {
            Map<String, Object> own = new LinkedHashMap<>(map(one));
            own.put("name", name + "/" + own.get("name"));
            into.add(own);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? new LinkedHashMap<>() : (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }
}
