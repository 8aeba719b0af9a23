package caretaker.agent.sampling;

import caretaker.agent.nvml.EventSet;
import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import java.util.concurrent.atomic.AtomicLongArray;

/** How often a GPU has reported what. The event thread counts, the poll thread reads; XIDs are counted elsewhere. */
final class EventCounts {
    private static final Column[] COLUMNS = {
        Column.EVENTS_ECC_SINGLE,
        Column.EVENTS_ECC_DOUBLE,
        Column.EVENTS_PSTATE,
        Column.EVENTS_CLOCK,
        Column.EVENTS_MIG_CONFIG,
        Column.EVENTS_ECC_STORM,
        Column.EVENTS_DRAM_RETIREMENT,
        Column.EVENTS_POISON,
        Column.EVENTS_UNAVAILABLE,
        Column.EVENTS_RECOVERY_ACTION
    };

    /** At the same places; a retirement that failed counts as one, and so does poison that is fatal. */
    private static final long[] TYPES = {
        EventSet.SINGLE_BIT_ECC,
        EventSet.DOUBLE_BIT_ECC,
        EventSet.PERFORMANCE_STATE,
        EventSet.CLOCK,
        EventSet.MIG_CONFIGURATION,
        EventSet.SINGLE_BIT_ECC_STORM,
        EventSet.DRAM_RETIREMENT | EventSet.DRAM_RETIREMENT_FAILURE,
        EventSet.POISON | EventSet.FATAL_POISON,
        EventSet.GPU_UNAVAILABLE,
        EventSet.RECOVERY_ACTION
    };

    private final AtomicLongArray counts = new AtomicLongArray(COLUMNS.length);

    void add(long type) {
        for (int i = 0; i < TYPES.length; i++) {
            if ((TYPES[i] & type) != 0) {
                counts.incrementAndGet(i);
            }
        }
    }

    /** Sets the counts of the types that the GPU reports, from 0 on. */
    void fill(GpuReading reading, long offered) {
        for (int i = 0; i < TYPES.length; i++) {
            if ((TYPES[i] & offered) != 0) {
                reading.set(COLUMNS[i], counts.get(i));
            }
        }
    }
}
