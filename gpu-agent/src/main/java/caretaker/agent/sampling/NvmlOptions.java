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
        ProcessReader.Settings processes,
        @Nullable Duration profiling,
        boolean pcieThroughput) {

    /** Without anything that costs the GPU's users. */
    public static final NvmlOptions DEFAULT = new NvmlOptions(
            Path.of("/dev"),
            Duration.ofMillis(500),
            new ProcessReader.Settings(Path.of("/proc"), false, 128),
            null,
            false);
}
