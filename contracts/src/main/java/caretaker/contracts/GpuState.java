package caretaker.contracts;

import java.util.Locale;

/** What is known of a GPU as a whole. The numbers are the wire ({@code GpuState} in the schema). */
public enum GpuState {
    /** Answers, and nothing is known against it. */
    OK(1),
    /** Answers, but a health condition is raised. */
    DEGRADED(2),
    /** Fell off the bus or is gone from the driver's list. */
    LOST(3),
    /** The driver refuses work until the GPU is reset. */
    RESET_REQUIRED(4),
    /** A call into the driver has not come back for three intervals. */
    HUNG(5),
    /** The driver has let go of it. */
    UNBOUND(6);

    private static final GpuState[] BY_NUMBER = {DEGRADED, OK, DEGRADED, LOST, RESET_REQUIRED, HUNG, UNBOUND};

    private final int number;
    private final String label;

    GpuState(int number) {
        this.number = number;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    public int number() {
        return number;
    }

    /** The value of the label {@code state}. */
    public String label() {
        return label;
    }

    /** Whether the GPU gave answers: the value of {@code nvidia_gpu_up}. */
    public boolean answers() {
        return this == OK || this == DEGRADED;
    }

    /** The state of a number; one from a newer writer counts as {@link #DEGRADED}. */
    public static GpuState ofNumber(long number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : DEGRADED;
    }
}
