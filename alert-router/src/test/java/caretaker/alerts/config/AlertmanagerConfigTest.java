package caretaker.alerts.config;

import static caretaker.alerts.config.ConfigCase.parse;
import static caretaker.alerts.config.ConfigCase.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.LabelSet;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.Route;
import caretaker.chassis.config.ConfigException;
import caretaker.chassis.config.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertmanagerConfigTest {
    private static final String LEAST = """
            route: {receiver: x}
            receivers: [{name: x}]
            """;

    @TempDir
    private Path directory;

    static Stream<ConfigCase> cases() {
        return ConfigCase.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseIsReadOrRefused(ConfigCase one) {
        List<String> problems = problems(one.yaml());

        if (one.isReadByUs()) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem).startsWith("am.yml"));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsShownIsReadAgainAndShownTheSame(ConfigCase one) {
        if (one.isReadByUs()) {
            String shown = parse(one.yaml()).original();

            assertThat(parse(shown).original()).isEqualTo(shown);
        }
    }

    @Test
    void r4TheDefaultsAreAlertmanagers() {
        AlertmanagerConfig config = parse(LEAST);

        assertThat(config.resolveTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.route().options().groupInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.original()).isEqualTo("""
                        global:
                          resolve_timeout: 5m
                          http_config:
                            follow_redirects: true
                            enable_http2: true
                          smtp_hello: localhost
                          smtp_require_tls: true
                          pagerduty_url: https://events.pagerduty.com/v2/enqueue
                        route:
                          receiver: x
                          continue: false
                        receivers:
                        - name: x
                        templates: []
                        """);
    }

    @Test
    void everyProblemIsSaidAtOnceWithItsPlaceAndAHint() {
        // C1
        String yaml = """
                global:
                  smpt_from: a@b
                  resolve_timeout: 5
                route:
                  receiver: nobody
                  group_by: severity
                  routes:
                  - continue: maybe
                    group_interval: 0s
                receivers:
                - name: x
                  opsgenie_configs: [{}]
                  email_configs:
                  - to: a@b
                    subject: hello
                    body: hello
                """;

        assertThat(problems(yaml))
                .containsExactly(
                        "am.yml:2:3: global.smpt_from: unknown key in global; did you mean 'smtp_from'?",
                        "am.yml:3:20: global.resolve_timeout: '5' is not a duration; write one like 30s, 5m or 1d12h",
                        "am.yml:6:13: route.group_by: should be a list; write '- value' lines or [a, b]",
                        "am.yml:8:15: route.routes[0].continue: 'maybe' is neither true nor false",
                        "am.yml:12:3: receivers[0].opsgenie_configs: this kind of receiver is not supported; there are"
                                + " email_configs, pagerduty_configs, slack_configs and webhook_configs. Chat services"
                                + " mostly take a webhook",
                        "am.yml:15:5: receivers[0].email_configs[0].subject: unknown key; a mail's subject is a header:"
                                + " headers: {Subject: '...'}",
                        "am.yml:16:5: receivers[0].email_configs[0].body: unknown key; a mail's body is 'html' or 'text'",
                        "am.yml:14:5: receivers[0].email_configs[0].smarthost: is missing; set it here or"
                                + " global.smtp_smarthost",
                        "am.yml:14:5: receivers[0].email_configs[0].from: is missing; set it here or global.smtp_from",
                        "am.yml:8:5: route.routes[0]: group_interval cannot be zero",
                        "am.yml:5:3: route.receiver: no receiver 'nobody' is defined; there are: x");
    }

    @Test
    void r6TheThreeWaysToWriteMatchersAreOne() {
        Route route = parse(LEAST.replace(
                        "receiver: x",
                        "receiver: x, routes: [{match: {b: '1'}, match_re: {a: 2|3}, matchers: ['c!=4,d=5']}]"))
                .route();

        assertThat(route.routes().getFirst().key()).isEqualTo("{}/{a=~\"^(?:2|3)$\",b=\"1\",c!=\"4\",d=\"5\"}");
    }

    @Test
    void r5AnEmptyGroupByInAChildIsOneGroup() {
        Route route = parse(LEAST.replace("receiver: x", "receiver: x, group_by: [a], routes: [{group_by: []}]"))
                .route();

        assertThat(route.routes().getFirst().groupLabels(LabelSet.of("a", "1"))).isEqualTo(LabelSet.EMPTY);
    }

    @Test
    void matchersThatOnlyTheClassicSyntaxReadsAreAWarningWithTheirPlace() {
        String yaml = LEAST.replace("receiver: x", "receiver: x, routes: [{matchers: ['a=']}]");

        assertThat(parse(yaml).warnings())
                .singleElement()
                .asString()
                .startsWith("am.yml:1:43: route.routes[0].matchers: 'a='");
        assertThatThrownBy(() -> AlertmanagerConfig.parse(yaml, "am.yml", Path.of(""), MatcherSyntax.UTF8))
                .isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> AlertmanagerConfig.parse(
                        LEAST.replace("receiver: x", "receiver: x, group_by: [a-b]"),
                        "am.yml",
                        Path.of(""),
                        MatcherSyntax.CLASSIC))
                .hasMessageContaining("not a label name");
    }

    @Test
    void whatProbablyIsAMistakeIsAWarning() {
        AlertmanagerConfig config = parse(LEAST.replace("receiver: x", "receiver: x, repeat_interval: 1m")
                + "inhibit_rules: [{source_matchers: [a=b], target_matchers: [c=d]}]\ntracing: {endpoint: e}\n");

        assertThat(config.warnings())
                .hasSize(3)
                .anySatisfy(warning -> assertThat(warning).contains("repeat_interval"))
                .anySatisfy(warning ->
                        assertThat(warning).contains("inhibit_rules[0]").contains("equal"))
                .anySatisfy(warning -> assertThat(warning).contains("tracing"));
    }

    @Test
    void receiversInheritFromGlobal() {
        // C5
        AlertmanagerConfig config = parse("""
                global:
                  smtp_smarthost: mx:587
                  smtp_from: a@b
                  smtp_auth_password: pw
                  smtp_require_tls: false
                  slack_api_url: https://hooks/x
                  http_config: {basic_auth: {username: u}}
                route: {receiver: x}
                receivers:
                - name: x
                  email_configs: [{to: c@d, auth_password_file: f}, {to: e@f, smarthost: '[::1]:25', from: g@h}]
                  slack_configs: [{channel: c}, {app_token: t, channel: c}]
                  webhook_configs: [{url: 'http://h', http_config: {follow_redirects: false}}]
                  pagerduty_configs: [{routing_key: k, details: {firing: f, more: m}}]
                """);
        Receiver receiver = config.receiver("x").orElseThrow();

        EmailConfig first = receiver.emails().get(0);
        assertThat(first.host()).isEqualTo("mx");
        assertThat(first.port()).isEqualTo(587);
        assertThat(first.from()).isEqualTo("a@b");
        assertThat(first.requireTls()).isFalse();
        assertThat(first.authPassword()).as("never both").isEqualTo(new SecretSource(null, Path.of("f")));
        EmailConfig second = receiver.emails().get(1);
        assertThat(second.host()).isEqualTo("::1");
        assertThat(second.from()).isEqualTo("g@h");
        assertThat(second.authPassword().inline()).isEqualTo(new Secret("pw"));
        assertThat(receiver.slacks().get(0).apiUrl().inline()).isEqualTo(new Secret("https://hooks/x"));
        assertThat(receiver.slacks().get(0).http().basicAuth()).isNotNull();
        assertThat(receiver.slacks().get(1).apiUrl().isGiven())
                .as("a token needs no webhook")
                .isFalse();
        assertThat(receiver.slacks().get(1).appUrl()).isEqualTo("https://slack.com/api/chat.postMessage");
        assertThat(receiver.webhooks().getFirst().http().basicAuth())
                .as("as a whole, not merged")
                .isNull();
        assertThat(receiver.webhooks().getFirst().http().followRedirects()).isFalse();
        PagerdutyConfig pager = receiver.pagerduties().getFirst();
        assertThat(pager.url()).isEqualTo("https://events.pagerduty.com/v2/enqueue");
        assertThat(pager.source()).isEqualTo(pager.client());
        assertThat(pager.details())
                .containsEntry("firing", "f")
                .containsEntry("more", "m")
                .containsEntry("num_firing", "{{ .Alerts.Firing | len }}");
        assertThat(config.integrations("x"))
                .extracting(Integration::name)
                .containsExactly("webhook[0]", "email[0]", "email[1]", "pagerduty[0]", "slack[0]", "slack[1]");
        assertThat(config.integrations("x"))
                .extracting(Integration::sendResolved)
                .containsExactly(true, false, false, true, false, false);
    }

    @Test
    void noSecretIsShownOrPrinted() {
        // C2
        AlertmanagerConfig config = parse("""
                global:
                  smtp_smarthost: mx:587
                  smtp_from: a@b
                  smtp_auth_password: SECRET1
                  slack_api_url: https://hooks/SECRET2
                  http_config: {proxy_url: 'http://u:SECRET3@proxy', bearer_token: SECRET4}
                  opsgenie_api_key: SECRET5
                route: {receiver: x}
                receivers:
                - name: x
                  email_configs: [{to: c@d, auth_secret: SECRET6}]
                  slack_configs: [{app_token: SECRET7, channel: c}]
                  webhook_configs:
                  - {url: 'http://u:SECRET8@h/SECRET9?k=SECRET9', http_config: {basic_auth: {password: SECRET10}}}
                  - url: http://{{ .X }}/SECRET11
                    http_config: {oauth2: {client_id: i, client_secret: SECRET12, token_url: t}}
                  - url: http://h
                    http_config: {authorization: {credentials: SECRET13}}
                  - url: http://h
                    http_config: {http_headers: {X: {secrets: [SECRET15]}}, tls_config: {cert: c, key: SECRET16}}
                  pagerduty_configs: [{routing_key: SECRET17, service_key: SECRET18}]
                """);

        assertThat(config.original())
                .doesNotContain("SECRET")
                .contains("url: 'http://h/<secret>'", "slack_api_url: <secret>", "proxy_url: http://u:xxxxx@proxy");
        assertThat(config.toString()).doesNotContain("SECRET");
    }

    @Test
    void aSecretThatIsWrongIsNotInTheMessage() {
        // C2
        assertThat(problems(LEAST.replace("{name: x}", "{name: x, slack_configs: [{api_url: 'ftp://TOKEN'}]}")))
                .isNotEmpty()
                .noneSatisfy(problem -> assertThat(problem).contains("TOKEN"));
    }

    @Test
    void whatCannotBeCalledIsSaidWithItsLine() {
        String proxied = "receivers: [{name: x, webhook_configs: [{url: 'http://a_b/'}]}]\n"
                + "global: {http_config: {proxy_url: 'http://p'}}\nroute: {receiver: x}";
        assertThat(problems(proxied))
                .containsExactly("am.yml:1:42: receivers[0].webhook_configs[0].url: a proxy cannot be asked for a host"
                        + " with an underscore in its name; name it in no_proxy");
        assertThat(problems(LEAST.replace("{name: x}", "{name: x, webhook_configs: [{url: 'https://a_b/TOKEN'}]}")))
                .anySatisfy(problem -> assertThat(problem).contains("underscore"))
                .noneSatisfy(problem -> assertThat(problem).contains("TOKEN"));
    }

    @Test
    void whatNoProxyIsAskedWithIsRefused() {
        for (String wrong : new String[] {
            "proxy_connect_header: {a: [TOKEN]}", "proxy_url: 'https://u:TOKEN@p'", "proxy_url: 'socks5://u:TOKEN@p'"
        }) {
            assertThat(problems(LEAST + "global: {http_config: {" + wrong + "}}"))
                    .as(wrong)
                    .singleElement()
                    .asString()
                    .contains("am.yml:", "not supported")
                    .doesNotContain("TOKEN");
        }
    }

    @Test
    void aSecretInAFileIsReadWhenItIsNeeded() throws IOException {
        // C4
        Path file = Files.writeString(directory.resolve("pw"), "  s3cret\n");
        var source = new SecretSource(null, file);

        assertThat(source.reveal()).isEqualTo("s3cret");
        Files.writeString(file, "rotated");
        assertThat(source.reveal()).isEqualTo("rotated");
        assertThat(SecretSource.NONE.reveal()).isEmpty();
        Files.writeString(file, "x".repeat(70_000));
        assertThatThrownBy(source::reveal).isInstanceOf(IOException.class).hasMessageContaining("64 KiB");
    }

    @Test
    void relativePathsStartAtTheFile() throws IOException {
        // C3
        Path file = Files.writeString(
                directory.resolve("am.yml"),
                LEAST + "templates: ['t/*.tmpl', /abs.tmpl]\n"
                        + "global: {http_config: {tls_config: {ca_file: ca.pem}, basic_auth: {password_file: pw}}}\n");

        AlertmanagerConfig config = AlertmanagerConfig.load(file, MatcherSyntax.FALLBACK);

        assertThat(config.templates()).containsExactly(directory + "/t/*.tmpl", "/abs.tmpl");
        assertThat(config.original())
                .contains("ca_file: " + directory + "/ca.pem", "password_file: " + directory + "/pw");
    }

    @Test
    void filesThatCannotBeReadAreSaid() throws IOException {
        Path latin = Files.write(directory.resolve("latin.yml"), new byte[] {'a', (byte) 0xe4});

        for (Path file : List.of(directory.resolve("none.yml"), latin, directory)) {
            assertThatThrownBy(() -> AlertmanagerConfig.load(file, MatcherSyntax.FALLBACK))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aBombOfAliasesIsRefusedSoon() {
        var bomb = new StringBuilder("tracing:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("  a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThat(problems(LEAST + bomb))
                        .anySatisfy(problem -> assertThat(problem).contains("aliases")));
    }

    @Test
    void anAliasOfItselfAndDeepNestsAreRefused() {
        assertThat(problems(LEAST + "tracing: &a {b: *a}"))
                .anySatisfy(p -> assertThat(p).contains("too deeply"));
        assertThat(problems("- ".repeat(100_000))).anySatisfy(p -> assertThat(p).contains("too deeply"));
        assertThat(problems("[".repeat(100_000))).isNotEmpty();
        assertThat(problems("a: ".repeat(1_000))).isNotEmpty();
        assertThat(problems("route: {receiver: x, " + "routes: [{".repeat(70) + "}]".repeat(70) + "}"))
                .isNotEmpty();
    }

    @Test
    void tooManyProblemsAreNotAllSaid() {
        assertThat(problems(LEAST + "tracing: {}\n" + "? [a]\n: b\n".repeat(500)))
                .hasSizeLessThanOrEqualTo(101);
    }

    @Test
    void mergedKeysGiveWayToWrittenOnes() {
        AlertmanagerConfig config = parse("""
                route: {receiver: x}
                receivers:
                - name: x
                  webhook_configs:
                  - &a {url: 'http://a', max_alerts: 1}
                  - {max_alerts: 2, <<: *a}
                  - <<: [{max_alerts: 3}, *a]
                """);

        assertThat(config.receiver("x").orElseThrow().webhooks())
                .extracting(WebhookConfig::maxAlerts)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void freeYamlStaysWhatItIs() {
        AlertmanagerConfig config = parse(
                LEAST.replace(
                        "{name: x}",
                        "{name: x, webhook_configs: [{url: 'http://h', payload: {a: [1, '2', true], b: {c: '{{ .Status }}'}}}]}"));

        assertThat(payload(parse(config.original()))).isEqualTo(payload(config));
        assertThat(payload(config)).isEqualTo(Map.of("a", List.of(1L, "2", true), "b", Map.of("c", "{{ .Status }}")));
    }

    private static @Nullable Object payload(AlertmanagerConfig config) {
        return config.receiver("x").orElseThrow().webhooks().getFirst().payload();
    }
}
