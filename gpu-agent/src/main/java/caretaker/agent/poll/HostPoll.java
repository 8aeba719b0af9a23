package caretaker.agent.poll;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.sampling.CurrentCall;
import caretaker.agent.sampling.GpuSource;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one host and publishes what it read.
 *
 * <p>{@link #poll} belongs to the poll thread and takes as long as the driver takes. {@link #watch} belongs to the
 * watchdog: when a call has run for {@link #PATIENCE} intervals it says so on the bus, in the poll thread's place and
 * without touching what the poll thread works on. Publishing is under one lock, so that the record that says "hung"
 * never comes after the one that says "back".
 */
public final class HostPoll {
    /** Intervals that a call may take before its host counts as hung. */
    static final int PATIENCE = 3;

    /** The name under which it settles what is wrong. */
    public static final String WATCHER = "poll";

    /** Where a poll's results go. */
    public record Outlets(Bus bus, HealthLedger ledger, PollListener listener, Judge judge, HostListener host) {
        public Outlets(Bus bus, HealthLedger ledger, PollListener listener) {
            this(bus, ledger, listener, Judge.NONE, (_, _, _) -> {});
        }
    }

    /** Who publishes: the host, and this run of the agent on it. */
    public record Publisher(String host, String agentId) {}

    /** The clocks: one for people, one that only goes forward. */
    public record Clocks(InstantSource wall, LongSupplier nanos) {}

    private final Publisher publisher;
    private final GpuSource source;
    private final Bus bus;
    private final PollListener listener;
    private final Judge judge;
    private final HostListener hostListener;
    private final Intervals intervals;
    private final Clocks clocks;
    private final CurrentCall call;
    private final HealthLedger ledger;
    private final long patienceNanos;

    // Of the poll thread.
    private final Readings readings = new Readings();
    private final Schedule slow;
    private final Schedule rare;
    private final List<@Nullable GpuIdentity> published = new ArrayList<>();
    private @Nullable HostInfo publishedInfo;

    // Guarded by this.
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings lastKnown = new Readings();
    private long sequence;
    private CurrentCall.@Nullable Running hung;
    private long saidNanos;

    /** @param call the source's own record of its calls */
    public HostPoll(
            Publisher publisher,
            GpuSource source,
            Outlets outlets,
            Intervals intervals,
            Clocks clocks,
            CurrentCall call) {
        this.publisher = publisher;
        this.source = source;
        this.bus = outlets.bus();
        this.listener = outlets.listener();
        judge = outlets.judge();
        hostListener = outlets.host();
        this.intervals = intervals;
        this.clocks = clocks;
        this.call = call;
        ledger = outlets.ledger();
        restore(ledger.known());
        patienceNanos = intervals.fast().toNanos() * PATIENCE;
        long now = clocks.nanos().getAsLong();
        slow = new Schedule(now, intervals.slow());
        rare = new Schedule(now, intervals.rare());
    }

    /** Until a poll has ended, the GPUs are those of a former run. */
    private void restore(List<KnownGpu> former) {
        List<GpuReading> known = lastKnown.gpuCount(former.size());
        for (int i = 0; i < former.size(); i++) {
            KnownGpu gpu = former.get(i);
            known.get(i).uuid(gpu.uuid()).index(gpu.index()).identity(gpu.identity());
        }
        if (!former.isEmpty()) {
            lastKnown.gpuCounts(former.size(), Readings.UNKNOWN, Readings.UNKNOWN);
        }
    }

    /** Reads what is due and publishes it. Returns the slowest tier that was read. */
    Tier poll() {
        Tier tier = due();
        long millis = clocks.wall().millis();
        List<Finding> findings = source.poll(tier, readings);
        identify(tier);
        judge.polled(tier, readings, published, findings);
        if (tier != Tier.FAST) {
            ledger.there(source.known());
        }
        readings.timeUnixMillis(millis);
        publish(findings);
        hostListener.seen(source.info(), readings, published);
        return tier;
    }

    private Tier due() {
        long now = clocks.nanos().getAsLong();
        Tier tier = Tier.FAST;
        if (slow.nextNanos() - now <= 0) {
            slow.take(now);
            tier = Tier.SLOW;
        }
        if (rare.nextNanos() - now <= 0) {
            rare.take(now);
            tier = Tier.RARE;
        }
        return tier;
    }

    /** Puts identities into the record when the tier asks for them, and those that are new at once. */
    private void identify(Tier tier) {
        HostInfo info = source.info();
        readings.info(tier != Tier.FAST || !info.equals(publishedInfo) ? info : null);
        publishedInfo = info;
        List<GpuReading> gpus = readings.gpus();
        for (int i = 0; i < gpus.size(); i++) {
            if (published.size() == i) {
                published.add(null);
            }
            GpuIdentity identity = source.identity(i);
            boolean isNew = !Objects.equals(identity, published.get(i));
            gpus.get(i).identity(tier != Tier.FAST || isNew ? identity : null);
            published.set(i, identity);
        }
    }

    private synchronized void publish(List<Finding> findings) {
        if (hung != null) {
            listener.stuck(hung.function(), false);
            hung = null;
        }
        remember();
        send(readings);
        ledger.settle(WATCHER, findings);
    }

    private void send(Readings record) {
        record.host(publisher.host())
                .agentId(publisher.agentId())
                .intervalMillis((int) intervals.fast().toMillis())
                .sequence(++sequence);
        long leftOut = codec.partsLeftOut();
        bus.readings(publisher.host(), codec.encode(record));
        if (codec.partsLeftOut() > leftOut) {
            listener.partsLeftOut(codec.partsLeftOut() - leftOut);
        }
    }

    /** Keeps who the GPUs are for the day that the poll thread cannot say so. */
    private void remember() {
        List<GpuReading> gpus = readings.gpus();
        List<GpuReading> known = lastKnown.gpuCount(gpus.size());
        for (int i = 0; i < gpus.size(); i++) {
            GpuReading gpu = gpus.get(i);
            known.get(i).uuid(gpu.uuid()).index(gpu.index()).identity(published.get(i));
        }
        lastKnown.gpuCounts(readings.gpusExpected(), readings.gpusVisible(), readings.gpusOnPci());
    }

    /**
     * Looks whether a call is stuck. While it is, there is one record an interval that says so.
     *
     * @return how long until there is something to look at again
     */
    synchronized Duration watch() {
        CurrentCall.Running running = call.running();
        if (running == null) {
            return intervals.fast();
        }
        long now = clocks.nanos().getAsLong();
        long runs = now - running.sinceNanos();
        if (runs < patienceNanos) {
            return Duration.ofNanos(Math.min(intervals.fast().toNanos(), patienceNanos - runs));
        }
        if (hung == null || hung.number() != running.number()) {
            listener.stuck(running.function(), true);
            hung = running;
            sayHung(now);
            ledger.raise(WATCHER, finding(running, runs));
        } else if (now - saidNanos >= intervals.fast().toNanos()) {
            sayHung(now);
        }
        return intervals.fast();
    }

    private void sayHung(long now) {
        saidNanos = now;
        lastKnown.gpus().forEach(gpu -> gpu.state(GpuState.HUNG));
        lastKnown.timeUnixMillis(clocks.wall().millis());
        send(lastKnown);
    }

    private Finding finding(CurrentCall.Running running, long runs) {
        HealthEvent.Entity entity = Finding.host(publisher.host());
        for (GpuReading gpu : lastKnown.gpus()) {
            if (gpu.uuid().equals(running.gpu())) {
                entity = Finding.gpu(gpu.uuid(), gpu.index());
            }
        }
        long millis = Duration.ofNanos(runs).toMillis();
        return new Finding(
                Condition.GPU_HUNG,
                entity,
                "",
                "the driver has not answered " + running.function() + " for " + millis + " ms",
                Map.of("call", running.function(), "runningMillis", Long.toString(millis)));
    }

    /** Whether the watchdog has said that a call is stuck, and no poll has ended since. */
    synchronized boolean isHung() {
        return hung != null;
    }

    void close() {
        source.close();
    }

    @Override
    public String toString() {
        return publisher.host();
    }
}
