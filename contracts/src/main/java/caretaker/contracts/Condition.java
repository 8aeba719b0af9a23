package caretaker.contracts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a GPU host. The wire has the dotted name, for example {@code gpu.hung}. */
public enum Condition {
    GPU_XID("gpu.xid"),
    GPU_LOST("gpu.lost"),
    GPU_HUNG("gpu.hung"),
    GPU_RESET_REQUIRED("gpu.reset-required"),
    GPU_DRIVER_GONE("gpu.driver-gone"),
    GPU_DRIVER_MISMATCH("gpu.driver-mismatch"),
    GPU_COUNT_MISMATCH("gpu.count-mismatch"),
    GPU_THERMAL_THROTTLING("gpu.thermal-throttling"),
    GPU_POWER_BRAKE("gpu.power-brake"),
    GPU_ECC_UNCORRECTED("gpu.ecc-uncorrected"),
    GPU_ROW_REMAP_FAILURE("gpu.row-remap-failure"),
    GPU_NVLINK_DOWN("gpu.nvlink-down"),
    GPU_PCIE_DEGRADED("gpu.pcie-degraded"),
    GPU_CONTAINER_LOST_GPU("gpu.container-lost-gpu"),
    CONTAINER_EXITED("container.exited"),
    CONTAINER_UNHEALTHY("container.unhealthy"),
    CONTAINER_OOM_KILLED("container.oom-killed"),
    CONTAINER_RESTART_LOOP("container.restart-loop"),
    PROBE_FAILED("probe.failed");

    private final String wire;

    Condition(String wire) {
        this.wire = wire;
    }

    /** The name in events. */
    public String wire() {
        return wire;
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
