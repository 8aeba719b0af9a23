package caretaker.agent.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.agent.health.Finding;
import caretaker.agent.sampling.RejectedValues;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.Metric;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.VectorColumn;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SimulatedSourceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final RejectedValues NONE_REJECTED = (metric, reason) -> {
        throw new AssertionError(metric + " is out of range");
    };

    /** What is known of a GPU that does not answer: its XIDs and other events. */
    private static final int EVENTS = (int) Arrays.stream(Column.values())
            .filter(column -> column.tier() == Tier.EVENT)
            .count();

    private final ManualClock clock = new ManualClock();

    @Test
    void sameSeedAndStartGiveTheSameReadings() {
        assertThat(hashes(source("node-1", 7, ""), 400)).isEqualTo(hashes(source("node-1", 7, ""), 400));
    }

    @Test
    void anotherSeedAndAnotherHostGiveOtherReadingsAndOtherGpus() {
        List<Integer> one = hashes(source("node-1", 7, ""), 3);
        assertThat(hashes(source("node-1", 8, ""), 3)).isNotEqualTo(one);
        assertThat(hashes(source("node-2", 7, ""), 3)).isNotEqualTo(one);
    }

    @Test
    void everyColumnOfADataCentreGpuIsThereAndNoFan() {
        var readings = new Readings();
        source("node-1", 1, "").poll(Tier.RARE, readings);
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(gpu.size()).isGreaterThan(100);
        assertThat(gpu.vector(VectorColumn.FAN_SPEED_PERCENTAGE)).isEmpty();
        for (Column column : Column.values()) {
            String name = column.name();
            boolean otherPlace = name.startsWith("ECC_MEMORY") && !name.endsWith("DRAM") && !name.endsWith("SRAM");
            boolean notOnHopper = otherPlace
                    || column == Column.POWER_SMOOTHING_LIFETIME_MILLIONTHS
                    || name.startsWith("RETIRED_PAGES")
                    || column.labelValues().contains("link=all") // each link has its own
                    || column == Column.CLOCK_APPLICATION_VIDEO_MEGAHERTZ;
            assertThat(gpu.has(column)).as(name).isEqualTo(!notOnHopper);
        }
    }

    @Test
    void linksMigDevicesAndContainersAreThereOnTheFirstHosts() {
        // Given
        var readings = new Readings();

        // When
        source("node-1", 2, "").poll(Tier.RARE, readings);
        GpuReading linked = readings.gpus().getFirst();
        assertThat(linked.vector(VectorColumn.NVLINK_UP)).hasSize(18).containsOnly(1);
        assertThat(linked.vector(VectorColumn.NVLINK_TRANSMIT_BYTES)).hasSize(18);
        readings = new Readings();
        source("node-4", 2, "").poll(Tier.RARE, readings);

        // Then
        GpuReading sliced = readings.gpus().getLast();
        assertThat(sliced.parts(Part.MIG)).hasSize(3);
        assertThat(sliced.has(Column.UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(sliced.get(Column.MIG_MODE_CURRENT)).isEqualTo(1);
        assertThat(readings.gpus().getFirst().get(Column.MIG_MODE_CURRENT)).isZero();
        readings = new Readings();
        source("node-50", 2, "").poll(Tier.RARE, readings);
        assertThat(readings.gpus().getFirst().vector(VectorColumn.NVLINK_UP)).isEmpty();
        assertThat(readings.gpus().getFirst().has(Column.SM_ACTIVE_MILLIONTHS)).isFalse();
    }

    @Test
    void aScriptedFaultIsCountedAsAnXidThatALostGpuStillShows() {
        var readings = new Readings();
        SimulatedSource source = source("node-1", 2, "at 5s gpu 1 of node-1: lost");
        source.poll(Tier.RARE, readings);
        assertThat(readings.gpus().get(1).get(Column.XID_LAST)).isZero();
        assertThat(readings.gpus().get(1).parts(Part.XID)).isEmpty();
        clock.advance(Duration.ofSeconds(6));
        source.poll(Tier.FAST, readings);
        GpuReading lost = readings.gpus().get(1);
        assertThat(lost.state()).isEqualTo(GpuState.LOST);
        assertThat(lost.get(Column.XID_LAST)).isEqualTo(79);
        assertThat(lost.parts(Part.XID)).hasSize(1);
        assertThat(lost.parts(Part.XID).getFirst().text(0)).isEqualTo("79");
        assertThat(lost.parts(Part.XID).getFirst().get(PartColumn.XID_ERRORS)).isEqualTo(1);
        assertThat(lost.has(Column.TEMPERATURE_CELSIUS)).isFalse();
    }

    @Test
    void aNightOfReadingsStaysInRangeAndCountersOnlyGrow() {
        SimulatedSource source = source("node-1", 3, "");
        var before = new GpuReading();
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        for (int second = 0; second < 8 * 3600; second++) {
            before.copyFrom(readings.gpus().get(2));
            clock.advance(SECOND);
            assertThat(source.poll(Tier.SLOW, readings)).isEmpty();
            GpuReading now = readings.gpus().get(2);
            if (second % 10 == 0) {
                assertPlausible(now);
            }
            for (Column column : COUNTERS) {
                if (now.get(column) < before.get(column)) {
                    throw new AssertionError(column + " fell in second " + second);
                }
            }
        }
        assertThat(readings.gpus().get(2).get(Column.ECC_ERRORS_CORRECTED_VOLATILE))
                .isBetween(1L, 20L);
    }

    private static final List<Column> COUNTERS = Arrays.stream(Column.values())
            .filter(column -> column.metric().type() == Metric.Type.COUNTER)
            .filter(column -> column.tier() == Tier.FAST)
            .toList();

    private static void assertPlausible(GpuReading gpu) {
        long min = gpu.get(Column.UTILIZATION_MIN_PERCENTAGE);
        long max = gpu.get(Column.UTILIZATION_MAX_PERCENTAGE);
        assertThat(gpu.get(Column.UTILIZATION_PERCENTAGE)).isBetween(min, max);
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isBetween(25L, 80L);
        assertThat(gpu.get(Column.POWER_DRAW_MILLIWATTS)).isBetween(60_000L, 715_000L);
        assertThat(gpu.get(Column.MEMORY_USED_BYTES)
                        + gpu.get(Column.MEMORY_FREE_BYTES)
                        + gpu.get(Column.MEMORY_RESERVED_BYTES))
                .isEqualTo(gpu.get(Column.MEMORY_TOTAL_BYTES));
    }

    @Test
    void energyIsTheIntegralOfPower() {
        SimulatedSource source = source("node-1", 3, "");
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        long before = readings.gpus().getFirst().get(Column.ENERGY_MILLIJOULES);
        double joules = 0;
        for (int second = 0; second < 600; second++) {
            clock.advance(SECOND);
            source.poll(Tier.FAST, readings);
            joules += readings.gpus().getFirst().get(Column.POWER_DRAW_MILLIWATTS) / 1e3;
        }
        double counted = (readings.gpus().getFirst().get(Column.ENERGY_MILLIJOULES) - before) / 1e3;
        assertThat(counted).isCloseTo(joules, Percentage.withPercentage(0.1));
    }

    @Test
    void aLostGpuKeepsItsPlaceWithoutValuesAndComesBackWhole() {
        SimulatedSource source = source("node-1", 5, "at 20s gpu 1 of node-1: lost\nat 40s gpu 1 of node-1: back");
        var readings = new Readings();
        assertThat(source.poll(Tier.RARE, readings)).isEmpty();
        String uuid = readings.gpus().get(1).uuid();

        clock.advance(SECOND.multipliedBy(20));
        List<Finding> findings = source.poll(Tier.FAST, readings);
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.condition()).isEqualTo(Condition.GPU_LOST);
            assertThat(finding.entity().id()).isEqualTo(uuid);
        });
        GpuReading lost = readings.gpus().get(1);
        assertThat(lost.state()).isEqualTo(GpuState.LOST);
        assertThat(lost.uuid()).isEqualTo(uuid);
        assertThat(lost.index()).isEqualTo(1);
        assertThat(lost.size()).isEqualTo(EVENTS);
        assertThat(readings.gpusVisible()).isEqualTo(3);
        assertThat(readings.gpusExpected()).isEqualTo(4);

        clock.advance(SECOND.multipliedBy(20));
        assertThat(source.poll(Tier.FAST, readings)).isEmpty();
        assertThat(readings.gpus().get(1).state()).isEqualTo(GpuState.OK);
        assertThat(readings.gpus().get(1).size()).isGreaterThan(100);
        assertThat(readings.gpusVisible()).isEqualTo(4);
    }

    @Test
    void aHungGpuTakesItsHostWithIt() {
        SimulatedSource source = source("node-1", 5, "at 5s gpu 2 of node-1: hung");
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        clock.advance(SECOND.multipliedBy(5));
        assertThat(source.poll(Tier.FAST, readings))
                .extracting(Finding::condition)
                .containsExactly(Condition.GPU_HUNG);
        assertThat(readings.gpus()).allSatisfy(gpu -> {
            assertThat(gpu.state()).isEqualTo(GpuState.HUNG);
            assertThat(gpu.size()).isEqualTo(EVENTS);
        });
    }

    @Test
    void aHotGpuSlowsDownAndSaysWhy() {
        SimulatedSource source = source("node-1", 3, "at 1s gpu 0 of node-1: thermal-throttle");
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        long throttled = 0;
        for (int second = 0; second < 120; second++) {
            clock.advance(SECOND);
            source.poll(Tier.FAST, readings);
            throttled |= readings.gpus().getFirst().get(Column.CLOCK_EVENT_REASONS);
        }
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(throttled & 0x60).isEqualTo(0x60);
        assertThat(gpu.get(Column.TEMPERATURE_CELSIUS)).isGreaterThan(84);
        assertThat(gpu.get(Column.CLOCK_EVENT_THERMAL_NANOSECONDS)).isPositive();
        assertThat(gpu.get(Column.CLOCK_EVENTS_HW_THERMAL)).isPositive();
    }

    @Test
    void anUncorrectedErrorIsCountedOnceAndAsksForAReset() {
        SimulatedSource source = source("node-1", 3, "at 1s gpu 0 of node-1: ecc-uncorrected");
        var readings = new Readings();
        clock.advance(SECOND.multipliedBy(9));
        source.poll(Tier.RARE, readings);
        GpuReading gpu = readings.gpus().getFirst();
        assertThat(gpu.get(Column.ECC_ERRORS_UNCORRECTED_VOLATILE)).isEqualTo(1);
        assertThat(gpu.get(Column.ROW_REMAP_PENDING)).isEqualTo(1);
        assertThat(gpu.get(Column.RECOVERY_ACTION)).isEqualTo(1);
        assertThat(readings.gpus().get(1).get(Column.ECC_ERRORS_UNCORRECTED_VOLATILE))
                .isZero();
    }

    @Test
    void aClockThatIsSetBackStopsTimeAndOneThatLeapsDoesNotRunAway() {
        SimulatedSource source = source("node-1", 3, "");
        var readings = new Readings();
        source.poll(Tier.RARE, readings);
        long energy = readings.gpus().getFirst().get(Column.ENERGY_MILLIJOULES);
        clock.advance(Duration.ofDays(-1));
        source.poll(Tier.FAST, readings);
        assertThat(readings.gpus().getFirst().get(Column.ENERGY_MILLIJOULES)).isEqualTo(energy);
        clock.advance(Duration.ofDays(400));
        source.poll(Tier.FAST, readings);
        assertThat(readings.gpus().getFirst().get(Column.ENERGY_MILLIJOULES) - energy)
                .isBetween(1L, 600L * 800_000);
    }

    @Test
    void aHostHasOneToAHundredGpus() {
        assertThatThrownBy(() -> host("node-1", 0, 1, "")).hasMessage("a simulated host has 1 to 100 GPUs, not 0");
        assertThatThrownBy(() -> host("node-1", 101, 1, "")).hasMessageContaining("101");
        var readings = new Readings();
        new SimulatedSource(host("node-1", 100, 1, ""), clock, NONE_REJECTED).poll(Tier.RARE, readings);
        assertThat(readings.gpus().stream().map(GpuReading::uuid).distinct()).hasSize(100);
    }

    private List<Integer> hashes(SimulatedSource source, int seconds) {
        var start = clock.instant();
        var codec = new ReadingsCodec();
        var readings = new Readings().host("node-1").agentId("test");
        List<Integer> records = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            source.poll(Tier.SLOW, readings);
            records.add(Arrays.hashCode(codec.encode(readings)));
            clock.advance(SECOND);
        }
        clock.set(start);
        return records;
    }

    private SimulatedSource source(String name, long seed, String faults) {
        return new SimulatedSource(host(name, 4, seed, faults), clock, NONE_REJECTED);
    }

    private static SimulatedSource.Host host(String name, int gpus, long seed, String faults) {
        return new SimulatedSource.Host(name, gpus, seed, SECOND, FaultScript.parse(faults), "test");
    }
}
