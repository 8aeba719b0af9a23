package caretaker.agent.sampling;

import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one GPU of the driver. It is known by its UUID and stays known when it is gone. */
final class NvmlGpu {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    final String uuid;
    final GpuReading reading = new GpuReading();
    final RisingEdges edges = new RisingEdges();

    /** When a lost GPU is looked for again. */
    final Backoff lookup = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);

    /** By the place in {@link Reads#FUNCTIONS}: not supported, not permitted. */
    final boolean[] left = new boolean[Reads.FUNCTIONS.size()];

    private final Map<Column, RunningTotal> totals = new EnumMap<>(Column.class);
    int index;
    GpuHandle handle = GpuHandle.NONE;
    GpuState state = GpuState.OK;

    @Nullable GpuIdentity identity;

    NvmlReturn trouble = NvmlReturn.SUCCESS;
    String troubledCall = "";
    boolean fansLeft;
    long migMode = -1;
    long powerSeenUs;
    long utilizationSeenUs;

    /** Whether the values of all tiers are there, so that a poll may leave out the slower ones. */
    boolean complete;

    NvmlGpu(String uuid, int index) {
        this.uuid = uuid;
        this.index = index;
        for (Column column : Reads.FAST_FIELDS.keySet()) {
            switch (column.quantity()) {
                case MILLIJOULES, NANOSECONDS -> totals.put(column, new RunningTotal(false));
                case COUNT -> totals.put(column, new RunningTotal(true));
                default -> {}
            }
        }
    }

    /** The value to publish for one that a field gave. */
    long total(Column column, long value) {
        RunningTotal total = totals.get(column);
        return total == null || !column.accepts(value) ? value : total.add(value);
    }

    /** Everything is tried again that was left out. */
    void retest() {
        Arrays.fill(left, false);
        fansLeft = false;
    }

    /** The driver was let go of: handles mean nothing any more, and counters may begin again. */
    void unbind() {
        handle = GpuHandle.NONE;
        complete = false;
        totals.values().forEach(RunningTotal::restarted);
    }

    /** It gives no answers; whatever it said before is not true any more. */
    void silence(GpuState why, NvmlReturn code, String call) {
        state = why;
        trouble = code;
        troubledCall = call;
        complete = false;
        reading.clear();
    }

    boolean isLost() {
        return state == GpuState.LOST;
    }
}
