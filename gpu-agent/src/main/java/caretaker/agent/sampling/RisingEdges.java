package caretaker.agent.sampling;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;

/** Counts how often each reason for slower clocks began, from the mask of those that hold at each poll. */
public final class RisingEdges {
    private static final Column[] BY_BIT = {
        Column.CLOCK_EVENTS_GPU_IDLE,
        Column.CLOCK_EVENTS_APPLICATIONS_CLOCKS,
        Column.CLOCK_EVENTS_SW_POWER_CAP,
        Column.CLOCK_EVENTS_HW_SLOWDOWN,
        Column.CLOCK_EVENTS_SYNC_BOOST,
        Column.CLOCK_EVENTS_SW_THERMAL,
        Column.CLOCK_EVENTS_HW_THERMAL,
        Column.CLOCK_EVENTS_HW_POWER_BRAKE,
        Column.CLOCK_EVENTS_DISPLAY_CLOCK
    };

    private final long[] counts = new long[BY_BIT.length];
    private long last = -1; // before the first poll every reason counts as holding: it did not begin under our eyes

    /** Takes the mask of this poll and sets the counts of the supported reasons. */
    public void add(long mask, long supported, GpuReading gpu) {
        long began = mask & ~last;
        last = mask;
        for (int bit = 0; bit < BY_BIT.length; bit++) {
            counts[bit] += began >> bit & 1;
            if ((supported >> bit & 1) != 0) {
                gpu.set(BY_BIT[bit], counts[bit]);
            }
        }
    }
}
