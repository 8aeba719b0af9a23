package caretaker.agent.sampling;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;

/** Counts the values that were thrown away because they cannot be true. Absent beats wrong. */
@FunctionalInterface
public interface RejectedValues {
    enum Reason {
        /** One of the driver's marks for "no value". */
        BLANK,
        OUT_OF_RANGE,
        /** A counter was less than before, once: it was not believed. */
        WENT_BACKWARDS,
        /** There were more than are kept. */
        TOO_MANY
    }

    /** Takes note of one value that was for a metric of the family {@code metric}. */
    void rejected(String metric, Reason reason);

    /** Sets a value that was read, or leaves the column without one and counts. */
    default void set(GpuReading gpu, Column column, long value) {
        if (!gpu.set(column, value)) {
            gpu.remove(column);
            rejected(column.metric().family(), Reason.OUT_OF_RANGE);
        }
    }
}
