package caretaker.agent.nvml;

/**
 * What runs on a GPU. The reader keeps its buffers and the rows of its last reads; process numbers are those of the
 * host.
 */
public final class Processes {
    public static final int COMPUTE = 0;
    public static final int GRAPHICS = 1;
    public static final int MPS = 2;

    /** More than any GPU runs; a longer list is not read, and {@link #isTooLong} says so. */
    static final int MOST = 4096;

    private static final int SOME_SPARE = 8;
    private static final int TRIES = 4;
    private static final int LONGEST_ROW = 32;
    private static final byte PATTERN = (byte) 0xA5;
    private static final int HIGHEST_PERCENT = 100;

    private final NativeFunction[] lists;
    private final NativeFunction utilization;
    private final int rowSize;
    private final int pidAt;
    private final int memoryAt;
    private final int gpuInstanceAt;
    private final int computeInstanceAt;
    private final int sampleSize;
    private final int samplePidAt;
    private final int timeAt;
    private final int smAt;
    private final Scratch count = new Scratch(8);
    private Scratch rows = new Scratch(0);
    private int room;
    private int running;
    private boolean cut;
    private int stride;
    private Scratch samples = new Scratch(0);
    private int sampleRoom;
    private int sampled;
    private long newestUs;

    Processes(BoundLibrary library) {
        lists = new NativeFunction[] {
            library.function("nvmlDeviceGetComputeRunningProcesses_v3", Shape.LLL),
            library.function("nvmlDeviceGetGraphicsRunningProcesses_v3", Shape.LLL),
            library.function("nvmlDeviceGetMPSComputeRunningProcesses_v3", Shape.LLL)
        };
        utilization = library.function("nvmlDeviceGetProcessUtilization", Shape.LLLL);
        Struct row = library.struct("nvmlProcessInfo_v2_t");
        rowSize = row.size();
        stride = rowSize;
        pidAt = row.offsetOfInt("pid");
        memoryAt = row.offsetOfLong("usedGpuMemory");
        gpuInstanceAt = row.offsetOfInt("gpuInstanceId");
        computeInstanceAt = row.offsetOfInt("computeInstanceId");
        Struct sample = library.struct("nvmlProcessUtilizationSample_t");
        sampleSize = sample.size();
        samplePidAt = sample.offsetOfInt("pid");
        timeAt = sample.offsetOfLong("timeStamp");
        smAt = sample.offsetOfInt("smUtil");
    }

    /**
     * Reads the processes of one kind: {@link #count} rows. A GPU without any gives success and no row.
     *
     * <p>Some drivers of 535 write 32 bytes for a row under the name that means 24. So there is room for 32, filled
     * with a pattern, and how far the pattern is gone tells which it was.
     */
    public int list(GpuHandle gpu, int kind) {
        running = 0;
        cut = false;
        int code = NvmlReturn.INSUFFICIENT_SIZE.code();
        for (int tries = 0; code == NvmlReturn.INSUFFICIENT_SIZE.code() && tries < TRIES; tries++) {
            rows.fill(PATTERN);
            count.setInt(0, room);
            code = lists[kind].call(gpu.address(), count.at(0), rows.at(0));
            int wanted = count.getInt(0);
            cut = code == NvmlReturn.INSUFFICIENT_SIZE.code() && room == MOST;
            if (cut) {
                break;
            }
            if (code == NvmlReturn.INSUFFICIENT_SIZE.code()) {
                room = Math.clamp(Math.max(wanted + (long) SOME_SPARE, room * 2L), SOME_SPARE, MOST);
                rows = new Scratch((long) room * LONGEST_ROW);
            }
        }
        if (code == 0) {
            running = Math.clamp(count.getInt(0), 0, room);
            measureRows();
        }
        return code;
    }

    private void measureRows() {
        if (running == 0) {
            return;
        }
        boolean longRows = true;
        for (int at = 0; at < LONGEST_ROW - rowSize; at++) {
            longRows &= rows.getByte((long) running * rowSize + at) != PATTERN;
        }
        stride = longRows ? LONGEST_ROW : rowSize;
    }

    /** Rows of the last {@link #list}. */
    public int count() {
        return running;
    }

    /** Whether there were too many processes for the last {@link #list}. */
    public boolean isTooLong() {
        return cut;
    }

    public int pid(int row) {
        return rows.getInt((long) row * stride + pidAt);
    }

    /** Blank where the driver does not know, as in a container without the host's process numbers. */
    public long memoryBytes(int row) {
        return Answer.ofUnsigned(0, rows.getLong((long) row * stride + memoryAt));
    }

    /** Blank outside of MIG. */
    public long gpuInstance(int row) {
        return Answer.ofUnsigned(0, rows.getInt((long) row * stride + gpuInstanceAt));
    }

    /** Blank outside of MIG. */
    public long computeInstance(int row) {
        return Answer.ofUnsigned(0, rows.getInt((long) row * stride + computeInstanceAt));
    }

    /**
     * Reads how busy processes were: {@link #samples} rows that are newer than a time. {@code NOT_FOUND}: none was
     * busy. Not supported while MIG is on.
     */
    public int utilization(GpuHandle gpu, long lastSeenUs) {
        sampled = 0;
        newestUs = lastSeenUs;
        int code = NvmlReturn.INSUFFICIENT_SIZE.code();
        for (int tries = 0; code == NvmlReturn.INSUFFICIENT_SIZE.code() && tries < TRIES; tries++) {
            count.setInt(0, sampleRoom);
            long buffer = sampleRoom == 0 ? 0 : samples.at(0);
            code = utilization.call(gpu.address(), buffer, count.at(0), lastSeenUs);
            if (code == NvmlReturn.INSUFFICIENT_SIZE.code() || (code == 0 && sampleRoom == 0)) {
                code = NvmlReturn.INSUFFICIENT_SIZE.code();
                sampleRoom =
                        Math.clamp(Math.max(count.getInt(0) + (long) SOME_SPARE, sampleRoom * 2L), SOME_SPARE, MOST);
                samples = new Scratch((long) sampleRoom * sampleSize);
            }
        }
        if (code == 0) {
            sampled = Math.clamp(count.getInt(0), 0, sampleRoom);
            for (int row = 0; row < sampled; row++) {
                newestUs = Math.max(newestUs, sampleTimeUs(row));
            }
        }
        return code;
    }

    public int samples() {
        return sampled;
    }

    public int samplePid(int row) {
        return samples.getInt((long) row * sampleSize + samplePidAt);
    }

    /** 0 in a place of the driver's buffer that holds nothing. */
    public long sampleTimeUs(int row) {
        return samples.getLong((long) row * sampleSize + timeAt);
    }

    /** The process's share of the SMs; blank where the driver says what cannot be. */
    public long smPercent(int row) {
        int percent = samples.getInt((long) row * sampleSize + smAt);
        return percent < 0 || percent > HIGHEST_PERCENT ? Answer.BLANK : percent;
    }

    /** What to pass as "last seen" the next time. */
    public long newestUs() {
        return newestUs;
    }
}
