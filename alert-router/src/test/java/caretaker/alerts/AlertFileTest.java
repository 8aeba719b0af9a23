package caretaker.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router says of its file when it takes it. */
class AlertFileTest {
    @TempDir
    private Path dir;

    private List<String> warnings(String retention, String yaml) throws IOException {
        Path file = Files.writeString(dir.resolve("am.yml"), yaml);
        var settings = "alerting: {config-file: '" + file + "', retention: " + retention + "}";
        var config = Config.parse(AlertRouterConfig.class, settings, "t", Map.of());
        return AlertFile.load(config.alerting(), InstantSource.system()).warnings();
    }

    @Test
    void r11WhatTheFileWarnsOfIsSaidForTheRetentionThatIsConfigured() throws IOException {
        String yaml = "{route: {receiver: a, repeat_interval: 10d}, receivers: [{name: a}]}";

        assertThat(warnings("120h", yaml))
                .singleElement()
                .satisfies(warning -> assertThat(warning).contains("retention"));
        assertThat(warnings("480h", yaml)).isEmpty();
    }

    @Test
    void m3AMatcherThatIsReadInTheOldWayIsSaid() throws IOException {
        assertThat(warnings("120h", """
                        route: {receiver: a, routes: [{matchers: ['a=']}]}
                        receivers: [{name: a}]
                        """)).isNotEmpty();
    }

    @Test
    void aTemplateOfAReceiverThatDoesNotWorkIsSaidWhenTheFileIsTaken() throws IOException {
        assertThat(warnings("120h", """
                        global: {slack_api_url: 'https://hooks.example/x'}
                        route: {receiver: a}
                        receivers: [{name: a, slack_configs: [{channel: c, title: '{{ template "gone" . }}'}]}]
                        """))
                .singleElement()
                .satisfies(warning ->
                        assertThat(warning).contains("slack_configs[0].title").contains("gone"));
    }
}
