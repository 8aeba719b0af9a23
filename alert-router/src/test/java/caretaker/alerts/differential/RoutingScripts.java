package caretaker.alerts.differential;

import java.time.Duration;
import java.util.List;

/**
 * Which group an alert comes to, when it is told of, and when again. Groups flush one second after a round begins, so
 * what a round does is told of in its middle.
 */
final class RoutingScripts {
    private RoutingScripts() {}

    static List<Scenario> all() {
        return List.of(
                grouping(), routes(), matchers(), intervals(), repeats(), life(), onlyFiring(), order(), ended());
    }

    /** G1, R3, R5, R9. */
    private static Scenario grouping() {
        return Script.of("grouping", """
                        route:
                          receiver: all
                          group_by: [alertname, node]
                          routes:
                            - {receiver: each, matchers: [kind="each"], group_by: ['...']}
                            - receiver: one
                              matchers: [kind="one"]
                              group_by: [gpu]
                              routes: [{receiver: each, matchers: [deep="yes"]}, {matchers: [deep="own"], group_by: [node]}]
                        receivers:
                          - {name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}
                          - {name: each, webhook_configs: [{url: "${HOOK}/${NAME}/each"}]}
                          - {name: one, webhook_configs: [{url: "${HOOK}/${NAME}/one"}]}
                        """)
                .then(stage -> stage.fire(
                        "alertname=A node=n1 gpu=0",
                        "alertname=A node=n1 gpu=1",
                        "alertname=A node=n2 gpu=0",
                        "alertname=A gpu=9",
                        "alertname=B gpu=9",
                        "kind=each alertname=A node=n1",
                        "kind=each alertname=A node=n2",
                        "kind=one alertname=A node=n1",
                        "kind=one alertname=B node=n2",
                        "kind=one alertname=B node=n2 deep=yes",
                        "kind=one alertname=B node=n2 deep=own"))
                .then(stage -> {
                    stage.fire("alertname=A node=n1 gpu=2", "kind=each alertname=A node=n1 x=y");
                    stage.look("/api/v2/alerts/groups");
                })
                .then(stage -> stage.look("/api/v2/alerts/groups?receiver=.*one"))
                .made();
    }

    /** R1, R2. */
    private static Scenario routes() {
        return Script.of("routes", """
                        route:
                          receiver: r
                          routes:
                            - receiver: a
                              matchers: [a="1"]
                              continue: true
                              routes:
                                - {receiver: aa, matchers: [b="1"], continue: true}
                                - {receiver: ab, matchers: [c="1"]}
                                - {receiver: ac, matchers: [c="1"]}
                            - {receiver: b, matchers: [a="1", b="1"]}
                            - {receiver: c, matchers: [b="1"]}
                            - {receiver: c, matchers: [c=~"1|2"], continue: true}
                            - {receiver: b, matchers: [c="2"], continue: true}
                        receivers:
                          - {name: r, webhook_configs: [{url: "${HOOK}/${NAME}/r"}]}
                          - {name: a, webhook_configs: [{url: "${HOOK}/${NAME}/a"}]}
                          - {name: aa, webhook_configs: [{url: "${HOOK}/${NAME}/aa"}]}
                          - {name: ab, webhook_configs: [{url: "${HOOK}/${NAME}/ab"}]}
                          - {name: ac, webhook_configs: [{url: "${HOOK}/${NAME}/ac"}]}
                          - {name: b, webhook_configs: [{url: "${HOOK}/${NAME}/b"}]}
                          - {name: c, webhook_configs: [{url: "${HOOK}/${NAME}/c"}]}
                        """)
                .then(stage -> stage.fire("a=1", "b=1", "c=1", "c=2", "a=1 b=1", "a=1 c=1", "a=1 b=1 c=1", "d=1"))
                .then(stage -> stage.look("/api/v2/alerts"))
                .then(stage -> stage.look("/api/v2/alerts?receiver=routes%2Fa."))
                .made();
    }

    /** R6, R7, R8. */
    private static Scenario matchers() {
        return Script.of("matchers", """
                        route:
                          receiver: none
                          routes:
                            - {receiver: a, match: {a: "1"}, match_re: {b: "x.*"}, continue: true}
                            - {receiver: b, matchers: ['b!~"x.*|"'], continue: true}
                            - {receiver: c, matchers: ['a!=1', 'missing=""'], continue: true}
                            - {receiver: d, matchers: ['{ a=~"1|2", b=~"(?i)XY" }'], continue: true}
                            - {receiver: e, matchers: ['b=~"^x$"'], continue: true}
                            - {receiver: f, matchers: ['missing!=""'], continue: true}
                            - {receiver: g, matchers: [missing=~".+"], continue: true}
                            - {receiver: h, matchers: ['missing!~".+"', b =~ x.z], continue: true}
                            - {receiver: i, matchers: ['b="x\\\\z"'], continue: true}
                        receivers:
                          - {name: none}
                          - {name: a, webhook_configs: [{url: "${HOOK}/${NAME}/a"}]}
                          - {name: b, webhook_configs: [{url: "${HOOK}/${NAME}/b"}]}
                          - {name: c, webhook_configs: [{url: "${HOOK}/${NAME}/c"}]}
                          - {name: d, webhook_configs: [{url: "${HOOK}/${NAME}/d"}]}
                          - {name: e, webhook_configs: [{url: "${HOOK}/${NAME}/e"}]}
                          - {name: f, webhook_configs: [{url: "${HOOK}/${NAME}/f"}]}
                          - {name: g, webhook_configs: [{url: "${HOOK}/${NAME}/g"}]}
                          - {name: h, webhook_configs: [{url: "${HOOK}/${NAME}/h"}]}
                          - {name: i, webhook_configs: [{url: "${HOOK}/${NAME}/i"}]}
                        """)
                .then(stage -> stage.fire(
                        "a=1 b=x",
                        "a=1 b=xy",
                        "a=1 b=wx",
                        "a=2 b=xY",
                        "a=3 b=x\nz",
                        "a=3 b=x\\z",
                        "a=3",
                        "b=",
                        "a=2 missing=no",
                        "c=1 b=x.z"))
                .then(stage -> stage.look("/api/v2/alerts/groups"))
                .made();
    }

    /** G2, G3. */
    private static Scenario intervals() {
        return Script.of("intervals", """
                        route:
                          receiver: at-once
                          group_by: [alertname]
                          group_wait: 0s
                          group_interval: 3s
                          routes:
                            - {receiver: short, matchers: [kind="short"], group_wait: 500ms, group_interval: 1s}
                            - {receiver: long, matchers: [kind="long"], group_wait: 3s, group_interval: 4s}
                        receivers:
                          - {name: at-once, webhook_configs: [{url: "${HOOK}/${NAME}/at-once"}]}
                          - {name: short, webhook_configs: [{url: "${HOOK}/${NAME}/short"}]}
                          - {name: long, webhook_configs: [{url: "${HOOK}/${NAME}/long"}]}
                        """)
                .then(stage -> stage.fire("alertname=A node=n1", "kind=short node=n1", "kind=long node=n1"))
                .then(stage -> {
                    stage.fire("alertname=A node=n2", "alertname=A node=n3", "alertname=B node=n1");
                    stage.fire("kind=short node=n2", "kind=long node=n2");
                    // G2: older than group_wait, told of at once
                    stage.post(stage.batch(stage.alert("kind=long node=old", stage.in(Duration.ofMinutes(-1)), null)));
                })
                .then(stage -> {
                    stage.resolve("kind=short node=n1", "kind=long node=n1");
                    stage.fire("kind=short node=n3", "kind=long node=n3");
                })
                .then(stage -> stage.resolve("kind=short node=n2", "kind=short node=n3"))
                .rest()
                .rest()
                .made();
    }

    /** 1.6: what fires on is told again at the first tick after {@code repeat_interval}. */
    private static Scenario repeats() {
        return Script.of("repeats", """
                        route:
                          receiver: a
                          group_by: [alertname]
                          repeat_interval: 3s
                          routes: [{receiver: b, matchers: [kind="b"], repeat_interval: 5s}]
                        receivers:
                          - name: a
                            webhook_configs:
                              - {url: "${HOOK}/${NAME}/a"}
                              - {url: "${HOOK}/${NAME}/a-firing", send_resolved: false}
                          - {name: b, webhook_configs: [{url: "${HOOK}/${NAME}/b"}]}
                        """)
                .then(stage -> stage.fire("alertname=A node=n1", "alertname=A node=n2", "kind=b"))
                .rest()
                .rest()
                .then(stage -> stage.resolve("alertname=A node=n1"))
                .rest()
                .then(stage -> stage.fire("alertname=A node=n3"))
                .then(stage -> stage.resolve("alertname=A node=n2", "alertname=A node=n3"))
                .rest()
                .made();
    }

    /** 1.6, G4, G6, G8: fires, joins, resolves in part, in whole, and again. */
    private static Scenario life() {
        return Script.of("life", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> {
                    stage.fire("alertname=A node=n1", "alertname=A node=n2", "alertname=B node=n1");
                    stage.fire("alertname=Short node=n1");
                    stage.resolve("alertname=Short node=n1", "alertname=Unknown node=n1");
                })
                .then(stage -> stage.fire("alertname=A node=n3", "alertname=A node=n1"))
                .then(stage -> {
                    stage.resolve("alertname=A node=n1", "alertname=B node=n1");
                    stage.look("/api/v2/alerts");
                })
                .then(stage -> stage.fire("alertname=B node=n1", "alertname=A node=n1"))
                .then(stage -> stage.resolve("alertname=A node=n1", "alertname=A node=n2", "alertname=A node=n3"))
                .then(stage -> {
                    stage.resolve("alertname=B node=n1");
                    stage.fire("alertname=B node=n1"); // resolved and back within one interval
                    stage.look("/api/v2/alerts/groups");
                })
                .then(stage -> stage.fire("alertname=A node=n2"))
                .made();
    }

    /** 1.7: without resolved alerts. */
    private static Scenario onlyFiring() {
        return Script.of("only-firing", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers:
                          - name: all
                            webhook_configs: [{url: "${HOOK}/${NAME}/all", send_resolved: false}]
                        """)
                .then(stage -> stage.fire("alertname=A node=n1", "alertname=A node=n2"))
                .then(stage -> stage.resolve("alertname=A node=n1"))
                .then(stage -> stage.fire("alertname=A node=n3"))
                .then(stage -> {
                    stage.resolve("alertname=A node=n3");
                    stage.fire("alertname=A node=n4");
                })
                .then(stage -> stage.resolve("alertname=A node=n2", "alertname=A node=n4"))
                .then(stage -> stage.fire("alertname=A node=n2"))
                .made();
    }

    /** G4: the order of alerts; {@code max_alerts}; what all have in common. */
    private static Scenario order() {
        return Script.of("order", """
                        route: {receiver: all}
                        receivers:
                          - name: all
                            webhook_configs:
                              - {url: "${HOOK}/${NAME}/all"}
                              - {url: "${HOOK}/${NAME}/two", max_alerts: 2}
                        """)
                .then(stage -> stage.fire(
                        "job=b instance=2 x=1",
                        "job=b instance=1 x=1",
                        "job=a instance=2 x=1",
                        "job=a x=1",
                        "instance=1 x=1",
                        "x=1 a=2",
                        "x=1 a=1",
                        "job=B instance=10 x=1"))
                .then(stage -> stage.resolve("job=a instance=2 x=1", "job=a x=1"))
                .made();
    }

    /** I4, I9: ends by its time, unless it is said again. */
    private static Scenario ended() {
        return Script.of("ended", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> stage.post(stage.batch(
                        stage.alert("alertname=A node=n1", stage.in(Duration.ZERO), stage.in(Duration.ofSeconds(4))),
                        stage.alert("alertname=B node=n1", stage.in(Duration.ZERO), stage.in(Duration.ofSeconds(4))),
                        stage.alert("alertname=C node=n1", null, stage.in(Duration.ofSeconds(2))))))
                .then(stage -> stage.post(stage.batch(stage.alert(
                        "alertname=B node=n1", stage.in(Duration.ofSeconds(-2)), stage.in(Duration.ofSeconds(6))))))
                .then(stage -> stage.look("/api/v2/alerts"))
                .rest()
                .then(stage -> stage.look("/api/v2/alerts"))
                .rest()
                .made();
    }
}
