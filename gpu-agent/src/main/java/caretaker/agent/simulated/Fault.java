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
    /** The end of every other fault; counters keep what they counted. */
    BACK;

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
