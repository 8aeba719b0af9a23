package caretaker.agent.sampling;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is read beside what is always read, and where this machine's own files are.
 *
 * @param deviceRoot where the driver's device nodes are
 * @param eventWait the longest wait for an event in one call, and so the longest that the poll thread waits for the
 *     event thread before a shutdown
 * @param profiling how often the profiling counters are sampled, at least 100 ms; null: never
 * @param pcieThroughput whether PCIe throughput is measured, which blocks for 20 ms: one direction of one GPU a
 *     second
 */
public record NvmlOptions(
        Path deviceRoot,
        Duration eventWait,
        Processes processes,
        @Nullable Duration profiling,
        boolean pcieThroughput) {

    /**
     * How processes are told of.
     *
     * @param procRoot where their names are
     * @param series whether each has a series of its own
     * @param mostSeries of one GPU
     */
    public record Processes(Path procRoot, boolean series, int mostSeries) {}

    /** Without anything that costs the GPU's users. */
    public static final NvmlOptions DEFAULT = new NvmlOptions(
            Path.of("/dev"), Duration.ofMillis(500), new Processes(Path.of("/proc"), false, 128), null, false);

    public NvmlOptions withRoots(Path devices, Path processRoot) {
        var here = new Processes(processRoot, processes.series(), processes.mostSeries());
        return new NvmlOptions(devices, eventWait, here, profiling, pcieThroughput);
    }

    public NvmlOptions withSeries(boolean series, int most) {
        var told = new Processes(processes.procRoot(), series, most);
        return new NvmlOptions(deviceRoot, eventWait, told, profiling, pcieThroughput);
    }

    public NvmlOptions withOptIns(@Nullable Duration profilingInterval, boolean throughput) {
        return new NvmlOptions(deviceRoot, eventWait, processes, profilingInterval, throughput);
    }

    NvmlOptions withEventWait(Duration wait) {
        return new NvmlOptions(deviceRoot, wait, processes, profiling, pcieThroughput);
    }
}
