package caretaker.agent.sampling;

import static java.util.Objects.requireNonNull;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.health.Finding;
import caretaker.agent.nvml.NativeLibrary;
import caretaker.agent.nvml.TestNvml;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Readings;
import caretaker.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A host whose driver is the test library, with one time for the driver, the wall and the schedule. */
final class NvmlHost implements DriverListener, DriverEventListener {
    static final Duration SECOND = Duration.ofSeconds(1);

    final TestNvml driver;
    final ManualClock wall = new ManualClock(Instant.ofEpochMilli(TestNvml.BEGIN_US / 1000));
    final AtomicLong nanos = new AtomicLong(1);
    final CurrentCall call = new CurrentCall(nanos::get);
    final Readings readings = new Readings();
    final List<String> rejected = new ArrayList<>();
    final List<String> failed = new ArrayList<>();
    final List<String> called = new ArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    NvmlOptions options = NvmlOptions.DEFAULT
            .withRoots(Path.of("/nonexistent"), Path.of("/nonexistent"))
            .withEventWait(Duration.ofMillis(5));
    ContainerLookup containers = ContainerLookup.NONE;
    private @Nullable NvmlSource source;

    NvmlHost(String scenario) {
        this(NativeLibrary.NEWEST_DRIVER, scenario);
    }

    NvmlHost(int branch, String scenario) {
        driver = TestNvml.load(branch);
        driver.scenario(scenario);
    }

    NvmlHost start() {
        return start(0, Path.of("/nonexistent"));
    }

    NvmlHost start(int expectedGpus, Path pciRoot) {
        close();
        source = new NvmlSource(
                driver.open(),
                new NvmlSource.Host("node-1", expectedGpus, pciRoot, SECOND, "test"),
                options,
                call,
                new NvmlSource.Partners(this, this, containers),
                wall,
                nanos::get);
        return this;
    }

    /** Ends what the last start began. */
    void close() {
        NvmlSource running = source;
        if (running != null) {
            running.close();
            source = null;
        }
    }

    NvmlSource source() {
        return requireNonNull(source);
    }

    List<Finding> poll(Tier tier) {
        called.clear();
        return source().poll(tier, readings);
    }

    List<Condition> conditions(Tier tier) {
        return poll(tier).stream().map(Finding::condition).toList();
    }

    GpuReading gpu(int place) {
        return readings.gpus().get(place);
    }

    void advance(Duration step) {
        driver.advance(step);
        wall.advance(step);
        nanos.addAndGet(step.toNanos());
    }

    @Override
    public void event(String uuid, int gpuIndex, long eventType, long data) {
        events.add(gpuIndex + " " + eventType + " " + data);
    }

    @Override
    public void lost(String uuid, int gpuIndex) {
        events.add(gpuIndex + " lost");
    }

    @Override
    public void unavailable(String reason) {
        events.add("unavailable");
    }

    @Override
    public void available() {
        events.add("available");
    }

    @Override
    public void called(String function, long took) {
        called.add(function);
    }

    @Override
    public void failed(String function, int gpu, String code) {
        failed.add(function + " " + gpu + " " + code);
    }

    @Override
    public void rejected(String metric, Reason reason) {
        rejected.add(metric + " " + reason);
    }
}
