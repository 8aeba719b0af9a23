package caretaker.agent.poll;

import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.sampling.CurrentCall;
import caretaker.agent.sampling.GpuSource;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A host with two GPUs, a bus that only collects, and time that moves when a test says so. */
final class FakeHost implements GpuSource, Bus, PollListener {
    final ManualClock wall = new ManualClock();
    final AtomicLong nanos = new AtomicLong(-1_000);
    final CurrentCall call = new CurrentCall(nanos::get);
    final List<Readings> records = new CopyOnWriteArrayList<>();
    final List<HealthEvent> events = new CopyOnWriteArrayList<>();
    final List<String> stuck = new CopyOnWriteArrayList<>();
    final List<Tier> tiers = new ArrayList<>();
    final AtomicLong missed = new AtomicLong();
    final HostPoll poll;
    List<Finding> findings = List.of();
    GpuIdentity identity = identity("one");
    Runnable during = () -> {};

    FakeHost(Intervals intervals) {
        this(intervals, List.of());
    }

    /** @param former GPUs of a former run */
    FakeHost(Intervals intervals, List<KnownGpu> former) {
        var ledger = new HealthLedger("node-1", "agent", wall, events::add);
        ledger.there(former);
        poll = new HostPoll(
                new HostPoll.Publisher("node-1", "agent"),
                this,
                new HostPoll.Outlets(this, ledger, this),
                intervals,
                new HostPoll.Clocks(wall, nanos::get),
                call);
    }

    static GpuIdentity identity(String name) {
        return new GpuIdentity(name, "", "", "", "", "", "", "", "", "");
    }

    void advance(Duration step) {
        nanos.addAndGet(step.toNanos());
        wall.advance(step);
    }

    Readings last() {
        return records.getLast();
    }

    @Override
    public List<Finding> poll(Tier tier, Readings readings) {
        tiers.add(tier);
        call.begin("nvmlDeviceGetPowerUsage", "GPU-1");
        during.run();
        call.end();
        List<GpuReading> gpus = readings.gpuCount(2);
        for (int i = 0; i < 2; i++) {
            gpus.get(i).uuid("GPU-" + i).index(i).set(Column.TEMPERATURE_CELSIUS, 40 + i);
        }
        readings.gpuCounts(2, 2, 2);
        return findings;
    }

    @Override
    public HostInfo info() {
        return new HostInfo("570", "", "", "", "", "fake");
    }

    @Override
    public GpuIdentity identity(int place) {
        return identity;
    }

    @Override
    public void close() {}

    @Override
    public void readings(String host, byte[] record) {
        var readings = new Readings();
        if (!(new ReadingsCodec().decode(record, readings) instanceof ReadingsCodec.Decoded.Known)) {
            throw new AssertionError("not a record");
        }
        records.add(readings);
    }

    @Override
    public void polled(Tier tier, Duration took) {}

    @Override
    public void partsLeftOut(long parts) {}

    @Override
    public void missed(long polls) {
        missed.addAndGet(polls);
    }

    @Override
    public void stuck(String function, boolean stuck) {
        this.stuck.add(function + " " + stuck);
    }
}
