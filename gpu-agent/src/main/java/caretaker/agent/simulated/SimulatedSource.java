package caretaker.agent.simulated;

import caretaker.agent.health.Finding;
import caretaker.agent.sampling.GpuSource;
import caretaker.agent.sampling.RejectedValues;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A made-up host whose GPUs train models. The same host, seed and start give the same readings at the same times.
 *
 * <p>Time goes on in steps of fixed length, counted from the start by the clock that was passed in; a clock that is set
 * back stops it, one that leaps ahead moves it by at most {@link #MAX_STEPS} steps.
 */
public final class SimulatedSource implements GpuSource {
    private static final int MAX_STEPS = 600;
    private static final Duration LONGEST_STEP = Duration.ofSeconds(1);

    /**
     * What is made up.
     *
     * @param interval how often it will be polled
     */
    public record Host(String name, int gpus, long seed, Duration interval, FaultScript faults, String agentVersion) {
        public Host {
            if (gpus < 1 || gpus > 100) {
                throw new IllegalArgumentException("a simulated host has 1 to 100 GPUs, not " + gpus);
            }
        }
    }

    private final InstantSource clock;
    private final RejectedValues rejected;
    private final Consumer<String> kernelLog;
    private final Instant start;
    private final long stepMillis;
    private final HostInfo info;
    private final String host;
    private final List<Workload> workloads = new ArrayList<>();
    private final List<SimulatedGpu> gpus = new ArrayList<>();
    private final List<FaultScript.Entry> script;
    private int scriptPosition;
    private long steps;
    private long skippedSteps;
    private boolean started;

    public SimulatedSource(Host host, InstantSource clock, RejectedValues rejected) {
        this(host, clock, rejected, _ -> {});
    }

    /** @param kernelLog takes what the kernel would say, on the thread that polls */
    public SimulatedSource(Host host, InstantSource clock, RejectedValues rejected, Consumer<String> kernelLog) {
        this.kernelLog = kernelLog;
        this.host = host.name();
        this.clock = clock;
        this.rejected = rejected;
        start = clock.instant();
        stepMillis = Collections.min(List.of(host.interval(), LONGEST_STEP)).toMillis();
        info = new HostInfo("570.172.08", "12.570.172.08", "12.8", "570.172.08", host.agentVersion(), "simulated");
        script = host.faults().of(host.name()).entries();
        var kind = SimulatedExtras.Kind.of(host.name());
        var noise = Noise.of(host.seed(), host.name().hashCode());
        int perJob = Math.min(host.gpus(), 8 >> (int) (noise.unit() * 3)); // jobs of 8, 4 or 2
        for (int i = 0; i < host.gpus(); i++) {
            if (i % perJob == 0) {
                workloads.add(new Workload(Noise.of(noise.bits())));
            }
            gpus.add(new SimulatedGpu(Noise.of(noise.bits(), i), workloads.getLast(), i, kind, i == host.gpus() - 1));
        }
    }

    @Override
    public List<Finding> poll(Tier tier, Readings readings) {
        advance();
        List<GpuReading> into = readings.gpuCount(gpus.size());
        boolean hung = gpus.stream().anyMatch(gpu -> gpu.fault() == Fault.HUNG);
        int visible = 0;
        List<Finding> findings = List.of();
        for (int i = 0; i < gpus.size(); i++) {
            SimulatedGpu gpu = gpus.get(i);
            GpuReading reading = into.get(i);
            boolean back = !reading.state().answers() || !started;
            reading.uuid(gpu.uuid()).index(i).state(hung ? GpuState.HUNG : gpu.state());
            if (reading.state().answers()) {
                gpu.write(back ? Tier.RARE : tier, reading, rejected);
            } else {
                reading.clear();
                reading.index(i).state(hung ? GpuState.HUNG : gpu.state());
                gpu.writeEvents(reading, rejected);
            }
            if (!gpu.state().answers()) {
                findings = findings.isEmpty() ? new ArrayList<>() : findings;
                findings.add(finding(gpu, i));
            }
            visible += gpu.fault() == Fault.LOST ? 0 : 1;
        }
        started = true;
        readings.gpuCounts(gpus.size(), visible, visible);
        return findings;
    }

    private void advance() {
        long elapsed = clock.millis() - start.toEpochMilli();
        long due = Math.round((double) elapsed / stepMillis) - skippedSteps;
        if (due - steps > MAX_STEPS) {
            skippedSteps += due - steps - MAX_STEPS;
            due = steps + MAX_STEPS;
        }
        for (; steps < due; steps++) {
            fault((steps + 1) * stepMillis);
            workloads.forEach(workload -> workload.advance(stepMillis / 1e3));
            gpus.forEach(gpu -> gpu.advance(stepMillis / 1e3));
        }
    }

    private void fault(long elapsedMillis) {
        while (scriptPosition < script.size() && script.get(scriptPosition).at().toMillis() <= elapsedMillis) {
            FaultScript.Entry entry = script.get(scriptPosition++);
            if (entry.gpu() < gpus.size()) {
                fault(gpus.get(entry.gpu()), entry, start.toEpochMilli() + elapsedMillis);
            }
        }
    }

    /** Puts a GPU into a state, or lets an XID happen, of which the kernel says what it would say. */
    private void fault(SimulatedGpu gpu, FaultScript.Entry entry, long nowMillis) {
        if (entry.fault() == Fault.XID) {
            gpu.xid(entry.code(), nowMillis);
            kernelLog.accept(gpu.kernelLine(entry.code()));
        } else {
            gpu.fault(entry.fault(), nowMillis);
        }
    }

    private static Finding finding(SimulatedGpu gpu, int index) {
        var entity = Finding.gpu(gpu.uuid(), index);
        Map<String, String> evidence = Map.of("source", "simulated");
        return switch (gpu.fault()) {
            case LOST ->
                new Finding(Condition.GPU_LOST, entity, "15", "GPU " + index + " has fallen off the bus", evidence);
            case HUNG ->
                new Finding(Condition.GPU_HUNG, entity, "", "a driver call for GPU " + index + " hangs", evidence);
            default ->
                new Finding(Condition.GPU_RESET_REQUIRED, entity, "16", "GPU " + index + " must be reset", evidence);
        };
    }

    @Override
    public HostInfo info() {
        return info;
    }

    @Override
    public @Nullable GpuIdentity identity(int place) {
        return gpus.get(place).identity();
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "simulated " + host;
    }
}
