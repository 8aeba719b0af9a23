package caretaker.agent.nvml;

/**
 * The MIG devices that a GPU is divided into. Their handles go where a GPU's go: identity and memory have them too.
 * They die when their instance goes, and then every call gives {@code INVALID_ARGUMENT}.
 */
public final class Mig {
    private final NativeFunction most;
    private final NativeFunction device;
    private final NativeFunction gpuInstance;
    private final NativeFunction computeInstance;
    private final NativeFunction attributes;
    private final int multiprocessorsAt;
    private final int gpuSlicesAt;
    private final int computeSlicesAt;
    private final int memoryAt;
    private final Scratch scratch = new Scratch(16);
    private final Scratch attributesOf;
    private int attributesCode = NvmlReturn.UNINITIALIZED.code();

    Mig(BoundLibrary library) {
        most = library.function("nvmlDeviceGetMaxMigDeviceCount", Shape.LL);
        device = library.function("nvmlDeviceGetMigDeviceHandleByIndex", Shape.LIL);
        gpuInstance = library.function("nvmlDeviceGetGpuInstanceId", Shape.LL);
        computeInstance = library.function("nvmlDeviceGetComputeInstanceId", Shape.LL);
        attributes = library.function("nvmlDeviceGetAttributes_v2", Shape.LL);
        Struct struct = library.struct("nvmlDeviceAttributes_t");
        multiprocessorsAt = struct.offsetOfInt("multiprocessorCount");
        gpuSlicesAt = struct.offsetOfInt("gpuInstanceSliceCount");
        computeSlicesAt = struct.offsetOfInt("computeInstanceSliceCount");
        memoryAt = struct.offsetOfLong("memorySizeMB");
        attributesOf = new Scratch(struct.size());
    }

    /** How many MIG devices there can be; 0 where MIG is not possible. */
    public long mostDevices(GpuHandle gpu) {
        return number(most, gpu);
    }

    /** By index, which has holes: {@code NOT_FOUND} is normal and not the end. */
    public GpuLookup device(GpuHandle gpu, int index) {
        int code = device.call(gpu.address(), index, scratch.at(0));
        return new GpuLookup(code, code == 0 ? new GpuHandle(scratch.getLong(0)) : GpuHandle.NONE);
    }

    public long gpuInstance(GpuHandle mig) {
        return number(gpuInstance, mig);
    }

    public long computeInstance(GpuHandle mig) {
        return number(computeInstance, mig);
    }

    /** Reads {@link #multiprocessors} and the three after it. */
    public int attributes(GpuHandle mig) {
        attributesCode = attributes.call(mig.address(), attributesOf.at(0));
        return attributesCode;
    }

    public long multiprocessors() {
        return Answer.ofUnsigned(attributesCode, attributesOf.getInt(multiprocessorsAt));
    }

    public long gpuSlices() {
        return Answer.ofUnsigned(attributesCode, attributesOf.getInt(gpuSlicesAt));
    }

    public long computeSlices() {
        return Answer.ofUnsigned(attributesCode, attributesOf.getInt(computeSlicesAt));
    }

    public long memoryMebibytes() {
        return Answer.ofUnsigned(attributesCode, attributesOf.getLong(memoryAt));
    }

    private long number(NativeFunction function, GpuHandle handle) {
        int code = function.call(handle.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }
}
