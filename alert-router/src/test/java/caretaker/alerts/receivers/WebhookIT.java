package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 1.13, webhook v4. */
class WebhookIT {
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
        return "webhook_configs:\n- url: " + fake.url("/hook/{{ .GroupLabels.alertname }}") + "\n" + more.indent(2);
    }

    @Test
    void theMessageHasEveryFieldOfAlertmanagers() throws Exception {
        // W1
        Outcome outcome = Fake.send(yaml(""), Fake.firing());
        assertThat(outcome).isInstanceOf(Outcome.Delivered.class);
        Fake.Request request = fake.requests.getFirst();
        assertThat(request.path()).isEqualTo("/hook/GpuHot");
        assertThat(request.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.header("User-Agent")).startsWith("Alertmanager/");
        assertThat(request.header("Idempotency-Key")).isEqualTo("key-1");
        assertThat(request.header("Upgrade")).isEqualTo("null");
        String alert = "{'status':'firing','labels':{'alertname':'GpuHot','node':'n1'},"
                + "'annotations':{'summary':'GPU 3 is <hot> & \\\"bad\\\"'},'startsAt':'2026-11-23T09:58:00.12345Z',"
                + "'endsAt':'0001-01-01T00:00:00Z','generatorURL':'http://prom/graph?a=b&c',"
                + "'fingerprint':'56d967e608104d88'}";
        assertThat(request.body())
                .isEqualTo(("{'receiver':'team','status':'firing','alerts':[" + alert
                                + "],'groupLabels':{'alertname':'GpuHot'},"
                                + "'commonLabels':{'alertname':'GpuHot','node':'n1'},"
                                + "'commonAnnotations':{'summary':'GPU 3 is <hot> & \\\"bad\\\"'},"
                                + "'externalURL':'http://am.example.com','notification_reason':'first notification',"
                                + "'version':'4','groupKey':'{}:{alertname=\\\"GpuHot\\\"}','truncatedAlerts':0}")
                        .replace('\'', '"'));
    }

    @Test
    void moreThanMaxAlertsAreCutAndCounted() throws Exception {
        // W1
        Fake.send(
                yaml("max_alerts: 1"),
                Fake.notification(Fake.alert("resolved", "n1", "one"), Fake.alert("firing", "n2", "two")));
        var json = fake.requests.getFirst().json();
        assertThat(json.get("alerts")).hasSize(1);
        assertThat(json.get("truncatedAlerts").asInt()).isEqualTo(1);
        assertThat(json.get("status").asText()).isEqualTo("resolved");
        assertThat(json.at("/commonLabels/node").asText()).isEqualTo("n1");
        assertThat(json.at("/commonAnnotations/summary").asText()).isEqualTo("one");
        assertThat(json.at("/alerts/0/endsAt").asText()).isEqualTo("2026-11-23T09:59:00Z");
    }

    @Test
    void aPayloadOfOnesOwnKeepsItsShapeWhenATemplateFails() throws Exception {
        String payload = "payload: {text: '{{ template \"nosuch\" . }}', to: ['{{ .Status }}'], n: 3}";
        Outcome outcome = Fake.send(yaml(payload), Fake.firing());
        assertThat(((Outcome.Delivered) outcome).templateError()).contains("nosuch");
        var json = fake.requests.getFirst().json();
        assertThat(json.get("text").asText())
                .contains("a template of the receiver failed")
                .contains("node=n1");
        assertThat(json.at("/to/0").asText()).isEqualTo("firing");
        assertThat(json.get("n").asInt()).isEqualTo(3);
    }

    @Test
    void aUrlWhoseTemplateFailsIsRefusedWithoutBeingShown() throws Exception {
        String yaml = "webhook_configs:\n- url: '" + fake.url("/hunter2/{{ .Nope }}") + "'\n";
        Outcome outcome = Fake.send(yaml, Fake.firing());
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        assertThat(outcome.toString()).doesNotContain("hunter2");
        assertThat(fake.requests).isEmpty();
    }

    @Test
    void headersAndCredentialsOfHttpConfigAreSent() throws Exception {
        // C6
        Fake.send(yaml("http_config: {basic_auth: {username: me, password: hunter2}}"), Fake.firing());
        assertThat(fake.requests.getFirst().header("Authorization")).isEqualTo("Basic bWU6aHVudGVyMg==");
        Fake.send(yaml("http_config: {authorization: {credentials: t0ken}}"), Fake.firing());
        assertThat(fake.requests.get(1).header("Authorization")).isEqualTo("Bearer t0ken");
    }

    @Test
    void aLabelInAUrlCannotAddHeadersOrLeadToAnotherServer() throws Exception {
        for (String evil : new String[] {"x HTTP/1.1\r\nX-Evil: 1\r\n", "x\nX-Evil: 1", "x y", "\u0000"}) {
            Outcome outcome = Fake.send(
                    "webhook_configs:\n- url: '" + fake.url("/{{ .CommonLabels.node }}") + "'\n",
                    Fake.notification(Fake.alert("firing", evil, "")));
            assertThat(outcome).as(evil).isInstanceOf(Outcome.Refused.class);
        }
        assertThat(fake.requests).isEmpty();
        Outcome elsewhere = Fake.send(
                "webhook_configs:\n- url: 'http://{{ .CommonLabels.node }}/x'\n",
                Fake.notification(Fake.alert("firing", "me@169.254.169.254", "")));
        assertThat(elsewhere).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void anOauth2TokenIsFetchedOnceAndUsedUntilItEnds() throws Exception {
        fake.then(200, "{\"access_token\":\"abc\",\"expires_in\":3600}", "Content-Type", "application/json");
        String oauth2 = "http_config: {oauth2: {client_id: me, client_secret: hunter2, scopes: [a, b], token_url: '"
                + fake.url("/token") + "'}}";
        try (var senders = Fake.senders(yaml(oauth2))) {
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
            assertThat(Fake.send(senders, Fake.firing())).isInstanceOf(Outcome.Delivered.class);
        }
        assertThat(fake.requests)
                .extracting(Fake.Request::path)
                .containsExactly("/token", "/hook/GpuHot", "/hook/GpuHot");
        assertThat(fake.requests.getFirst().body()).isEqualTo("grant_type=client_credentials&scope=a+b");
        assertThat(fake.requests.getLast().header("Authorization")).isEqualTo("Bearer abc");
    }
}
