package caretaker.cli.fleet;

import caretaker.contracts.Decoded;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The newest of every host, put together from the records of the bus in their order. */
public final class FleetView {
    private static final class Newest {
        Readings readings = new Readings();
        Instant seen = Instant.EPOCH;
        final Map<String, GpuIdentity> identities = new HashMap<>();
    }

    private final ReadingsCodec readingsCodec = new ReadingsCodec();
    private final HealthEventCodec eventCodec = new HealthEventCodec();
    private final Map<String, Newest> hosts = new TreeMap<>();
    private final Set<String> known = new TreeSet<>();
    private final RaisedConditions conditions = new RaisedConditions();
    private Readings scratch = new Readings();
    private long unreadable;

    /** A host that should be there, whether or not it says anything. */
    public void expect(String host) {
        known.add(host);
    }

    /**
     * Takes one record of the readings topic.
     *
     * @param seen when the broker took it
     * @return the record until the next call, or null if it cannot be read
     */
    public @Nullable Readings readings(byte @Nullable [] value, Instant seen) {
        if (value == null || !(readingsCodec.decode(value, scratch) instanceof ReadingsCodec.Decoded.Known)) {
            unreadable++;
            return null;
        }
        Readings read = scratch;
        Newest newest = hosts.computeIfAbsent(read.host(), _ -> new Newest());
        for (GpuReading gpu : read.gpus()) {
            if (gpu.identity() != null) {
                newest.identities.put(gpu.uuid(), gpu.identity());
            }
        }
        scratch = newest.readings;
        newest.readings = read;
        newest.seen = seen;
        return read;
    }

    /** Takes one record of the health topic. */
    public void event(byte @Nullable [] value) {
        if (eventCodec.decode(value) instanceof Decoded.Known(HealthEvent event)) {
            conditions.apply(event);
        } else {
            unreadable++;
        }
    }

    /** Records of another version, or damaged ones. */
    public long unreadable() {
        return unreadable;
    }

    public RaisedConditions conditions() {
        return conditions;
    }

    /** Every host that was heard of, by name. */
    public Collection<HostView> hosts() {
        Set<String> names = new TreeSet<>(known);
        names.addAll(hosts.keySet());
        return names.stream().map(this::host).toList();
    }

    private HostView host(String name) {
        Newest newest = hosts.get(name);
        List<HealthEvent> raised = conditions.of(name);
        return newest == null
                ? new HostView(name, null, Instant.EPOCH, Map.of(), raised)
                : new HostView(name, newest.readings, newest.seen, newest.identities, raised);
    }
}
