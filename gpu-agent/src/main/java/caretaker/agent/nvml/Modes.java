package caretaker.agent.nvml;

/** How a GPU is set up. */
public final class Modes {
    private final NativeFunction persistence;
    private final NativeFunction compute;
    private final NativeFunction mig;
    private final NativeFunction inforom;
    private final Scratch scratch = new Scratch(16);
    private final Scratch migModes = new Scratch(16);
    private int migCode = NvmlReturn.UNINITIALIZED.code();

    Modes(BoundLibrary library) {
        persistence = library.function("nvmlDeviceGetPersistenceMode", Shape.LL);
        compute = library.function("nvmlDeviceGetComputeMode", Shape.LL);
        mig = library.function("nvmlDeviceGetMigMode", Shape.LLL);
        inforom = library.function("nvmlDeviceValidateInforom", Shape.L);
    }

    /** 0: each first client wakes the GPU up, a reader of metrics too. */
    public long persistence(GpuHandle gpu) {
        return number(persistence, gpu);
    }

    /** 0 default, 1 exclusive thread, 2 prohibited, 3 exclusive process. */
    public long compute(GpuHandle gpu) {
        return number(compute, gpu);
    }

    /** Reads {@link #migMode} and {@link #migModePending}. */
    public int mig(GpuHandle gpu) {
        migCode = mig.call(gpu.address(), migModes.at(0), migModes.at(8));
        return migCode;
    }

    public long migMode() {
        return Answer.ofUnsigned(migCode, migModes.getInt(0));
    }

    public long migModePending() {
        return Answer.ofUnsigned(migCode, migModes.getInt(8));
    }

    /** {@code SUCCESS}, or {@code CORRUPTED_INFOROM} when the checksum of the board's memory is wrong. */
    public int validateInforom(GpuHandle gpu) {
        return inforom.call(gpu.address());
    }

    /** 1, or 0 when the checksum is wrong. */
    public long inforomValid(GpuHandle gpu) {
        int code = validateInforom(gpu);
        return code == NvmlReturn.CORRUPTED_INFOROM.code() ? 0 : Answer.of(code, 1);
    }

    private long number(NativeFunction function, GpuHandle gpu) {
        int code = function.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }
}
