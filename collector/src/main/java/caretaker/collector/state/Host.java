package caretaker.collector.state;

import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One host. The intake thread changes it, by replacing its newest record as a whole; any thread may read that.
 *
 * <p>The record is kept as the bytes that came. They take a tenth of the memory of the decoded values, and the intake,
 * which sees every record, stays within the processor's caches; whoever wants the values decodes them, which happens
 * only once in a scrape.
 */
final class Host {
    /**
     * The newest record and what is not in it.
     *
     * @param receivedMillis when it came, by the steady clock
     * @param info from this record or from the last one that had it
     * @param identities likewise, by UUID
     */
    @SuppressWarnings("ArrayRecordComponent") // the bytes as they came; nobody changes or compares them
    record Newest(
            byte[] value,
            int partition,
            long receivedMillis,
            long staleAfterMillis,
            @Nullable HostInfo info,
            Map<String, GpuIdentity> identities) {

        boolean silentAt(long nowMillis) {
            return nowMillis - receivedMillis >= staleAfterMillis;
        }

        boolean forgottenAt(long nowMillis, FleetLimits limits) {
            return nowMillis - receivedMillis >= limits.forgetAfter().toMillis();
        }
    }

    private final String name;
    private volatile Newest newest;

    // Of the newest record, for the intake thread.
    private String agentId;
    private long sequence;
    private long timeUnixMillis;

    /** A host that is heard of for the first time. */
    Host(Readings readings, byte[] value, int partition, long receivedMillis, FleetLimits limits) {
        name = readings.host();
        agentId = readings.agentId();
        sequence = readings.sequence();
        timeUnixMillis = readings.timeUnixMillis();
        newest = new Newest(
                value,
                partition,
                receivedMillis,
                limits.staleAfterMillis(readings.intervalMillis()),
                readings.info(),
                identities(readings, Map.of()));
    }

    String name() {
        return name;
    }

    Newest newest() {
        return newest;
    }

    /** Whether what the host shows is newer than these readings, or the same. */
    boolean isNewerThan(Readings readings, long receivedMillis) {
        if (readings.agentId().equals(agentId)) {
            return readings.sequence() <= sequence;
        }
        // Of two agents the one with the later clock wins, unless it has stopped talking: an agent that is started
        // after its host's clock was set back must not be ignored for as long as the clock was ahead.
        return readings.timeUnixMillis() < timeUnixMillis && !newest.silentAt(receivedMillis);
    }

    /** Shows these readings from now on. */
    void show(Readings readings, byte[] value, int partition, long receivedMillis, FleetLimits limits) {
        if (!readings.agentId().equals(agentId)) {
            agentId = readings.agentId();
        }
        sequence = readings.sequence();
        timeUnixMillis = readings.timeUnixMillis();
        Newest former = newest;
        newest = new Newest(
                value,
                partition,
                Math.max(receivedMillis, former.receivedMillis),
                limits.staleAfterMillis(readings.intervalMillis()),
                readings.info() == null ? former.info : readings.info(),
                identities(readings, former.identities));
    }

    /**
     * Most records leave out what hardly ever changes. One with the host's info has it for every GPU there still is.
     */
    private static Map<String, GpuIdentity> identities(Readings readings, Map<String, GpuIdentity> former) {
        if (readings.info() == null) {
            return former;
        }
        Map<String, GpuIdentity> identities = new HashMap<>();
        for (GpuReading gpu : readings.gpus()) {
            GpuIdentity identity = gpu.identity() == null ? former.get(gpu.uuid()) : gpu.identity();
            if (identity != null) {
                identities.put(gpu.uuid(), identity);
            }
        }
        return identities.equals(former) ? former : Map.copyOf(identities);
    }
}
