package caretaker.agent.xid;

import caretaker.agent.health.CountedXid;
import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each XID has happened, for the readings. Passes on what it is told. Safe for any thread. */
public final class XidCounts implements XidListener {
    /** Codes of a GPU and errors of switches that are counted; there are fewer. */
    private static final int MOST = 1024;

    private static final class Count {
        private long times;
        private long lastMillis;
    }

    private static final class OfGpu {
        private final Map<Integer, Count> byCode = new TreeMap<>();
        private int last;
    }

    private record SwitchError(String device, int code, boolean fatal) {}

    private final XidListener next;
    private final Map<String, OfGpu> gpus = new HashMap<>();
    private final Map<SwitchError, Count> switches = new HashMap<>();
    private boolean changed;

    public XidCounts(XidListener next) {
        this.next = next;
    }

    /** Goes on from what former runs have counted. To be called first. */
    public synchronized void restore(List<CountedXid> former) {
        Map<String, Long> newest = new HashMap<>();
        for (CountedXid xid : former) {
            OfGpu gpu = gpus.computeIfAbsent(xid.uuid(), _ -> new OfGpu());
            Count count = gpu.byCode.computeIfAbsent(xid.code(), _ -> new Count());
            count.times = xid.times();
            count.lastMillis = xid.lastUnixMillis();
            if (xid.lastUnixMillis() >= newest.getOrDefault(xid.uuid(), 0L)) {
                newest.put(xid.uuid(), xid.lastUnixMillis());
                gpu.last = xid.code();
            }
        }
    }

    /** All counts of GPUs, for a later run. */
    public synchronized List<CountedXid> counted() {
        List<CountedXid> counted = new ArrayList<>();
        gpus.forEach((uuid, gpu) -> gpu.byCode.forEach(
                (code, count) -> counted.add(new CountedXid(uuid, code, count.times, count.lastMillis))));
        return counted;
    }

    /** Whether anything was counted since this was asked last. */
    public synchronized boolean hasChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    @Override
    public void known(String uuid, int index) {
        next.known(uuid, index);
    }

    @Override
    public void counted(String uuid, int index, int code, long unixMillis) {
        synchronized (this) {
            OfGpu gpu = gpus.computeIfAbsent(uuid, _ -> new OfGpu());
            if (gpu.byCode.size() < MOST || gpu.byCode.containsKey(code)) {
                Count count = gpu.byCode.computeIfAbsent(code, _ -> new Count());
                count.times++;
                count.lastMillis = Math.max(count.lastMillis, unixMillis);
            }
            gpu.last = code;
            changed = true;
        }
        next.counted(uuid, index, code, unixMillis);
    }

    @Override
    public void switchCounted(String device, int code, boolean fatal) {
        synchronized (this) {
            var error = new SwitchError(device, code, fatal);
            if (switches.size() < MOST || switches.containsKey(error)) {
                switches.computeIfAbsent(error, _ -> new Count()).times++;
            }
        }
        next.switchCounted(device, code, fatal);
    }

    @Override
    public void folded(String uuid, int code) {
        next.folded(uuid, code);
    }

    @Override
    public void repeated(String uuid, int code) {
        next.repeated(uuid, code);
    }

    @Override
    public void forgotten() {
        next.forgotten();
    }

    /** Puts all counts into the readings; a GPU of which nothing was counted keeps what its source says. */
    public synchronized void write(Readings readings) {
        for (GpuReading gpu : readings.gpus()) {
            OfGpu counts = gpus.get(gpu.uuid());
            if (counts == null) {
                if (!gpu.has(Column.XID_LAST)) {
                    gpu.set(Column.XID_LAST, 0);
                }
            } else {
                gpu.set(Column.XID_LAST, counts.last);
                gpu.clearParts(Part.XID);
                counts.byCode.forEach((code, count) -> {
                    PartReading part = gpu.addPart(Part.XID).identity(Integer.toString(code));
                    part.set(PartColumn.XID_ERRORS, count.times);
                    part.set(PartColumn.XID_LAST_UNIX_MILLISECONDS, count.lastMillis);
                });
            }
        }
        readings.clearSxids();
        switches.forEach((error, count) -> readings.addSxid()
                .identity(error.device(), Integer.toString(error.code()), error.fatal() ? "fatal" : "non_fatal")
                .set(PartColumn.SXID_ERRORS, count.times));
    }
}
