package caretaker.agent.nvml;

/**
 * The driver's ring of samples of one type, which holds what happened between two polls. The reader keeps its buffer
 * and what it makes of the samples; the caller keeps, for each GPU, the time of the newest one it has seen.
 */
public final class Samples {
    public static final int POWER_MILLIWATTS = 0;
    public static final int GPU_PERCENT = 1;
    public static final int MEMORY_PERCENT = 2;

    private static final int TYPE_DOUBLE = 0;
    private static final int TYPE_ULONG = 2;
    private static final int TYPE_ULONGLONG = 3;
    private static final int TYPE_SLONGLONG = 4;
    private static final int TYPE_SINT = 5;
    private static final int TYPE_USHORT = 6;

    private static final int MORE_THAN_ANY_RING = 16_384;
    private static final int SOME_SPARE = 16;
    private static final long VALUE_TYPE_AT = 0;
    private static final long COUNT_AT = 8;

    private final NativeFunction read;
    private final int type;
    private final int rowSize;
    private final int timeAt;
    private final int valueAt;
    private final Scratch head = new Scratch(16);
    private Scratch rows = new Scratch(0);
    private int room;

    private int count;
    private long minimum;
    private long maximum;
    private long sum;
    private long newestUs;

    Samples(BoundLibrary library, int type) {
        this.type = type;
        read = library.function("nvmlDeviceGetSamples", Shape.LILLLL);
        Struct row = library.struct("nvmlSample_t");
        rowSize = row.size();
        timeAt = row.offsetOfLong("timeStamp");
        valueAt = row.offsetOfLong("sampleValue");
    }

    /** Reads the samples that are newer than a time; {@code NOT_FOUND} when there are none. */
    public int read(GpuHandle gpu, long lastSeenUs) {
        count = 0;
        sum = 0;
        minimum = Long.MAX_VALUE;
        maximum = Long.MIN_VALUE;
        newestUs = lastSeenUs;
        if (room == 0) {
            int code = grow(gpu, lastSeenUs);
            if (code != 0) {
                return code;
            }
        }
        int code = fill(gpu, lastSeenUs);
        while ((code == NvmlReturn.INSUFFICIENT_SIZE.code() || (code == 0 && given() >= room))
                && room < MORE_THAN_ANY_RING) {
            makeRoom(room * 2);
            code = fill(gpu, lastSeenUs);
        }
        if (code == 0) {
            summarize(Math.min(given(), room), lastSeenUs);
        }
        return code;
    }

    /** Asks how many samples there can be. */
    private int grow(GpuHandle gpu, long lastSeenUs) {
        head.setInt(COUNT_AT, 0);
        int code = read.call(gpu.address(), type, lastSeenUs, head.at(VALUE_TYPE_AT), head.at(COUNT_AT), 0);
        if (code == 0) {
            makeRoom(Math.clamp(given(), 0, MORE_THAN_ANY_RING) + SOME_SPARE);
        }
        return code;
    }

    private void makeRoom(int samples) {
        rows = new Scratch((long) samples * rowSize);
        room = samples;
    }

    private int fill(GpuHandle gpu, long lastSeenUs) {
        head.setInt(COUNT_AT, room);
        return read.call(gpu.address(), type, lastSeenUs, head.at(VALUE_TYPE_AT), head.at(COUNT_AT), rows.at(0));
    }

    private int given() {
        return head.getInt(COUNT_AT);
    }

    private void summarize(int given, long lastSeenUs) {
        int valueType = head.getInt(VALUE_TYPE_AT);
        for (int i = 0; i < given; i++) {
            long at = (long) i * rowSize;
            long timeUs = rows.getLong(at + timeAt);
            long value = value(valueType, at + valueAt);
            if (timeUs > lastSeenUs && Answer.isValue(value)) { // an empty place of the ring has the time 0
                count++;
                sum += value;
                minimum = Math.min(minimum, value);
                maximum = Math.max(maximum, value);
                newestUs = Math.max(newestUs, timeUs);
            }
        }
    }

    private long value(int valueType, long at) {
        return switch (valueType) {
            case TYPE_DOUBLE -> Double.isNaN(rows.getDouble(at)) ? Answer.BLANK : Math.round(rows.getDouble(at));
            case TYPE_ULONG, TYPE_ULONGLONG -> Answer.ofUnsigned(0, rows.getLong(at));
            case TYPE_SLONGLONG -> rows.getLong(at);
            case TYPE_SINT -> rows.getInt(at);
            case TYPE_USHORT -> rows.getUnsignedShort(at);
            default -> Answer.ofUnsigned(0, rows.getInt(at));
        };
    }

    /** How many good samples the last read brought. */
    public int count() {
        return count;
    }

    public long minimum() {
        return count == 0 ? Answer.failed(NvmlReturn.NOT_FOUND.code()) : minimum;
    }

    public long maximum() {
        return count == 0 ? Answer.failed(NvmlReturn.NOT_FOUND.code()) : maximum;
    }

    /** Not a number when there was no sample. */
    public double average() {
        return count == 0 ? Double.NaN : (double) sum / count;
    }

    /** What to pass as "last seen" the next time. */
    public long newestUs() {
        return newestUs;
    }
}
