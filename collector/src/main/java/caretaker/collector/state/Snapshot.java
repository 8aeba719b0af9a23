package caretaker.collector.state;

import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a fleet at one moment: each host as a whole, the hosts in the order of their names.
 *
 * <p>Made to be filled again and again, because a copy of a large fleet is tens of megabytes. Not thread-safe.
 */
public final class Snapshot {
    /** What is left over from a larger fleet is kept up to so many hosts. */
    private static final int SPARE_HOSTS = 256;

    private final ReadingsCodec codec = new ReadingsCodec();
    private final List<HostRow> hosts = new ArrayList<>();
    private final List<GpuRow> gpus = new ArrayList<>();
    private FleetLimits limits = FleetLimits.DEFAULT;
    private int hostCount;
    private int gpuCount;
    private long takenMillis;

    /** One host. What it measured is empty once it is silent; what says who it is stays. */
    public static final class HostRow {
        private final Readings readings = new Readings();
        private long ageMillis;
        private boolean silent;
        private boolean heard;

        public String name() {
            return readings.host();
        }

        /** Time since the host's newest record. */
        public long ageMillis() {
            return ageMillis;
        }

        public boolean silent() {
            return silent;
        }

        /** Whether readings of it have come; otherwise all that is known of it is from its inventory. */
        public boolean heard() {
            return heard;
        }

        /** GPUs that should be in the host, or {@link Readings#UNKNOWN}. */
        public int expected() {
            return readings.gpusExpected();
        }

        /** GPUs that the driver lists, or {@link Readings#UNKNOWN}. */
        public int visible() {
            return silent ? Readings.UNKNOWN : readings.gpusVisible();
        }

        /** GPUs that the kernel sees on PCI, or {@link Readings#UNKNOWN}. */
        public int onPci() {
            return silent ? Readings.UNKNOWN : readings.gpusOnPci();
        }

        /** Errors of its NVSwitches. */
        public List<PartReading> sxids() {
            return silent ? List.of() : readings.sxids();
        }

        public @Nullable HostInfo info() {
            return readings.info();
        }
    }

    /**
     * One GPU. Of a silent host's it is known who it was and its last state, and no value.
     *
     * @param host place of its host in {@link Snapshot#host}
     * @param up whether its host is heard of and says that it answers
     */
    public record GpuRow(GpuReading reading, int host, boolean up) {}

    void start(long takenMillis, FleetLimits limits) {
        this.takenMillis = takenMillis;
        this.limits = limits;
        hostCount = 0;
        gpuCount = 0;
        gpus.clear();
    }

    void end() {
        if (hosts.size() > hostCount + SPARE_HOSTS) {
            hosts.subList(hostCount, hosts.size()).clear();
        }
    }

    public int hostCount() {
        return hostCount;
    }

    public int gpuCount() {
        return gpuCount;
    }

    public HostRow host(int place) {
        return hosts.get(place);
    }

    public GpuRow gpu(int place) {
        return gpus.get(place);
    }

    void add(Host.Newest newest) {
        add(newest, true);
    }

    /** A host that is known by its inventory alone. */
    void addUnheard(Host.Newest newest) {
        add(newest, false);
    }

    private void add(Host.Newest newest, boolean heard) {
        if (newest.forgottenAt(takenMillis, limits)) {
            return;
        }
        if (hostCount == hosts.size()) {
            hosts.add(new HostRow());
        }
        HostRow host = hosts.get(hostCount);
        codec.decode(newest.value(), host.readings); // which it did before, so it is whole
        host.ageMillis = Math.max(0, takenMillis - newest.receivedMillis());
        host.silent = newest.silentAt(takenMillis);
        host.heard = heard;
        host.readings.info(newest.info());
        List<GpuReading> readings = host.readings.gpus();
        int count = Math.min(readings.size(), limits.gpusPerHost());
        for (int i = 0; i < count; i++) {
            GpuReading gpu = readings.get(i);
            if (host.silent) {
                forgetValues(gpu);
            }
            gpu.identity(newest.identities().get(gpu.uuid()));
            gpus.add(new GpuRow(gpu, hostCount, !host.silent && gpu.state().answers()));
        }
        gpuCount = gpus.size();
        hostCount++;
    }

    private static void forgetValues(GpuReading gpu) {
        int index = gpu.index();
        GpuState state = gpu.state();
        gpu.clear();
        gpu.index(index).state(state);
    }
}
