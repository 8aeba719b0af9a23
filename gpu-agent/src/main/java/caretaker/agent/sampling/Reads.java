package caretaker.agent.sampling;

import static caretaker.contracts.Column.*;

import caretaker.agent.nvml.Field;
import caretaker.agent.nvml.MemoryHealth;
import caretaker.agent.nvml.Sensors;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table of all that is read of a GPU: which function, how often, into which columns. */
final class Reads {
    private static final String[] KINDS = {"CORRECTED", "UNCORRECTED"};
    private static final String[] COUNTERS = {"VOLATILE", "AGGREGATE"};
    private static final String[] LOCATIONS = {"L1", "L2", "DRAM", "REGISTER", "TEXTURE", "TEXTURE_SHM", "CBU", "SRAM"};

    private static final int FABRIC_CHECKS = 5;

    /** Read in one batch each interval. */
    static final Map<Column, Field> FAST_FIELDS = fastFields();

    /** Read in one batch each slow interval. */
    static final Map<Column, Field> SLOW_FIELDS = slowFields();

    /** Everything that has a function of its own. */
    static final List<Read> FUNCTIONS = functions();

    private Reads() {}

    private static Map<Column, Field> fastFields() {
        Map<Column, Field> fields = new LinkedHashMap<>();
        fields.put(MEMORY_TEMPERATURE_CELSIUS, Field.MEMORY_TEMPERATURE_CELSIUS);
        fields.put(ENERGY_MILLIJOULES, Field.ENERGY_MILLIJOULES);
        fields.put(CLOCK_EVENT_POWER_NANOSECONDS, Field.HELD_BY_POWER);
        fields.put(CLOCK_EVENT_THERMAL_NANOSECONDS, Field.HELD_BY_HEAT);
        fields.put(CLOCK_EVENT_SYNC_BOOST_NANOSECONDS, Field.HELD_BY_SYNC_BOOST);
        fields.put(CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS, Field.HELD_BY_BOARD_LIMIT);
        fields.put(CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS, Field.HELD_BY_LOW_UTILIZATION);
        fields.put(CLOCK_EVENT_RELIABILITY_NANOSECONDS, Field.HELD_BY_RELIABILITY);
        fields.put(POWER_DRAW_INSTANT_MILLIWATTS, Field.POWER_INSTANT_MILLIWATTS);
        fields.put(PCIE_TRANSMIT_BYTES, Field.PCIE_TRANSMIT_BYTES);
        fields.put(PCIE_RECEIVE_BYTES, Field.PCIE_RECEIVE_BYTES);
        fields.put(RECOVERY_ACTION, Field.RECOVERY_ACTION);
        return fields;
    }

    private static Map<Column, Field> slowFields() {
        Map<Column, Field> fields = new LinkedHashMap<>();
        fields.put(NVLINK_EXPECTED, Field.NVLINK_COUNT);
        fields.put(TEMPERATURE_THRESHOLD_MARGIN_SHUTDOWN_CELSIUS, Field.MARGIN_SHUTDOWN_CELSIUS);
        fields.put(TEMPERATURE_THRESHOLD_MARGIN_SLOWDOWN_CELSIUS, Field.MARGIN_SLOWDOWN_CELSIUS);
        fields.put(TEMPERATURE_THRESHOLD_MARGIN_MEM_MAX_CELSIUS, Field.MARGIN_MEMORY_MAX_CELSIUS);
        fields.put(TEMPERATURE_THRESHOLD_MARGIN_GPU_MAX_CELSIUS, Field.MARGIN_GPU_MAX_CELSIUS);
        fields.put(RETIRED_PAGES_SINGLE_BIT, Field.RETIRED_PAGES_SINGLE_BIT);
        fields.put(RETIRED_PAGES_DOUBLE_BIT, Field.RETIRED_PAGES_DOUBLE_BIT);
        fields.put(PCIE_ERRORS_CORRECTABLE, Field.PCIE_CORRECTABLE_ERRORS);
        fields.put(PCIE_ERRORS_NAKS_RECEIVED, Field.PCIE_NAKS_RECEIVED);
        fields.put(PCIE_ERRORS_RECEIVER, Field.PCIE_RECEIVER_ERRORS);
        fields.put(PCIE_ERRORS_BAD_TLP, Field.PCIE_BAD_TLP);
        fields.put(PCIE_ERRORS_NAKS_SENT, Field.PCIE_NAKS_SENT);
        fields.put(PCIE_ERRORS_BAD_DLLP, Field.PCIE_BAD_DLLP);
        fields.put(PCIE_ERRORS_NON_FATAL, Field.PCIE_NON_FATAL_ERRORS);
        fields.put(PCIE_ERRORS_FATAL, Field.PCIE_FATAL_ERRORS);
        fields.put(PCIE_ERRORS_UNSUPPORTED_REQUEST, Field.PCIE_UNSUPPORTED_REQUESTS);
        fields.put(PCIE_ERRORS_LCRC, Field.PCIE_LCRC_ERRORS);
        fields.put(PCIE_ERRORS_LANE, Field.PCIE_LANE_ERRORS);
        return fields;
    }

    private static List<Read> functions() {
        List<Read> reads = new ArrayList<>();
        load(reads);
        sensors(reads);
        limits(reads);
        link(reads);
        memoryHealth(reads);
        for (int kind = 0; kind <= MemoryHealth.UNCORRECTED; kind++) {
            for (int counter = 0; counter <= MemoryHealth.AGGREGATE; counter++) {
                memoryErrors(reads, kind, counter);
            }
        }
        fabric(reads);
        reads.add(Read.of(
                "nvmlDeviceGetPersistenceMode",
                Tier.SLOW,
                PERSISTENCE_MODE,
                (n, gpu) -> n.modes().persistence(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetComputeMode",
                Tier.SLOW,
                COMPUTE_MODE,
                (n, gpu) -> n.modes().compute(gpu)));
        return List.copyOf(reads);
    }

    private static void load(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetUtilizationRates",
                Tier.FAST,
                (n, gpu, to) -> {
                    var _ = n.load().utilization(gpu);
                    to[0] = n.load().gpuPercent();
                    to[1] = n.load().memoryPercent();
                },
                UTILIZATION_PERCENTAGE,
                MEMORY_UTILIZATION_PERCENTAGE));
        reads.add(Read.of(
                "nvmlDeviceGetMemoryInfo_v2",
                Tier.FAST,
                (n, gpu, to) -> {
                    var _ = n.load().memory(gpu);
                    to[0] = n.load().memoryTotalBytes();
                    to[1] = n.load().memoryUsedBytes();
                    to[2] = n.load().memoryFreeBytes();
                    to[3] = n.load().memoryReservedBytes();
                },
                MEMORY_TOTAL_BYTES,
                MEMORY_USED_BYTES,
                MEMORY_FREE_BYTES,
                MEMORY_RESERVED_BYTES));
        reads.add(Read.of(
                "nvmlDeviceGetEncoderUtilization",
                Tier.FAST,
                ENCODER_UTILIZATION_PERCENTAGE,
                (n, gpu) -> n.load().encoderPercent(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetDecoderUtilization",
                Tier.FAST,
                DECODER_UTILIZATION_PERCENTAGE,
                (n, gpu) -> n.load().decoderPercent(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetJpgUtilization",
                Tier.SLOW,
                JPEG_UTILIZATION_PERCENTAGE,
                (n, gpu) -> n.load().jpegPercent(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetOfaUtilization",
                Tier.SLOW,
                OFA_UTILIZATION_PERCENTAGE,
                (n, gpu) -> n.load().opticalFlowPercent(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetBAR1MemoryInfo",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.load().bar1(gpu);
                    to[0] = n.load().bar1TotalBytes();
                    to[1] = n.load().bar1UsedBytes();
                },
                BAR1_MEMORY_TOTAL_BYTES,
                BAR1_MEMORY_USED_BYTES));
    }

    private static void sensors(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetTemperatureV",
                Tier.FAST,
                TEMPERATURE_CELSIUS,
                (n, gpu) -> n.sensors().temperatureCelsius(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetMarginTemperature",
                Tier.FAST,
                TEMPERATURE_MARGIN_CELSIUS,
                (n, gpu) -> n.sensors().marginCelsius(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetPowerUsage",
                Tier.FAST,
                POWER_DRAW_MILLIWATTS,
                (n, gpu) -> n.sensors().powerMilliwatts(gpu)));
        clock(reads, Sensors.CLOCK_GRAPHICS, "GRAPHICS");
        clock(reads, Sensors.CLOCK_SM, "SM");
        clock(reads, Sensors.CLOCK_MEMORY, "MEMORY");
        clock(reads, Sensors.CLOCK_VIDEO, "VIDEO");
        reads.add(Read.of(
                "nvmlDeviceGetPerformanceState",
                Tier.FAST,
                PERFORMANCE_STATE,
                (n, gpu) -> n.sensors().performanceState(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetSupportedClocksEventReasons",
                Tier.RARE,
                CLOCK_EVENT_REASONS_SUPPORTED,
                (n, gpu) -> n.sensors().supportedClockEventReasons(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetCurrentClocksEventReasons",
                Tier.FAST,
                CLOCK_EVENT_REASONS,
                (n, gpu) -> n.sensors().clockEventReasons(gpu)));
    }

    private static void clock(List<Read> reads, int domain, String name) {
        Column now = Column.valueOf("CLOCK_" + name + "_MEGAHERTZ");
        Column max = Column.valueOf("CLOCK_MAX_" + name + "_MEGAHERTZ");
        Column application = Column.valueOf("CLOCK_APPLICATION_" + name + "_MEGAHERTZ");
        reads.add(Read.of(
                "nvmlDeviceGetClockInfo",
                Tier.FAST,
                now,
                (n, gpu) -> n.sensors().clockMegahertz(gpu, domain)));
        reads.add(Read.of(
                "nvmlDeviceGetClock",
                Tier.SLOW,
                application,
                (n, gpu) -> n.sensors().applicationClockMegahertz(gpu, domain)));
        reads.add(Read.of(
                "nvmlDeviceGetMaxClockInfo",
                Tier.RARE,
                max,
                (n, gpu) -> n.sensors().maxClockMegahertz(gpu, domain)));
    }

    private static void limits(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetEnforcedPowerLimit",
                Tier.SLOW,
                POWER_LIMIT_ENFORCED_MILLIWATTS,
                (n, gpu) -> n.sensors().enforcedPowerLimitMilliwatts(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetPowerManagementLimit",
                Tier.SLOW,
                POWER_LIMIT_REQUESTED_MILLIWATTS,
                (n, gpu) -> n.sensors().requestedPowerLimitMilliwatts(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetPowerManagementDefaultLimit",
                Tier.SLOW,
                POWER_LIMIT_DEFAULT_MILLIWATTS,
                (n, gpu) -> n.sensors().defaultPowerLimitMilliwatts(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetPowerManagementLimitConstraints",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.sensors().powerLimitRange(gpu);
                    to[0] = n.sensors().lowestPowerLimitMilliwatts();
                    to[1] = n.sensors().highestPowerLimitMilliwatts();
                },
                POWER_LIMIT_MIN_MILLIWATTS,
                POWER_LIMIT_MAX_MILLIWATTS));
        threshold(reads, TEMPERATURE_THRESHOLD_SHUTDOWN_CELSIUS, Sensors.THRESHOLD_SHUTDOWN);
        threshold(reads, TEMPERATURE_THRESHOLD_SLOWDOWN_CELSIUS, Sensors.THRESHOLD_SLOWDOWN);
        threshold(reads, TEMPERATURE_THRESHOLD_MEM_MAX_CELSIUS, Sensors.THRESHOLD_MEMORY_MAX);
        threshold(reads, TEMPERATURE_THRESHOLD_GPU_MAX_CELSIUS, Sensors.THRESHOLD_GPU_MAX);
        reads.add(Read.of(
                "nvmlDeviceValidateInforom",
                Tier.RARE,
                INFOROM_VALID,
                (n, gpu) -> n.modes().inforomValid(gpu)));
    }

    private static void threshold(List<Read> reads, Column column, int which) {
        reads.add(Read.of(
                "nvmlDeviceGetTemperatureThreshold",
                Tier.RARE,
                column,
                (n, gpu) -> n.sensors().thresholdCelsius(gpu, which)));
    }

    private static void link(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetPcieReplayCounter",
                Tier.SLOW,
                PCIE_REPLAYS,
                (n, gpu) -> n.pcie().replays(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetCurrPcieLinkGeneration",
                Tier.SLOW,
                PCIE_LINK_GENERATION,
                (n, gpu) -> n.pcie().linkGeneration(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetCurrPcieLinkWidth",
                Tier.SLOW,
                PCIE_LINK_WIDTH,
                (n, gpu) -> n.pcie().linkWidth(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetMaxPcieLinkGeneration",
                Tier.RARE,
                PCIE_LINK_GENERATION_MAX,
                (n, gpu) -> n.pcie().maxLinkGeneration(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetMaxPcieLinkWidth",
                Tier.RARE,
                PCIE_LINK_WIDTH_MAX,
                (n, gpu) -> n.pcie().maxLinkWidth(gpu)));
    }

    private static void memoryHealth(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetEccMode",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.memoryHealth().eccModes(gpu);
                    to[0] = n.memoryHealth().eccMode();
                    to[1] = n.memoryHealth().eccModePending();
                },
                ECC_MODE_CURRENT,
                ECC_MODE_PENDING));
        reads.add(Read.of(
                "nvmlDeviceGetSramEccErrorStatus",
                Tier.SLOW,
                SRAM_ECC_THRESHOLD_EXCEEDED,
                (n, gpu) -> n.memoryHealth().sramThresholdExceeded(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetRetiredPagesPendingStatus",
                Tier.SLOW,
                RETIRED_PAGES_PENDING,
                (n, gpu) -> n.memoryHealth().retiredPagesPending(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetRemappedRows",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.memoryHealth().remappedRows(gpu);
                    to[0] = n.memoryHealth().remappedCorrectable();
                    to[1] = n.memoryHealth().remappedUncorrectable();
                    to[2] = n.memoryHealth().remapPending();
                    to[3] = n.memoryHealth().remapFailure();
                    to[4] = n.memoryHealth().inactiveCorrectable();
                    to[5] = n.memoryHealth().inactiveUncorrectable();
                },
                REMAPPED_ROWS_CORRECTABLE,
                REMAPPED_ROWS_UNCORRECTABLE,
                ROW_REMAP_PENDING,
                ROW_REMAP_FAILURE,
                REMAPPED_ROWS_INACTIVE_CORRECTABLE,
                REMAPPED_ROWS_INACTIVE_UNCORRECTABLE));
        reads.add(Read.of(
                "nvmlDeviceGetRowRemapperHistogram",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.memoryHealth().rowRemapBanks(gpu);
                    to[0] = n.memoryHealth().banksMax();
                    to[1] = n.memoryHealth().banksHigh();
                    to[2] = n.memoryHealth().banksPartial();
                    to[3] = n.memoryHealth().banksLow();
                    to[4] = n.memoryHealth().banksNone();
                },
                ROW_REMAP_BANKS_MAX,
                ROW_REMAP_BANKS_HIGH,
                ROW_REMAP_BANKS_PARTIAL,
                ROW_REMAP_BANKS_LOW,
                ROW_REMAP_BANKS_NONE));
        reads.add(Read.of(
                "nvmlDeviceGetUnrepairableMemoryFlag_v1",
                Tier.SLOW,
                MEMORY_UNREPAIRABLE,
                (n, gpu) -> n.memoryHealth().unrepairable(gpu)));
        reads.add(Read.of(
                "nvmlDeviceGetRepairStatus",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.memoryHealth().repairs(gpu);
                    to[0] = n.memoryHealth().channelRepairPending();
                    to[1] = n.memoryHealth().tpcRepairPending();
                },
                REPAIR_PENDING_CHANNEL,
                REPAIR_PENDING_TPC));
    }

    private static void fabric(List<Read> reads) {
        reads.add(Read.of(
                "nvmlDeviceGetGpuFabricInfoV",
                Tier.SLOW,
                (n, gpu, to) -> {
                    var _ = n.links().fabric(gpu);
                    to[0] = n.links().fabricState();
                    for (int check = 0; check < FABRIC_CHECKS; check++) {
                        to[check + 1] = n.links().fabricBad(check);
                    }
                },
                FABRIC_STATE,
                FABRIC_HEALTH_DEGRADED_BANDWIDTH,
                FABRIC_HEALTH_ROUTE_RECOVERY,
                FABRIC_HEALTH_ROUTE_UNHEALTHY,
                FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY,
                FABRIC_HEALTH_INCORRECT_CONFIGURATION));
    }

    private static void memoryErrors(List<Read> reads, int kind, int counter) {
        String of = KINDS[kind] + "_" + COUNTERS[counter];
        reads.add(Read.of(
                "nvmlDeviceGetTotalEccErrors",
                Tier.SLOW,
                Column.valueOf("ECC_ERRORS_" + of),
                (n, gpu) -> n.memoryHealth().totalErrors(gpu, kind, counter)));
        for (int place = 0; place <= MemoryHealth.LAST_LOCATION; place++) {
            int location = place;
            Column column =
                    Column.valueOf(String.format(Locale.ROOT, "ECC_MEMORY_ERRORS_%s_%s", of, LOCATIONS[location]));
            reads.add(Read.of(
                    "nvmlDeviceGetMemoryErrorCounter",
                    Tier.SLOW,
                    column,
                    (n, gpu) -> n.memoryHealth().errors(gpu, kind, counter, location)));
        }
    }
}
