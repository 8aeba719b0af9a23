package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.agent.GpuAgentConfig.Source;
import caretaker.agent.docker.DockerSettings;
import caretaker.agent.health.RuleSettings;
import caretaker.agent.poll.Intervals;
import caretaker.agent.probe.ProbeKind;
import caretaker.agent.sampling.NvmlOptions;
import caretaker.agent.simulated.FaultScript;
import caretaker.agent.xid.XidSettings;
import caretaker.chassis.config.Config;
import caretaker.chassis.config.ConfigException;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuAgentConfigTest {
    @Test
    void defaultsAreARealHostOnThisMachine() {
        GpuAgentConfig config = GpuAgentConfig.defaults();
        assertThat(config.source()).isEqualTo(Source.NVML);
        assertThat(config.hostName()).isNotBlank();
        assertThat(config.http().host()).isEqualTo("127.0.0.1");
        assertThat(config.http().port()).isEqualTo(9810);
        assertThat(config.nvml().library()).isEqualTo("libnvidia-ml.so.1");
        assertThat(config.nvml().pciRoot()).isEqualTo(Path.of("/sys/bus/pci/devices"));
        assertThat(config.intervals().intervals()).isEqualTo(Intervals.DEFAULT);
        assertThat(config.expectedGpus()).isZero();
        assertThat(config.simulated().script()).isEqualTo(FaultScript.NONE);
        assertThat(config.hosts()).containsExactly(config.hostName());
    }

    @Test
    void severalSimulatedHostsHaveNumberedNames() {
        GpuAgentConfig config = parse("host: gpu-1\nsource: simulated\nsimulated: {hosts: 3, prefix: rack-}");
        assertThat(config.hosts()).containsExactly("rack-1", "rack-2", "rack-3");
        assertThat(config.hostName()).isEqualTo("gpu-1");
        assertThat(parse("host: gpu-1\nsource: simulated").hosts()).containsExactly("gpu-1");
    }

    @Test
    void anIntervalBelowTheFloorIsRefused() {
        assertThatThrownBy(() -> parse("intervals: {fast: 99ms}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("intervals.fast")
                .hasMessageContaining("at least 100ms");
        assertThat(parse("intervals: {fast: 100ms}").intervals().fast()).isEqualTo(Intervals.FLOOR);
    }

    @Test
    void theInventoryIsAMinutesAndNamesWhatRunsOnTheHostItself() {
        assertThat(GpuAgentConfig.defaults().inventory().interval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(GpuAgentConfig.defaults().inventory().containerAddresses()).isFalse();
        var exporter = parse("inventory: {address: 10.0.0.7, exporters: [{name: node-exporter, port: 9100}]}")
                .inventory()
                .exporters()
                .getFirst();
        assertThat(exporter.port()).isEqualTo(9100);
        assertThat(exporter.path()).isEqualTo("/metrics");
        assertThatThrownBy(() -> parse("inventory: {address: 'http://node-1:80'}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is not a host name or an IP address");
        assertThatThrownBy(() -> parse("inventory: {exporters: [{name: cadvisor, port: 0}]}"))
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void aHostNeedsAName() {
        assertThatThrownBy(() -> parse("host: 'a b'"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("host 'a b' is not a name");
    }

    @Test
    void containersAreWatchedOnARealHostWithDefaultsThatCanBeChanged() {
        DockerSettings docker = GpuAgentConfig.defaults().docker();
        assertThat(docker.enabled()).isEqualTo(DockerSettings.Enabled.AUTO);
        assertThat(docker.host()).isEqualTo("unix:///var/run/docker.sock");
        assertThat(docker.resync()).isEqualTo(Duration.ofMinutes(1));
        assertThat(docker.restarts()).isEqualTo(3);
        assertThat(docker.restartWindow()).isEqualTo(Duration.ofMinutes(10));
        assertThat(parse("docker: {enabled: false, ignored-projects: [ci]}").docker())
                .returns(DockerSettings.Enabled.FALSE, DockerSettings::enabled)
                .returns(List.of("ci"), DockerSettings::ignoredProjects);
        assertThatThrownBy(() -> parse("docker: {host: 'http://10.0.0.1'}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("docker.host 'http://10.0.0.1' is not unix:///path");
    }

    @Test
    void whatCostsTheUsersOfAGpuIsOffUntilItIsAskedFor() {
        NvmlOptions options = GpuAgentConfig.defaults().nvml().options();
        assertThat(options).isEqualTo(NvmlOptions.DEFAULT);
        assertThat(options.profiling()).isNull();
        assertThat(options.pcieThroughput()).isFalse();
        assertThat(options.processes().series()).isFalse();
        NvmlOptions asked = parse("nvml: {profiling: {enabled: true, interval: 100ms}, pcie: {throughput: true},"
                        + " processes: {series: true, most-series: 5}}")
                .nvml()
                .options();
        assertThat(asked.profiling()).isEqualTo(Duration.ofMillis(100));
        assertThat(asked.pcieThroughput()).isTrue();
        assertThat(asked.processes().series()).isTrue();
        assertThat(asked.processes().mostSeries()).isEqualTo(5);
        assertThatThrownBy(() -> parse("nvml: {profiling: {enabled: true, interval: 99ms}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nvml.profiling.interval")
                .hasMessageContaining("at least 100ms");
    }

    @Test
    void anOperatorsProbesHaveANameAndATarget() {
        var probe = parse("probes: [{name: mlflow, url: 'http://10.0.0.7:5000/health', expect: OK}]")
                .probes()
                .getFirst();
        assertThat(probe.interval()).isEqualTo(Duration.ofSeconds(15));
        assertThat(probe.failures()).isEqualTo(3);
        assertThat(probe.successes()).isEqualTo(2);
        assertThatThrownBy(() -> parse("probes: [{name: mlflow, url: 'http://user:pw@10.0.0.7/'}]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the url is not http://host:port/path")
                .hasMessageNotContaining("pw");
        assertThat(parse("probes: [{name: prom, url: 'http://10.0.0.7:9090', kind: prometheus}]")
                        .probes()
                        .getFirst()
                        .kind())
                .isEqualTo(ProbeKind.PROMETHEUS);
        assertThatThrownBy(() -> parse("probes: [{name: prom, url: 'tcp://10.0.0.7:9090', kind: prometheus}]"))
                .hasMessageContaining("over HTTP");
        assertThatThrownBy(() -> parse("probes: [{name: mlflow, url: 'http://a/', timeout: 6s}]"))
                .hasMessageContaining("at most 5s");
    }

    @Test
    void intervalsMustGrow() {
        assertThatThrownBy(() -> parse("intervals: {fast: 1m}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the intervals must grow");
    }

    @Test
    void aScriptOfFaultsIsReadFromAFile(@TempDir Path dir) throws IOException {
        Path script = Files.writeString(dir.resolve("faults"), "at 5s gpu 0 of node-1: lost");
        var simulated = GpuAgentConfig.defaults().simulated();
        assertThat(with(simulated, script.toString()).script().entries()).hasSize(1);
        assertThat(with(simulated, "demo").script()).isEqualTo(FaultScript.demo());
        assertThatThrownBy(() -> with(simulated, dir + "/none").script())
                .hasMessageContaining("simulated.faults: cannot read");
    }

    @Test
    void healthRulesAreTheDefaultsUnlessTheyAreChanged() {
        HealthConfig defaults = GpuAgentConfig.defaults().health();
        assertThat(defaults.rules()).isEqualTo(RuleSettings.DEFAULT);
        assertThat(defaults.xids()).isEqualTo(XidSettings.DEFAULT);
        HealthConfig health = parse("""
                health:
                  conditions:
                    gpu.persistence-off: {enabled: false}
                    gpu.pcie-degraded: {raise-after: 5m, severity: info}
                  xid:
                    "94": {severity: warning, action: restart-container}
                    4711: {action: reset-gpu}
                """).health();
        assertThat(health.rules().changes())
                .containsEntry(Condition.GPU_PERSISTENCE_OFF, new RuleSettings.Change(false, null, null, null))
                .containsEntry(
                        Condition.GPU_PCIE_DEGRADED,
                        new RuleSettings.Change(true, Severity.INFO, Duration.ofMinutes(5), null));
        assertThat(health.xid()).containsEntry("4711", new HealthConfig.Xid(null, Action.RESET_GPU));
    }

    @Test
    void aRuleThatMakesNoSenseIsRefusedWithItsLine() {
        refused("health:\n  xid: {\"0\": {action: none}}", "agent.yaml:2", "'0' is not a code from 1 to 65535");
        refused("health:\n  xid: {ninety: {action: none}}", "agent.yaml:2", "'ninety' is not a code");
        refused("health:\n  xid: {\"94\": {action: restrat-container}}", "agent.yaml:2", "did you mean");
        refused("health:\n  xid: {\"94\": {severity: fatal}}", "agent.yaml:2", "not one of info, warning, critical");
        refused("health:\n  conditions: {gpu.none: {}}", "agent.yaml:2", "'gpu.none' is not a condition");
        refused(
                "health:\n  conditions: {gpu.lost: {raise-after: 5s}}",
                "agent.yaml:2",
                "'gpu.lost' has no raise-after and no clear-after");
        assertThat(parse("health: {conditions: {gpu.lost: {severity: warning}}}")
                        .health()
                        .rules()
                        .changes())
                .containsOnlyKeys(Condition.GPU_LOST);
        refused("health:\n  nvlinks: 65", "agent.yaml:2", "'65' is not auto, none, or from 1 to 64");
        assertThat(parse("health: {nvlinks: none}").health().rules().nvlinks()).isEqualTo(RuleSettings.NO_NVLINKS);
        assertThat(parse("health: {nvlinks: 12}").health().rules().nvlinks()).isEqualTo(12);
        refused("health:\n  throttle-clear-percent: 30", "agent.yaml:2", "must be below throttle-raise-percent");
        refused("kernel-log:\n  source: file", "agent.yaml:2", "a path is needed");
    }

    private static void refused(String yaml, String... messages) {
        var refused = assertThatThrownBy(() -> parse(yaml)).isInstanceOf(ConfigException.class);
        for (String message : messages) {
            refused.hasMessageContaining(message);
        }
    }

    @Test
    void dcgmExportersAreAListAndEnoughOfASource() {
        assertThat(GpuAgentConfig.defaults().dcgm()).isEmpty();
        GpuAgentConfig config = parse("source: dcgm\ndcgm: [{url: 'http://127.0.0.1:9400/metrics', timeout: 2s}]");
        assertThat(config.dcgm())
                .containsExactly(new DcgmSettings(
                        URI.create("http://127.0.0.1:9400/metrics"), Duration.ofSeconds(15), Duration.ofSeconds(2)));
        assertThatThrownBy(() -> parse("source: dcgm")).hasMessageContaining("at least one endpoint");
        assertThatThrownBy(() -> parse("dcgm: [{url: 'http://a/', interval: 2s}]"))
                .hasMessageContaining("is not below the interval");
        for (String url : new String[] {"127.0.0.1:9400", "file:///etc/passwd", "http:///metrics", "http://u:p@a/"}) {
            assertThatThrownBy(() -> parse("dcgm: [{url: '" + url + "'}]"))
                    .as(url)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageNotContaining("u:p");
        }
    }

    private static GpuAgentConfig.Simulated with(GpuAgentConfig.Simulated simulated, String faults) {
        return new GpuAgentConfig.Simulated(
                simulated.hosts(), simulated.gpus(), simulated.seed(), simulated.prefix(), faults);
    }

    private static GpuAgentConfig parse(String yaml) {
        return Config.parse(GpuAgentConfig.class, yaml, "agent.yaml", Map.of());
    }
}
