package caretaker.alerts.differential;

import java.util.List;

/** G9: what a configuration that is read again changes while alerts fire. Timers differ, and are not looked at. */
final class ReloadScripts {
    private static final String ONE = """
            route: {receiver: one, group_by: [alertname]}
            receivers:
              - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
            """;

    private ReloadScripts() {}

    static List<Scenario> all() {
        return List.of(unchanged(), otherReceiver(), otherGroups(), goneRoute(), newRule(), mute(), moreWays());
    }

    /** One alert before the reload; then another of its group, and the ends of both. */
    private static Script script(String name, String before, String after) {
        return Script.of(name, before)
                .reloaded(after)
                .then(stage -> stage.fire("alertname=A node=n1", "alertname=B node=n1"))
                .rest() // in the middle of it all reload
                .then(stage -> stage.look("/api/v2/alerts/groups"))
                .then(stage -> stage.fire("alertname=A node=n2", "alertname=C node=n1"))
                .rest()
                .then(stage -> stage.resolve("alertname=A node=n1", "alertname=B node=n1"))
                .rest()
                .then(stage -> stage.resolve("alertname=A node=n2"))
                .rest()
                .then(stage -> stage.look("/api/v2/alerts"));
    }

    /** Nobody is told again what they know. */
    private static Scenario unchanged() {
        return script("reload-unchanged", ONE, ONE).made();
    }

    /** Who is told from now on is told of what fires, and of its end; who was told before is not. */
    private static Scenario otherReceiver() {
        return script("reload-receiver", ONE, """
                        route: {receiver: two, group_by: [alertname]}
                        receivers:
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                          - {name: two, webhook_configs: [{url: "${HOOK}/${NAME}/two"}]}
                        """).made();
    }

    /** Groups that were not there are told of. */
    private static Scenario otherGroups() {
        return script("reload-groups", ONE, """
                        route: {receiver: one, group_by: [alertname, node]}
                        receivers:
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                        """).made();
    }

    /** A branch that is gone: its alerts go to the trunk's receiver. */
    private static Scenario goneRoute() {
        return script("reload-gone", """
                        route:
                          receiver: one
                          group_by: [alertname]
                          routes: [{receiver: two, matchers: [alertname="A"]}]
                        receivers:
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                          - {name: two, webhook_configs: [{url: "${HOOK}/${NAME}/two"}]}
                        """, ONE).made();
    }

    /** What inhibits from now on keeps quiet what fires already: its end is not told. */
    private static Scenario newRule() {
        return script("reload-inhibition", ONE, ONE + """
                        inhibit_rules:
                          - {source_matchers: [alertname="B"], target_matchers: [alertname="A"], equal: [node]}
                        """).made();
    }

    private static Scenario mute() {
        return script("reload-mute", """
                        route:
                          receiver: one
                          group_by: [alertname]
                          routes: [{matchers: [alertname="A"]}]
                        receivers:
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                        """, """
                        route:
                          receiver: one
                          group_by: [alertname]
                          routes: [{matchers: [alertname="A"], mute_time_intervals: [always]}]
                        receivers:
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                        time_intervals: [{name: always, time_intervals: [{weekdays: ['sunday:saturday']}]}]
                        """).made();
    }

    /** A second way of a receiver has been told nothing yet. */
    private static Scenario moreWays() {
        return script("reload-ways", ONE, """
                        route: {receiver: one, group_by: [alertname]}
                        receivers:
                          - name: one
                            webhook_configs:
                              - {url: "${HOOK}/${NAME}/one"}
                              - {url: "${HOOK}/${NAME}/too", send_resolved: false}
                        """).made();
    }
}
