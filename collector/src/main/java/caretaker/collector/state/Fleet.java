package caretaker.collector.state;

import caretaker.contracts.HostInventory;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest readings of every host of this collector's partitions.
 *
 * <p>All methods but those that copy and count hosts, and {@link #remember}, belong to one thread. A record becomes
 * visible as a whole or, when it cannot be read, not at all. Times are those of a {@link SteadyClock}.
 */
public final class Fleet {
    private final FleetLimits limits;
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings readings = new Readings(); // of the record in hand
    private final Map<String, Host> byName = new HashMap<>();
    private final ConcurrentSkipListMap<String, Host> inOrder = new ConcurrentSkipListMap<>(); // the same, for readers
    private final UnheardHosts unheard;
    private volatile int hostCount;
    private long gpusRefused;

    public Fleet(FleetLimits limits) {
        this.limits = limits;
        unheard = new UnheardHosts(limits);
    }

    /**
     * Says which hosts are this collector's to show though they are not heard of; none until this is called.
     *
     * @param responsible asked by any thread
     */
    public void responsibleFor(Predicate<String> responsible) {
        unheard.responsibleFor(responsible);
    }

    /**
     * Takes over who is in a host, in case that its readings never come. For one thread, which need not be that of the
     * readings.
     *
     * @param receivedMillis when the inventory came, by the steady clock
     */
    public void remember(HostInventory inventory, long receivedMillis) {
        unheard.remember(inventory, receivedMillis);
    }

    /** Takes back what {@link #remember} did. On the same thread. */
    public void unremember(String host) {
        unheard.unremember(host);
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
        return switch (codec.check(value, readings)) {
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
        unheard.forgetOld(nowMillis);
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
        List<UnheardHosts.Shown> silent = unheard.shown(nowMillis, inOrder::containsKey);
        int next = 0;
        for (Host host : inOrder.values()) {
            while (next < silent.size() && silent.get(next).name().compareTo(host.name()) < 0) {
                add(silent.get(next++), names, into);
            }
            if (names.isEmpty() || names.contains(host.name())) {
                into.add(host.newest());
            }
        }
        while (next < silent.size()) {
            add(silent.get(next++), names, into);
        }
        into.end();
    }

    private static void add(UnheardHosts.Shown host, Set<String> names, Snapshot into) {
        if (names.isEmpty() || names.contains(host.name())) {
            into.addUnheard(host.newest());
        }
    }

    /** Hosts whose readings have come. */
    public int hosts() {
        return hostCount;
    }

    /** Hosts that are shown from their inventory, because no reading of theirs has come. */
    public int unheardHosts(long nowMillis) {
        return unheard.shown(nowMillis, inOrder::containsKey).size();
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
