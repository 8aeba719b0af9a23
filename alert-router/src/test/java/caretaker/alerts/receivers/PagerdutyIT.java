package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 1.13, PagerDuty; R9 for its key; 1.8 for its answers. */
class PagerdutyIT {
    /** Of the group key <code>{}:{alertname="GpuHot"}</code>. */
    private static final String DEDUP = "01f8d5da97fe4786";

    private Fake fake;

    @BeforeEach
    void start() throws Exception {
        fake = new Fake();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private String yaml(String more) {
        return "pagerduty_configs:\n- routing_key: hunter2\n  url: " + fake.url("/v2/enqueue") + "\n" + more.indent(2);
    }

    private static List<String> names(JsonNode node) {
        return node.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    @Test
    void theEventHasAlertmanagersFields() throws Exception {
        // W3
        fake.then(202, "{\"status\":\"success\"}");
        String more =
                "class: c\ncomponent: '{{ .CommonLabels.node }}'\ngroup: g\nlinks: [{href: 'http://x', text: t}]\n"
                        + "images: [{src: 'http://i', alt: a}, {alt: none}]\ndetails: {mine: '{{ .Status }}'}";
        assertThat(Fake.send(yaml(more), Fake.firing())).isInstanceOf(Outcome.Delivered.class);
        JsonNode event = fake.requests.getFirst().json();
        assertThat(names(event))
                .containsExactlyInAnyOrder(
                        "routing_key",
                        "dedup_key",
                        "event_action",
                        "payload",
                        "client",
                        "client_url",
                        "images",
                        "links");
        assertThat(event.get("routing_key").asText()).isEqualTo("hunter2");
        assertThat(event.get("dedup_key").asText())
                .startsWith(DEDUP)
                .endsWith("18a0")
                .hasSize(64);
        assertThat(event.get("event_action").asText()).isEqualTo("trigger");
        assertThat(event.get("client").asText()).isEqualTo("Alertmanager");
        assertThat(event.get("client_url").asText()).isEqualTo("http://am.example.com/#/alerts?receiver=team");
        assertThat(event.get("links").toString()).isEqualTo("[{\"href\":\"http://x\",\"text\":\"t\"}]");
        assertThat(event.get("images").toString()).isEqualTo("[{\"src\":\"http://i\",\"alt\":\"a\",\"href\":\"\"}]");
        JsonNode payload = event.get("payload");
        assertThat(names(payload))
                .containsExactlyInAnyOrder(
                        "summary", "source", "severity", "custom_details", "class", "component", "group");
        assertThat(payload.get("summary").asText()).isEqualTo("[FIRING:1] GpuHot (n1)");
        assertThat(payload.get("source").asText()).isEqualTo("Alertmanager");
        assertThat(payload.get("severity").asText()).isEqualTo("error");
        assertThat(payload.get("component").asText()).isEqualTo("n1");
        JsonNode details = payload.get("custom_details");
        assertThat(names(details))
                .containsExactlyInAnyOrder("firing", "resolved", "num_firing", "num_resolved", "mine");
        assertThat(details.get("num_firing").asText()).isEqualTo("1");
        assertThat(details.get("firing").asText()).contains("node = n1");
        assertThat(details.get("mine").asText()).isEqualTo("firing");
    }

    @Test
    void onlyWhenAllAreResolvedIsTheIncidentResolved() throws Exception {
        // W3
        var resolved = Fake.alert("resolved", "n1", "");
        Fake.send(yaml(""), Fake.notification(resolved, Fake.alert("firing", "n2", "")));
        Fake.send(yaml(""), Fake.notification(resolved));
        assertThat(fake.requests)
                .extracting(request -> request.json().get("event_action").asText())
                .containsExactly("trigger", "resolve");
        assertThat(fake.requests)
                .extracting(r -> r.json().get("dedup_key").asText().substring(0, 16))
                .containsOnly(DEDUP);
    }

    @Test
    void anEventThatIsTooLargeGoesWithoutItsDetails() throws Exception {
        // W3
        Fake.send(yaml(""), Fake.notification(Fake.alert("firing", "n1", "x".repeat(600_000))));
        JsonNode event = fake.requests.getFirst().json();
        assertThat(event.toString()).hasSizeLessThan(PagerdutySender.MAX_EVENT);
        assertThat(event.at("/payload/custom_details/error").asText()).contains("512 kB");
        Fake.send(
                yaml("description: '{{ .CommonAnnotations.summary }}'"),
                Fake.notification(Fake.alert("firing", "n1", "é".repeat(5000))));
        assertThat(fake.requests.get(1).json().at("/payload/summary").asText())
                .hasSize(PagerdutySender.MAX_SUMMARY)
                .endsWith("…");
    }

    @Test
    void aSeverityThatPagerdutyDoesNotKnowPagesAsAnError() throws Exception {
        // W3
        for (String node : new String[] {"Critical", "page", ""}) {
            Fake.send(yaml("severity: '{{ .CommonLabels.node }}'"), Fake.notification(Fake.alert("firing", node, "")));
        }
        assertThat(fake.requests)
                .extracting(request -> request.json().at("/payload/severity").asText())
                .containsExactly("critical", "error", "error");
    }

    @Test
    void tooManyRequestsIsTriedAgainAndOtherClientErrorsAreNot() throws Exception {
        // E3
        fake.then(429, "", "Retry-After", "5");
        fake.then(400, "{\"message\":\"Event object is invalid\"}");
        fake.then(500, "");
        assertThat(((Outcome.Retry) Fake.send(yaml(""), Fake.firing())).after()).hasSeconds(5);
        Outcome refused = Fake.send(yaml(""), Fake.firing());
        assertThat(((Outcome.Refused) refused).why())
                .contains("Event object is invalid")
                .doesNotContain("hunter2");
        assertThat(Fake.send(yaml(""), Fake.firing())).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void theOlderApiHasItsOwnFieldsAnd403IsTriedAgain() throws Exception {
        // E3, W4
        fake.then(403, "");
        String old = "pagerduty_configs:\n- {service_key: k, url: '" + fake.url("/generic") + "'}\n";
        assertThat(Fake.send(old, Fake.firing())).isInstanceOf(Outcome.Retry.class);
        JsonNode event = fake.requests.getFirst().json();
        assertThat(names(event))
                .containsExactlyInAnyOrder(
                        "service_key", "incident_key", "event_type", "description", "details", "client", "client_url");
    }

    @Test
    void aTemplateThatFailsPagesAllTheSame() throws Exception {
        // E6
        Outcome outcome = Fake.send(yaml("description: '{{ .Nope }}'"), Fake.firing());
        assertThat(((Outcome.Delivered) outcome).templateError()).contains("Nope");
        JsonNode event = fake.requests.getFirst().json();
        assertThat(event.at("/payload/summary").asText()).isEqualTo("[FIRING:1] GpuHot");
        assertThat(event.at("/payload/custom_details/error").asText()).contains("a plain message");
    }
}
