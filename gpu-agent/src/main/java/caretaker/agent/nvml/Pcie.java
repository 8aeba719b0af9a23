package caretaker.agent.nvml;

/** A GPU's link to its host. Counters of bytes and errors are {@link Field}s. */
public final class Pcie {
    public static final int TRANSMIT = 0;
    public static final int RECEIVE = 1;

    private final NativeFunction throughput;
    private final NativeFunction replays;
    private final NativeFunction generation;
    private final NativeFunction maxGeneration;
    private final NativeFunction gpuMaxGeneration;
    private final NativeFunction width;
    private final NativeFunction maxWidth;
    private final Scratch scratch = new Scratch(16);

    Pcie(BoundLibrary library) {
        throughput = library.function("nvmlDeviceGetPcieThroughput", Shape.LIL);
        replays = library.function("nvmlDeviceGetPcieReplayCounter", Shape.LL);
        generation = library.function("nvmlDeviceGetCurrPcieLinkGeneration", Shape.LL);
        maxGeneration = library.function("nvmlDeviceGetMaxPcieLinkGeneration", Shape.LL);
        gpuMaxGeneration = library.function("nvmlDeviceGetGpuMaxPcieLinkGeneration", Shape.LL);
        width = library.function("nvmlDeviceGetCurrPcieLinkWidth", Shape.LL);
        maxWidth = library.function("nvmlDeviceGetMaxPcieLinkWidth", Shape.LL);
    }

    /** Measures for about 20 ms, in which it blocks. */
    public long kilobytesPerSecond(GpuHandle gpu, int direction) {
        int code = throughput.call(gpu.address(), direction, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    public long replays(GpuHandle gpu) {
        return number(replays, gpu);
    }

    /** Falls when the GPU has nothing to do: judge it under load. */
    public long linkGeneration(GpuHandle gpu) {
        return number(generation, gpu);
    }

    /** What GPU and slot can do together. */
    public long maxLinkGeneration(GpuHandle gpu) {
        return number(maxGeneration, gpu);
    }

    /** What the GPU alone can do. */
    public long gpuMaxLinkGeneration(GpuHandle gpu) {
        return number(gpuMaxGeneration, gpu);
    }

    public long linkWidth(GpuHandle gpu) {
        return number(width, gpu);
    }

    public long maxLinkWidth(GpuHandle gpu) {
        return number(maxWidth, gpu);
    }

    private long number(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }
}
