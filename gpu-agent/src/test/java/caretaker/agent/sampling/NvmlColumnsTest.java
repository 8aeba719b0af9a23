package caretaker.agent.sampling;

import static caretaker.contracts.Column.*;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.nvml.NativeLibrary;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.VectorColumn;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every column against the value that the test library was told to give. */
class NvmlColumnsTest {
    /** The metric of the scenario, its value there, and the column it has to arrive in. */
    private static final Object[][] TABLE = {
        {"utilization", 61, UTILIZATION_PERCENTAGE},
        {"memory-utilization", 62, MEMORY_UTILIZATION_PERCENTAGE},
        {"encoder-utilization", 63, ENCODER_UTILIZATION_PERCENTAGE},
        {"decoder-utilization", 64, DECODER_UTILIZATION_PERCENTAGE},
        {"jpeg-utilization", 65, JPEG_UTILIZATION_PERCENTAGE},
        {"ofa-utilization", 66, OFA_UTILIZATION_PERCENTAGE},
        {"memory-total", 85_899_345_920L, MEMORY_TOTAL_BYTES},
        {"memory-used", 21_474_836_480L, MEMORY_USED_BYTES},
        {"memory-reserved", 658_505_728L, MEMORY_RESERVED_BYTES},
        {"bar1-total", 137_438_953_472L, BAR1_MEMORY_TOTAL_BYTES},
        {"bar1-used", 22_413_312, BAR1_MEMORY_USED_BYTES},
        {"temperature", 71, TEMPERATURE_CELSIUS},
        {"memory-temperature", 81, MEMORY_TEMPERATURE_CELSIUS},
        {"temperature-margin", -1, TEMPERATURE_MARGIN_CELSIUS},
        {"threshold-shutdown", 95, TEMPERATURE_THRESHOLD_SHUTDOWN_CELSIUS},
        {"threshold-slowdown", 92, TEMPERATURE_THRESHOLD_SLOWDOWN_CELSIUS},
        {"threshold-memory-max", 94, TEMPERATURE_THRESHOLD_MEM_MAX_CELSIUS},
        {"threshold-gpu-max", 87, TEMPERATURE_THRESHOLD_GPU_MAX_CELSIUS},
        {"power", 431_001, POWER_DRAW_MILLIWATTS},
        {"power-instant", 432_002, POWER_DRAW_INSTANT_MILLIWATTS},
        {"power-limit-enforced", 650_000, POWER_LIMIT_ENFORCED_MILLIWATTS},
        {"power-limit-requested", 651_000, POWER_LIMIT_REQUESTED_MILLIWATTS},
        {"power-limit-default", 700_000, POWER_LIMIT_DEFAULT_MILLIWATTS},
        {"power-limit-min", 200_000, POWER_LIMIT_MIN_MILLIWATTS},
        {"power-limit-max", 701_000, POWER_LIMIT_MAX_MILLIWATTS},
        {"energy", 5_000_000_000L, ENERGY_MILLIJOULES},
        {"clock-graphics", 1755, CLOCK_GRAPHICS_MEGAHERTZ},
        {"clock-sm", 1750, CLOCK_SM_MEGAHERTZ},
        {"clock-memory", 2619, CLOCK_MEMORY_MEGAHERTZ},
        {"clock-video", 1545, CLOCK_VIDEO_MEGAHERTZ},
        {"clock-max-graphics", 1980, CLOCK_MAX_GRAPHICS_MEGAHERTZ},
        {"clock-max-sm", 1981, CLOCK_MAX_SM_MEGAHERTZ},
        {"clock-max-memory", 2620, CLOCK_MAX_MEMORY_MEGAHERTZ},
        {"clock-max-video", 1546, CLOCK_MAX_VIDEO_MEGAHERTZ},
        {"clock-application-graphics", 1900, CLOCK_APPLICATION_GRAPHICS_MEGAHERTZ},
        {"clock-application-sm", 1901, CLOCK_APPLICATION_SM_MEGAHERTZ},
        {"clock-application-memory", 2618, CLOCK_APPLICATION_MEMORY_MEGAHERTZ},
        {"clock-application-video", 1544, CLOCK_APPLICATION_VIDEO_MEGAHERTZ},
        {"performance-state", 2, PERFORMANCE_STATE},
        {"clock-reasons", 0x44, CLOCK_EVENT_REASONS},
        {"clock-reasons-supported", 0x1FF, CLOCK_EVENT_REASONS_SUPPORTED},
        {"policy-power", 7_000_001, CLOCK_EVENT_POWER_NANOSECONDS},
        {"policy-thermal", 7_000_002, CLOCK_EVENT_THERMAL_NANOSECONDS},
        {"policy-sync-boost", 7_000_003, CLOCK_EVENT_SYNC_BOOST_NANOSECONDS},
        {"policy-board-limit", 7_000_004, CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS},
        {"policy-low-utilization", 7_000_005, CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS},
        {"policy-reliability", 7_000_006, CLOCK_EVENT_RELIABILITY_NANOSECONDS},
        {"pcie-transmit", 1_000_001, PCIE_TRANSMIT_BYTES},
        {"pcie-receive", 2_000_002, PCIE_RECEIVE_BYTES},
        {"recovery-action", 2, RECOVERY_ACTION},
        {"pcie-replays", 3, PCIE_REPLAYS},
        {"pcie-errors", 9, PCIE_ERRORS_CORRECTABLE},
        {"pcie-generation", 4, PCIE_LINK_GENERATION},
        {"pcie-generation-max", 5, PCIE_LINK_GENERATION_MAX},
        {"pcie-width", 8, PCIE_LINK_WIDTH},
        {"pcie-width-max", 16, PCIE_LINK_WIDTH_MAX},
        {"ecc-mode", 1, ECC_MODE_CURRENT},
        {"ecc-mode-pending", 0, ECC_MODE_PENDING},
        {"ecc-corrected-volatile", 4, ECC_ERRORS_CORRECTED_VOLATILE},
        {"ecc-corrected-aggregate", 40, ECC_ERRORS_CORRECTED_AGGREGATE},
        {"ecc-uncorrected-volatile", 5, ECC_ERRORS_UNCORRECTED_VOLATILE},
        {"ecc-uncorrected-aggregate", 50, ECC_ERRORS_UNCORRECTED_AGGREGATE},
        {"sram-corrected", 6, ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_SRAM},
        {"sram-uncorrected", 7, ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_SRAM},
        {"sram-threshold-exceeded", 1, SRAM_ECC_THRESHOLD_EXCEEDED},
        {"retired-pages-single-bit", 11, RETIRED_PAGES_SINGLE_BIT},
        {"retired-pages-double-bit", 12, RETIRED_PAGES_DOUBLE_BIT},
        {"retired-pages-pending", 1, RETIRED_PAGES_PENDING},
        {"remapped-rows-correctable", 13, REMAPPED_ROWS_CORRECTABLE},
        {"remapped-rows-uncorrectable", 14, REMAPPED_ROWS_UNCORRECTABLE},
        {"inactive-remaps-correctable", 2, REMAPPED_ROWS_INACTIVE_CORRECTABLE},
        {"inactive-remaps-uncorrectable", 3, REMAPPED_ROWS_INACTIVE_UNCORRECTABLE},
        {"margin-shutdown", -8, TEMPERATURE_THRESHOLD_MARGIN_SHUTDOWN_CELSIUS},
        {"margin-slowdown", -3, TEMPERATURE_THRESHOLD_MARGIN_SLOWDOWN_CELSIUS},
        {"margin-memory-max", 1, TEMPERATURE_THRESHOLD_MARGIN_MEM_MAX_CELSIUS},
        {"margin-gpu-max", 2, TEMPERATURE_THRESHOLD_MARGIN_GPU_MAX_CELSIUS},
        {"row-remap-pending", 1, ROW_REMAP_PENDING},
        {"row-remap-failure", 1, ROW_REMAP_FAILURE},
        {"row-remap-banks-max", 2560, ROW_REMAP_BANKS_MAX},
        {"row-remap-banks-high", 4, ROW_REMAP_BANKS_HIGH},
        {"row-remap-banks-partial", 3, ROW_REMAP_BANKS_PARTIAL},
        {"row-remap-banks-low", 2, ROW_REMAP_BANKS_LOW},
        {"row-remap-banks-none", 1, ROW_REMAP_BANKS_NONE},
        {"unrepairable-memory", 1, MEMORY_UNREPAIRABLE},
        {"repair-pending-channel", 1, REPAIR_PENDING_CHANNEL},
        {"repair-pending-tpc", 0, REPAIR_PENDING_TPC},
        {"persistence-mode", 1, PERSISTENCE_MODE},
        {"compute-mode", 3, COMPUTE_MODE},
        {"inforom-corrupted", 1, null},
        {"nvlinks", 18, NVLINK_EXPECTED},
        {"nvlinks-active", 17, NVLINK_ACTIVE},
        {"fabric-state", 2, FABRIC_STATE},
        {"fabric-health", 0x3 << 8 | 0b10_01_10_01, null},
        {"mig-pending", 1, MIG_MODE_PENDING},
    };

    private final NvmlHost host = new NvmlHost("");

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        host.close();
        assertThat(host.driver.violations()).isEmpty();
    }

    @Test
    void everyColumnHoldsWhatTheDriverSays() {
        var scenario = new StringBuilder();
        Map<Column, Long> expected = new EnumMap<>(Column.class);
        for (Object[] row : TABLE) {
            long value = ((Number) row[1]).longValue();
            scenario.append("gpu 0 ").append(row[0]).append(' ').append(value).append('\n');
            if (row[2] instanceof Column column) {
                expected.put(column, value);
            }
        }
        derived(expected);
        host.driver.scenario(scenario.toString());
        host.start().advance(NvmlHost.SECOND.multipliedBy(2));

        assertThat(host.poll(Tier.RARE)).isEmpty();

        assertThat(values(host.gpu(0))).isEqualTo(expected);
        Set<Column> absent = EnumSet.complementOf(EnumSet.copyOf(expected.keySet()));
        assertThat(absent)
                .allMatch(column -> column.name().startsWith("ECC_MEMORY_ERRORS")
                        || column.tier() == Tier.OPT_IN
                        || column.labelValues().contains("link=all") // only a dcgm-exporter has that
                        || column == XID_LAST);
        assertThat(host.rejected).isEmpty();
    }

    private static void derived(Map<Column, Long> expected) {
        expected.put(MEMORY_FREE_BYTES, 85_899_345_920L - 21_474_836_480L - 658_505_728L);
        expected.put(UTILIZATION_MIN_PERCENTAGE, 61L);
        expected.put(UTILIZATION_MAX_PERCENTAGE, 61L);
        expected.put(UTILIZATION_AVERAGE_MILLIPERCENT, 61_000L);
        expected.put(POWER_DRAW_MAX_MILLIWATTS, 431_001L);
        expected.put(INFOROM_VALID, 0L);
        expected.put(MIG_MODE_CURRENT, 0L);
        expected.put(MIG_INSTANCES, 0L);
        expected.put(PROCESSES_COMPUTE, 0L);
        expected.put(PROCESSES_GRAPHICS, 0L);
        expected.put(PROCESSES_MPS, 0L);
        expected.put(FABRIC_HEALTH_DEGRADED_BANDWIDTH, 1L);
        expected.put(FABRIC_HEALTH_ROUTE_RECOVERY, 0L);
        expected.put(FABRIC_HEALTH_ROUTE_UNHEALTHY, 1L);
        expected.put(FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY, 0L);
        expected.put(FABRIC_HEALTH_INCORRECT_CONFIGURATION, 1L);
        for (Column column : Column.values()) {
            if (column.name().startsWith("PCIE_ERRORS")) {
                expected.put(column, 9L);
            } else if (column.name().startsWith("CLOCK_EVENTS_")
                    || column.name().startsWith("EVENTS_")) {
                expected.put(column, 0L); // it did not begin under our eyes
            }
        }
        expected.put(ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_SRAM, 6L);
        expected.put(ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_SRAM, 7L);
        expected.put(ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_DRAM, 4L);
        expected.put(ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_DRAM, 40L);
        expected.put(ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_DRAM, 5L);
        expected.put(ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_DRAM, 50L);
    }

    private static Map<Column, Long> values(GpuReading gpu) {
        Map<Column, Long> values = new EnumMap<>(Column.class);
        Arrays.stream(Column.values()).filter(gpu::has).forEach(column -> values.put(column, gpu.get(column)));
        return values;
    }

    @Test
    void aFastPollOnlyRereadsFastColumnsAndKeepsTheRest() {
        host.start().poll(Tier.RARE);
        int all = host.gpu(0).size();
        host.driver.apply("gpu 0 temperature 50\ngpu 0 pcie-replays 77\ngpu 0 clock-max-sm 1");
        host.advance(NvmlHost.SECOND);
        host.poll(Tier.FAST);
        assertThat(host.gpu(0).get(TEMPERATURE_CELSIUS)).isEqualTo(50);
        assertThat(host.gpu(0).get(PCIE_REPLAYS)).isEqualTo(3);
        assertThat(host.gpu(0).size()).isEqualTo(all);
        assertThat(host.called.stream().filter(call -> call.equals("nvmlDeviceGetFieldValues")))
                .hasSize(1);
        assertThat(host.called).hasSizeLessThan(17);
        host.poll(Tier.SLOW);
        assertThat(host.gpu(0).get(PCIE_REPLAYS)).isEqualTo(77);
        assertThat(host.gpu(0).get(CLOCK_MAX_SM_MEGAHERTZ)).isEqualTo(1981);
    }

    @Test
    void fansAreReadOneByOne() {
        host.driver.scenario("gpu 0 fans 2\ngpu 0 fan-speed 120\ngpu 0 fan-rpm 2400");
        host.start().poll(Tier.RARE);
        assertThat(host.gpu(0).vector(VectorColumn.FAN_SPEED_PERCENTAGE)).containsExactly(120, 120);
        assertThat(host.gpu(0).vector(VectorColumn.FAN_SPEED_RPM)).containsExactly(2400, 2400);
    }

    @Test
    void identityAndSoftwareAreTold() {
        host.driver.scenario("gpu 0 name NVIDIA H200\ngpu 0 serial 123\ngpu 0 part-number -\ncuda-version 13010");
        host.start().poll(Tier.RARE);
        GpuIdentity identity = Objects.requireNonNull(host.source().identity(0));
        assertThat(identity.name()).isEqualTo("NVIDIA H200");
        assertThat(identity.serial()).isEqualTo("123");
        assertThat(identity.partNumber()).isEmpty();
        assertThat(identity.architecture()).isEqualTo("Hopper");
        assertThat(identity.computeCapability()).isEqualTo("9.0");
        assertThat(identity.pciBusId()).isNotEmpty();
        assertThat(host.source().info().cudaVersion()).isEqualTo("13.1");
        assertThat(host.source().info().driverVersion()).isNotEmpty();
        assertThat(host.source().info().backend()).isEqualTo("nvml");
    }

    @Test
    void anOldDriverGivesWhatItHas() {
        var old = new NvmlHost(NativeLibrary.OLD_DRIVER, "gpu 0 temperature 44\ngpu 0 clock-reasons 4").start();
        assertThat(old.poll(Tier.RARE)).isEmpty();
        assertThat(old.gpu(0).get(TEMPERATURE_CELSIUS)).isEqualTo(44);
        assertThat(old.gpu(0).get(CLOCK_EVENT_REASONS)).isEqualTo(4);
        assertThat(old.gpu(0).has(TEMPERATURE_MARGIN_CELSIUS)).isFalse();
        assertThat(old.gpu(0).has(JPEG_UTILIZATION_PERCENTAGE)).isFalse();
        assertThat(old.gpu(0).has(PCIE_TRANSMIT_BYTES)).isFalse();
        int failures = old.failed.size();
        old.advance(NvmlHost.SECOND);
        old.poll(Tier.SLOW);
        assertThat(old.failed).hasSize(failures); // said once
        assertThat(old.driver.violations()).isEmpty();
    }
}
