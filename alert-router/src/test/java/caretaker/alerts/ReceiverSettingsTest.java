package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.ReceiverOptions;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** K11 to K14, as they are written in the router's own file. */
class ReceiverSettingsTest {
    @TempDir
    private Path dir;

    private static AlertRouterConfig.Alerting read(String yaml) {
        return Config.parse(AlertRouterConfig.class, yaml, "router.yml", Map.of())
                .alerting();
    }

    private List<String> warnings(String own, String theirs) throws IOException {
        Path file = Files.writeString(dir.resolve("am.yml"), theirs);
        return AlertFile.load(read("alerting: {config-file: '" + file + "', " + own + "}"), InstantSource.system())
                .warnings();
    }

    @Test
    void withoutAnyReceiversAreToldAsAlertmanagerTellsThem() {
        assertThat(read("").options().apply("team")).isEqualTo(ReceiverOptions.NONE);
    }

    @Test
    void whatAReceiverSaysWinsOverTheDefaults() {
        var options = read("""
                alerting:
                  defaults: {flush-when-all-resolved: true, repeat-interval-factor: 1.5}
                  receivers:
                    team: {flush-when-all-resolved: false, send-resolved-when-silenced: true, max-repeat-interval: 2d}
                    chat: {slack-reply-in-thread: true}
                """).options();

        assertThat(options.apply("team")).isEqualTo(new ReceiverOptions(false, true, 1.5, Duration.ofDays(2), false));
        assertThat(options.apply("chat")).isEqualTo(new ReceiverOptions(true, false, 1.5, Duration.ofDays(1), true));
        assertThat(options.apply("other")).isEqualTo(new ReceiverOptions(true, false, 1.5, Duration.ofDays(1), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            repeat-interval-factor: 0.5  | 33 | '0.5' is too small; at least 1
            repeat-interval-factor: 11   | 33 | '11' is too large; at most 10
            repeat-interval-factor: x    | 33 | 'x' is not a number
            max-repeat-interval: 8d      | 30 | '8d' is too large; at most 7d
            flush-when-all-resolvd: true | 9  | unknown key; did you mean 'flush-when-all-resolved'?
            slack-reply-in-thread: 1     | 32 | '1' is neither true nor false
            """)
    void aBadValueIsAnErrorWithItsLine(String setting, int column, String problem) {
        String key = setting.substring(0, setting.indexOf(':'));

        assertThatThrownBy(() -> read("alerting:\n  receivers:\n    t: {" + setting + "}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("router.yml:3:" + column + ": alerting.receivers.t." + key + ": " + problem);
    }

    @Test
    void k13WhatWasToldIsRememberedLongerThanUntilItIsRepeated() {
        assertThatThrownBy(() -> read("""
                alerting:
                  retention: 1d
                  receivers: {t: {repeat-interval-factor: 2}}
                """))
                .hasMessageContaining("router.yml:2:3: alerting: receivers.t.max-repeat-interval");
        assertThat(read("alerting: {retention: 1d}").retention()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void aReceiverThatIsNotInAlertmanagersFileIsAnError() {
        assertThatThrownBy(() -> warnings(
                        "receivers: {team: {flush-when-all-resolved: true}}",
                        "{route: {receiver: a}, receivers: [{name: a}]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("alerting.receivers.team: ");
    }

    @Test
    void k14ThreadsOfAnIncomingWebhookAreAWarning() throws IOException {
        String hook = "{route: {receiver: a}, receivers: [{name: a, slack_configs:"
                + " [{api_url: 'https://hooks.example/x', channel: c}]}]}";
        String bot = hook.replace("api_url: 'https://hooks.example/x'", "app_token: t");

        assertThat(warnings("receivers: {a: {slack-reply-in-thread: true}}", hook))
                .singleElement()
                .satisfies(warning -> assertThat(warning).contains("alerting.receivers.a.slack-reply-in-thread"));
        assertThat(warnings("receivers: {a: {slack-reply-in-thread: true}}", bot))
                .isEmpty();
        assertThat(warnings("defaults: {slack-reply-in-thread: true}", hook)).isEmpty();
    }
}
