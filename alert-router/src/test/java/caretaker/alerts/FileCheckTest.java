package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.MatcherSyntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckTest {
    @TempDir
    private Path dir;

    private FileCheck check(String yaml) throws IOException {
        return FileCheck.of(Files.writeString(dir.resolve("am.yml"), yaml), MatcherSyntax.FALLBACK);
    }

    /** Debian's amtool says SUCCESS of such a file. */
    @Test
    void aTemplateThatIsNotThereIsNamedWithReceiverAndKey() throws Exception {
        // Given
        Files.writeString(dir.resolve("own.tmpl"), "{{ define \"own.title\" }}{{ template \"own.gone\" . }}{{ end }}");

        // When
        FileCheck check = check("""
                global: {slack_api_url: 'https://hooks.example/x', smtp_smarthost: 'mail:25', smtp_from: a@b.c}
                templates: ['*.tmpl']
                route: {receiver: all}
                receivers:
                  - name: all
                    slack_configs:
                      - channel: '#ops'
                        title: '{{ template "own.title" . }}'
                        text: '{{ template "slack.default.text" . }}'
                        fields: [{title: x, value: '{{ .Unclosed'}]
                    email_configs:
                      - {to: o@b.c, html: '{{ template "mine" . }}', headers: {Subject: '{{ nosuch }}'}}
                    webhook_configs:
                      - {url: 'http://x/', payload: {a: [{b: '{{ template "deep" . }}'}]}}
                    pagerduty_configs:
                      - {routing_key: k, details: {note: '{{ template "pd" . }}'}}
                """);

        // Then
        assertThat(check.problems())
                .hasSize(6)
                .anySatisfy(line -> assertThat(line)
                        .contains("am.yml: receiver 'all': slack_configs[0].title: ")
                        .contains("\"own.gone\" not defined"))
                .anySatisfy(line -> assertThat(line).contains("slack_configs[0].fields.value: "))
                .anySatisfy(line ->
                        assertThat(line).contains("email_configs[0].html: ").contains("\"mine\""))
                .anySatisfy(
                        line -> assertThat(line).contains("headers.Subject: ").contains("nosuch"))
                .anySatisfy(line -> assertThat(line).contains("webhook_configs[0].payload.a.b: "))
                .anySatisfy(line -> assertThat(line).contains("pagerduty_configs[0].details.note: "));
        assertThat(check.contents()).isEmpty();
    }

    @Test
    void wrongKeysHaveTheirLine() throws Exception {
        assertThat(check("route: {receiver: a}\nreceivers:\n- nam: a\n").problems())
                .anySatisfy(line -> assertThat(line).contains("am.yml:3:3: receivers[0].nam: unknown key"));
        assertThat(FileCheck.of(dir.resolve("absent.yml"), MatcherSyntax.FALLBACK)
                        .problems())
                .hasSize(1);
        Files.writeString(dir.resolve("bad.tmpl"), "\n{{ if }}");
        assertThat(check("route: {receiver: a}\nreceivers: [{name: a}]\ntemplates: [bad.tmpl]\n")
                        .problems())
                .singleElement()
                .satisfies(line -> assertThat(line).contains("bad.tmpl:2"));
    }

    @Test
    void aGoodFileSaysWhatIsInIt() throws Exception {
        FileCheck check = check("route: {receiver: a, repeat_interval: 1s}\nreceivers: [{name: a}]\n");
        assertThat(check.problems()).isEmpty();
        assertThat(check.warnings()).isNotEmpty();
        assertThat(check.contents()).contains("1 receiver with 0 integrations", "0 template files");
    }
}
