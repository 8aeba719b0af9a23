package caretaker.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.inventory.InventorySettings.Exporter;
import caretaker.agent.inventory.InventorySettings.ExporterName;
import caretaker.contracts.HostInventory.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a container's labels. */
class TargetRulesTest {
    private static final InventorySettings PLAIN = new InventorySettings(Duration.ofMinutes(1), null, false, List.of());
    private static final InventorySettings ROUTED = new InventorySettings(Duration.ofMinutes(1), null, true, List.of());
    private static final String HOST = "10.0.0.7";

    @Test
    void aPublishedPortIsAskedAtTheHostsAddress() {
        Target target = only(training()
                .label("caretaker.metrics.path", "/stats")
                .label("caretaker.metrics.job", "trainer")
                .label("caretaker.metrics.scheme", "https")
                .label("caretaker.ml.model", "llama-70b")
                .label("caretaker.ml.dataset", "c4")
                .label("caretaker.ml.run", "2026-10-01 🦙"));
        assertThat(target)
                .isEqualTo(new Target(
                        "ml",
                        "trainer",
                        HOST,
                        32768,
                        "/stats",
                        Target.Scheme.HTTPS,
                        Map.of("model", "llama-70b", "dataset", "c4", "run", "2026-10-01 🦙"),
                        "id-train",
                        "train"));
    }

    @Test
    void whatIsNotSaidIsAsUsual() {
        Target target = only(training());
        assertThat(target.job()).isEqualTo("ml");
        assertThat(target.path()).isEqualTo("/metrics");
        assertThat(target.scheme()).isEqualTo(Target.Scheme.HTTP);
        assertThat(target.labels()).isEmpty();
    }

    @Test
    void aContainerInTheHostsNetworkIsAskedAtTheHostsAddress() {
        Target target = only(MadeContainer.of("train")
                .label("caretaker.metrics.port", "9400")
                .onHostNetwork());
        assertThat(target.address() + ":" + target.port()).isEqualTo("10.0.0.7:9400");
    }

    @Test
    void aPortThatIsNotPublishedIsOutOfReachUnlessContainersAreRouted() {
        var container = MadeContainer.of("train")
                .label("caretaker.metrics.port", "8000")
                .address("bridge", "172.17.0.2")
                .port(8000, 0, "");
        assertThat(of(PLAIN, HOST, container).targets()).isEmpty();
        assertThat(of(PLAIN, HOST, container).leftOut())
                .containsExactly(new LeftOut("train", LeftOut.Reason.UNREACHABLE, "8000"));
        assertThat(of(ROUTED, HOST, container).targets())
                .extracting(Target::address, Target::port)
                .containsExactly(tuple("172.17.0.2", 8000));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 10.0.0.7, true",
        "0.0.0.0, 10.0.0.7, true",
        "'::', 10.0.0.7, true",
        "10.0.0.7, 10.0.0.7, true",
        "127.0.0.1, 10.0.0.7, false",
        "10.9.9.9, 10.0.0.7, false",
        "127.0.0.1, localhost, true",
        "0.0.0.0, '', false",
        "127.0.0.1, 127.0.0.1, true",
    })
    void aPortIsPublishedWhereTheHostIsReached(String published, String host, boolean reached) {
        var container = MadeContainer.of("train")
                .label("caretaker.metrics.port", "8000")
                .port(8000, 8000, published);
        assertThat(of(PLAIN, host, container).targets()).hasSize(reached ? 1 : 0);
    }

    @Test
    void metricsThatAreEnabledWithoutAPortAreAtTheOnlyOne() {
        var one = MadeContainer.of("train")
                .label("caretaker.metrics.enable", "true")
                .port(8000, 8001, "");
        assertThat(only(one).port()).isEqualTo(8001);
        one.port(9000, 9000, "");
        assertThat(of(PLAIN, HOST, one).leftOut())
                .containsExactly(new LeftOut("train", LeftOut.Reason.PORT, "no port"));
    }

    @Test
    void metricsThatAreNotEnabledAreNoTarget() {
        var found = of(PLAIN, HOST, training().label("caretaker.metrics.enable", "false"));
        assertThat(found.targets()).isEmpty();
        assertThat(found.leftOut()).isEmpty();
        assertThat(of(PLAIN, HOST, MadeContainer.of("other").port(8000, 8000, ""))
                        .targets())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "65536",
                "-1",
                "",
                " ",
                "8000 ",
                "+8000",
                "8e3",
                "0x1F40",
                "99999",
                "8000\n",
                "８０００",
                "8000@10.0.0.8",
                "user:pass@10.0.0.8:8000",
                "10.0.0.8:8000",
                "8000/../x",
                "\"8000\"",
                "🦙",
            })
    void aPortThatIsNoneIsNoTarget(String port) {
        var found = of(
                ROUTED,
                HOST,
                MadeContainer.of("train").label("caretaker.metrics.port", port).onHostNetwork());
        assertThat(found.targets()).isEmpty();
        assertThat(found.leftOut()).extracting(LeftOut::reason).containsExactly(LeftOut.Reason.PORT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "metrics",
                "/../x",
                "/a/../../b",
                "//10.0.0.8/metrics",
                "/a b",
                "/a\nb",
                "/a?x=y",
                "/a#b",
                "http://10.0.0.8/metrics",
                "@10.0.0.8/",
                "/é",
                "/\"",
                "/\\",
            })
    void aPathThatIsNoneIsNoTarget(String path) {
        assertThat(of(PLAIN, HOST, training().label("caretaker.metrics.path", path))
                        .leftOut())
                .extracting(LeftOut::reason)
                .containsExactly(LeftOut.Reason.PATH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp", "HTTP", "http://", "file"})
    void aSchemeThatIsNoneIsNoTarget(String scheme) {
        assertThat(of(PLAIN, HOST, training().label("caretaker.metrics.scheme", scheme))
                        .leftOut())
                .extracting(LeftOut::reason)
                .containsExactly(LeftOut.Reason.SCHEME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "\"", "7", "a/b", "é", "🦙"})
    void aJobThatIsNoneIsNoTarget(String job) {
        assertThat(of(PLAIN, HOST, training().label("caretaker.metrics.job", job))
                        .leftOut())
                .extracting(LeftOut::reason)
                .containsExactly(LeftOut.Reason.JOB);
    }

    @Test
    void tenThousandCharactersAreTooManyAndAreNotRepeated() {
        String flood = "x".repeat(10_000);
        for (String label : List.of("port", "path", "scheme", "job")) {
            var found = of(PLAIN, HOST, training().label("caretaker.metrics." + label, "/" + flood));
            assertThat(found.targets()).isEmpty();
            assertThat(found.leftOut().getFirst().what()).hasSizeLessThan(120);
        }
        var found = of(PLAIN, HOST, training().label("caretaker.ml.model", flood));
        assertThat(found.targets().getFirst().labels()).isEmpty();
        assertThat(found.leftOut()).extracting(LeftOut::reason).containsExactly(LeftOut.Reason.LABEL);
    }

    @Test
    void noLabelOfAContainerSaysWhereOrWhoItIs() {
        MadeContainer container = training();
        for (String name : List.of("address", "host", "instance", "container", "kind", "__address__")) {
            container.label("caretaker.metrics." + name, "10.0.0.8").label("caretaker.ml." + name, "node-2");
        }
        container.label("__address__", "10.0.0.8:9090").label("caretaker.ml.__scheme__", "https");
        assertThat(only(container)).isEqualTo(only(training()));
    }

    @ParameterizedTest
    @EnumSource(ContainerState.Phase.class)
    void onlyAContainerThatIsThereIsATarget(ContainerState.Phase phase) {
        boolean there = Stream.of(
                        ContainerState.Phase.RUNNING, ContainerState.Phase.PAUSED, ContainerState.Phase.RESTARTING)
                .anyMatch(phase::equals);
        assertThat(of(PLAIN, HOST, training().phase(phase)).targets()).hasSize(there ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({
        "quay.io/prometheus/node-exporter:v1.12.1, node-exporter, 9100",
        "prom/node_exporter, node-exporter, 9100",
        "ghcr.io/google/cadvisor:v0.60.5, cadvisor, 8080",
        "registry:5000/nvcr/dcgm-exporter@sha256:0123, dcgm-exporter, 9400",
        "DCGM-Exporter:4, dcgm-exporter, 9400",
    })
    void exportersAreKnownByTheirImages(String image, String kind, int port) {
        Target target = only(MadeContainer.of("e").image(image).onHostNetwork());
        assertThat(target.kind()).isEqualTo(kind);
        assertThat(target.job()).isEqualTo(kind);
        assertThat(target.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lab/not-node-exporter", "node-exporter/train", "", "sha256:0123", "x/cadvisor2:1"})
    void otherImagesAreNot(String image) {
        assertThat(of(PLAIN, HOST, MadeContainer.of("e").image(image).onHostNetwork())
                        .targets())
                .isEmpty();
    }

    @Test
    void ofTwoExportersTheConfiguredAndThenTheOlderComesFirstAndAllBeforeJobs() {
        var settings = new InventorySettings(
                Duration.ofMinutes(1),
                null,
                false,
                List.of(new Exporter(ExporterName.NODE_EXPORTER, 9101, "/metrics", true)));
        var found = of(
                settings,
                HOST,
                training(),
                MadeContainer.of("a-late")
                        .image("node-exporter")
                        .onHostNetwork()
                        .startedAt("2026-10-02T00:00:00Z"),
                MadeContainer.of("b-early")
                        .image("prom/node-exporter")
                        .label("caretaker.metrics.port", "9102")
                        .label("caretaker.metrics.job", "mine")
                        .onHostNetwork()
                        .startedAt("2026-10-01T00:00:00Z"));
        assertThat(found.targets())
                .extracting(Target::job, Target::port)
                .containsExactly(
                        tuple("node-exporter", 9101),
                        tuple("node-exporter", 9102),
                        tuple("node-exporter", 9100),
                        tuple("ml", 32768));
        assertThat(found.targets().getFirst().scheme()).isEqualTo(Target.Scheme.HTTPS);
    }

    private static MadeContainer training() {
        return MadeContainer.of("train")
                .label("caretaker.metrics.port", "8000")
                .address("bridge", "172.17.0.2")
                .port(8000, 32768, "0.0.0.0");
    }

    private static Target only(MadeContainer container) {
        var found = of(PLAIN, HOST, container);
        assertThat(found.leftOut()).isEmpty();
        assertThat(found.targets()).hasSize(1);
        return found.targets().getFirst();
    }

    private static TargetRules.Found of(InventorySettings settings, String host, MadeContainer... containers) {
        return new TargetRules(host, settings)
                .of(Stream.of(containers).map(MadeContainer::made).toList());
    }
}
