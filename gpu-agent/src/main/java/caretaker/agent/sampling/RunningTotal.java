package caretaker.agent.sampling;

/**
 * A counter that goes on where the driver's own begins again: the driver's value, plus what was counted before each new
 * beginning. A single value that is less than the one before, without a reason for it, is not believed.
 */
final class RunningTotal {
    private static final long WRAP = 1L << 32;

    private final boolean wraps;
    private long before;
    private long last = -1;
    private boolean mayHaveRestarted;
    private boolean isDoubted;

    /** Where it {@code wraps}, it is 32 bits wide in the driver, and a fall is no new beginning. */
    RunningTotal(boolean wraps) {
        this.wraps = wraps;
    }

    /** The driver was let go of: the next fall is a new beginning. */
    void restarted() {
        mayHaveRestarted = true;
    }

    /** Takes what the driver says now and returns the total. */
    long add(long now) {
        boolean isLess = now < last;
        boolean mayWrap = wraps && last < WRAP;
        if (isLess && !mayHaveRestarted && !mayWrap && !isDoubted) {
            isDoubted = true;
            return before + last;
        }
        if (isLess) {
            before += mayWrap && !mayHaveRestarted ? WRAP : last; // said twice, it has begun anew
        }
        isDoubted = false;
        mayHaveRestarted = false;
        last = now;
        return before + now;
    }

    /** Whether the value that was taken last went backwards and was not believed. */
    boolean wentBackwards() {
        return isDoubted;
    }
}
