package caretaker.alerts.differential;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** What receivers get, and what happens when they refuse it. */
final class ReceiverScripts {
    private ReceiverScripts() {}

    static List<Scenario> all() {
        return List.of(intake(), payload(), failing(), refusing(), slack(), pagerduty(), mail());
    }

    /** I1 to I6, I8: what is taken of a batch, and what becomes of an alert that is said again. */
    private static Scenario intake() {
        return Script.of("intake", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> {
                    stage.post(stage.batch());
                    stage.post(stage.alert("alertname=NoList", null, null));
                    stage.post(stage.batch(
                            stage.alert("alertname=Good node=n1 empty=", null, null),
                            stage.alert(
                                    "alertname=Backwards",
                                    stage.in(Duration.ofMinutes(1)),
                                    stage.in(Duration.ofSeconds(30))),
                            stage.alert("alertname=Good node=n2", null, null)));
                    ObjectNode nameless = stage.alert("a=b", null, null);
                    nameless.putObject("labels").put("a", "").put("b", "");
                    stage.post(stage.batch(nameless));
                    stage.post(stage.batch(stage.alert("alertname=Later", stage.in(Duration.ofSeconds(10)), null)));
                    ObjectNode zero = stage.alert("alertname=Zero", null, null);
                    zero.put("startsAt", "0001-01-01T00:00:00Z").put("endsAt", "0001-01-01T00:00:00Z");
                    stage.post(stage.batch(zero));
                    ObjectNode bare = stage.alert("alertname=Bare", null, null);
                    bare.remove(List.of("annotations", "generatorURL"));
                    stage.post(stage.batch(bare));
                })
                .then(stage -> {
                    ObjectNode changed = stage.alert("alertname=Good node=n1", stage.in(Duration.ofSeconds(-1)), null);
                    changed.putObject("annotations").put("summary", "changed").put("more", "");
                    stage.post(stage.batch(changed, stage.alert("alertname=Good node=n3", null, null)));
                    stage.post(stage.batch(
                            stage.alert("alertname=Zero", stage.in(Duration.ofMinutes(-10)), null),
                            stage.alert("alertname=Zero node=n2", null, null)));
                    stage.look("/api/v2/alerts");
                })
                .then(stage -> stage.post(stage.batch(stage.alert(
                        "alertname=Good node=n1", stage.in(Duration.ofMinutes(-5)), stage.in(Duration.ofMillis(-10))))))
                .then(stage -> stage.look("/api/v2/alerts"))
                .made();
    }

    /** 1.13: the webhook's fields, with what JSON and Go have to escape, and times to the nanosecond. */
    private static Scenario payload() {
        return Script.of("payload", """
                        route: {receiver: 'all.of "them"', group_by: [alertname, what]}
                        receivers: [{name: 'all.of "them"', webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> {
                    ObjectNode odd = stage.alert(
                            "alertname=<b>&\"x\" node=ü€😀", stage.in(Duration.ofNanos(-1_234_567_891)), null);
                    odd.withObject("annotations")
                            .put("multi", "one\ntwo\t\u0001\u2028")
                            .put("empty", "");
                    odd.withObject("labels").put("what", "a\\b\n\"c\"");
                    stage.post(
                            stage.batch(odd, stage.alert("alertname=Plain", stage.in(Duration.ofMillis(-500)), null)));
                })
                .then(stage -> stage.look("/api/v2/alerts/groups"))
                .made();
    }

    /** 1.5, 1.8: several integrations, of which some fail for a while. */
    private static Scenario failing() {
        return Script.of("failing", """
                        route: {receiver: both, group_by: [alertname]}
                        receivers:
                          - name: both
                            webhook_configs:
                              - {url: "${HOOK}/${NAME}/good"}
                              - {url: "${HOOK}/${NAME}/bad"}
                              - {url: "${HOOK}/${NAME}/firing", send_resolved: false}
                        """)
                .then(stage -> {
                    stage.answer("bad", 500, 503);
                    stage.fire("alertname=A node=n1");
                })
                .rest()
                .then(stage -> stage.fire("alertname=A node=n2"))
                .then(stage -> {
                    stage.answer("firing", 502);
                    stage.resolve("alertname=A node=n1");
                    stage.fire("alertname=A node=n3");
                })
                .rest()
                .then(stage -> stage.resolve("alertname=A node=n2", "alertname=A node=n3"))
                .made();
    }

    /** E2: what is refused is told at the next tick, if it is still so. */
    private static Scenario refusing() {
        return Script.of("refusing", """
                        route: {receiver: all, group_by: [alertname]}
                        receivers: [{name: all, webhook_configs: [{url: "${HOOK}/${NAME}/all"}]}]
                        """)
                .then(stage -> {
                    stage.answer("all", 400);
                    stage.fire("alertname=A node=n1");
                })
                .rest()
                .then(stage -> {
                    stage.answer("all", 429);
                    stage.fire("alertname=A node=n2");
                })
                .rest()
                .then(stage -> stage.resolve("alertname=A node=n1", "alertname=A node=n2"))
                .made();
    }

    private static Scenario slack() {
        return Script.of("slack", """
                        route:
                          receiver: default
                          routes: [{receiver: own, matchers: [kind="own"], continue: true}, {receiver: default}]
                        receivers:
                          - name: default
                            slack_configs: [{api_url: "${HOOK}/${NAME}/default", send_resolved: true}]
                          - name: own
                            slack_configs:
                              - api_url: "${HOOK}/${NAME}/own"
                                channel: '#{{ .CommonLabels.kind }}'
                                username: '{{ .Receiver | toUpper }}'
                                icon_emoji: ':fire:'
                                link_names: true
                                pretext: '{{ len .Alerts.Firing }} firing, {{ len .Alerts.Resolved }} resolved'
                                title: '{{ range .Alerts }}{{ .Labels.alertname }} {{ end }}'
                                text: |-
                                  {{ range .Alerts.Firing }}*{{ .Labels.node | title }}* {{ .Annotations.summary }}
                                  {{ end }}{{ .CommonLabels.SortedPairs.Values | join ", " }}
                                fields:
                                  - {title: Node, value: '{{ .CommonLabels.node }}', short: true}
                                  - {title: Group, value: '{{ .GroupLabels.alertname }}'}
                                actions:
                                  - {type: button, text: Look, url: '{{ .ExternalURL }}/x', style: primary}
                                footer: '{{ if eq .Status "firing" }}now{{ else }}over{{ end }}'
                                color: '{{ if match "^a.*" "abc" }}warning{{ else }}good{{ end }}'
                                mrkdwn_in: [text]
                        """)
                .then(stage -> stage.fire("alertname=A node=n1 kind=own", "alertname=A node=n2 kind=own"))
                .then(stage -> stage.fire("alertname=B node=n3"))
                .then(stage -> stage.resolve("alertname=A node=n1 kind=own", "alertname=A node=n2 kind=own"))
                .then(stage -> stage.resolve("alertname=B node=n3"))
                .made();
    }

    private static Scenario pagerduty() {
        return Script.of("pagerduty", """
                        route: {receiver: default, group_by: [alertname]}
                        receivers:
                          - name: default
                            pagerduty_configs:
                              - {routing_key: key, url: "${HOOK}/${NAME}/default", details: {firing: '', resolved: ''}}
                              - routing_key: '{{ .CommonLabels.alertname }}'
                                url: "${HOOK}/${NAME}/own"
                                severity: '{{ .CommonLabels.severity }}'
                                class: '{{ .CommonLabels.node }}'
                                component: gpu
                                group: '{{ .GroupLabels.alertname }}'
                                client: me
                                client_url: '{{ .ExternalURL }}'
                                details: {firing: 'x', resolved: 'y', own: '{{ .Alerts.Firing | len }}'}
                                links: [{href: 'http://example.com/{{ .GroupLabels.alertname }}', text: Runbook}]
                                images: [{src: 'http://example.com/a.png', alt: a}]
                        """)
                .then(stage -> stage.fire("alertname=A node=n1 severity=critical", "alertname=B severity=info"))
                .then(stage -> stage.fire("alertname=A node=n2 severity=critical"))
                .then(stage -> stage.resolve("alertname=A node=n1 severity=critical"))
                .then(stage -> stage.resolve("alertname=A node=n2 severity=critical", "alertname=B severity=info"))
                .made();
    }

    private static Scenario mail() {
        return Script.of("mail", """
                        route: {receiver: default, group_by: [alertname]}
                        receivers:
                          - name: default
                            email_configs:
                              - to: mail@default.example.com
                                from: a@example.com
                                smarthost: "${MAIL}"
                                require_tls: false
                                html: '{{ template "email.default.subject" . }}' # the default's looks are our own
                              - to: 'Own <mail@own.example.com>'
                                from: 'Care Taker <a@example.com>'
                                smarthost: "${MAIL}"
                                require_tls: false
                                send_resolved: true
                                headers: {Subject: 'É {{ .Status }} {{ .GroupLabels.alertname }}', X-Node: '{{ .CommonLabels.node }}'}
                                text: '{{ range .Alerts }}{{ .Status }} {{ .Labels.node }} {{ end }}<é>'
                                html: '<p class="{{ .Status }}">{{ .CommonAnnotations.summary }}</p><a href="{{ .ExternalURL }}">x</a>'
                        """)
                .then(stage -> stage.fire("alertname=A node=n1", "alertname=A node=<n2>"))
                .then(stage -> stage.resolve("alertname=A node=n1"))
                .then(stage -> stage.resolve("alertname=A node=<n2>"))
                .then(stage -> stage.fire("alertname=B node=n1 region=eu"))
                .made();
    }
}
