package caretaker.agent.sampling;

import static java.util.Objects.requireNonNull;

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
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A host whose driver is the test library, with one time for the driver, the wall and the schedule. */
final class NvmlHost implements DriverListener {
    static final Duration SECOND = Duration.ofSeconds(1);

    final TestNvml driver;
    final ManualClock wall = new ManualClock(Instant.ofEpochMilli(TestNvml.BEGIN_US / 1000));
    final AtomicLong nanos = new AtomicLong(1);
    final CurrentCall call = new CurrentCall(nanos::get);
    final Readings readings = new Readings();
    final List<String> rejected = new ArrayList<>();
    final List<String> failed = new ArrayList<>();
    final List<String> called = new ArrayList<>();
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
        source = new NvmlSource(
                driver.open(),
                new NvmlSource.Host("node-1", expectedGpus, pciRoot, SECOND, "test"),
                call,
                this,
                wall,
                nanos::get);
        return this;
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
