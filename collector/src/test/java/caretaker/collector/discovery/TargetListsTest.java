package caretaker.collector.discovery;

import static caretaker.collector.MadeInventory.exporter;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.collector.MadeInventory;
import caretaker.contracts.HostInventory.Target;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetListsTest {
    private static final long START = 1_790_000_000_000L;

    private final Inventories inventories = new Inventories(3, Duration.ofHours(24));
    private final TargetLists lists = new TargetLists(inventories, 50);

    @Test
    void aListWithoutTargetsIsThereAndEmpty() {
        assertThat(lists.now().byKind().keySet()).containsExactly("cadvisor", "dcgm-exporter", "ml", "node-exporter");
        assertThat(list("ml").json()).isEqualTo("[]");
        assertThat(list("ml").targets()).isZero();
    }

    @Test
    void aListIsWhatPrometheusReads() throws IOException {
        take(
                MadeInventory.of("node-1")
                        .container("c1", "train")
                        .ml("c1", "10.0.0.7", 8000, Map.of("model", "say \"hi\"\\ 🦙")),
                0);
        JsonNode group = new ObjectMapper().readTree(list("ml").json()).get(0);
        assertThat(group.at("/targets/0").textValue()).isEqualTo("10.0.0.7:8000");
        assertThat(group.at("/labels/model").textValue()).isEqualTo("say \"hi\"\\ 🦙");
        assertThat(group.at("/labels/__metrics_path__").textValue()).isEqualTo("/metrics");
    }

    @Test
    void theOrderAndTheTagAreThoseOfTheContentWhateverComesFirst() {
        take(node("node-1", "10.0.0.1"), 0);
        take(node("node-2", "10.0.0.2"), 0);
        TargetLists.TargetList first = list("node-exporter");

        inventories.remove("node-1");
        String without = list("node-exporter").etag();
        take(node("node-1", "10.0.0.1"), 1);

        assertThat(list("node-exporter")).isEqualTo(first);
        assertThat(without).isNotEqualTo(first.etag());
        assertThat(first.targets()).isEqualTo(2);
        assertThat(list("ml").etag()).isNotEqualTo(first.etag());
    }

    @Test
    void aHostIsGoneAfterTwoMissedHeartbeatsAndBackWithItsNext() {
        take(node("node-1", "10.0.0.1").interval(Duration.ofSeconds(60)), 0);
        inventories.listened(Duration.ofSeconds(149));
        assertThat(list("node-exporter").targets()).isEqualTo(1);

        inventories.listened(Duration.ofSeconds(1));
        assertThat(list("node-exporter").json()).isEqualTo("[]");
        assertThat(inventories.hosts()).isEqualTo(1);

        take(node("node-1", "10.0.0.1"), START + 150_000);
        assertThat(list("node-exporter").targets()).isEqualTo(1);
    }

    @Test
    void aBusThatIsAwayTakesNoTarget() {
        take(node("node-1", "10.0.0.1"), 0);
        TargetLists.TargetList before = list("node-exporter");
        // Nothing is listened to for as long as the broker is away, so no time passes.
        assertThat(list("node-exporter")).isSameAs(before);
    }

    @Test
    void whatWasWrittenLongBeforeTheNewestRecordIsOldWhenTheTopicIsReadFromItsBeginning() {
        inventories.take(node("old", "10.0.0.1").made(), 0, START, false, 0);
        inventories.take(node("new", "10.0.0.2").made(), 0, START + 600_000, false, 0);
        assertThat(list("node-exporter").json()).contains("10.0.0.2").doesNotContain("10.0.0.1");
    }

    @Test
    void ofTwoRecordsInDifferentPartitionsTheNewerIsTheHosts() {
        assertThat(inventories.take(node("node-1", "10.0.0.2").made(), 5, START + 60_000, false, 0))
                .isTrue();
        assertThat(inventories.take(node("node-1", "10.0.0.1").made(), 0, START, false, 0))
                .isFalse();
        assertThat(list("node-exporter").json()).contains("10.0.0.2").doesNotContain("10.0.0.1");
        // In one partition the later one counts, whatever the broker's clock said.
        assertThat(inventories.take(node("node-1", "10.0.0.3").made(), 5, START + 59_000, false, 0))
                .isTrue();
        assertThat(list("node-exporter").json()).contains("10.0.0.3");
    }

    @Test
    void aHostThatClaimsThePlaceOfAnotherDoesNotGetIt() {
        take(node("node-1", "10.0.0.1"), 0);
        take(node("node-2", "10.0.0.1"), 0);
        assertThat(list("node-exporter").json()).contains("node-1").doesNotContain("node-2");
        assertThat(lists.now().refused()).containsEntry(Refusal.DUPLICATE, 1);
    }

    @Test
    void oneMoreHostThanThereMayBeIsRefusedUntilOneIsForgotten() {
        for (int i = 1; i <= 3; i++) {
            assertThat(take(node("node-" + i, "10.0.0." + i), i)).isTrue();
        }
        assertThat(take(node("node-4", "10.0.0.4"), 4)).isFalse();
        assertThat(take(node("node-1", "10.0.0.1"), 5)).isTrue();

        assertThat(inventories.forgetOld(Duration.ofHours(24).toMillis() + 3)).containsExactly("node-2", "node-3");
        assertThat(take(node("node-4", "10.0.0.4"), 6)).isTrue();
    }

    private boolean take(MadeInventory inventory, long millis) {
        return inventories.take(inventory.made(), 0, START + millis, true, millis);
    }

    private TargetLists.TargetList list(String kind) {
        return lists.now().byKind().getOrDefault(kind, new TargetLists.TargetList("", "", -1));
    }

    private static MadeInventory node(String host, String address) {
        return MadeInventory.of(host).address(address).target(exporter(Target.NODE_EXPORTER, address, 9100));
    }
}
