package caretaker.collector.discovery;

import caretaker.contracts.HostInventory;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The newest inventory of every host.
 *
 * <p>A host has missed its heartbeats by the topic's own time, which stands still while the bus is away: a bus that is
 * silent says nothing of the hosts, and their targets stay. That time is the newest of the records' as they are read,
 * and goes on with {@link #listened}.
 *
 * <p>One thread changes it; any thread may read.
 */
public final class Inventories {
    /** Two heartbeats are missing, and half an interval is for what comes late. */
    private static final double INTERVALS = 2.5;

    /** @param partition where it was read, and at what time of the topic it was written there */
    private record Known(
            HostInventory inventory, int partition, long writtenMillis, long heardMillis, long receivedMillis) {}

    private final int maxHosts;
    private final Duration forgetAfter;
    private final ConcurrentSkipListMap<String, Known> byHost = new ConcurrentSkipListMap<>();
    private final AtomicLong topicMillis = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();

    /**
     * @param maxHosts one more is refused
     * @param forgetAfter a host that is not heard of for so long is no more
     */
    public Inventories(int maxHosts, Duration forgetAfter) {
        this.maxHosts = maxHosts;
        this.forgetAfter = forgetAfter;
    }

    /**
     * Takes in a host's newest inventory. When the topic gets more partitions, a host's records may go on in another
     * one: what is older than the one that is known is then left out, in whatever order they are read.
     *
     * @param partition where the record was read
     * @param recordMillis the record's time, no later than the clock on the wall here
     * @param live whether the record comes as it is written, not from what was there before
     * @param receivedMillis by the steady clock
     * @return whether it is the host's inventory now
     */
    public boolean take(HostInventory inventory, int partition, long recordMillis, boolean live, long receivedMillis) {
        Known former = byHost.get(inventory.host());
        boolean isOld = former != null && former.partition != partition && former.writtenMillis > recordMillis;
        if (isOld || (former == null && byHost.size() >= maxHosts)) {
            return false;
        }
        topicMillis.accumulateAndGet(recordMillis, Math::max);
        long heard = live ? topicMillis.get() : recordMillis;
        byHost.put(inventory.host(), new Known(inventory, partition, recordMillis, heard, receivedMillis));
        changes.incrementAndGet();
        return true;
    }

    /** Forgets a host. */
    public void remove(String host) {
        if (byHost.remove(host) != null) {
            changes.incrementAndGet();
        }
    }

    /** The bus was listened to for so long, whether or not it said anything. */
    public void listened(Duration time) {
        topicMillis.addAndGet(time.toMillis());
    }

    /** Forgets the hosts that are not heard of any more, and says which. */
    public List<String> forgetOld(long nowMillis) {
        List<String> old = byHost.entrySet().stream()
                .filter(host -> nowMillis - host.getValue().receivedMillis >= forgetAfter.toMillis())
                .map(Map.Entry::getKey)
                .toList();
        old.forEach(this::remove);
        return old;
    }

    /** Hosts that are known, those that miss their heartbeats included. */
    public int hosts() {
        return byHost.size();
    }

    /** The inventories of the hosts that do not miss their heartbeats, in the order of their names. */
    Collection<HostInventory> current() {
        long now = topicMillis.get();
        return byHost.values().stream()
                .filter(host -> now < expiryMillis(host))
                .map(Known::inventory)
                .toList();
    }

    /** Changes with each record that changes something. */
    long changes() {
        return changes.get();
    }

    long topicMillis() {
        return topicMillis.get();
    }

    /** When the next of the current hosts will have missed its heartbeats, by the topic's time. */
    long nextExpiryMillis() {
        long now = topicMillis.get();
        return byHost.values().stream()
                .mapToLong(Inventories::expiryMillis)
                .filter(expiry -> expiry > now)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static long expiryMillis(Known host) {
        return host.heardMillis + (long) (INTERVALS * host.inventory.interval().toMillis());
    }
}
