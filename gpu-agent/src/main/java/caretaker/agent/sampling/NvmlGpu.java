package caretaker.agent.sampling;

import caretaker.agent.health.KnownGpu;
import caretaker.agent.nvml.EventSet;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
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
    private final EventCounts events = new EventCounts();

    /** Whether events were asked of it since it was found. */
    boolean registered;

    /** What it reports by itself, a bit for each type. */
    long eventTypes;

    /** Its MIG devices may be others than those known; the event thread says so, too. */
    volatile boolean migChanged = true;

    /** A fault of the board that the driver told at a poll of that tier; null while there is none. */
    @Nullable NvmlReturn fault;

    String faultyCall = "";
    Column.Tier faultTier = Column.Tier.FAST;
    Column.Tier polledTier = Column.Tier.FAST;
    volatile int index;
    GpuHandle handle = GpuHandle.NONE;
    GpuState state = GpuState.OK;

    /** Known from a former run, and not listed by the driver since. */
    boolean former;

    @Nullable GpuIdentity identity;

    NvmlReturn trouble = NvmlReturn.SUCCESS;
    String troubledCall = "";
    final LinkState links = new LinkState();
    final ProcessState processes = new ProcessState();
    final ProfilingState profiling = new ProfilingState();
    final List<MigDevice> migDevices = new ArrayList<>();
    boolean throughputLeft;
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

    /** A GPU of a former run. */
    static NvmlGpu of(KnownGpu known) {
        var gpu = new NvmlGpu(known.uuid(), known.index());
        gpu.identity = known.identity();
        gpu.state = GpuState.UNBOUND;
        gpu.former = true;
        return gpu;
    }

    /** For a later run. */
    KnownGpu known() {
        GpuIdentity told = identity;
        return new KnownGpu(uuid, index, told == null ? GpuIdentity.NONE : told);
    }

    /** The value to publish for one that a field gave. */
    long total(Column column, long value) {
        RunningTotal total = totals.get(column);
        return total == null || !column.accepts(value) ? value : total.add(value);
    }

    /** Whether a counter's last value was less than the one before, and not believed. */
    boolean wentBackwards(Column column) {
        RunningTotal total = totals.get(column);
        return total != null && total.wentBackwards();
    }

    /** Everything is tried again that was left out. */
    void retest() {
        Arrays.fill(left, false);
        fansLeft = false;
        links.retest();
        processes.retest();
        profiling.retest();
        throughputLeft = false;
        migChanged = true;
    }

    /** Takes note of an event; on the event thread. */
    void reported(long type) {
        events.add(type);
        if ((type & EventSet.MIG_CONFIGURATION) != 0) {
            migChanged = true;
        }
    }

    /** Puts the counts of events into the reading. */
    void fillEvents() {
        events.fill(reading, eventTypes);
    }

    /** A board's fault is over when a poll that asks the same has not met it again. */
    void beginPoll(Column.Tier tier) {
        polledTier = tier;
        if (tier.compareTo(faultTier) >= 0) {
            fault = null;
        }
    }

    void boardFault(NvmlReturn code, String function) {
        fault = code;
        faultyCall = function;
        faultTier = polledTier;
    }

    /** N of its file {@code /dev/nvidiaN}; -1 while it is not known. */
    long minorNumber() {
        GpuIdentity known = identity;
        return known == null || known.minorNumber().isEmpty() ? -1 : Long.parseLong(known.minorNumber());
    }

    /** The driver was let go of: handles mean nothing any more, and counters may begin again. */
    void unbind() {
        handle = GpuHandle.NONE;
        registered = false;
        complete = false;
        migDevices.clear();
        migChanged = true;
        links.unbind();
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
