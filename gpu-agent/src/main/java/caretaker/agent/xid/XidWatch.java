package caretaker.agent.xid;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.health.Finding;
import caretaker.contracts.HealthEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The XIDs of one host, each told once whatever its sources say.
 *
 * <p>The driver tells an XID twice: as an event, which comes at once and says no more than the code, and as a line of
 * the kernel log, which says whose process it was. Some codes come by one way only. Whichever is first begins an XID;
 * the other one within {@link XidSettings#join} belongs to it. An event waits {@link XidSettings#hold} for its line,
 * so that what is told has both; a line waits for nothing. What comes after an XID was told adds nothing to it.
 *
 * <p>Any thread may call. What is told goes out under the lock: it must not wait.
 */
public final class XidWatch {
    /** Lines that wait until somebody has said which GPUs there are. */
    private static final int MOST_WAITING = 256;

    /** So long do they wait: a driver that does not answer must not keep its own errors secret. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** A process of a line that is older than this may be another one by now. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** Where what is told goes. */
    public interface Outlet {
        /** An XID, an SXID. */
        void occurred(Finding finding);

        /** The driver says that a GPU is gone. */
        void lost(Finding finding);
    }

    /** Runs something later, on any thread. */
    public interface Later {
        void after(Duration delay, Runnable task);
    }

    /** A GPU and where it sits. */
    public record Gpu(String uuid, int index, String pciBusId) {}

    /** What it works with. */
    public record Surroundings(
            HealthEvent.Entity host,
            XidPolicy policy,
            ContainerLookup containers,
            Outlet outlet,
            XidListener listener) {}

    private record Waiting(KernelMessage message, long atNanos) {}

    private final XidSettings settings;
    private final XidListener listener;
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Later later;
    private final XidNews news;

    // Guarded by this.
    private final Map<String, GpuXids> gpus = new HashMap<>();
    private final Map<PciAddress, GpuXids> byPci = new HashMap<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private List<Gpu> known = List.of();
    private boolean identified;
    private boolean linesExpected;

    public XidWatch(
            XidSettings settings, Surroundings surroundings, InstantSource wall, LongSupplier nanos, Later later) {
        this.settings = settings;
        this.listener = surroundings.listener();
        this.wall = wall;
        this.nanos = nanos;
        this.later = (delay, task) -> later.after(delay, () -> {
            synchronized (this) {
                task.run();
            }
        });
        news = new XidNews(settings, surroundings, this.later);
    }

    /** Which GPUs there are. Cheap when nothing has changed. */
    public synchronized void gpus(List<Gpu> now) {
        if (now.equals(known)) {
            return;
        }
        known = List.copyOf(now);
        for (Gpu each : now) {
            GpuXids gpu = gpu(each.uuid(), each.index());
            gpu.index = each.index();
            PciAddress pci = PciAddress.parse(each.pciBusId());
            if (pci != null) {
                byPci.put(pci, gpu);
            }
        }
        if (!byPci.isEmpty()) {
            identified = true;
            tellWaiting();
        }
    }

    private GpuXids gpu(String uuid, int index) {
        GpuXids gpu = gpus.get(uuid);
        if (gpu == null) {
            gpu = new GpuXids(uuid, index);
            gpus.put(uuid, gpu);
            if (!uuid.isEmpty()) {
                listener.known(uuid, index);
            }
        }
        return gpu;
    }

    /** What the driver asks for now, in the numbers of its field 230. */
    public synchronized void recoveryAction(String uuid, long number) {
        GpuXids gpu = gpus.get(uuid);
        if (gpu != null) {
            gpu.recoveryAction = number;
        }
    }

    /** Whether there is a kernel log to wait for. */
    public synchronized void linesExpected(boolean expected) {
        linesExpected = expected;
    }

    /** An event of the driver. */
    public synchronized void driver(String uuid, int index, int code) {
        GpuXids gpu = gpu(uuid, index);
        long now = nanos.getAsLong();
        Occurrence told =
                gpu.find(now, settings.join().toNanos(), one -> one.code == code || code == Occurrence.UNSAID);
        if (told != null) {
            told.byDriver = true;
            return;
        }
        var occurrence = new Occurrence(code, now, wall.instant());
        occurrence.byDriver = true;
        gpu.add(occurrence);
        if (linesExpected) {
            later.after(settings.hold(), () -> tell(gpu, occurrence));
        } else {
            tell(gpu, occurrence);
        }
    }

    /**
     * A message of the kernel log.
     *
     * @param age how long ago it was written
     */
    public synchronized void kernel(KernelMessage message, Duration age) {
        long at = nanos.getAsLong() - age.toNanos();
        if (identified || message instanceof KernelMessage.SwitchXid) {
            take(message, at);
            return;
        }
        if (waiting.isEmpty()) {
            later.after(LONGEST_WAIT, this::tellWaiting);
        } else if (waiting.size() == MOST_WAITING) {
            Waiting first = waiting.removeFirst();
            take(first.message(), first.atNanos());
        }
        waiting.addLast(new Waiting(message, at));
    }

    private void tellWaiting() {
        while (!waiting.isEmpty()) {
            Waiting first = waiting.removeFirst();
            take(first.message(), first.atNanos());
        }
    }

    private void take(KernelMessage message, long at) {
        switch (message) {
            case KernelMessage.Xid xid -> take(xid, at);
            case KernelMessage.FallenOff lost ->
                take(new KernelMessage.Xid(lost.pci(), "", 79, 0, "", "GPU has fallen off the bus", lost.raw()), at);
            case KernelMessage.SwitchXid of -> news.tell(of);
        }
    }

    private void take(KernelMessage.Xid xid, long at) {
        GpuXids of = byPci.get(xid.pci());
        GpuXids gpu = of == null ? gpu("", -1) : of;
        Occurrence told = gpu.find(at, settings.join().toNanos(), one -> one.isOf(xid));
        if (told == null) {
            Duration age = Duration.ofNanos(nanos.getAsLong() - at);
            Instant when = wall.instant().minus(age);
            told = new Occurrence(xid.code(), at, when);
            told.old = age.compareTo(FRESH) > 0;
            gpu.add(told);
        }
        if (!told.told) {
            told.line = xid;
            told.code = xid.code();
            tell(gpu, told);
        } else {
            told.line = Objects.requireNonNullElse(told.line, xid);
        }
    }

    private void tell(GpuXids gpu, Occurrence occurrence) {
        if (!occurrence.told) {
            occurrence.told = true;
            news.tell(gpu, occurrence);
        }
    }
}
