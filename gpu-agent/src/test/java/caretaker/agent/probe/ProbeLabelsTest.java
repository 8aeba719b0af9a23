package caretaker.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.containers.ContainerState.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeLabelsTest {
    private static final Map<String, String> BRIDGE = Map.of("bridge", "172.17.0.5");
    private static final Port PUBLISHED = new Port(3000, 8030, "127.0.0.1", "tcp");

    @Test
    void anEmptyHostIsTheContainerItself() {
        assertThat(target("http://:3000/api/health", BRIDGE)).isEqualTo("http://172.17.0.5:3000/api/health");
        assertThat(target("tcp://:5432", BRIDGE)).isEqualTo("tcp://172.17.0.5:5432");
        assertThat(target("http://:3000", Map.of("host", ""))).isEqualTo("http://127.0.0.1:3000/");
        assertThat(target("http://:3000/x", Map.of())).isEqualTo("http://127.0.0.1:8030/x"); // as it is published
    }

    @Test
    void itsOwnAddressesMayBeNamed() {
        assertThat(target("http://172.17.0.5:9999/", BRIDGE)).isEqualTo("http://172.17.0.5:9999/");
        assertThat(target("http://127.0.0.1:8030/", BRIDGE)).isEqualTo("http://127.0.0.1:8030/");
    }

    /** No label makes the agent ask another host, whatever it looks like. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://172.17.0.6:3000/",
                "http://localhost:22/",
                "http://127.0.0.1:22/",
                "http://127.1:8030/",
                "http://0177.0.0.1:8030/",
                "http://2130706433:8030/",
                "http://user:secret@172.17.0.5:3000/",
                "http://172.17.0.5:3000@evil.example/",
                "http://172.17.0.5.evil.example:3000/",
                "http://[::1]:3000/",
                "http://:3000\\@evil.example/",
                "http://:3000/\r\nHost: evil.example",
                "http://:3000/#x",
                "http://:0/",
                "http://:65536/",
                "http://:99999999999999999999/",
                "https://:3000/",
                "file:///etc/passwd",
                "gopher://:70/",
                "tcp://:5432/x",
                "tcp://",
                "http://:3000/💥",
                "maybe",
                ""
            })
    void anythingElseIsRefused(String url) {
        assertThat(ProbeLabels.of(container(Map.of("caretaker.probe", url), BRIDGE)))
                .isInstanceOf(ProbeLabels.Wish.Refused.class);
    }

    @Test
    void aPortThatIsPublishedForUdpIsNoReasonToAskTheHostsOwnProgramThere() {
        Map<String, String> labels = Map.of("caretaker.probe", "tcp://127.0.0.1:5432");
        ContainerState udp = container("image", "", labels, BRIDGE, new Port(5432, 5432, "0.0.0.0", "udp"));
        assertThat(ProbeLabels.of(udp)).isInstanceOf(ProbeLabels.Wish.Refused.class);
    }

    @Test
    void itsTimesAndCountsAreBounded() {
        ProbeSpec spec = spec(Map.of(
                "caretaker.probe", "http://:3000/",
                "caretaker.probe.interval", "5s",
                "caretaker.probe.timeout", "200ms",
                "caretaker.probe.failures", "1",
                "caretaker.probe.successes", "4",
                "caretaker.probe.expect", "204"));
        assertThat(spec.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(spec.timeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(spec.failures()).isEqualTo(1);
        assertThat(spec.successes()).isEqualTo(4);
        assertThat(spec.expectation()).isEqualTo(new Expectation.Status(204));
        for (Map.Entry<String, String> bad : List.of(
                Map.entry("interval", "10ms"),
                Map.entry("interval", "soon"),
                Map.entry("interval", "999999999999d"), // more nanoseconds than a long holds
                Map.entry("timeout", "1h"),
                Map.entry("failures", "0"),
                Map.entry("successes", "many"))) {
            assertThat(ProbeLabels.of(container(
                            Map.of("caretaker.probe", "tcp://:1", "caretaker.probe." + bad.getKey(), bad.getValue()),
                            BRIDGE)))
                    .isInstanceOf(ProbeLabels.Wish.Refused.class);
        }
    }

    @Test
    void aLabelCanSwitchItsProbeOff() {
        assertThat(ProbeLabels.of(container(Map.of("caretaker.probe", "Off"), BRIDGE)))
                .isEqualTo(new ProbeLabels.Wish.Off());
        assertThat(ProbeLabels.of(container(Map.of(), BRIDGE))).isEqualTo(new ProbeLabels.Wish.None());
        assertThat(ProbeLabels.of(container(Map.of("caretaker.probe", "tcp://:1"), Map.of())))
                .isEqualTo(new ProbeLabels.Wish.Unreachable());
    }

    /** */
    @Test
    void knownProgramsAreProbedByTheirImageOrTheirService() {
        assertThat(builtIn("docker.io/grafana/grafana:13.0.2", "")).isEqualTo("http://172.17.0.5:3000/api/health");
        assertThat(builtIn("prom/prometheus@sha256:0", "")).isEqualTo("http://172.17.0.5:9090/-/ready");
        assertThat(builtIn("registry:5000/prom/node-exporter", "")).isEqualTo("http://172.17.0.5:9100/metrics");
        assertThat(builtIn("gcr.io/cadvisor/cadvisor:v0.52", "")).isEqualTo("http://172.17.0.5:8080/healthz");
        assertThat(builtIn("local", "dcgm_exporter")).isEqualTo("http://172.17.0.5:9400/metrics");
        assertThat(BuiltInProbes.of(container("grafana/grafana-image-renderer", "", Map.of(), BRIDGE), () -> 8))
                .isEmpty();
    }

    /** an exporter that was given some GPUs must show each of them. */
    @Test
    void aDcgmExporterIsExpectedToShowTheGpusThatItWasGiven() {
        assertThat(givenTo("all")).isEqualTo(Expectation.DcgmExporter.ALL);
        assertThat(givenTo("count=2")).isEqualTo(2);
        assertThat(givenTo("0", "GPU-5")).isEqualTo(2);
        assertThat(givenTo("0:1", "0:2")).isZero(); // two parts of one GPU
        assertThat(givenTo("MIG-5")).isZero();
        assertThat(givenTo()).isZero();
    }

    private static int givenTo(String... gpus) {
        ContainerState container = container("nvidia/dcgm-exporter:4", "", Map.of(), BRIDGE, PUBLISHED, List.of(gpus));
        return BuiltInProbes.of(container, () -> 8).orElseThrow().expectation()
                        instanceof Expectation.DcgmExporter(int given, var _)
                ? given
                : -1;
    }

    private static String builtIn(String image, String service) {
        return BuiltInProbes.of(container(image, service, Map.of(), BRIDGE), () -> 8)
                .orElseThrow()
                .target()
                .toString();
    }

    private static String target(String url, Map<String, String> addresses) {
        return ((ProbeLabels.Wish.Declared) ProbeLabels.of(container(Map.of("caretaker.probe", url), addresses)))
                .spec()
                .target()
                .toString();
    }

    private static ProbeSpec spec(Map<String, String> labels) {
        return ((ProbeLabels.Wish.Declared) ProbeLabels.of(container(labels, BRIDGE))).spec();
    }

    private static ContainerState container(Map<String, String> labels, Map<String, String> addresses) {
        return container("image", "", labels, addresses);
    }

    private static ContainerState container(
            String image, String service, Map<String, String> labels, Map<String, String> addresses) {
        return container(image, service, labels, addresses, PUBLISHED);
    }

    private static ContainerState container(
            String image, String service, Map<String, String> labels, Map<String, String> addresses, Port published) {
        return container(image, service, labels, addresses, published, List.of());
    }

    private static ContainerState container(
            String image,
            String service,
            Map<String, String> labels,
            Map<String, String> addresses,
            Port published,
            List<String> gpus) {
        return new ContainerState(
                new ContainerInfo("a".repeat(64), "name", image, service.isEmpty() ? "" : "project", service),
                0,
                Phase.RUNNING,
                Health.NONE,
                0,
                Instant.EPOCH,
                0,
                labels,
                List.of(published),
                addresses,
                gpus);
    }
}
