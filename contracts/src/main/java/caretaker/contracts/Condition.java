package caretaker.contracts;

import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with a GPU host. The wire has the dotted name, for example {@code gpu.hung}.
 *
 * <p>Severity and action are those of an event of this condition unless there is more to say: an XID has those of its
 * code. {@code docs/health.md} has the rule by which each is raised and cleared.
 */
public enum Condition {
    // spotless:off
    GPU_XID("gpu.xid", Severity.WARNING, Action.NONE),
    GPU_SXID("gpu.sxid", Severity.WARNING, Action.NONE),
    GPU_LOST("gpu.lost", Severity.CRITICAL, Action.REBOOT_NODE),
    GPU_HUNG("gpu.hung", Severity.CRITICAL, Action.REBOOT_NODE),
    GPU_RESET_REQUIRED("gpu.reset-required", Severity.CRITICAL, Action.RESET_GPU),
    GPU_RECOVERY_ACTION("gpu.recovery-action", Severity.CRITICAL, Action.RESET_GPU),
    GPU_DRIVER_GONE("gpu.driver-gone", Severity.CRITICAL, Action.REBOOT_NODE),
    GPU_DRIVER_MISMATCH("gpu.driver-mismatch", Severity.CRITICAL, Action.RESTART_AGENT),
    GPU_DEVICE_NODES_LOST("gpu.device-nodes-lost", Severity.CRITICAL, Action.RESTART_AGENT),
    GPU_COUNT_MISMATCH("gpu.count-mismatch", Severity.WARNING, Action.NONE),
    GPU_THERMAL_THROTTLING("gpu.thermal-throttling", Severity.WARNING, Action.NONE),
    GPU_POWER_BRAKE("gpu.power-brake", Severity.WARNING, Action.NONE),
    GPU_POWER_CABLE("gpu.power-cable", Severity.CRITICAL, Action.CONTACT_SUPPORT),
    GPU_INTERRUPTS("gpu.interrupts", Severity.CRITICAL, Action.REBOOT_NODE),
    GPU_ECC_UNCORRECTED("gpu.ecc-uncorrected", Severity.CRITICAL, Action.RESET_GPU),
    GPU_SRAM_THRESHOLD("gpu.sram-threshold", Severity.CRITICAL, Action.CONTACT_SUPPORT),
    GPU_PAGE_RETIREMENT_PENDING("gpu.page-retirement-pending", Severity.WARNING, Action.RESET_GPU),
    GPU_ROW_REMAP_PENDING("gpu.row-remap-pending", Severity.WARNING, Action.RESET_GPU),
    GPU_ROW_REMAP_FAILURE("gpu.row-remap-failure", Severity.CRITICAL, Action.CONTACT_SUPPORT),
    GPU_REPAIR_PENDING("gpu.repair-pending", Severity.WARNING, Action.RESET_GPU),
    GPU_MEMORY_UNREPAIRABLE("gpu.memory-unrepairable", Severity.CRITICAL, Action.CONTACT_SUPPORT),
    GPU_INFOROM_CORRUPT("gpu.inforom-corrupt", Severity.WARNING, Action.CONTACT_SUPPORT),
    GPU_PERSISTENCE_OFF("gpu.persistence-off", Severity.INFO, Action.NONE),
    GPU_NVLINK_DOWN("gpu.nvlink-down", Severity.CRITICAL, Action.RESET_GPU),
    GPU_FABRIC_UNHEALTHY("gpu.fabric-unhealthy", Severity.CRITICAL, Action.REBOOT_NODE),
    GPU_PCIE_DEGRADED("gpu.pcie-degraded", Severity.WARNING, Action.CONTACT_SUPPORT),
    GPU_MIG_CHANGED("gpu.mig-changed", Severity.INFO, Action.NONE),
    GPU_CONTAINER_LOST_GPU("gpu.container-lost-gpu", Severity.CRITICAL, Action.RECREATE_CONTAINER),
    CONTAINER_EXITED("container.exited", Severity.WARNING, Action.RESTART_CONTAINER),
    CONTAINER_UNHEALTHY("container.unhealthy", Severity.WARNING, Action.RESTART_CONTAINER),
    CONTAINER_OOM_KILLED("container.oom-killed", Severity.WARNING, Action.RESTART_CONTAINER),
    CONTAINER_RESTART_LOOP("container.restart-loop", Severity.CRITICAL, Action.NONE),
    PROBE_FAILED("probe.failed", Severity.WARNING, Action.RESTART_CONTAINER),
    DOCKER_UNAVAILABLE("docker.unavailable", Severity.WARNING, Action.NONE),
    GPU_EVENTS_UNAVAILABLE("gpu.events-unavailable", Severity.INFO, Action.NONE),
    KERNEL_LOG_UNAVAILABLE("kernel-log.unavailable", Severity.INFO, Action.NONE),
    DCGM_UNAVAILABLE("dcgm.unavailable", Severity.WARNING, Action.NONE);
    // spotless:on

    private final String wire;
    private final Severity severity;
    private final Action action;

    Condition(String wire, Severity severity, Action action) {
        this.wire = wire;
        this.severity = severity;
        this.action = action;
    }

    /** The name in events. */
    public String wire() {
        return wire;
    }

    /** How soon a person should know, unless the finding knows better. */
    public Severity severity() {
        return severity;
    }

    /** What to do about it, unless the finding knows better. */
    public Action action() {
        return action;
    }

    /** The condition of a wire name, or null for one from a newer writer. */
    public static @Nullable Condition ofWire(String wire) {
        for (Condition condition : values()) {
            if (condition.wire.equals(wire.toLowerCase(Locale.ROOT))) {
                return condition;
            }
        }
        return null;
    }
}
