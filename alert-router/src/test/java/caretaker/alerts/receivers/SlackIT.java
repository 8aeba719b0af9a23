package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.template.TemplateData;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 1.13, Slack; 1.8 for its answers. */
class SlackIT {
    private static final String JSON = "application/json; charset=utf-8";
    private Fake fake;

    @BeforeEach
    void start() throws Exception {
        fake = new Fake();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    private String hook(String more) {
        return "slack_configs:\n- api_url: " + fake.url("/services/hunter2") + "\n  channel: '#gpu'\n" + more.indent(2);
    }

    private String bot(String more) {
        return "slack_configs:\n- app_token: xoxb-hunter2\n  app_url: " + fake.url("/api/chat.postMessage")
                + "\n  channel: '#gpu'\n" + more.indent(2);
    }

    @Test
    void theMessageHasAlertmanagersFields() throws Exception {
        // W2
        assertThat(Fake.send(hook(""), Fake.notification(Fake.alert("firing", "n1", ""))))
                .isInstanceOf(Outcome.Delivered.class);
        String title = "[FIRING:1] GpuHot (n1)";
        String link = "http://am.example.com/#/alerts?receiver=team";
        assertThat(fake.requests.getFirst().body())
                .isEqualTo(("{'channel':'#gpu','username':'Alertmanager','attachments':[{'title':'" + title
                                + "','title_link':'" + link + "','text':'','fallback':'" + title + " | " + link
                                + "','callback_id':'','footer':'','color':'danger',"
                                + "'mrkdwn_in':['fallback','pretext','text']}]}")
                        .replace('\'', '"'));
    }

    @Test
    void fieldsActionsAndLongTitles() throws Exception {
        // W2
        Fake.send(hook("""
                        title: '{{ range .Alerts }}{{ .Annotations.summary }}{{ end }}'
                        short_fields: true
                        fields: [{title: a, value: '{{ .Status }}'}, {title: b, value: c, short: false}]
                        actions: [{type: button, text: See, url: '{{ .ExternalURL }}'}]
                        """), Fake.notification(Fake.alert("resolved", "n1", "é".repeat(2000))));
        JsonNode attachment = fake.requests.getFirst().json().at("/attachments/0");
        assertThat(attachment.get("title").asText()).isEqualTo("é".repeat(1023) + "…");
        assertThat(attachment.get("fields").toString())
                .isEqualTo("[{\"title\":\"a\",\"value\":\"resolved\",\"short\":true},"
                        + "{\"title\":\"b\",\"value\":\"c\",\"short\":false}]");
        assertThat(attachment.get("actions").toString())
                .isEqualTo("[{\"type\":\"button\",\"text\":\"See\",\"url\":\"http://am.example.com\"}]");
        assertThat(attachment.get("color").asText()).isEqualTo("good");
    }

    @Test
    void whatIsTooLongForSlackIsCut() throws Exception {
        // W2
        String all = "'{{ .CommonLabels.node }}'";
        Fake.send(
                hook("footer: " + all + "\npretext: " + all + "\ntext: " + all + "\nfallback: " + all
                        + "\nmessage_text: " + all + "\nfields: [{title: a, value: " + all + "}]"),
                Fake.notification(Fake.alert("firing", "n".repeat(50_000), "")));
        JsonNode json = fake.requests.getFirst().json();
        assertThat(json.get("text").asText()).hasSize(40_000).endsWith("…");
        assertThat(json.at("/attachments/0/footer").asText()).hasSize(300).endsWith("…");
    }

    @Test
    void labelsCannotCallPeopleOrFakeLinks() throws Exception {
        Fake.send(
                hook("text: '<https://ok|ours> {{ .CommonLabels.node }} {{ .CommonAnnotations.summary }}'"),
                Fake.notification(Fake.alert(
                        "firing",
                        "<!channel> <http://evil|bank>",
                        "<!here> <@U1> <https://wiki/a?b=1&c=2|runbook> <https://x|<!channel>")));
        assertThat(fake.requests.getFirst().json().at("/attachments/0/text").asText())
                .isEqualTo("<https://ok|ours> &lt;!channel&gt; &lt;http://evil|bank&gt; "
                        + "&lt;!here&gt; &lt;@U1&gt; <https://wiki/a?b=1&amp;c=2|runbook>"
                        + " &lt;https://x|&lt;!channel&gt;");
    }

    @Test
    void labelsCannotCallPeopleByTheirNamesEither() throws Exception {
        // W2
        var alert = new TemplateData.Alert(
                "firing",
                Map.of("alertname", "@channel", "<!here>", "ops@here"),
                Map.of("summary", "<https://wiki/@a?b=1&c=2|@everyone> @bob @ noon"),
                Fake.AT,
                null,
                "x|y> <!channel> @here",
                "56d967e608104d88");
        String text =
                "link_names: true\ntext: '@oncall {{ .CommonAnnotations.summary }}{{ range .CommonLabels.SortedPairs }}"
                        + " {{ .Name }}={{ .Value }}{{ end }}{{ range .Alerts }} <{{ .GeneratorURL }}|go>{{ end }}'";
        Fake.send(hook(text), Fake.notification(alert));
        JsonNode json = fake.requests.getFirst().json();
        assertThat(json.get("link_names").asBoolean()).isTrue();
        assertThat(json.at("/attachments/0/text").asText())
                .isEqualTo("@oncall <https://wiki/@a?b=1&amp;c=2|@\u2060everyone> @\u2060bob @ noon"
                        + " alertname=@\u2060channel &lt;!here&gt;=ops@\u2060here"
                        + " <x%7Cy%3E %3C!channel%3E %40here|go>");
        assertThat(json.at("/attachments/0/title").asText()).doesNotContain("@channel");
    }

    @Test
    void slacksAnswersAreUnderstood() throws Exception {
        // E4
        fake.then(200, "{\"ok\":false,\"error\":\"channel_not_found\"}", "Content-Type", JSON);
        fake.then(200, "{\"ok\":", "Content-Type", JSON);
        fake.then(200, "no_text", "Content-Type", "text/html");
        fake.then(404, "no_team", "Content-Type", "text/html");
        fake.then(429, "", "Retry-After", "3");
        fake.then(500, "");
        Outcome refused = Fake.send(hook(""), Fake.firing());
        assertThat(((Outcome.Refused) refused).why()).isEqualTo("Slack says: channel_not_found");
        assertThat(Fake.send(hook(""), Fake.firing())).isInstanceOf(Outcome.Retry.class);
        assertThat(Fake.send(hook(""), Fake.firing())).isInstanceOf(Outcome.Refused.class);
        assertThat(Fake.send(hook(""), Fake.firing())).isInstanceOf(Outcome.Refused.class);
        assertThat(((Outcome.Retry) Fake.send(hook(""), Fake.firing())).after()).hasSeconds(3);
        assertThat(Fake.send(hook(""), Fake.firing())).isInstanceOf(Outcome.Retry.class);
    }

    @Test
    void aBotChangesItsMessageAndPostsAnewIfThatIsGone() throws Exception {
        // W2
        String posted = "{\"ok\":true,\"ts\":\"17.5\",\"channel\":\"C1\"}";
        fake.then(200, posted, "Content-Type", JSON);
        Outcome.Delivered first = (Outcome.Delivered) Fake.send(bot("update_message: true"), Fake.firing());
        assertThat(first.remember()).isEqualTo(Map.of("slack.ts", "17.5", "slack.channel", "C1"));
        assertThat(fake.requests.getFirst().header("Authorization")).isEqualTo("Bearer xoxb-hunter2");
        assertThat(fake.requests.getFirst().path()).isEqualTo("/api/chat.postMessage");

        Notification before = Fake.firing();
        var next = new Notification(
                before.group(), before.data(), before.reason(), "key-2", before.at(), first.remember());
        fake.then(200, posted, "Content-Type", JSON);
        Fake.send(bot("update_message: true"), next);
        assertThat(fake.requests.get(1).path()).isEqualTo("/api/chat.update");
        assertThat(fake.requests.get(1).json().get("ts").asText()).isEqualTo("17.5");
        assertThat(fake.requests.get(1).json().get("channel").asText()).isEqualTo("C1");

        fake.then(200, "{\"ok\":false,\"error\":\"message_not_found\"}", "Content-Type", JSON);
        fake.then(200, posted, "Content-Type", JSON);
        assertThat(Fake.send(bot("update_message: true"), next)).isInstanceOf(Outcome.Delivered.class);
        assertThat(fake.requests).extracting(Fake.Request::path).endsWith("/api/chat.update", "/api/chat.postMessage");
    }

    @Test
    void aTemplateThatFailsGivesAPlainMessage() throws Exception {
        // E6
        Outcome outcome = Fake.send(hook("title: '{{ template \"slack.tittle\" . }}'"), Fake.firing());
        assertThat(((Outcome.Delivered) outcome).templateError()).contains("slack.tittle");
        JsonNode attachment = fake.requests.getFirst().json().at("/attachments/0");
        assertThat(attachment.get("title").asText()).isEqualTo("[FIRING:1] GpuHot");
        assertThat(attachment.get("text").asText())
                .startsWith("This is a plain message")
                .contains("node=n1");
    }
}
