package caretaker.alerts.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.chassis.config.Config;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The section {@code built-in} of the router's settings. */
class BuiltInSettingsTest {
    private static BuiltInSettings parse(String yaml) {
        return Config.parse(BuiltInSettings.class, yaml, "r.yml", Map.of());
    }

    @Test
    void anEmptyFileIsTheDefaults() {
        assertThat(parse("")).isEqualTo(BuiltInSettings.DEFAULTS);
    }

    @Test
    void aConditionCanBeMutedMadeMilderAndMadeToWait() {
        BuiltInSettings settings = parse("""
                runbooks: https://wiki/docs/
                conditions:
                  gpu.lost: {mute: true}
                  container.exited: {severity: critical, for: 5m}
                  gpu.xid: {lasts: 1h}
                """);
        assertThat(settings.conditions().get("container.exited"))
                .isEqualTo(new BuiltInSettings.Telling(false, Severity.CRITICAL, Duration.ofMinutes(5), null));
        assertThat(settings.conditions().get("gpu.lost"))
                .isEqualTo(new BuiltInSettings.Telling(true, null, null, null));
        assertThat(settings.runbooks()).isEqualTo("https://wiki/docs");
        assertThat(Config.render(settings)).contains("for: 5m");
    }

    @Test
    void aNameThatIsNoneIsRefusedWithTheOneThatWasMeant() {
        assertThatThrownBy(() -> parse("conditions: {gpu.losst: {mute: true}}"))
                .hasMessageContaining("conditions.gpu.losst: no such alert; did you mean 'gpu.lost'?");
        assertThatThrownBy(() -> parse("conditions: {weather.bad: {mute: true}}"))
                .hasMessageContaining("docs/built-in-alerts.md lists them");
        assertThatThrownBy(() -> parse("conditions: {gpu.lost: {wait: 5m}}")).hasMessageContaining("unknown key");
        assertThatThrownBy(() -> parse("conditions: {gpu.lost: {lasts: 5m}}"))
                .hasMessageContaining("it fires until it is over");
    }
}
