package caretaker.agent.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import caretaker.agent.containers.Containers;
import caretaker.agent.health.KnownGpu;
import caretaker.contracts.Column;
import caretaker.contracts.Decoded;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventoryCodec;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InventoryPublisherTest {
    private static final HostInfo INFO = new HostInfo("580.95.05", "13", "13.0", "", "0.1.0", "nvml");
    private static final GpuIdentity IDENTITY =
            new GpuIdentity("H100", "00000000:1B:00.0", "1650", "", "", "", "", "", "", "");

    private final List<HostInventory> published = new ArrayList<>();
    private final List<Consumer<Boolean>> underWay = new ArrayList<>();
    private long nanos = 5;
    private final InventoryPublisher publisher = new InventoryPublisher(
            new InventoryPublisher.Publisher("node-1", "agent-1"),
            new InventorySettings(Duration.ofSeconds(60), null, false, List.of()),
            InstantSource.fixed(Instant.parse("2026-10-01T12:00:00Z")),
            () -> nanos,
            (inventory, done) -> {
                published.add(inventory);
                underWay.add(done);
            });

    @Test
    void theHostIsToldOnceTheDriverHasNamedItsGpus() {
        publisher.containers(snapshot(MadeContainer.of("train").gpus("all")));
        publisher.tick();
        assertThat(published).isEmpty();

        see(host(2));
        publisher.tick();

        HostInventory told = published.getFirst();
        assertThat(told.sequence()).isEqualTo(1);
        assertThat(told.address()).isEqualTo("node-1");
        assertThat(told.software()).isEqualTo(INFO);
        assertThat(told.gpusExpected()).isEqualTo(2);
        assertThat(told.gpus())
                .extracting(HostInventory.Gpu::uuid, HostInventory.Gpu::name)
                .containsExactly(tuple("GPU-0", "H100"), tuple("GPU-1", "H100"));
        assertThat(told.containers().getFirst().gpus()).containsExactly("GPU-0", "GPU-1");
        assertThat(told.containers().getFirst().state()).isEqualTo("running");
    }

    @Test
    void aDriverThatNeverAnswersHoldsTheInventoryUpForHalfAMinuteOnly() {
        pass(Duration.ofSeconds(29));
        publisher.tick();
        assertThat(published).isEmpty();
        pass(Duration.ofSeconds(1));
        publisher.tick();
        assertThat(published.getFirst().gpus()).isEmpty();
        assertThat(published.getFirst().gpusExpected()).isEqualTo(HostInventory.UNKNOWN);
    }

    @Test
    void whileNobodyNamesTheGpusThoseOfTheFormerRunStay() {
        publisher.restore(List.of(new KnownGpu("GPU-0", 0, IDENTITY), new KnownGpu("GPU-1", 1, IDENTITY)));
        publisher.containers(snapshot(MadeContainer.of("train").gpus("all")));
        see(host(0));
        pass(Duration.ofSeconds(29));
        publisher.tick();
        assertThat(published).isEmpty();

        pass(Duration.ofSeconds(1));
        settle(true);
        HostInventory told = published.getFirst();
        assertThat(told.gpus())
                .extracting(HostInventory.Gpu::uuid, HostInventory.Gpu::name, HostInventory.Gpu::pciBusId)
                .containsExactly(
                        tuple("GPU-0", "H100", "00000000:1B:00.0"), tuple("GPU-1", "H100", "00000000:1B:00.0"));
        assertThat(told.gpusExpected()).isEqualTo(2);
        assertThat(told.containers().getFirst().gpus()).containsExactly("GPU-0", "GPU-1");

        see(host(1));
        settle(true);
        see(host(0)); // and now it means that there are none
        settle(true);
        assertThat(published).extracting(inventory -> inventory.gpus().size()).containsExactly(2, 1, 0);
    }

    @Test
    void aRecordThatCannotBeHandedOverIsTriedAgain() {
        List<HostInventory> taken = new ArrayList<>();
        var failing = new InventoryPublisher(
                new InventoryPublisher.Publisher("node-1", "agent-1"),
                new InventorySettings(Duration.ofSeconds(60), null, false, List.of()),
                InstantSource.fixed(Instant.parse("2026-10-01T12:00:00Z")),
                () -> nanos,
                (inventory, _) -> {
                    if (inventory.sequence() == 1) {
                        throw new IllegalStateException("full");
                    }
                    taken.add(inventory);
                });
        pass(Duration.ofSeconds(30));
        assertThatThrownBy(failing::tick).hasMessage("full");
        failing.tick();
        assertThat(taken).hasSize(1);
    }

    @Test
    void nothingNewIsASignOfLifeEachInterval() {
        see(host(1));
        settle(true);
        for (int second = 1; second < 60; second++) {
            pass(Duration.ofSeconds(1));
            see(host(1));
            publisher.tick();
        }
        assertThat(published).hasSize(1);
        pass(Duration.ofSeconds(1));
        publisher.tick();
        assertThat(published).hasSize(2);
        assertThat(published.getLast().sequence()).isEqualTo(2);
    }

    @Test
    void changesBetweenTwoTicksAreOneRecord() {
        see(host(2));
        settle(true);
        see(host(1));
        see(host(3));
        publisher.containers(snapshot(MadeContainer.of("a")));
        publisher.containers(snapshot(MadeContainer.of("a"), MadeContainer.of("b")));
        settle(true);
        settle(true);
        assertThat(published).hasSize(2);
        assertThat(published.getLast().gpus()).hasSize(3);
        assertThat(published.getLast().containers()).hasSize(2);
    }

    @Test
    void aGpuThatIsCutIntoInstancesIsNews() {
        Readings readings = host(1);
        see(readings);
        settle(true);
        readings.gpus().getFirst().set(Column.MIG_MODE_CURRENT, 1);
        see(readings);
        settle(true);
        assertThat(published).hasSize(2);
        assertThat(published.getLast().gpus().getFirst().mig()).isTrue();
    }

    @Test
    void whileARecordIsUnderWayTheNextWaitsAndOneThatFailsIsToldAnew() {
        see(host(1));
        publisher.tick();
        see(host(2));
        pass(Duration.ofMinutes(10));
        publisher.tick();
        assertThat(published).hasSize(1);

        underWay.getLast().accept(false);
        publisher.tick();
        assertThat(published).hasSize(2);
        assertThat(published.getLast().gpus()).hasSize(2);

        underWay.getLast().accept(false);
        publisher.tick();
        assertThat(published).hasSize(3);
    }

    @Test
    void anEngineThatDoesNotAnswerTakesNoContainerAway() {
        see(host(1));
        publisher.containers(snapshot(MadeContainer.of("a")));
        settle(true);
        publisher.containers(new Containers.Snapshot(false, List.of()));
        settle(true);
        assertThat(published).hasSize(1);
    }

    @Test
    void containersWithTargetsComeFirstSoThatABoundCutsTheOthers() {
        see(host(1));
        List<MadeContainer> containers = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            containers.add(MadeContainer.of("a-%03d".formatted(i)));
        }
        containers.add(MadeContainer.of("z-train")
                .label("caretaker.metrics.port", "8000")
                .port(8000, 8000, ""));
        publisher.containers(snapshot(containers.toArray(MadeContainer[]::new)));
        settle(true);

        var read = (Decoded.Known<HostInventory>)
                new HostInventoryCodec().decode(new HostInventoryCodec().encode(published.getLast()));
        assertThat(read.event().containers().getFirst().name()).isEqualTo("z-train");
        assertThat(read.event().omitted().containers()).isEqualTo(101);
    }

    @Test
    void whatNoReaderTakesSilencesNoHost() {
        Readings readings = host(1);
        readings.gpus().getFirst().uuid("a b\n");
        see(readings);
        publisher.containers(snapshot(
                MadeContainer.of("odd").startedAt("0001-01-01T00:00:00Z").gpus("7", "GPU-x", "count=2")));
        settle(true);
        assertThat(published.getLast().gpus().getFirst().uuid()).isEqualTo("unnamed-0");
        assertThat(published.getLast().containers().getFirst().startedAt()).isNull();
        assertThat(published.getLast().containers().getFirst().gpus()).isEmpty();
    }

    private void settle(boolean taken) {
        int before = published.size();
        publisher.tick();
        if (published.size() > before) {
            underWay.getLast().accept(taken);
        }
    }

    private void see(Readings readings) {
        List<GpuIdentity> identities = new ArrayList<>();
        readings.gpus().forEach(_ -> identities.add(IDENTITY));
        publisher.seen(INFO, readings, List.copyOf(identities));
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static Readings host(int gpus) {
        var readings = new Readings().gpuCounts(gpus, gpus, gpus);
        for (int i = 0; i < gpus; i++) {
            readings.gpuCount(gpus).get(i).uuid("GPU-" + i).index(i).state(GpuState.OK);
        }
        return readings;
    }

    private static Containers.Snapshot snapshot(MadeContainer... containers) {
        return new Containers.Snapshot(
                true, Stream.of(containers).map(MadeContainer::made).toList());
    }
}
