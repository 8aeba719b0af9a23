package caretaker.agent;

import caretaker.agent.sampling.NvmlOptions;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the driver is, and what is read of it beside what is always read.
 *
 * @param library a name that the system's loader knows, or a path
 * @param pciRoot the kernel's list of PCI devices
 * @param deviceRoot where the driver's device nodes are
 * @param procRoot the kernel's list of processes
 */
public record NvmlSettings(
        @Default("libnvidia-ml.so.1") String library,
        @Default("/sys/bus/pci/devices") Path pciRoot,
        @Default("/dev") Path deviceRoot,
        @Default("/proc") Path procRoot,
        Profiling profiling,
        Processes processes,
        Pcie pcie) {

    /**
     * The profiling counters (GPM) of Hopper and later. Only one program on a host should read them, and sampling them
     * often costs the GPU's users: it is off unless it is asked for.
     */
    public record Profiling(
            @Default("false") boolean enabled,

            @Default("10s") @Range(min = "100ms", max = "1h")
            Duration interval) {}

    /**
     * How the processes on a GPU are told of. Their sums by container are always there.
     *
     * @param series whether each process has a series of its own; process numbers come and go
     * @param mostSeries of one GPU; those with the most memory are kept
     */
    public record Processes(
            @Default("false") boolean series,

            @Default("128") @Range(min = "1", max = "512") int mostSeries) {}

    /**
     * What is measured of the link to the host.
     *
     * @param throughput whether it is measured: each measurement holds the poll up for 20 ms
     */
    public record Pcie(@Default("false") boolean throughput) {}

    NvmlOptions options() {
        return NvmlOptions.DEFAULT
                .withRoots(deviceRoot, procRoot)
                .withSeries(processes.series, processes.mostSeries)
                .withOptIns(profiling.enabled ? profiling.interval : null, pcie.throughput);
    }
}
