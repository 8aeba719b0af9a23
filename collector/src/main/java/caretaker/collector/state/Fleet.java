package caretaker.collector.state;

import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest readings of every host of this collector's partitions.
 *
 * <p>All methods but {@link #copyTo}, {@link #hosts} and {@link #silentHosts} belong to one thread. A record becomes
 * visible as a whole or, when it cannot be read, not at all. Times are those of a {@link SteadyClock}.
 */
public final class Fleet {
    private final FleetLimits limits;
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings readings = new Readings(); // of the record in hand
    private final Map<String, Host> byName = new HashMap<>();
    private final ConcurrentSkipListMap<String, Host> inOrder = new ConcurrentSkipListMap<>(); // the same, for readers
    private volatile int hostCount;
    private long gpusRefused;

    public Fleet(FleetLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes in a record of the readings topic.
     *
     * @param partition where it was read, and with which its host goes: see {@link #dropPartition}
     * @param value kept as it is: nobody may change it any more
     * @param receivedMillis when the record came, by the steady clock
     */
    public Taken take(int partition, byte @Nullable [] value, long receivedMillis) {
        if (value == null) {
            return new Taken.Malformed("no value");
        }
        return switch (codec.decode(value, readings)) {
            case ReadingsCodec.Decoded.Known _ -> takeDecoded(partition, value, receivedMillis);
            case ReadingsCodec.Decoded.Newer(long format) -> new Taken.Newer(format);
            case ReadingsCodec.Decoded.Malformed(String reason) -> new Taken.Malformed(reason);
        };
    }

    private Taken takeDecoded(int partition, byte[] value, long receivedMillis) {
        Host host = byName.get(readings.host());
        if (host == null) {
            if (hostCount >= limits.hosts()) {
                return Taken.REFUSED;
            }
            host = new Host(readings, value, partition, receivedMillis, limits);
            byName.put(host.name(), host);
            inOrder.put(host.name(), host);
            hostCount = byName.size();
        } else if (host.isNewerThan(readings, receivedMillis)) {
            return Taken.SUPERSEDED;
        } else {
            host.show(readings, value, partition, receivedMillis, limits);
        }
        gpusRefused += Math.max(0, readings.gpus().size() - limits.gpusPerHost());
        return Taken.ACCEPTED;
    }

    /** Drops the hosts of a partition that is another collector's now. */
    public void dropPartition(int partition) {
        remove(newest -> newest.partition() == partition);
    }

    /** Drops the hosts that have been silent for longer than they are remembered. */
    public void forgetOld(long nowMillis) {
        remove(newest -> newest.forgottenAt(nowMillis, limits));
    }

    private void remove(Predicate<Host.Newest> which) {
        byName.values().removeIf(host -> {
            boolean removed = which.test(host.newest());
            if (removed) {
                inOrder.remove(host.name());
            }
            return removed;
        });
        hostCount = byName.size();
    }

    /** Replaces what {@code into} holds. The hosts of one moment may differ by as much as the copying takes. */
    public void copyTo(Snapshot into, long nowMillis) {
        copyTo(into, nowMillis, Set.of());
    }

    /** As {@link #copyTo(Snapshot, long)}, of the named hosts alone, unless none is named. */
    public void copyTo(Snapshot into, long nowMillis, Set<String> names) {
        into.start(nowMillis, limits);
        for (Host host : inOrder.values()) {
            if (names.isEmpty() || names.contains(host.name())) {
                into.add(host.newest());
            }
        }
        into.end();
    }

    public int hosts() {
        return hostCount;
    }

    /** Hosts that are remembered but no longer heard of. */
    public int silentHosts(long nowMillis) {
        int silent = 0;
        for (Host host : inOrder.values()) {
            silent += host.newest().silentAt(nowMillis) ? 1 : 0;
        }
        return silent;
    }

    /** Values left out so far because they cannot be true. */
    public long valuesRejected() {
        return codec.rejected();
    }

    /** GPUs left out so far because their hosts had more than may be. */
    public long gpusRefused() {
        return gpusRefused;
    }
}
