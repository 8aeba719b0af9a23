package caretaker.contracts;

import static caretaker.contracts.Metric.Of.GPU;
import static caretaker.contracts.Metric.Of.HOST;
import static caretaker.contracts.Metric.Type.COUNTER;
import static caretaker.contracts.Metric.Type.GAUGE;

import java.util.List;
import java.util.Locale;

/**
 * A metric family of a GPU host, under the name in which Prometheus shows it.
 *
 * <p>{@code metrics.csv} beside the schema is this table for readers in other languages; a test holds the two together.
 * Values are in base units: bytes, seconds, celsius, watts, joules, hertz; driver percentages stay 0 to 100.
 */
public enum Metric {
    // spotless:off
    INFO(GAUGE, "1", GPU, "name,pci_bus_id,serial,part_number,vbios_version,architecture,compute_capability,minor_number,board_id,module_id", "Always 1. Holds the slow-changing identity of one GPU so that the reading series stay thin; join on uuid."),
    DRIVER_INFO(GAUGE, "1", HOST, "driver_version,nvml_version,cuda_version,gsp_firmware_version", "Always 1. Software versions on the host as labels."),
    UP(GAUGE, "1", GPU, "", "1 while the last poll of this GPU got answers, 0 while the GPU is known but does not answer. Stays exported after loss so alerts do not vanish with the series."),
    STATE(GAUGE, "1", GPU, "state", "State set: exactly one state per GPU is 1."),
    EXPECTED(GAUGE, "1", HOST, "", "GPUs that should be in the host."),
    VISIBLE(GAUGE, "1", HOST, "", "GPUs that NVML lists now."),
    PCI_PRESENT(GAUGE, "1", HOST, "", "GPUs that the kernel sees on PCI, whatever NVML says."),
    UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Share of the last sample period in which some kernel was running. Not offered on MIG-enabled GPUs."),
    UTILIZATION_MAX_PERCENTAGE(GAUGE, "percent", GPU, "", "Highest buffered sample between two publishes, so a short burst is not lost."),
    UTILIZATION_MIN_PERCENTAGE(GAUGE, "percent", GPU, "", "Lowest buffered sample between two publishes."),
    UTILIZATION_AVERAGE_PERCENTAGE(GAUGE, "percent", GPU, "", "Mean of the buffered samples between two publishes."),
    MEMORY_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Share of the sample period in which device memory was read or written. Not fill level."),
    ENCODER_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Busy share of the video encoder."),
    DECODER_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Busy share of the video decoder."),
    JPEG_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Busy share of the JPEG engine (driver 535+, Turing+)."),
    OFA_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "", "Busy share of the optical-flow engine (driver 535+, Turing+)."),
    MEMORY_USED_BYTES(GAUGE, "bytes", GPU, "", "Device memory held by allocations."),
    MEMORY_TOTAL_BYTES(GAUGE, "bytes", GPU, "", "Device memory fitted."),
    MEMORY_FREE_BYTES(GAUGE, "bytes", GPU, "", "Device memory not allocated."),
    MEMORY_RESERVED_BYTES(GAUGE, "bytes", GPU, "", "Device memory kept by driver and firmware (only the v2 call splits it)."),
    BAR1_MEMORY_USED_BYTES(GAUGE, "bytes", GPU, "", "Part of the host-visible window in use."),
    BAR1_MEMORY_TOTAL_BYTES(GAUGE, "bytes", GPU, "", "Size of the host-visible window."),
    TEMPERATURE_CELSIUS(GAUGE, "celsius", GPU, "", "Core temperature."),
    MEMORY_TEMPERATURE_CELSIUS(GAUGE, "celsius", GPU, "", "HBM temperature, on boards that have the sensor."),
    TEMPERATURE_MARGIN_CELSIUS(GAUGE, "celsius", GPU, "", "Degrees left until the nearest thermal slowdown limit; goes negative past it."),
    TEMPERATURE_THRESHOLD_CELSIUS(GAUGE, "celsius", GPU, "threshold", "Limit temperatures set by the maker."),
    TEMPERATURE_THRESHOLD_MARGIN_CELSIUS(GAUGE, "celsius", GPU, "threshold", "What nvidia_gpu_temperature_margin_celsius is at each limit, on boards whose limits are told so (Ada+)."),
    POWER_DRAW_WATTS(GAUGE, "watts", GPU, "", "Board power; one-second mean on Ampere and newer (not GA100), momentary on older."),
    POWER_DRAW_INSTANT_WATTS(GAUGE, "watts", GPU, "", "Momentary board power."),
    POWER_DRAW_MAX_WATTS(GAUGE, "watts", GPU, "", "Highest buffered power sample between two publishes."),
    POWER_LIMIT_WATTS(GAUGE, "watts", GPU, "kind", "Power caps."),
    ENERGY_JOULES_TOTAL(COUNTER, "joules", GPU, "", "Energy used since the driver was loaded; rate() of it is a better mean power than the gauge."),
    CLOCK_HERTZ(GAUGE, "hertz", GPU, "domain", "Clock now, by domain."),
    CLOCK_MAX_HERTZ(GAUGE, "hertz", GPU, "domain", "Highest clock the domain can have."),
    CLOCK_APPLICATION_HERTZ(GAUGE, "hertz", GPU, "domain", "Clock asked for by an operator."),
    PERFORMANCE_STATE(GAUGE, "1", GPU, "", "0 fastest to 15 slowest."),
    CLOCK_EVENT_ACTIVE(GAUGE, "1", GPU, "reason", "1 while that reason holds the clocks down."),
    CLOCK_EVENT_SECONDS_TOTAL(COUNTER, "seconds", GPU, "reason", "Time held down for that reason since driver load; catches throttling between two polls."),
    CLOCK_EVENTS_TOTAL(COUNTER, "1", GPU, "reason", "How often that reason began."),
    FAN_SPEED_PERCENTAGE(GAUGE, "percent", GPU, "fan", "Wanted fan speed against its top; may pass 100. Absent on passively cooled boards."),
    FAN_SPEED_RPM(GAUGE, "rpm", GPU, "fan", "Measured fan speed."),
    PCIE_TRANSMIT_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "Rate over a 20 ms window, from the GPU to the host."),
    PCIE_RECEIVE_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "Rate over a 20 ms window, from the host to the GPU."),
    PCIE_TRANSMIT_BYTES_TOTAL(COUNTER, "bytes", GPU, "", "Bytes sent over PCIe; no blocking window."),
    PCIE_RECEIVE_BYTES_TOTAL(COUNTER, "bytes", GPU, "", "Bytes received over PCIe."),
    PCIE_REPLAYS_TOTAL(COUNTER, "1", GPU, "", "Link-level retries."),
    PCIE_ERRORS_TOTAL(COUNTER, "1", GPU, "type", "PCIe error counters by kind (driver 535+)."),
    PCIE_LINK_GENERATION(GAUGE, "1", GPU, "", "Link generation now; falls at idle, so judge it only under load."),
    PCIE_LINK_GENERATION_MAX(GAUGE, "1", GPU, "", "Highest generation this slot and GPU can reach together."),
    PCIE_LINK_WIDTH(GAUGE, "lanes", GPU, "", "Lanes in use; below max under load means a seating or riser fault."),
    PCIE_LINK_WIDTH_MAX(GAUGE, "lanes", GPU, "", "Lanes possible."),
    ECC_MODE(GAUGE, "1", GPU, "when", "1 when ECC is on, for when=current and when=pending."),
    ECC_ERRORS_TOTAL(COUNTER, "1", GPU, "type,scope", "ECC errors since driver load (volatile) or for life (aggregate)."),
    ECC_MEMORY_ERRORS_TOTAL(COUNTER, "1", GPU, "type,scope,location", "ECC errors by place."),
    SRAM_ECC_THRESHOLD_EXCEEDED(GAUGE, "1", GPU, "", "1 once uncorrectable SRAM errors have passed the maker's limit: ask for replacement."),
    RETIRED_PAGES(GAUGE, "pages", GPU, "cause", "Memory pages taken out of use (before Ampere)."),
    RETIRED_PAGES_PENDING(GAUGE, "1", GPU, "", "1 when a reset is needed to finish a retirement."),
    REMAPPED_ROWS(GAUGE, "rows", GPU, "type", "Memory rows replaced by spares (Ampere+)."),
    REMAPPED_ROWS_INACTIVE(GAUGE, "rows", GPU, "type", "Memory rows that are replaced from the next reset on (driver 595 and later)."),
    ROW_REMAP_PENDING(GAUGE, "1", GPU, "", "1 when a reset is needed for a remap to take hold."),
    ROW_REMAP_FAILURE(GAUGE, "1", GPU, "", "1 once a remap has failed: replace the GPU."),
    ROW_REMAP_BANKS(GAUGE, "banks", GPU, "availability", "Banks by how many spare rows are left; rising low and none are early warnings."),
    MEMORY_UNREPAIRABLE(GAUGE, "1", GPU, "", "1 when memory cannot be mended."),
    REPAIR_PENDING(GAUGE, "1", GPU, "kind", "1 when a repair waits for a reset."),
    RECOVERY_ACTION(GAUGE, "1", GPU, "action", "What the driver itself asks for. Best single input for a recovery service."),
    XID_ERRORS_TOTAL(COUNTER, "1", GPU, "xid", "XID errors since the agent's first start, if it has a data-dir. Codes that mean a fault of the GPU, and the most frequent others, are there at 0 from the start, so that increase() sees the first one."),
    XID_LAST(GAUGE, "1", GPU, "", "Number of the latest XID, 0 while there was none."),
    XID_LAST_TIMESTAMP_SECONDS(GAUGE, "seconds", GPU, "xid", "When that XID was last seen; shows a repeat of the same code."),
    SXID_ERRORS_TOTAL(COUNTER, "1", HOST, "nvswitch,sxid,severity", "Errors of the host's NVSwitches, by their code."),
    EVENTS_TOTAL(COUNTER, "1", GPU, "type", "Other events of the driver."),
    NVLINK_UP(GAUGE, "1", GPU, "link", "1 while the link is active or asleep to save power."),
    NVLINK_ACTIVE(GAUGE, "1", GPU, "", "Links that are up; compare with nvidia_gpu_nvlink_expected."),
    NVLINK_EXPECTED(GAUGE, "1", GPU, "", "Links that should be up."),
    NVLINK_SPEED_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "link", "Line speed of the link."),
    NVLINK_TRANSMIT_BYTES_TOTAL(COUNTER, "bytes", GPU, "link", "Payload bytes sent."),
    NVLINK_RECEIVE_BYTES_TOTAL(COUNTER, "bytes", GPU, "link", "Payload bytes received."),
    NVLINK_ERRORS_TOTAL(COUNTER, "1", GPU, "link,type", "Link errors by kind."),
    NVLINK_BIT_ERROR_RATIO(GAUGE, "ratio", GPU, "link,kind", "Bit error ratio on NVLink 5."),
    C2C_LINK_UP(GAUGE, "1", GPU, "link", "1 while the CPU-GPU link is active."),
    C2C_ERRORS_TOTAL(COUNTER, "1", GPU, "link,type", "CPU-GPU link errors."),
    FABRIC_STATE(GAUGE, "1", GPU, "state", "Fabric registration as a state set."),
    FABRIC_HEALTH(GAUGE, "1", GPU, "check", "0 good, 1 bad, per fabric check; absent when not supported."),
    SM_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of SM cycles with at least one warp on the SM."),
    SM_OCCUPANCY_RATIO(GAUGE, "ratio", GPU, "", "Resident warps against the most an SM can hold."),
    GRAPHICS_ENGINE_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of time the compute/graphics engine was active."),
    TENSOR_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles any tensor pipe was active."),
    FP64_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the FP64 pipe was active."),
    FP32_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the FP32 pipe was active."),
    FP16_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the FP16 pipe was active."),
    INTEGER_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the integer pipe was active."),
    TENSOR_DFMA_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the double-precision tensor pipe was active."),
    TENSOR_HMMA_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the half-precision tensor pipe was active."),
    TENSOR_IMMA_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the integer tensor pipe was active."),
    DRAM_ACTIVE_RATIO(GAUGE, "ratio", GPU, "", "Share of cycles the memory interface moved data."),
    PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "PCIe sent, rate between two GPM samples."),
    PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "PCIe received, rate between two GPM samples."),
    PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "NVLink received, all links, rate between two GPM samples."),
    PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND(GAUGE, "bytes/second", GPU, "", "NVLink sent, all links, rate between two GPM samples."),
    MIG_MODE(GAUGE, "1", GPU, "when", "1 when MIG is on."),
    MIG_INSTANCE_INFO(GAUGE, "1", GPU, "gpu_instance,compute_instance,profile,mig_uuid", "Always 1, one per MIG device."),
    MIG_INSTANCES(GAUGE, "1", GPU, "", "MIG devices that exist."),
    MIG_MEMORY_USED_BYTES(GAUGE, "bytes", GPU, "gpu_instance,compute_instance,profile,mig_uuid", "Memory used in the MIG device."),
    MIG_MEMORY_TOTAL_BYTES(GAUGE, "bytes", GPU, "gpu_instance,compute_instance,profile,mig_uuid", "Memory of the MIG device."),
    MIG_MULTIPROCESSORS(GAUGE, "1", GPU, "gpu_instance,compute_instance,profile,mig_uuid", "SMs of the MIG device."),
    MIG_GRAPHICS_ENGINE_ACTIVE_RATIO(GAUGE, "ratio", GPU, "gpu_instance,profile", "The only utilization a MIG slice gives (Hopper+)."),
    PROCESSES(GAUGE, "1", GPU, "type", "Processes on the GPU, by how they use it."),
    PROCESS_MEMORY_USED_BYTES(GAUGE, "bytes", GPU, "pid,process,container", "Memory of one process. Off by default (label churn)."),
    CONTAINER_MEMORY_USED_BYTES(GAUGE, "bytes", GPU, "container,container_id,image,compose_project,compose_service", "GPU memory of one container."),
    CONTAINER_UTILIZATION_PERCENTAGE(GAUGE, "percent", GPU, "container,container_id,image,compose_project,compose_service", "SM share of one container."),
    CONTAINER_PROCESSES(GAUGE, "1", GPU, "container,container_id,image,compose_project,compose_service", "GPU processes of one container."),
    PERSISTENCE_MODE(GAUGE, "1", GPU, "", "1 when the driver stays loaded with no client; when 0 each poll can pay for a GPU wake-up."),
    COMPUTE_MODE(GAUGE, "1", GPU, "mode", "State set."),
    INFOROM_VALID(GAUGE, "1", GPU, "", "0 when the checksum of the board memory is bad."),
    POWER_SMOOTHING_LIFETIME_RATIO(GAUGE, "ratio", GPU, "", "Life left in the power smoothing circuit (Blackwell)."),
    AGENT_INFO(GAUGE, "1", HOST, "version,backend,driver_loaded", "Always 1; backend is nvml, dcgm or simulator.");
    // spotless:on

    /** What Prometheus may do with it: a gauge moves both ways, a counter only up until a reset. */
    public enum Type {
        GAUGE,
        COUNTER
    }

    /** What it is about, and so which labels come first. */
    enum Of {
        HOST("instance"),
        GPU("instance,gpu,uuid");

        private final String labels;

        Of(String labels) {
            this.labels = labels;
        }
    }

    private final String family;
    private final Type type;
    private final String unit;
    private final List<String> labels;
    private final String help;

    Metric(Type type, String unit, Of of, String furtherLabels, String help) {
        this.family = "nvidia_gpu_" + name().toLowerCase(Locale.ROOT);
        this.type = type;
        this.unit = unit;
        this.labels = List.of((furtherLabels.isEmpty() ? of.labels : of.labels + "," + furtherLabels).split(","));
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
