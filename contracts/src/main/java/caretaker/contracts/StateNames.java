package caretaker.contracts;

import java.util.List;

/** The words for the numbers of enumerations and masks, as they appear in labels. Source: the NVML constants. */
public final class StateNames {
    /** {@code nvidia_gpu_recovery_action}: field 230 of the driver, by value. */
    private static final List<String> RECOVERY_ACTION = List.of(
            "none",
            "gpu_reset",
            "node_reboot",
            "drain_p2p",
            "drain_and_reset",
            "recover_imex_domain",
            "bus_reset",
            "system_reboot");

    /** {@code nvidia_gpu_compute_mode}, by value. */
    private static final List<String> COMPUTE_MODE =
            List.of("default", "exclusive_thread", "prohibited", "exclusive_process");

    /** {@code nvidia_gpu_fabric_state}, by value. */
    private static final List<String> FABRIC_STATE =
            List.of("not_supported", "not_started", "in_progress", "completed");

    /** {@code nvidia_gpu_clock_event_active}: by bit, lowest first. */
    private static final List<String> CLOCK_EVENT_REASON = List.of(
            "gpu_idle",
            "applications_clocks",
            "sw_power_cap",
            "hw_slowdown",
            "sync_boost",
            "sw_thermal",
            "hw_thermal",
            "hw_power_brake",
            "display_clock");

    private StateNames() {}

    /** The names of a state set's numbers or of a mask's bits, from 0; empty for other columns. */
    public static List<String> of(Column column) {
        return switch (column) {
            case RECOVERY_ACTION -> RECOVERY_ACTION;
            case COMPUTE_MODE -> COMPUTE_MODE;
            case FABRIC_STATE -> FABRIC_STATE;
            case CLOCK_EVENT_REASONS, CLOCK_EVENT_REASONS_SUPPORTED -> CLOCK_EVENT_REASON;
            default -> List.of();
        };
    }

    /** The label of one bit of a mask: its name, or {@code bit_N} for one that a newer driver has added. */
    public static String bit(Column column, int bit) {
        List<String> names = of(column);
        return bit < names.size() ? names.get(bit) : "bit_" + bit;
    }

    /** The metric's label that carries a name of {@link #of}. */
    public static String label(Column column) {
        return switch (column) {
            case RECOVERY_ACTION -> "action";
            case COMPUTE_MODE -> "mode";
            case FABRIC_STATE -> "state";
            default -> "reason";
        };
    }
}
