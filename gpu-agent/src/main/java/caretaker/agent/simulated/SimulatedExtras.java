package caretaker.agent.simulated;

import static caretaker.contracts.Column.*;
import static caretaker.contracts.PartColumn.*;
import static caretaker.contracts.VectorColumn.*;

import caretaker.agent.sampling.RejectedValues;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Part;
import caretaker.contracts.PartReading;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a made-up GPU has besides its own sensors: its links, MIG devices, containers, profile and XIDs. */
final class SimulatedExtras {
    private static final int LINKS = 18;
    private static final long LINK_MEGABYTES_PER_SECOND = 26_562;
    private static final String[] MIG_PROFILES = {"3g.40gb", "2g.20gb", "1g.10gb"};
    private static final long[] MIG_MULTIPROCESSORS_OF = {60, 32, 16};
    private static final long[] MIG_MEBIBYTES = {40_192, 19_968, 9_856};
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})$");

    /**
     * What a host shows.
     *
     * @param profile the values that a real agent reads only where it is asked to
     */
    record Kind(boolean links, boolean mig, boolean profile) {
        /** The first hosts of a fleet show what there can be; with all of them it would be a fleet of another size. */
        static Kind of(String host) {
            Matcher number = NUMBER.matcher(host);
            int place = number.find() ? Integer.parseInt(number.group(1)) : 0;
            return new Kind(place == 1 || place == 2, place == 4, place >= 1 && place <= 4);
        }
    }

    private final Kind kind;
    private final boolean mig;
    private final Workload workload;
    private final int index;
    private final long pid;
    private final String containerId;
    private final long[] migIds;
    private final Map<Integer, long[]> xids = new TreeMap<>(); // count and time of the latest, by code
    private final long[] sent = new long[LINKS];
    private final long[] received = new long[LINKS];
    private Fault fault = Fault.BACK;
    private int lastXid;
    private long eccDouble;
    private long unavailable;

    /** @param last whether it is the last GPU of its host, which is the one with MIG */
    SimulatedExtras(Kind kind, Noise noise, Workload workload, int index, boolean last) {
        this.kind = kind;
        this.mig = kind.mig() && last;
        this.workload = workload;
        this.index = index;
        pid = 10_000 + (long) noise.between(0, 50_000);
        containerId = String.format(Locale.ROOT, "%012x", noise.bits() >>> 16);
        migIds = new long[] {noise.bits(), noise.bits(), noise.bits()};
        long before = (long) noise.between(1e12, 9e13);
        Arrays.setAll(sent, link -> before + (long) noise.between(0, 1e9));
        Arrays.setAll(received, link -> before + (long) noise.between(0, 1e9));
    }

    long pid() {
        return pid;
    }

    boolean hasMig() {
        return mig;
    }

    void fault(Fault next, long nowMillis) {
        fault = next;
        if (next.xid() == 0) {
            return;
        }
        xid(next.xid(), nowMillis);
        eccDouble += next == Fault.ECC_UNCORRECTED ? 1 : 0;
        unavailable += next == Fault.LOST ? 1 : 0;
    }

    void xid(int code, long nowMillis) {
        long[] entry = xids.computeIfAbsent(code, _ -> new long[2]);
        entry[0]++;
        entry[1] = nowMillis;
        lastXid = code;
    }

    void advance(double seconds) {
        double perLink = switch (workload.phase()) {
            case IDLE, LOADING, CHECKPOINTING -> 2e3;
            case WARMING_UP, TRAINING -> 6e9;
        };
        for (int link = 0; link < LINKS; link++) {
            sent[link] += (long) (perLink * seconds * (1 + link * 1e-3));
            received[link] += (long) (perLink * seconds * (1.01 - link * 1e-3));
        }
    }

    void write(Tier tier, double utilization, GpuReading gpu, RejectedValues rejected) {
        writeEvents(gpu, rejected);
        if (kind.profile()) {
            writeProfile(utilization / 100, gpu, rejected);
        }
        writeContainers(utilization, gpu);
        writeMig(utilization, gpu);
        if (kind.links()) {
            gpu.vector(NVLINK_TRANSMIT_BYTES, sent);
            gpu.vector(NVLINK_RECEIVE_BYTES, received);
        }
        if (tier != Tier.FAST) {
            writeSlow(gpu, rejected);
        }
    }

    /** XIDs and other events, which are known of a lost GPU too. */
    void writeEvents(GpuReading gpu, RejectedValues rejected) {
        for (Column event : EVENTS) {
            rejected.set(gpu, event, 0);
        }
        rejected.set(gpu, EVENTS_ECC_DOUBLE, eccDouble);
        rejected.set(gpu, EVENTS_UNAVAILABLE, unavailable);
        rejected.set(gpu, XID_LAST, lastXid);
        gpu.clearParts(Part.XID);
        xids.forEach((code, entry) -> {
            PartReading xid = gpu.addPart(Part.XID).identity(Integer.toString(code));
            xid.set(XID_ERRORS, entry[0]);
            xid.set(XID_LAST_UNIX_MILLISECONDS, entry[1]);
        });
    }

    private static final Column[] EVENTS = {
        EVENTS_ECC_SINGLE,
        EVENTS_PSTATE,
        EVENTS_CLOCK,
        EVENTS_MIG_CONFIG,
        EVENTS_ECC_STORM,
        EVENTS_DRAM_RETIREMENT,
        EVENTS_POISON,
        EVENTS_RECOVERY_ACTION
    };

    private void writeProfile(double busy, GpuReading gpu, RejectedValues rejected) {
        rejected.set(gpu, GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, millionths(busy));
        rejected.set(gpu, SM_ACTIVE_MILLIONTHS, millionths(busy * 0.93));
        rejected.set(gpu, SM_OCCUPANCY_MILLIONTHS, millionths(busy * 0.38));
        rejected.set(gpu, TENSOR_ACTIVE_MILLIONTHS, millionths(busy * 0.47));
        rejected.set(gpu, TENSOR_HMMA_ACTIVE_MILLIONTHS, millionths(busy * 0.46));
        rejected.set(gpu, TENSOR_IMMA_ACTIVE_MILLIONTHS, 0);
        rejected.set(gpu, TENSOR_DFMA_ACTIVE_MILLIONTHS, 0);
        rejected.set(gpu, FP64_ACTIVE_MILLIONTHS, 0);
        rejected.set(gpu, FP32_ACTIVE_MILLIONTHS, millionths(busy * 0.11));
        rejected.set(gpu, FP16_ACTIVE_MILLIONTHS, millionths(busy * 0.05));
        rejected.set(gpu, INTEGER_ACTIVE_MILLIONTHS, millionths(busy * 0.14));
        rejected.set(gpu, DRAM_ACTIVE_MILLIONTHS, millionths(busy * 0.58));
        long links = kind.links() ? LINKS * (long) (busy * 6e9) : 0;
        rejected.set(gpu, PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND, links);
        rejected.set(gpu, PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND, links);
        for (Column pcie : new Column[] {PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND, PCIE_RECEIVE_BYTES_PER_SECOND}) {
            rejected.set(gpu, pcie, (long) workload.received());
        }
        for (Column pcie : new Column[] {PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND, PCIE_TRANSMIT_BYTES_PER_SECOND}) {
            rejected.set(gpu, pcie, (long) workload.transmitted());
        }
    }

    private static long millionths(double ratio) {
        return Math.round(ratio * 1e6);
    }

    /** A container a GPU, as long as its job runs. Under MIG nobody can say whose a process is. */
    private void writeContainers(double utilization, GpuReading gpu) {
        gpu.clearParts(Part.CONTAINER);
        gpu.clearParts(Part.PROCESS);
        if (workload.memory() == 0) {
            return;
        }
        long used = gpu.has(MEMORY_USED_BYTES) ? gpu.get(MEMORY_USED_BYTES) : 0;
        String name = mig ? "unknown" : "training-worker-" + (index + 1);
        PartReading container = gpu.addPart(Part.CONTAINER);
        if (mig) {
            container.identity(name);
        } else {
            container.identity(name, containerId, "registry.example.org/train:2.4", "training", "worker");
            container.set(CONTAINER_UTILIZATION_MILLIPERCENT, Math.round(utilization * 1000));
        }
        container.set(CONTAINER_MEMORY_USED_BYTES, used);
        container.set(CONTAINER_PROCESSES, mig ? MIG_PROFILES.length : 1);
        if (kind.profile() && !mig) {
            gpu.addPart(Part.PROCESS)
                    .identity(Long.toString(pid), "python3", name)
                    .set(PROCESS_MEMORY_USED_BYTES, used);
        }
    }

    private void writeMig(double utilization, GpuReading gpu) {
        if (!mig) {
            return;
        }
        // a GPU with MIG says nothing of its load as a whole
        gpu.remove(UTILIZATION_PERCENTAGE);
        gpu.remove(UTILIZATION_MAX_PERCENTAGE);
        gpu.remove(UTILIZATION_MIN_PERCENTAGE);
        gpu.remove(UTILIZATION_AVERAGE_MILLIPERCENT);
        gpu.remove(MEMORY_UTILIZATION_PERCENTAGE);
        gpu.clearParts(Part.MIG);
        for (int i = 0; i < MIG_PROFILES.length; i++) {
            long total = MIG_MEBIBYTES[i] << 20;
            String uuid = String.format(Locale.ROOT, "MIG-%016x", migIds[i]);
            PartReading device = gpu.addPart(Part.MIG).identity(Integer.toString(i + 1), "0", MIG_PROFILES[i], uuid);
            device.set(MIG_MEMORY_TOTAL_BYTES, total);
            device.set(MIG_MEMORY_USED_BYTES, (long) (total * workload.memory()) >> 20 << 20);
            device.set(MIG_MULTIPROCESSORS, MIG_MULTIPROCESSORS_OF[i]);
            device.set(MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, millionths(utilization / 100 * (1 - i * 0.2)));
        }
    }

    private void writeSlow(GpuReading gpu, RejectedValues rejected) {
        rejected.set(gpu, MIG_MODE_CURRENT, mig ? 1 : 0);
        rejected.set(gpu, MIG_MODE_PENDING, mig ? 1 : 0);
        rejected.set(gpu, MIG_INSTANCES, mig ? MIG_PROFILES.length : 0);
        rejected.set(gpu, PROCESSES_COMPUTE, workload.memory() == 0 ? 0 : mig ? MIG_PROFILES.length : 1);
        rejected.set(gpu, PROCESSES_GRAPHICS, 0);
        rejected.set(gpu, PROCESSES_MPS, 0);
        if (!kind.links()) {
            return;
        }
        rejected.set(gpu, NVLINK_EXPECTED, LINKS);
        int up = fault == Fault.NVLINK_DOWN ? LINKS / 2 : LINKS;
        rejected.set(gpu, NVLINK_ACTIVE, up);
        rejected.set(gpu, FABRIC_STATE, 3);
        rejected.set(gpu, FABRIC_HEALTH_DEGRADED_BANDWIDTH, 0);
        rejected.set(gpu, FABRIC_HEALTH_ROUTE_RECOVERY, 0);
        rejected.set(gpu, FABRIC_HEALTH_ROUTE_UNHEALTHY, 0);
        rejected.set(gpu, FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY, 0);
        rejected.set(gpu, FABRIC_HEALTH_INCORRECT_CONFIGURATION, 0);
        var each = new long[LINKS];
        gpu.vector(NVLINK_ERRORS_REPLAY, each).vector(NVLINK_ERRORS_RECOVERY, each);
        gpu.vector(NVLINK_ERRORS_CRC_FLIT, each).vector(NVLINK_ERRORS_CRC_DATA, each);
        Arrays.fill(each, 0, up, 1);
        gpu.vector(NVLINK_UP, each);
        Arrays.fill(each, LINK_MEGABYTES_PER_SECOND);
        gpu.vector(NVLINK_SPEED_MEGABYTES_PER_SECOND, each);
    }
}
