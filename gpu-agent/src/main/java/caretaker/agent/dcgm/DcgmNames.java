package caretaker.agent.dcgm;

import static caretaker.contracts.Column.*;

import caretaker.contracts.Column;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What DCGM calls the columns, and its units.
 *
 * <p>DCGM 4.6 has given many fields a second name; the old ones stay, and so do the units. The exporters of 2020 had
 * short names of their own. {@code docs/health.md} says what is left out.
 */
final class DcgmNames {
    /**
     * A column and the factor from DCGM's unit to that in which the column travels.
     *
     * @param last the greatest number that means the same in DCGM, for enumerations that it has made longer
     */
    record Target(Column column, double factor, double last) {}

    static final String FAN_SPEED = "DCGM_FI_DEV_FAN_SPEED";
    static final String FABRIC_HEALTH = "DCGM_FI_DEV_FABRIC_HEALTH_MASK";

    private static final double MEBIBYTE = 1 << 20;
    private static final double MILLION = 1e6;
    private static final Map<String, Target> TARGETS = new HashMap<>();

    static {
        one(UTILIZATION_PERCENTAGE, "GPU_UTIL", "GPU_UTIL_RATIO", "dcgm_gpu_utilization");
        one(MEMORY_UTILIZATION_PERCENTAGE, "MEM_COPY_UTIL", "dcgm_mem_copy_utilization");
        one(ENCODER_UTILIZATION_PERCENTAGE, "ENC_UTIL", "dcgm_enc_utilization");
        one(DECODER_UTILIZATION_PERCENTAGE, "DEC_UTIL", "dcgm_dec_utilization");
        add(MEBIBYTE, MEMORY_USED_BYTES, "FB_USED", "dcgm_fb_used");
        add(MEBIBYTE, MEMORY_FREE_BYTES, "FB_FREE", "dcgm_fb_free");
        add(MEBIBYTE, MEMORY_TOTAL_BYTES, "FB_TOTAL");
        add(MEBIBYTE, MEMORY_RESERVED_BYTES, "FB_RESERVED");
        add(MEBIBYTE, BAR1_MEMORY_USED_BYTES, "BAR1_USED");
        add(MEBIBYTE, BAR1_MEMORY_TOTAL_BYTES, "BAR1_TOTAL");
        one(TEMPERATURE_CELSIUS, "GPU_TEMP", "GPU_TEMP_CELSIUS", "dcgm_gpu_temp");
        one(MEMORY_TEMPERATURE_CELSIUS, "MEMORY_TEMP", "MEMORY_TEMP_CELSIUS", "dcgm_memory_temp");
        one(TEMPERATURE_MARGIN_CELSIUS, "GPU_TEMP_LIMIT", "GPU_TEMP_MARGIN_CELSIUS");
        one(TEMPERATURE_THRESHOLD_SHUTDOWN_CELSIUS, "SHUTDOWN_TEMP", "GPU_TEMP_SHUTDOWN_CELSIUS");
        one(TEMPERATURE_THRESHOLD_SLOWDOWN_CELSIUS, "SLOWDOWN_TEMP", "GPU_TEMP_SLOWDOWN_CELSIUS");
        one(
                TEMPERATURE_THRESHOLD_GPU_MAX_CELSIUS,
                "GPU_MAX_OP_TEMP",
                "GPU_TEMP_MAX_OP_CELSIUS",
                "GPU_MAX_OP_TEMP_CELSIUS");
        one(TEMPERATURE_THRESHOLD_MEM_MAX_CELSIUS, "MEM_MAX_OP_TEMP", "MEMORY_MAX_OP_TEMP_CELSIUS");
        add(1000, POWER_DRAW_MILLIWATTS, "POWER_USAGE", "BOARD_POWER_WATTS", "dcgm_power_usage");
        add(1000, POWER_DRAW_INSTANT_MILLIWATTS, "POWER_USAGE_INSTANT", "BOARD_POWER_RAW_WATTS");
        add(1000, POWER_LIMIT_ENFORCED_MILLIWATTS, "ENFORCED_POWER_LIMIT", "BOARD_POWER_LIMIT_ENFORCED_WATTS");
        add(1000, POWER_LIMIT_REQUESTED_MILLIWATTS, "POWER_MGMT_LIMIT", "BOARD_POWER_LIMIT_REQUESTED_WATTS");
        add(1000, POWER_LIMIT_DEFAULT_MILLIWATTS, "POWER_MGMT_LIMIT_DEF", "BOARD_POWER_LIMIT_DEFAULT_WATTS");
        add(1000, POWER_LIMIT_MIN_MILLIWATTS, "POWER_MGMT_LIMIT_MIN", "BOARD_POWER_LIMIT_MIN_WATTS");
        add(1000, POWER_LIMIT_MAX_MILLIWATTS, "POWER_MGMT_LIMIT_MAX", "BOARD_POWER_LIMIT_MAX_WATTS");
        one(ENERGY_MILLIJOULES, "TOTAL_ENERGY_CONSUMPTION", "dcgm_total_energy_consumption");
        one(CLOCK_SM_MEGAHERTZ, "SM_CLOCK", "dcgm_sm_clock");
        one(CLOCK_MEMORY_MEGAHERTZ, "MEM_CLOCK", "dcgm_memory_clock");
        one(CLOCK_VIDEO_MEGAHERTZ, "VIDEO_CLOCK");
        one(CLOCK_MAX_SM_MEGAHERTZ, "MAX_SM_CLOCK");
        one(CLOCK_MAX_MEMORY_MEGAHERTZ, "MAX_MEM_CLOCK");
        one(CLOCK_MAX_VIDEO_MEGAHERTZ, "MAX_VIDEO_CLOCK");
        one(CLOCK_APPLICATION_SM_MEGAHERTZ, "APP_SM_CLOCK");
        one(CLOCK_APPLICATION_MEMORY_MEGAHERTZ, "APP_MEM_CLOCK");
        one(PERFORMANCE_STATE, "PSTATE", "GPU_PSTATE");
        one(CLOCK_EVENT_REASONS, "CLOCKS_EVENT_REASONS", "CLOCK_THROTTLE_REASONS");
        // The text of some releases says microseconds; the numbers are the driver's nanoseconds in all of them.
        one(CLOCK_EVENT_POWER_NANOSECONDS, "POWER_VIOLATION", "dcgm_power_violation");
        one(CLOCK_EVENT_THERMAL_NANOSECONDS, "THERMAL_VIOLATION", "dcgm_thermal_violation");
        one(CLOCK_EVENT_SYNC_BOOST_NANOSECONDS, "SYNC_BOOST_VIOLATION", "dcgm_sync_boost_violation");
        one(CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS, "BOARD_LIMIT_VIOLATION", "dcgm_board_limit_violation");
        one(CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS, "LOW_UTIL_VIOLATION", "dcgm_low_util_violation");
        one(CLOCK_EVENT_RELIABILITY_NANOSECONDS, "RELIABILITY_VIOLATION", "dcgm_reliability_violation");
        addLinks();
        addMemoryHealth();
        addProfile();
    }

    private static void addLinks() {
        // Called a counter and kilobytes, it is a rate of kilobytes a second.
        add(1000, PCIE_TRANSMIT_BYTES_PER_SECOND, "PCIE_TX_THROUGHPUT", "dcgm_pcie_tx_throughput");
        add(1000, PCIE_RECEIVE_BYTES_PER_SECOND, "PCIE_RX_THROUGHPUT", "dcgm_pcie_rx_throughput");
        profile(1, PCIE_TRANSMIT_BYTES, "PCIE_TX_BYTES_TOTAL");
        profile(1, PCIE_RECEIVE_BYTES, "PCIE_RX_BYTES_TOTAL");
        one(PCIE_REPLAYS, "PCIE_REPLAY_COUNTER", "PCIE_REPLAY_TOTAL", "dcgm_pcie_replay_counter");
        one(PCIE_ERRORS_CORRECTABLE, "PCIE_COUNT_CORRECTABLE_ERRORS", "PCIE_CORRECTABLE_ERROR_TOTAL");
        one(PCIE_LINK_GENERATION, "PCIE_LINK_GEN");
        one(PCIE_LINK_GENERATION_MAX, "PCIE_MAX_LINK_GEN");
        one(PCIE_LINK_WIDTH, "PCIE_LINK_WIDTH");
        one(PCIE_LINK_WIDTH_MAX, "PCIE_MAX_LINK_WIDTH");
        upTo(3, FABRIC_STATE, "FABRIC_MANAGER_STATUS");
        allLinks(NVLINK_ERRORS_REPLAY_ALL, "NVLINK_REPLAY_ERROR");
        allLinks(NVLINK_ERRORS_RECOVERY_ALL, "NVLINK_RECOVERY_ERROR");
        allLinks(NVLINK_ERRORS_CRC_FLIT_ALL, "NVLINK_CRC_FLIT_ERROR");
        allLinks(NVLINK_ERRORS_CRC_DATA_ALL, "NVLINK_CRC_DATA_ERROR");
        one(C2C_ERRORS_REPLAY_ALL, "C2C_LINK_ERROR_REPLAY");
        one(C2C_ERRORS_REPLAY_BACK_TO_BACK_ALL, "C2C_LINK_ERROR_REPLAY_B2B");
    }

    private static void addMemoryHealth() {
        one(ECC_MODE_CURRENT, "ECC_CURRENT", "ECC_MODE");
        one(ECC_MODE_PENDING, "ECC_PENDING");
        one(ECC_ERRORS_CORRECTED_VOLATILE, "ECC_SBE_VOL_TOTAL", "dcgm_ecc_sbe_volatile_total");
        one(ECC_ERRORS_UNCORRECTED_VOLATILE, "ECC_DBE_VOL_TOTAL", "dcgm_ecc_dbe_volatile_total");
        one(ECC_ERRORS_CORRECTED_AGGREGATE, "ECC_SBE_AGG_TOTAL", "dcgm_ecc_sbe_aggregate_total");
        one(ECC_ERRORS_UNCORRECTED_AGGREGATE, "ECC_DBE_AGG_TOTAL", "dcgm_ecc_dbe_aggregate_total");
        one(ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_DRAM, "ECC_SBE_VOL_DEV");
        one(ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_DRAM, "ECC_DBE_VOL_DEV");
        one(ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_SRAM, "ECC_SBE_VOL_SRM");
        one(ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_SRAM, "ECC_DBE_VOL_SRM");
        one(SRAM_ECC_THRESHOLD_EXCEEDED, "THRESHOLD_SRM", "SRAM_EXCEEDED");
        one(RETIRED_PAGES_SINGLE_BIT, "RETIRED_SBE", "PAGE_RETIRED_SBE_TOTAL", "dcgm_retired_pages_sbe");
        one(RETIRED_PAGES_DOUBLE_BIT, "RETIRED_DBE", "PAGE_RETIRED_DBE_TOTAL", "dcgm_retired_pages_dbe");
        one(RETIRED_PAGES_PENDING, "RETIRED_PENDING", "PAGE_RETIRED_PENDING", "dcgm_retired_pages_pending");
        one(REMAPPED_ROWS_CORRECTABLE, "CORRECTABLE_REMAPPED_ROWS", "ROW_REMAP_CORRECTABLE_TOTAL");
        one(REMAPPED_ROWS_UNCORRECTABLE, "UNCORRECTABLE_REMAPPED_ROWS", "ROW_REMAP_UNCORRECTABLE_TOTAL");
        one(ROW_REMAP_PENDING, "ROW_REMAP_PENDING");
        one(ROW_REMAP_FAILURE, "ROW_REMAP_FAILURE", "ROW_REMAP_FAILED");
        one(ROW_REMAP_BANKS_MAX, "BANKS_REMAP_ROWS_AVAIL_MAX", "BANK_REMAP_AVAIL_MAX");
        one(ROW_REMAP_BANKS_HIGH, "BANKS_REMAP_ROWS_AVAIL_HIGH", "BANK_REMAP_AVAIL_HIGH");
        one(ROW_REMAP_BANKS_PARTIAL, "BANKS_REMAP_ROWS_AVAIL_PARTIAL", "BANK_REMAP_AVAIL_PARTIAL");
        one(ROW_REMAP_BANKS_LOW, "BANKS_REMAP_ROWS_AVAIL_LOW", "BANK_REMAP_AVAIL_LOW");
        one(ROW_REMAP_BANKS_NONE, "BANKS_REMAP_ROWS_AVAIL_NONE", "BANK_REMAP_AVAIL_NONE");
        one(MEMORY_UNREPAIRABLE, "MEMORY_UNREPAIRABLE_FLAG", "MEMORY_UNREPAIRABLE");
        one(RECOVERY_ACTION, "GET_GPU_RECOVERY_ACTION", "GPU_RECOVERY_ACTION");
        one(XID_LAST, "XID_ERRORS", "XID_ERROR", "dcgm_xid_errors");
        one(MIG_MODE_CURRENT, "MIG_MODE");
        one(PERSISTENCE_MODE, "PERSISTENCE_MODE", "GPU_PERSISTENCE_MODE");
        one(COMPUTE_MODE, "COMPUTE_MODE", "GPU_COMPUTE_MODE");
        one(INFOROM_VALID, "INFOROM_CONFIG_VALID", "INFOROM_VALID");
        String lifetime = "PWR_SMOOTHING_HW_CIRCUITRY_PERCENT_LIFETIME_REMAINING";
        add(MILLION / 100, POWER_SMOOTHING_LIFETIME_MILLIONTHS, lifetime);
    }

    private static void addProfile() {
        profile(MILLION, GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, "GR_ENGINE_ACTIVE", "GR_ENGINE_UTIL_RATIO");
        profile(MILLION, SM_ACTIVE_MILLIONTHS, "SM_ACTIVE", "SM_UTIL_RATIO");
        profile(MILLION, SM_OCCUPANCY_MILLIONTHS, "SM_OCCUPANCY", "SM_OCCUPANCY_RATIO");
        profile(MILLION, TENSOR_ACTIVE_MILLIONTHS, "PIPE_TENSOR_ACTIVE", "TENSOR_UTIL_RATIO");
        profile(MILLION, DRAM_ACTIVE_MILLIONTHS, "DRAM_ACTIVE", "DRAM_UTIL_RATIO");
        profile(MILLION, FP64_ACTIVE_MILLIONTHS, "PIPE_FP64_ACTIVE", "FP64_UTIL_RATIO");
        profile(MILLION, FP32_ACTIVE_MILLIONTHS, "PIPE_FP32_ACTIVE", "FP32_UTIL_RATIO");
        profile(MILLION, FP16_ACTIVE_MILLIONTHS, "PIPE_FP16_ACTIVE", "FP16_UTIL_RATIO");
        profile(MILLION, INTEGER_ACTIVE_MILLIONTHS, "PIPE_INT_ACTIVE", "INT_UTIL_RATIO");
        profile(MILLION, TENSOR_IMMA_ACTIVE_MILLIONTHS, "PIPE_TENSOR_IMMA_ACTIVE", "IMMA_UTIL_RATIO");
        profile(MILLION, TENSOR_HMMA_ACTIVE_MILLIONTHS, "PIPE_TENSOR_HMMA_ACTIVE", "HMMA_UTIL_RATIO");
        profile(MILLION, TENSOR_DFMA_ACTIVE_MILLIONTHS, "PIPE_TENSOR_DFMA_ACTIVE", "DFMA_UTIL_RATIO");
        profile(1, PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND, "PCIE_TX_BYTES");
        profile(1, PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND, "PCIE_RX_BYTES");
        profile(1, PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND, "NVLINK_TX_BYTES");
        profile(1, PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND, "NVLINK_RX_BYTES");
    }

    private DcgmNames() {}

    private static void one(Column column, String... names) {
        add(1, column, names);
    }

    private static void allLinks(Column column, String name) {
        one(column, name + "_COUNT_TOTAL", name + "_TOTAL");
    }

    private static void upTo(double last, Column column, String name) {
        TARGETS.put("DCGM_FI_DEV_" + name, new Target(column, 1, last));
    }

    private static void profile(double factor, Column column, String... names) {
        for (String name : names) {
            TARGETS.put("DCGM_FI_PROF_" + name, new Target(column, factor, Double.MAX_VALUE));
        }
    }

    private static void add(double factor, Column column, String... names) {
        for (String name : names) {
            String full = name.startsWith("dcgm_") ? name : "DCGM_FI_DEV_" + name;
            TARGETS.put(full, new Target(column, factor, Double.MAX_VALUE));
        }
    }

    static @Nullable Target of(String name) {
        return TARGETS.get(name);
    }

    static int size() {
        return TARGETS.size();
    }
}
