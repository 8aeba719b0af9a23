package caretaker.agent.nvml;

/** How busy and how full a GPU is. A method that reads several values is followed by the methods that give them. */
public final class Load {
    private static final int NOT_READ = NvmlReturn.UNINITIALIZED.code();

    private final NativeFunction utilization;
    private final NativeFunction encoder;
    private final NativeFunction decoder;
    private final NativeFunction jpeg;
    private final NativeFunction opticalFlow;
    private final NativeFunction memorySplit;
    private final NativeFunction memoryPlain;
    private final NativeFunction bar1;

    private final int gpuAt;
    private final int memoryAt;
    private final Scratch rates;
    private int ratesCode = NOT_READ;

    private final int splitWord;
    private final int splitWordAt;
    private final int splitTotalAt;
    private final int splitReservedAt;
    private final int splitFreeAt;
    private final int splitUsedAt;
    private final int plainTotalAt;
    private final int plainFreeAt;
    private final int plainUsedAt;
    private final Scratch memory;
    private int memoryCode = NOT_READ;
    private boolean memoryIsPlain;

    private final int bar1TotalAt;
    private final int bar1UsedAt;
    private final Scratch window;
    private int windowCode = NOT_READ;

    private final Scratch scratch = new Scratch(16);

    Load(BoundLibrary library) {
        utilization = library.function("nvmlDeviceGetUtilizationRates", Shape.LL);
        encoder = library.function("nvmlDeviceGetEncoderUtilization", Shape.LLL);
        decoder = library.function("nvmlDeviceGetDecoderUtilization", Shape.LLL);
        jpeg = library.function("nvmlDeviceGetJpgUtilization", Shape.LLL);
        opticalFlow = library.function("nvmlDeviceGetOfaUtilization", Shape.LLL);
        memorySplit = library.function("nvmlDeviceGetMemoryInfo_v2", Shape.LL);
        memoryPlain = library.function("nvmlDeviceGetMemoryInfo", Shape.LL);
        bar1 = library.function("nvmlDeviceGetBAR1MemoryInfo", Shape.LL);

        Struct ratesStruct = library.struct("nvmlUtilization_t");
        gpuAt = ratesStruct.offsetOfInt("gpu");
        memoryAt = ratesStruct.offsetOfInt("memory");
        rates = new Scratch(ratesStruct.size());

        Struct split = library.struct("nvmlMemory_v2_t");
        splitWord = split.versionWord();
        splitWordAt = split.offsetOfInt("version");
        splitTotalAt = split.offsetOfLong("total");
        splitReservedAt = split.offsetOfLong("reserved");
        splitFreeAt = split.offsetOfLong("free");
        splitUsedAt = split.offsetOfLong("used");
        Struct plain = library.struct("nvmlMemory_t");
        plainTotalAt = plain.offsetOfLong("total");
        plainFreeAt = plain.offsetOfLong("free");
        plainUsedAt = plain.offsetOfLong("used");
        memory = new Scratch(split.size());

        Struct windowStruct = library.struct("nvmlBAR1Memory_t");
        bar1TotalAt = windowStruct.offsetOfLong("bar1Total");
        bar1UsedAt = windowStruct.offsetOfLong("bar1Used");
        window = new Scratch(windowStruct.size());
    }

    /** Reads {@link #gpuPercent} and {@link #memoryPercent}. Not supported while MIG is on. */
    public int utilization(GpuHandle gpu) {
        ratesCode = utilization.call(gpu.address(), rates.at(0));
        return ratesCode;
    }

    public long gpuPercent() {
        return Answer.ofUnsigned(ratesCode, rates.getInt(gpuAt));
    }

    /** Share of the time in which memory was read or written; not how full it is. */
    public long memoryPercent() {
        return Answer.ofUnsigned(ratesCode, rates.getInt(memoryAt));
    }

    public long encoderPercent(GpuHandle gpu) {
        return engine(encoder, gpu);
    }

    public long decoderPercent(GpuHandle gpu) {
        return engine(decoder, gpu);
    }

    public long jpegPercent(GpuHandle gpu) {
        return engine(jpeg, gpu);
    }

    public long opticalFlowPercent(GpuHandle gpu) {
        return engine(opticalFlow, gpu);
    }

    private long engine(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0), scratch.at(8));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /**
     * Reads {@link #memoryTotalBytes} and the three after it. A driver or board without the split form gives the
     * plain one, in which "used" also counts what is reserved.
     */
    public int memory(GpuHandle gpu) {
        memory.setInt(splitWordAt, splitWord);
        memoryCode = memorySplit.call(gpu.address(), memory.at(0));
        memoryIsPlain = memoryCode != 0 && NvmlReturn.asksForOlder(memoryCode);
        if (memoryIsPlain) {
            memoryCode = memoryPlain.call(gpu.address(), memory.at(0));
        }
        return memoryCode;
    }

    public long memoryTotalBytes() {
        return Answer.ofUnsigned(memoryCode, memory.getLong(memoryIsPlain ? plainTotalAt : splitTotalAt));
    }

    public long memoryUsedBytes() {
        return Answer.ofUnsigned(memoryCode, memory.getLong(memoryIsPlain ? plainUsedAt : splitUsedAt));
    }

    public long memoryFreeBytes() {
        return Answer.ofUnsigned(memoryCode, memory.getLong(memoryIsPlain ? plainFreeAt : splitFreeAt));
    }

    public long memoryReservedBytes() {
        if (memoryIsPlain && memoryCode == 0) {
            return Answer.failed(NvmlReturn.NOT_SUPPORTED.code());
        }
        return Answer.ofUnsigned(memoryCode, memory.getLong(splitReservedAt));
    }

    /** Reads {@link #bar1TotalBytes} and {@link #bar1UsedBytes}, the part of the memory that the host can see. */
    public int bar1(GpuHandle gpu) {
        windowCode = bar1.call(gpu.address(), window.at(0));
        return windowCode;
    }

    public long bar1TotalBytes() {
        return Answer.ofUnsigned(windowCode, window.getLong(bar1TotalAt));
    }

    public long bar1UsedBytes() {
        return Answer.ofUnsigned(windowCode, window.getLong(bar1UsedAt));
    }
}
