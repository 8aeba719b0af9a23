package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.GpuAgentConfig;
import caretaker.alerts.AlertRouterConfig;
import caretaker.alerts.FileCheck;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.chassis.config.Config;
import caretaker.collector.CollectorConfig;
import caretaker.recovery.RecoveryServiceConfig;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What we ship as examples is read without a problem, and says what the defaults are. */
class ExampleConfigsTest {
    private static final Path DEPLOY = Path.of("../deploy");

    /** But for folders: a host should have its own, a trial needs none. */
    @Test
    void theExamplesAreTheDefaults() {
        assertThat(Config.render(Config.load(GpuAgentConfig.class, DEPLOY.resolve("gpu-agent.yml"), Map.of())))
                .isEqualTo(Config.render(Config.parse(
                        GpuAgentConfig.class, "data-dir: /var/lib/caretaker/gpu-agent", "the defaults", Map.of())));
        assertThat(Config.render(Config.load(CollectorConfig.class, DEPLOY.resolve("collector.yml"), Map.of())))
                .isEqualTo(Config.render(Config.defaults(CollectorConfig.class)));
        assertThat(Config.render(Config.load(AlertRouterConfig.class, DEPLOY.resolve("alert-router.yml"), Map.of())))
                .isEqualTo(Config.render(Config.defaults(AlertRouterConfig.class)));
        assertThat(Config.render(
                        Config.load(RecoveryServiceConfig.class, DEPLOY.resolve("recovery-service.yml"), Map.of())))
                .isEqualTo(Config.render(Config.parse(
                        RecoveryServiceConfig.class,
                        "data-dir: /var/lib/caretaker/recovery",
                        "the defaults",
                        Map.of())));
        assertThat(Config.render(Config.load(RunConfig.class, DEPLOY.resolve("run.yml"), Map.of())))
                .isEqualTo(Config.render(Config.defaults(RunConfig.class)));
    }

    @Test
    void theExampleOfAlertmanagersFileIsWell() {
        FileCheck check = FileCheck.of(DEPLOY.resolve("alertmanager.example.yml"), MatcherSyntax.FALLBACK);
        assertThat(check.problems()).isEmpty();
        assertThat(check.warnings()).isEmpty();
    }
}
