package caretaker.agent.nvml;

import java.util.List;

/**
 * Profiling counters of Hopper and later: a value is the mean between two samples, which are at least 100 ms apart.
 *
 * <p>A {@link Window} holds the two samples of one GPU or GPU instance and is used again and again. Every window must
 * be {@linkplain Window#free freed} before the shutdown. All of the functions or none: a library that lacks one has no
 * GPM.
 */
public final class Gpm {
    public static final int GRAPHICS_ACTIVE = 1;
    public static final int SM_ACTIVE = 2;
    public static final int SM_OCCUPANCY = 3;
    public static final int INTEGER_ACTIVE = 4;
    public static final int TENSOR_ACTIVE = 5;
    public static final int TENSOR_DFMA_ACTIVE = 6;
    public static final int TENSOR_HMMA_ACTIVE = 7;
    public static final int TENSOR_IMMA_ACTIVE = 9;
    public static final int DRAM_ACTIVE = 10;
    public static final int FP64_ACTIVE = 11;
    public static final int FP32_ACTIVE = 12;
    public static final int FP16_ACTIVE = 13;
    public static final int PCIE_TRANSMIT = 20;
    public static final int PCIE_RECEIVE = 21;
    public static final int NVLINK_RECEIVE = 60;
    public static final int NVLINK_TRANSMIT = 61;

    /** The least time between two samples. */
    public static final long LEAST_NANOS = 100_000_000;

    /** For {@link #window}: the whole GPU. */
    public static final int WHOLE_GPU = -1;

    private static final int VERSION = 1; // plain, not joined with the size
    private static final int NOT_FOUND = NvmlReturn.FUNCTION_NOT_FOUND.code();

    private final NativeFunction support;
    private final NativeFunction allocate;
    private final NativeFunction take;
    private final NativeFunction takeOfInstance;
    private final NativeFunction compute;
    private final NativeFunction free;
    private final int supportedAt;
    private final int rowsAt;
    private final int rowSize;
    private final int idAt;
    private final int returnAt;
    private final int valueAt;
    private final int countAt;
    private final int olderAt;
    private final int newerAt;
    private final Scratch scratch = new Scratch(16);
    private final Scratch request;
    private int code = NvmlReturn.UNINITIALIZED.code();

    Gpm(BoundLibrary library) {
        support = library.function("nvmlGpmQueryDeviceSupport", Shape.LL);
        allocate = library.function("nvmlGpmSampleAlloc", Shape.L);
        take = library.function("nvmlGpmSampleGet", Shape.LL);
        takeOfInstance = library.function("nvmlGpmMigSampleGet", Shape.LIL);
        compute = library.function("nvmlGpmMetricsGet", Shape.L);
        free = library.function("nvmlGpmSampleFree", Shape.L);
        supportedAt = library.struct("nvmlGpmSupport_t").offsetOfInt("isSupportedDevice");
        Struct row = library.struct("nvmlGpmMetric_t");
        rowSize = row.size();
        idAt = row.offsetOfInt("metricId");
        returnAt = row.offsetOfInt("nvmlReturn");
        valueAt = row.offsetOfLong("value");
        Struct whole = library.struct("nvmlGpmMetricsGet_t");
        countAt = whole.offsetOfInt("numMetrics");
        olderAt = whole.offsetOfLong("sample1");
        newerAt = whole.offsetOfLong("sample2");
        rowsAt = newerAt + Long.BYTES;
        request = new Scratch(whole.size());
    }

    private boolean incomplete() {
        return support.isAbsent() || allocate.isAbsent() || take.isAbsent() || compute.isAbsent() || free.isAbsent();
    }

    /** 1 where the GPU has these counters. */
    public long supported(GpuHandle gpu) {
        if (incomplete()) {
            return Answer.failed(NOT_FOUND);
        }
        scratch.setInt(0, VERSION);
        int result = support.call(gpu.address(), scratch.at(0));
        return Answer.ofUnsigned(result, scratch.getInt(supportedAt));
    }

    /** A window over a GPU, or over one of its GPU instances, that holds no sample yet. */
    public Window window(int gpuInstance) {
        return new Window(gpuInstance);
    }

    /** Two samples of one thing. */
    public final class Window {
        private final int gpuInstance;
        private long older;
        private long newer;
        private long olderNanos;
        private long newerNanos;
        private boolean hasOlder;
        private boolean hasNewer;

        private Window(int gpuInstance) {
            this.gpuInstance = gpuInstance;
        }

        /** Takes a sample in place of the older one; does nothing while the newer one is too young for that. */
        public int take(GpuHandle gpu, long nowNanos) {
            if (incomplete() || (gpuInstance != WHOLE_GPU && takeOfInstance.isAbsent())) {
                return NOT_FOUND;
            }
            if (hasNewer && nowNanos - newerNanos < LEAST_NANOS) {
                return NvmlReturn.NOT_READY.code();
            }
            swap();
            if (newer == 0) {
                int result = allocate.call(scratch.at(0));
                if (result != 0) {
                    swap();
                    return result;
                }
                newer = scratch.getLong(0);
            }
            int result = gpuInstance == WHOLE_GPU
                    ? take.call(gpu.address(), newer)
                    : takeOfInstance.call(gpu.address(), gpuInstance, newer);
            hasNewer = result == 0;
            newerNanos = nowNanos;
            return result;
        }

        private void swap() {
            long sample = older;
            older = newer;
            newer = sample;
            olderNanos = newerNanos;
            hasOlder = hasNewer;
            hasNewer = false;
        }

        /** Reads these metrics as means between the two samples; {@code NO_DATA} while there is only one. */
        public int read(List<Integer> metrics) {
            if (!hasOlder || !hasNewer || newerNanos - olderNanos < LEAST_NANOS) {
                code = NvmlReturn.NO_DATA.code();
                return code;
            }
            request.setInt(0, VERSION);
            request.setInt(countAt, metrics.size());
            request.setLong(olderAt, older);
            request.setLong(newerAt, newer);
            for (int row = 0; row < metrics.size(); row++) {
                request.setInt(rowsAt + (long) row * rowSize + idAt, metrics.get(row));
                request.setInt(rowsAt + (long) row * rowSize + returnAt, NvmlReturn.NO_DATA.code());
            }
            code = compute.call(request.at(0));
            return code;
        }

        /** Gives the samples back; the window may be used again after the next init. */
        public void free() {
            release(older);
            release(newer);
            forget();
        }

        /** For samples that went with the driver's session. */
        public void forget() {
            older = 0;
            newer = 0;
            hasOlder = false;
            hasNewer = false;
        }

        private void release(long sample) {
            if (sample != 0) {
                int unused = free.call(sample);
                assert unused >= 0;
            }
        }
    }

    /** In thousandths: of a percent, or of MiB a second. */
    public long thousandths(int row) {
        long at = rowsAt + (long) row * rowSize;
        int rowCode = code == 0 ? request.getInt(at + returnAt) : code;
        if (rowCode != 0) {
            return Answer.failed(rowCode);
        }
        double value = request.getDouble(at + valueAt);
        return Double.isFinite(value) ? Math.round(value * 1000) : Answer.BLANK;
    }
}
