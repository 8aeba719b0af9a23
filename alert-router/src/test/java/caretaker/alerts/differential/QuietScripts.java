package caretaker.alerts.differential;

import java.time.Duration;
import java.util.List;

/** Who is told nothing, and until when: inhibition, silences, time intervals. */
final class QuietScripts {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration HOUR = Duration.ofHours(1);

    private QuietScripts() {}

    static List<Scenario> all() {
        return List.of(inhibition(), inhibitionByAny(), twoSided(), silences(), silencedResolve(), times());
    }

    /** H1, H2, H5: {@code equal} on labels that are there, and on one that neither has. */
    private static Scenario inhibition() {
        return Script.of("inhibition", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        inhibit_rules:
                          - source_matchers: [severity="critical"]
                            target_matchers: [severity=~"warning|info"]
                            equal: [node, rack]
                          - source_match: {up: "no"}
                            target_match_re: {severity: "crit.*"}
                            equal: [node]
                        """)
                .then(stage -> stage.fire(
                        "alertname=Dead severity=critical node=n1",
                        "alertname=Slow severity=warning node=n1",
                        "alertname=Slow severity=warning node=n2",
                        "alertname=Note severity=info node=n1 rack=r1",
                        "alertname=NoNode severity=info"))
                .then(stage -> {
                    stage.look("/api/v2/alerts");
                    stage.look("/api/v2/alerts?inhibited=false");
                    stage.look("/api/v2/alerts/groups?inhibited=false");
                    stage.fire("alertname=Bare severity=critical");
                })
                .then(stage -> stage.resolve("alertname=Dead severity=critical node=n1"))
                .then(stage -> {
                    stage.look("/api/v2/alerts");
                    stage.fire("alertname=Down up=no node=n1", "alertname=Dead severity=critical node=n1");
                })
                .then(stage -> stage.fire("alertname=Slow severity=warning node=n1"))
                .then(stage -> stage.resolve("alertname=Down up=no node=n1"))
                .rest()
                .made();
    }

    /** H2: an empty {@code equal}; H4: a source that nobody is told of. */
    private static Scenario inhibitionByAny() {
        return Script.of("inhibition-any", """
                        route:
                          receiver: all
                          group_by: [alertname]
                          routes: [{receiver: nobody, matchers: [alertname="Power"], mute_time_intervals: [always]}]
                        receivers:
                          - {name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}
                          - {name: nobody, webhook_configs: [{url: "${HOOK}/${NAME}/nobody"}]}
                        time_intervals: [{name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}]
                        inhibit_rules: [{source_matchers: [alertname="Power"], target_matchers: [alertname!="Power"]}]
                        """)
                .then(stage -> stage.fire("alertname=Power", "alertname=A node=n1"))
                .then(stage -> stage.fire("alertname=B node=n1"))
                .then(stage -> stage.resolve("alertname=A node=n1"))
                .then(stage -> stage.resolve("alertname=Power"))
                .then(stage -> stage.look("/api/v2/alerts"))
                .made();
    }

    /** H3: what is source and target at once. */
    private static Scenario twoSided() {
        return Script.of("two-sided", """
                        route: {receiver: all, group_by: ['...']}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        inhibit_rules:
                          - {source_matchers: ['a="1"'], target_matchers: ['b="1"'], equal: [node]}
                        """)
                .then(stage -> stage.fire("a=1 b=1 node=n1", "a=1 b=1 node=n1 c=2", "b=1 node=n1", "b=1 node=n2"))
                .then(stage -> stage.look("/api/v2/alerts"))
                .then(stage -> stage.fire("a=1 node=n1"))
                .then(stage -> stage.look("/api/v2/alerts?inhibited=true&active=false"))
                .made();
    }

    /** S1, S4, S5, S6. */
    private static Scenario silences() {
        return Script.of("silences", """
                        route: {receiver: all, group_by: [alertname], repeat_interval: 3s}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> {
                    stage.silence(NOW, HOUR.plusSeconds(1), "alertname=Before");
                    stage.silence(NOW, Duration.ofSeconds(4), "alertname=~Ends|Other");
                    stage.silence(Duration.ofSeconds(4), HOUR.plusSeconds(2), "alertname=Later");
                    stage.silence(NOW, HOUR.plusSeconds(3), "alertname=Part", "node!=n1");
                    stage.silence(NOW, HOUR.plusSeconds(4), "alertname=Odd", "node!=~n[12]");
                    stage.silence(NOW, HOUR.plusSeconds(5), "alertname=Lack", "node=");
                    stage.silence(NOW, Duration.ofSeconds(-1), "alertname=Wrong");
                    stage.silence(NOW, HOUR.plusSeconds(6), "alertname=~[");
                    stage.fire(
                            "alertname=Before node=n1",
                            "alertname=Ends node=n1",
                            "alertname=Later node=n1",
                            "alertname=Part node=n1",
                            "alertname=Part node=n2",
                            "alertname=Odd node=n2",
                            "alertname=Odd node=n3",
                            "alertname=Lack",
                            "alertname=While node=n1");
                })
                .then(stage -> {
                    stage.silence(NOW, HOUR.plusSeconds(7), "alertname=While");
                    stage.look("/api/v2/alerts");
                    stage.look("/api/v2/alerts?silenced=false");
                    stage.look("/api/v2/silences");
                })
                .then(stage -> {
                    stage.expire(0);
                    stage.expire(0);
                    stage.look("/api/v2/alerts/groups?silenced=false");
                })
                .then(stage -> stage.look("/api/v2/silences"))
                .then(stage -> stage.look("/api/v2/alerts"))
                .then(stage -> stage.expire(2))
                .rest()
                .then(stage -> stage.look("/api/v2/silences"))
                .made();
    }

    /** G7: an end under a silence is never told of. */
    private static Scenario silencedResolve() {
        return Script.of("silenced-resolve", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> stage.fire("alertname=A node=n1", "alertname=B node=n1", "alertname=B node=n2"))
                .then(stage -> stage.silence(NOW, HOUR, "node=n1"))
                .then(stage -> stage.resolve("alertname=A node=n1", "alertname=B node=n1"))
                .then(stage -> stage.expire(0))
                .then(stage -> stage.resolve("alertname=B node=n2"))
                .then(stage -> stage.fire("alertname=A node=n1"))
                .made();
    }

    /** 1.11, R3: intervals of a route are its own; what is muted counts as told (G7). */
    private static Scenario times() {
        return Script.of("times", """
                        route:
                          receiver: all
                          group_by: [alertname]
                          routes:
                            - {receiver: a, matchers: [kind="a"], mute_time_intervals: [always]}
                            - {receiver: b, matchers: [kind="b"], mute_time_intervals: [never]}
                            - {receiver: c, matchers: [kind="c"], active_time_intervals: [never]}
                            - {receiver: d, matchers: [kind="d"], active_time_intervals: [never, week]}
                            - {receiver: e, matchers: [kind="e"], active_time_intervals: [week], mute_time_intervals: [always]}
                            - receiver: f
                              matchers: [kind="f"]
                              mute_time_intervals: [always]
                              routes: [{receiver: g, matchers: [deep="yes"]}]
                        receivers:
                          - {name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}
                          - {name: a, webhook_configs: [{url: "${HOOK}/${NAME}/a"}]}
                          - {name: b, webhook_configs: [{url: "${HOOK}/${NAME}/b"}]}
                          - {name: c, webhook_configs: [{url: "${HOOK}/${NAME}/c"}]}
                          - {name: d, webhook_configs: [{url: "${HOOK}/${NAME}/d"}]}
                          - {name: e, webhook_configs: [{url: "${HOOK}/${NAME}/e"}]}
                          - {name: f, webhook_configs: [{url: "${HOOK}/${NAME}/f"}]}
                          - {name: g, webhook_configs: [{url: "${HOOK}/${NAME}/g"}]}
                        time_intervals:
                          - {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}
                          - {name: never, time_intervals: [{years: ['1999:2000']}]}
                          - name: week
                            time_intervals:
                              - {weekdays: ['sunday:saturday'], months: ['january:december'], days_of_month: ['1:-1']}
                        """)
                .then(stage -> stage.fire(
                        "kind=none", "kind=a", "kind=b", "kind=c", "kind=d", "kind=e", "kind=f", "kind=f deep=yes"))
                .then(stage -> stage.resolve("kind=a", "kind=b", "kind=c", "kind=d", "kind=f deep=yes"))
                .then(stage -> stage.fire("kind=a", "kind=b"))
                .made();
    }
}
