package caretaker.agent.simulated;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be made to go wrong with a simulated GPU. Holds until another one, or {@link #BACK}, takes its place. */
public enum Fault {
    /** Fell off the bus. */
    LOST,
    /** Too hot: clocks go down. */
    THERMAL_THROTTLE,
    /** The power supply asks for less: clocks go far down. */
    POWER_BRAKE,
    /** One memory error that could not be corrected, and a row that waits for its replacement. */
    ECC_UNCORRECTED,
    /** No spare row was left. */
    ROW_REMAP_FAILURE,
    /** A driver call that does not come back; takes its whole host with it. */
    HUNG,
    /** The driver refuses work until the GPU is reset. */
    RESET_REQUIRED,
    /** A bad row that waits for its replacement at the next reset. */
    ROW_REMAP_PENDING,
    /** Half of the NVLinks are down; for hosts that have some. */
    NVLINK_DOWN,
    /** The PCIe link has fallen back to an older generation. */
    PCIE_DEGRADED,
    /** Somebody has switched persistence mode off. */
    PERSISTENCE_OFF,
    /** The checksum of the InfoROM is wrong. */
    INFOROM_CORRUPT,
    /** The driver reports one XID, whose code follows: {@code xid 94}. Ends by itself and leaves other faults alone. */
    XID,
    /** The GPU was reset: every other fault ends, and volatile counters begin again. */
    RESET,
    /** The end of every other fault; counters keep what they counted. */
    BACK;

    /** The XID that a driver counts with it, or 0. */
    int xid() {
        return switch (this) {
            case LOST -> 79;
            case HUNG -> 119;
            case RESET_REQUIRED -> 95;
            case ECC_UNCORRECTED -> 48;
            case ROW_REMAP_FAILURE -> 64;
            case ROW_REMAP_PENDING -> 63;
            case NVLINK_DOWN -> 74;
            case THERMAL_THROTTLE, POWER_BRAKE, PCIE_DEGRADED, PERSISTENCE_OFF, INFOROM_CORRUPT, XID, RESET, BACK -> 0;
        };
    }

    /** The word in a script. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Fault> ofWord(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
    }
}
