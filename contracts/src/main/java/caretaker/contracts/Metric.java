package caretaker.contracts;

import java.util.List;

/**
 * A metric family of a GPU host, under the name in which Prometheus shows it.
 *
 * <p>{@code metrics.csv} beside the schema is this table for readers in other languages; a test holds the two together.
 * Values are in base units: bytes, seconds, celsius, watts, joules, hertz; driver percentages stay 0 to 100.
 */
public enum Metric {
    INFO(
            "nvidia_gpu_info",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid,name,pci_bus_id,serial,part_number,vbios_version,architecture,compute_capability,minor_number,board_id,module_id",
            "Always 1. Holds the slow-changing identity of one GPU so that the reading series stay thin; join on uuid."),
    DRIVER_INFO(
            "nvidia_gpu_driver_info",
            Type.GAUGE,
            "1",
            "instance,driver_version,nvml_version,cuda_version,gsp_firmware_version",
            "Always 1. Software versions on the host as labels."),
    UP(
            "nvidia_gpu_up",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 while the last poll of this GPU got answers, 0 while the GPU is known but does not answer. Stays exported after loss so alerts do not vanish with the series."),
    STATE("nvidia_gpu_state", Type.GAUGE, "1", "instance,gpu,uuid,state", "State set: exactly one state per GPU is 1."),
    EXPECTED("nvidia_gpu_expected", Type.GAUGE, "1", "instance", "GPUs that should be in the host."),
    VISIBLE("nvidia_gpu_visible", Type.GAUGE, "1", "instance", "GPUs that NVML lists now."),
    PCI_PRESENT(
            "nvidia_gpu_pci_present",
            Type.GAUGE,
            "1",
            "instance",
            "GPUs that the kernel sees on PCI, whatever NVML says."),
    UTILIZATION_PERCENTAGE(
            "nvidia_gpu_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Share of the last sample period in which some kernel was running. Not offered on MIG-enabled GPUs."),
    UTILIZATION_MAX_PERCENTAGE(
            "nvidia_gpu_utilization_max_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Highest buffered sample between two publishes, so a short burst is not lost."),
    UTILIZATION_MIN_PERCENTAGE(
            "nvidia_gpu_utilization_min_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Lowest buffered sample between two publishes."),
    UTILIZATION_AVERAGE_PERCENTAGE(
            "nvidia_gpu_utilization_average_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Mean of the buffered samples between two publishes."),
    MEMORY_UTILIZATION_PERCENTAGE(
            "nvidia_gpu_memory_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Share of the sample period in which device memory was read or written. Not fill level."),
    ENCODER_UTILIZATION_PERCENTAGE(
            "nvidia_gpu_encoder_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Busy share of the video encoder."),
    DECODER_UTILIZATION_PERCENTAGE(
            "nvidia_gpu_decoder_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Busy share of the video decoder."),
    JPEG_UTILIZATION_PERCENTAGE(
            "nvidia_gpu_jpeg_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Busy share of the JPEG engine (driver 535+, Turing+)."),
    OFA_UTILIZATION_PERCENTAGE(
            "nvidia_gpu_ofa_utilization_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid",
            "Busy share of the optical-flow engine (driver 535+, Turing+)."),
    MEMORY_USED_BYTES(
            "nvidia_gpu_memory_used_bytes",
            Type.GAUGE,
            "bytes",
            "instance,gpu,uuid",
            "Device memory held by allocations."),
    MEMORY_TOTAL_BYTES(
            "nvidia_gpu_memory_total_bytes", Type.GAUGE, "bytes", "instance,gpu,uuid", "Device memory fitted."),
    MEMORY_FREE_BYTES(
            "nvidia_gpu_memory_free_bytes", Type.GAUGE, "bytes", "instance,gpu,uuid", "Device memory not allocated."),
    MEMORY_RESERVED_BYTES(
            "nvidia_gpu_memory_reserved_bytes",
            Type.GAUGE,
            "bytes",
            "instance,gpu,uuid",
            "Device memory kept by driver and firmware (only the v2 call splits it)."),
    BAR1_MEMORY_USED_BYTES(
            "nvidia_gpu_bar1_memory_used_bytes",
            Type.GAUGE,
            "bytes",
            "instance,gpu,uuid",
            "Part of the host-visible window in use."),
    BAR1_MEMORY_TOTAL_BYTES(
            "nvidia_gpu_bar1_memory_total_bytes",
            Type.GAUGE,
            "bytes",
            "instance,gpu,uuid",
            "Size of the host-visible window."),
    TEMPERATURE_CELSIUS(
            "nvidia_gpu_temperature_celsius", Type.GAUGE, "celsius", "instance,gpu,uuid", "Core temperature."),
    MEMORY_TEMPERATURE_CELSIUS(
            "nvidia_gpu_memory_temperature_celsius",
            Type.GAUGE,
            "celsius",
            "instance,gpu,uuid",
            "HBM temperature, on boards that have the sensor."),
    TEMPERATURE_MARGIN_CELSIUS(
            "nvidia_gpu_temperature_margin_celsius",
            Type.GAUGE,
            "celsius",
            "instance,gpu,uuid",
            "Degrees left until the nearest thermal slowdown limit; goes negative past it."),
    TEMPERATURE_THRESHOLD_CELSIUS(
            "nvidia_gpu_temperature_threshold_celsius",
            Type.GAUGE,
            "celsius",
            "instance,gpu,uuid,threshold",
            "Limit temperatures set by the maker."),
    POWER_DRAW_WATTS(
            "nvidia_gpu_power_draw_watts",
            Type.GAUGE,
            "watts",
            "instance,gpu,uuid",
            "Board power; one-second mean on Ampere and newer (not GA100), momentary on older."),
    POWER_DRAW_INSTANT_WATTS(
            "nvidia_gpu_power_draw_instant_watts", Type.GAUGE, "watts", "instance,gpu,uuid", "Momentary board power."),
    POWER_DRAW_MAX_WATTS(
            "nvidia_gpu_power_draw_max_watts",
            Type.GAUGE,
            "watts",
            "instance,gpu,uuid",
            "Highest buffered power sample between two publishes."),
    POWER_LIMIT_WATTS("nvidia_gpu_power_limit_watts", Type.GAUGE, "watts", "instance,gpu,uuid,kind", "Power caps."),
    ENERGY_JOULES_TOTAL(
            "nvidia_gpu_energy_joules_total",
            Type.COUNTER,
            "joules",
            "instance,gpu,uuid",
            "Energy used since the driver was loaded; rate() of it is a better mean power than the gauge."),
    CLOCK_HERTZ("nvidia_gpu_clock_hertz", Type.GAUGE, "hertz", "instance,gpu,uuid,domain", "Clock now, by domain."),
    CLOCK_MAX_HERTZ(
            "nvidia_gpu_clock_max_hertz",
            Type.GAUGE,
            "hertz",
            "instance,gpu,uuid,domain",
            "Highest clock the domain can have."),
    CLOCK_APPLICATION_HERTZ(
            "nvidia_gpu_clock_application_hertz",
            Type.GAUGE,
            "hertz",
            "instance,gpu,uuid,domain",
            "Clock asked for by an operator."),
    PERFORMANCE_STATE("nvidia_gpu_performance_state", Type.GAUGE, "1", "instance,gpu,uuid", "0 fastest to 15 slowest."),
    CLOCK_EVENT_ACTIVE(
            "nvidia_gpu_clock_event_active",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid,reason",
            "1 while that reason holds the clocks down."),
    CLOCK_EVENT_SECONDS_TOTAL(
            "nvidia_gpu_clock_event_seconds_total",
            Type.COUNTER,
            "seconds",
            "instance,gpu,uuid,reason",
            "Time held down for that reason since driver load; catches throttling between two polls."),
    CLOCK_EVENTS_TOTAL(
            "nvidia_gpu_clock_events_total",
            Type.COUNTER,
            "1",
            "instance,gpu,uuid,reason",
            "How often that reason began."),
    FAN_SPEED_PERCENTAGE(
            "nvidia_gpu_fan_speed_percentage",
            Type.GAUGE,
            "percent",
            "instance,gpu,uuid,fan",
            "Wanted fan speed against its top; may pass 100. Absent on passively cooled boards."),
    FAN_SPEED_RPM("nvidia_gpu_fan_speed_rpm", Type.GAUGE, "rpm", "instance,gpu,uuid,fan", "Measured fan speed."),
    PCIE_TRANSMIT_BYTES_TOTAL(
            "nvidia_gpu_pcie_transmit_bytes_total",
            Type.COUNTER,
            "bytes",
            "instance,gpu,uuid",
            "Bytes sent over PCIe; no blocking window."),
    PCIE_RECEIVE_BYTES_TOTAL(
            "nvidia_gpu_pcie_receive_bytes_total",
            Type.COUNTER,
            "bytes",
            "instance,gpu,uuid",
            "Bytes received over PCIe."),
    PCIE_REPLAYS_TOTAL("nvidia_gpu_pcie_replays_total", Type.COUNTER, "1", "instance,gpu,uuid", "Link-level retries."),
    PCIE_ERRORS_TOTAL(
            "nvidia_gpu_pcie_errors_total",
            Type.COUNTER,
            "1",
            "instance,gpu,uuid,type",
            "PCIe error counters by kind (driver 535+)."),
    PCIE_LINK_GENERATION(
            "nvidia_gpu_pcie_link_generation",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "Link generation now; falls at idle, so judge it only under load."),
    PCIE_LINK_GENERATION_MAX(
            "nvidia_gpu_pcie_link_generation_max",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "Highest generation this slot and GPU can reach together."),
    PCIE_LINK_WIDTH(
            "nvidia_gpu_pcie_link_width",
            Type.GAUGE,
            "lanes",
            "instance,gpu,uuid",
            "Lanes in use; below max under load means a seating or riser fault."),
    PCIE_LINK_WIDTH_MAX("nvidia_gpu_pcie_link_width_max", Type.GAUGE, "lanes", "instance,gpu,uuid", "Lanes possible."),
    ECC_MODE(
            "nvidia_gpu_ecc_mode",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid,when",
            "1 when ECC is on, for when=current and when=pending."),
    ECC_ERRORS_TOTAL(
            "nvidia_gpu_ecc_errors_total",
            Type.COUNTER,
            "1",
            "instance,gpu,uuid,type,scope",
            "ECC errors since driver load (volatile) or for life (aggregate)."),
    ECC_MEMORY_ERRORS_TOTAL(
            "nvidia_gpu_ecc_memory_errors_total",
            Type.COUNTER,
            "1",
            "instance,gpu,uuid,type,scope,location",
            "ECC errors by place."),
    SRAM_ECC_THRESHOLD_EXCEEDED(
            "nvidia_gpu_sram_ecc_threshold_exceeded",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 once uncorrectable SRAM errors have passed the maker's limit: ask for replacement."),
    RETIRED_PAGES(
            "nvidia_gpu_retired_pages",
            Type.GAUGE,
            "pages",
            "instance,gpu,uuid,cause",
            "Memory pages taken out of use (before Ampere)."),
    RETIRED_PAGES_PENDING(
            "nvidia_gpu_retired_pages_pending",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 when a reset is needed to finish a retirement."),
    REMAPPED_ROWS(
            "nvidia_gpu_remapped_rows",
            Type.GAUGE,
            "rows",
            "instance,gpu,uuid,type",
            "Memory rows replaced by spares (Ampere+)."),
    ROW_REMAP_PENDING(
            "nvidia_gpu_row_remap_pending",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 when a reset is needed for a remap to take hold."),
    ROW_REMAP_FAILURE(
            "nvidia_gpu_row_remap_failure",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 once a remap has failed: replace the GPU."),
    ROW_REMAP_BANKS(
            "nvidia_gpu_row_remap_banks",
            Type.GAUGE,
            "banks",
            "instance,gpu,uuid,availability",
            "Banks by how many spare rows are left; rising low and none are early warnings."),
    MEMORY_UNREPAIRABLE(
            "nvidia_gpu_memory_unrepairable", Type.GAUGE, "1", "instance,gpu,uuid", "1 when memory cannot be mended."),
    REPAIR_PENDING(
            "nvidia_gpu_repair_pending",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid,kind",
            "1 when a repair waits for a reset."),
    RECOVERY_ACTION(
            "nvidia_gpu_recovery_action",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid,action",
            "What the driver itself asks for. Best single input for a recovery service."),
    PERSISTENCE_MODE(
            "nvidia_gpu_persistence_mode",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "1 when the driver stays loaded with no client; when 0 each poll can pay for a GPU wake-up."),
    COMPUTE_MODE("nvidia_gpu_compute_mode", Type.GAUGE, "1", "instance,gpu,uuid,mode", "State set."),
    INFOROM_VALID(
            "nvidia_gpu_inforom_valid",
            Type.GAUGE,
            "1",
            "instance,gpu,uuid",
            "0 when the checksum of the board memory is bad."),
    AGENT_INFO(
            "nvidia_gpu_agent_info",
            Type.GAUGE,
            "1",
            "instance,version,backend,driver_loaded",
            "Always 1; backend is nvml, dcgm or simulator.");

    /** What Prometheus may do with it: a gauge moves both ways, a counter only up until a reset. */
    public enum Type {
        GAUGE,
        COUNTER
    }

    private final String family;
    private final Type type;
    private final String unit;
    private final List<String> labels;
    private final String help;

    Metric(String family, Type type, String unit, String labels, String help) {
        this.family = family;
        this.type = type;
        this.unit = unit;
        this.labels = List.of(labels.split(","));
        this.help = help;
    }

    /** The name in Prometheus; a counter's ends in {@code _total}. */
    public String family() {
        return family;
    }

    public Type type() {
        return type;
    }

    /** Base unit, or {@code 1} for what has none. */
    public String unit() {
        return unit;
    }

    /** Label names in the order of exposition; {@code instance} is the GPU host. */
    public List<String> labels() {
        return labels;
    }

    public String help() {
        return help;
    }
}
