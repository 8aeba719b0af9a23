package caretaker.contracts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record of the readings topic: what one host read in one interval.
 *
 * <p>Mutable and reused, like {@link GpuReading}. Not thread-safe.
 */
public final class Readings {
    /** Stands for a count that was not sent. */
    public static final int UNKNOWN = -1;

    private WireName host = WireName.NONE;
    private long timeUnixMillis;
    private int intervalMillis;
    private WireName agentId = WireName.NONE;
    private long sequence;
    private int gpusExpected = UNKNOWN;
    private int gpusVisible = UNKNOWN;
    private int gpusOnPci = UNKNOWN;
    private @Nullable HostInfo info;
    private final PartList sxids = new PartList(Part.SXID);
    private final List<GpuReading> pool = new ArrayList<>();
    private List<GpuReading> view = List.of();
    private List<GpuReading> gpus = List.of();

    /** Forgets everything but the memory, the host and the agent. */
    public void clear() {
        timeUnixMillis = 0;
        intervalMillis = 0;
        sequence = 0;
        gpusExpected = UNKNOWN;
        gpusVisible = UNKNOWN;
        gpusOnPci = UNKNOWN;
        info = null;
        sxids.clear();
        gpus = List.of();
    }

    /** Name of the GPU host: a {@link WireName}. */
    public String host() {
        return host.text();
    }

    public Readings host(String host) {
        return this.host.text().equals(host) ? this : hostName(WireName.of(host));
    }

    WireName hostName() {
        return host;
    }

    Readings hostName(WireName host) {
        this.host = host;
        return this;
    }

    /** When the values were read, by the host's clock. */
    public long timeUnixMillis() {
        return timeUnixMillis;
    }

    public Readings timeUnixMillis(long timeUnixMillis) {
        this.timeUnixMillis = timeUnixMillis;
        return this;
    }

    /** Time between two records of this host. */
    public int intervalMillis() {
        return intervalMillis;
    }

    public Readings intervalMillis(int intervalMillis) {
        this.intervalMillis = intervalMillis;
        return this;
    }

    /** Changes with each start of the agent: a {@link WireName}. */
    public String agentId() {
        return agentId.text();
    }

    public Readings agentId(String agentId) {
        return this.agentId.text().equals(agentId) ? this : agentName(WireName.of(agentId));
    }

    WireName agentName() {
        return agentId;
    }

    Readings agentName(WireName agentId) {
        this.agentId = agentId;
        return this;
    }

    /** Counts the records of one agent id from 1. */
    public long sequence() {
        return sequence;
    }

    public Readings sequence(long sequence) {
        this.sequence = sequence;
        return this;
    }

    /** GPUs that should be in the host, or {@link #UNKNOWN}. */
    public int gpusExpected() {
        return gpusExpected;
    }

    /** GPUs that the driver lists, or {@link #UNKNOWN}. */
    public int gpusVisible() {
        return gpusVisible;
    }

    /** GPUs that the kernel sees on PCI, or {@link #UNKNOWN}. */
    public int gpusOnPci() {
        return gpusOnPci;
    }

    public Readings gpuCounts(int expected, int visible, int onPci) {
        gpusExpected = expected;
        gpusVisible = visible;
        gpusOnPci = onPci;
        return this;
    }

    /** Null in the records between two that carry it. */
    public @Nullable HostInfo info() {
        return info;
    }

    public Readings info(@Nullable HostInfo info) {
        this.info = info;
        return this;
    }

    /** Errors of the host's NVSwitches, each a {@link Part#SXID}. Not a copy: valid until the next change. */
    public List<PartReading> sxids() {
        return sxids.view();
    }

    /** One more, as {@link GpuReading#addPart}. */
    public PartReading addSxid() {
        return sxids.add();
    }

    public void clearSxids() {
        sxids.clear();
    }

    PartList sxidList() {
        return sxids;
    }

    /** Every GPU the host has or should have. Not a copy: valid until the next change of this object. */
    public List<GpuReading> gpus() {
        return gpus;
    }

    /** Sets how many GPUs there are; {@link #gpus} then holds that many, with whatever they held before. */
    public List<GpuReading> gpuCount(int count) {
        if (count > 0) {
            pooled(count - 1);
        }
        if (view.size() != count) {
            view = Collections.unmodifiableList(pool.subList(0, count));
        }
        gpus = view;
        return gpus;
    }

    /** The GPU at a place, made if there was none, whether or not {@link #gpus} holds it already. */
    GpuReading pooled(int place) {
        while (pool.size() <= place) {
            pool.add(new GpuReading());
            view = List.of(); // a view of a list that has grown is void
        }
        return pool.get(place);
    }
}
