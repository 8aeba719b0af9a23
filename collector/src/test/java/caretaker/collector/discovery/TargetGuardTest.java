package caretaker.collector.discovery;

import static caretaker.collector.MadeInventory.ADDRESS;
import static caretaker.collector.MadeInventory.exporter;
import static caretaker.collector.MadeInventory.ml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.collector.MadeInventory;
import caretaker.contracts.HostInventory.Target;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container's labels can and cannot bring about. */
class TargetGuardTest {
    private final TargetGuard guard = new TargetGuard(5);

    @Test
    void aTargetHasTheHostAndTheContainerThatTheInventoryGivesIt() {
        // Given: the target itself gives its container another name
        MadeInventory host = host().ml("c1", ADDRESS, 8000, Map.of("model", "llama", "dataset", "c4", "run", "7"));

        // When
        var checked = guard.check(host.made());

        // Then
        assertThat(checked.refused()).isEmpty();
        SdTarget target = checked.targets().getFirst();
        assertThat(target.target()).isEqualTo("10.0.0.7:8000");
        assertThat(target.labels())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "__metrics_path__", "/metrics",
                        "__scheme__", "http",
                        "job", "ml",
                        "host", "node-1",
                        "instance", "node-1",
                        "container", "train",
                        "model", "llama",
                        "dataset", "c4",
                        "run", "7"));
    }

    @Test
    void aContainersOwnAddressIsTakenAndAnIpv6OneIsInBrackets() {
        var checked = guard.check(host().ml("c1", "172.18.0.5", 8000, Map.of())
                .ml("c1", "2001:db8::5", 8001, Map.of("run", "2"))
                .made());
        assertThat(checked.targets())
                .extracting(SdTarget::target)
                .containsExactly("172.18.0.5:8000", "[2001:db8::5]:8001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.8", "node-2", "127.0.0.1", "172.18.0.6", "169.254.169.254", "::1", "localhost"})
    void noTargetIsOnAnotherHostNorInAnotherContainer(String address) {
        var checked = guard.check(host().container("c2", "other", "172.18.0.6")
                .ml("c1", address, 8000, Map.of())
                .made());
        assertThat(checked.targets()).isEmpty();
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.ADDRESS, 1));
    }

    @Test
    void aHostWithoutAnAddressHasOnlyItsContainersAddresses() {
        var checked = guard.check(host().address("")
                .ml("c1", "10.0.0.7", 8000, Map.of())
                .ml("c1", "172.18.0.5", 8000, Map.of())
                .made());
        assertThat(checked.targets()).extracting(SdTarget::target).containsExactly("172.18.0.5:8000");
    }

    @Test
    void aContainerThatTheHostDoesNotHaveHasNoTarget() {
        var checked = guard.check(host().ml("c9", ADDRESS, 8000, Map.of()).made());
        assertThat(checked.targets()).isEmpty();
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.CONTAINER, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "caretaker-collector",
                "caretaker-gpu-agent",
                "Caretaker-anything",
                "caretaker",
                "node-exporter",
                "cadvisor",
                "DCGM-exporter",
                "prometheus",
                "grafana",
            })
    void noJobTakesTheNameOfAnother(String job) {
        var checked = guard.check(
                host().target(ml(job, "c1", ADDRESS, 8000, Map.of())).made());
        assertThat(checked.targets()).isEmpty();
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.JOB, 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"job", "instance", "host", "container", "gpu", "uuid", "address", "scheme", "le", "quantile"})
    void aLabelCannotSayWhoTheSeriesAreFrom(String name) {
        var checked = guard.check(
                host().ml("c1", ADDRESS, 8000, Map.of(name, "node-2")).made());
        assertThat(checked.targets().getFirst().labels())
                .doesNotContainValue("node-2")
                .containsEntry("instance", "node-1");
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.LABEL, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"__address__", "__param_target", "__metrics_path__", "__scheme__", "a-b", "", "é", "A"})
    void aLabelOfPrometheusOwnIsNotEvenPartOfAnInventory(String name) {
        assertThatThrownBy(() -> ml("ml", "c1", ADDRESS, 8000, Map.of(name, "node-2:9090")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r", "\t", "", " ", "a\u0000", "\u202etxt.exe", "a\u2028b", "\u200b", "\u0085"})
    void aValueThatNobodyCanReadIsLeftOutAndTheTargetStays(String value) {
        var checked = guard.check(host().ml("c1", ADDRESS, 8000, Map.of("model", value, "run", "7"))
                .made());
        assertThat(checked.targets().getFirst().labels())
                .containsEntry("run", "7")
                .doesNotContainKey("model");
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.LABEL, 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"quoted\"", "it's", "back\\slash", "🦙", "👩‍🔬", "ünïcödé", "{}", "<b>", "${x}", "a b"})
    void aValueThatPeopleWriteStaysAsItIs(String value) {
        var checked = guard.check(
                host().ml("c1", ADDRESS, 8000, Map.of("model", value)).made());
        assertThat(checked.targets().getFirst().labels()).containsEntry("model", value);
    }

    @Test
    void anExporterIsTheHosts() {
        var checked = guard.check(
                host().target(exporter(Target.NODE_EXPORTER, ADDRESS, 9100)).made());
        SdTarget target = checked.targets().getFirst();
        assertThat(target.kind()).isEqualTo("node-exporter");
        assertThat(target.labels())
                .containsEntry("job", "node-exporter")
                .containsEntry("instance", "node-1")
                .doesNotContainKey("container");
    }

    @Test
    void twoTargetsWithOneAddressOrOneSeriesAreOne() {
        var checked = guard.check(host().ml("c1", ADDRESS, 8000, Map.of())
                .ml("c1", ADDRESS, 8000, Map.of("run", "2"))
                .ml("c1", ADDRESS, 8001, Map.of())
                .target(exporter(Target.NODE_EXPORTER, ADDRESS, 9100))
                .target(exporter(Target.NODE_EXPORTER, ADDRESS, 9101))
                .made());
        assertThat(checked.targets()).extracting(SdTarget::target).containsExactly("10.0.0.7:8000", "10.0.0.7:9100");
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.DUPLICATE, 3));
    }

    @Test
    void aHostHasNoMoreTargetsThanItMay() {
        MadeInventory host = host();
        for (int i = 1; i <= 8; i++) {
            host.ml("c1", ADDRESS, 8000 + i, Map.of("run", "r" + i));
        }
        var checked = guard.check(host.made());
        assertThat(checked.targets()).hasSize(5);
        assertThat(checked.refused()).containsExactlyEntriesOf(Map.of(Refusal.TOO_MANY, 3));
    }

    private static MadeInventory host() {
        return MadeInventory.of("node-1").container("c1", "train", "172.18.0.5", "2001:db8::5");
    }
}
