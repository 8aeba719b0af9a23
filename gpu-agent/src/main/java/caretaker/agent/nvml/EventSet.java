package caretaker.agent.nvml;

/**
 * What GPUs tell by themselves: XIDs and other events. Create, register each GPU, await again and again, free before
 * the shutdown. Only {@link #await} may run on another thread than the rest, and then nothing else of this set may
 * run beside it.
 */
public final class EventSet {
    public static final long SINGLE_BIT_ECC = 0x1;
    public static final long DOUBLE_BIT_ECC = 0x2;
    public static final long PERFORMANCE_STATE = 0x4;
    /** The event's data is the XID. */
    public static final long XID = 0x8;

    public static final long CLOCK = 0x10;
    public static final long POWER_SOURCE = 0x80;
    public static final long MIG_CONFIGURATION = 0x100;
    public static final long SINGLE_BIT_ECC_STORM = 0x200;
    public static final long DRAM_RETIREMENT = 0x400;
    public static final long DRAM_RETIREMENT_FAILURE = 0x800;
    public static final long POISON = 0x1000;
    public static final long FATAL_POISON = 0x2000;
    public static final long GPU_UNAVAILABLE = 0x4000;
    public static final long RECOVERY_ACTION = 0x8000;

    private final NativeFunction create;
    private final NativeFunction supportedTypes;
    private final NativeFunction register;
    private final NativeFunction wait;
    private final NativeFunction free;
    private final int deviceAt;
    private final int typeAt;
    private final int dataAt;
    private final CallWatch watch;
    private final Scratch data;
    private final Scratch scratch = new Scratch(16);
    private long set;
    private int waitCode = NvmlReturn.UNINITIALIZED.code();

    EventSet(BoundLibrary library) {
        create = library.function("nvmlEventSetCreate", Shape.L);
        supportedTypes = library.function("nvmlDeviceGetSupportedEventTypes", Shape.LL);
        register = library.function("nvmlDeviceRegisterEvents", Shape.LLL);
        BoundLibrary waiting = library.forAnotherThread();
        wait = waiting.function("nvmlEventSetWait_v2", Shape.LLI);
        watch = waiting.watch();
        free = library.function("nvmlEventSetFree", Shape.L);
        Struct event = library.struct("nvmlEventData_t");
        deviceAt = event.offsetOfLong("device");
        typeAt = event.offsetOfLong("eventType");
        dataAt = event.offsetOfLong("eventData");
        data = new Scratch(event.size());
    }

    /** All of the five functions or none: a library that lacks one has no events. */
    private boolean incomplete() {
        return create.isAbsent()
                || supportedTypes.isAbsent()
                || register.isAbsent()
                || wait.isAbsent()
                || free.isAbsent();
    }

    public int create() {
        if (incomplete()) {
            return NvmlReturn.FUNCTION_NOT_FOUND.code();
        }
        int code = create.call(scratch.at(0));
        set = code == 0 ? scratch.getLong(0) : 0;
        return code;
    }

    public long supportedTypes(GpuHandle gpu) {
        int code = supportedTypes.call(gpu.address(), scratch.at(0));
        return Answer.of(code, scratch.getLong(0));
    }

    /** Asks for those of the wanted types that the GPU has. Only what happens from now on is told. */
    public int register(GpuHandle gpu, long wantedTypes) {
        if (set == 0) {
            return NvmlReturn.UNINITIALIZED.code();
        }
        long supported = supportedTypes(gpu);
        if (!Answer.isValue(supported)) {
            return Answer.code(supported);
        }
        long types = wantedTypes & supported;
        return types == 0 ? NvmlReturn.NOT_SUPPORTED.code() : register.call(gpu.address(), types, set);
    }

    /** Waits for one event; {@code TIMEOUT} when there was none. It may come back early. */
    public int await(int timeoutMs) {
        data.setLong(deviceAt, 0);
        waitCode = set == 0 ? NvmlReturn.UNINITIALIZED.code() : wait.call(set, data.at(0), timeoutMs);
        return waitCode;
    }

    /** Whether {@link #await} is inside the driver now, for a watchdog. */
    public CallWatch watch() {
        return watch;
    }

    /** The GPU of the last event, also when the result was {@code GPU_IS_LOST}; none where the driver does not say. */
    public GpuHandle gpu() {
        boolean told = waitCode == 0 || waitCode == NvmlReturn.GPU_IS_LOST.code();
        return told ? new GpuHandle(data.getLong(deviceAt)) : GpuHandle.NONE;
    }

    public long type() {
        return Answer.of(waitCode, data.getLong(typeAt));
    }

    /** For {@link #XID} the code. */
    public long data() {
        return Answer.of(waitCode, data.getLong(dataAt));
    }

    public int free() {
        if (set == 0) {
            return NvmlReturn.SUCCESS.code();
        }
        int code = free.call(set);
        set = 0;
        return code;
    }
}
