package caretaker.agent.nvml;

/** A GPU's links to other GPUs, and its place in the fabric. */
public final class Links {
    /** Count links from 0 until one answers {@code INVALID_ARGUMENT}, and never beyond this. */
    public static final int MAX_LINKS = 36;

    /** Counters of link errors run from 0 to here: replay, recovery, CRC of flits, CRC of data, ECC. */
    public static final int LAST_ERROR_COUNTER = 4;

    /** The least {@link #version} whose counters are fields. */
    public static final int NVLINK_5 = 7;

    // In the health mask each check has two bits, 1 for bad and 2 for good; configuration has four, of which 1 is good.
    private static final int CONFIGURATION_CHECK = 4;
    private static final int CONFIGURATION_GOOD = 1;
    private static final int BAD = 1;

    private final NativeFunction version;
    private final NativeFunction remoteType;
    private final NativeFunction state;
    private final NativeFunction errors;
    private final NativeFunction fabric;
    private final Struct third;
    private final Struct second;
    private final Scratch scratch = new Scratch(16);
    private final Scratch info;
    private int infoCode = NvmlReturn.UNINITIALIZED.code();
    private boolean infoIsSecond;

    Links(BoundLibrary library) {
        version = library.function("nvmlDeviceGetNvLinkVersion", Shape.LIL);
        remoteType = library.function("nvmlDeviceGetNvLinkRemoteDeviceType", Shape.LIL);
        state = library.function("nvmlDeviceGetNvLinkState", Shape.LIL);
        errors = library.function("nvmlDeviceGetNvLinkErrorCounter", Shape.LIIL);
        fabric = library.function("nvmlDeviceGetGpuFabricInfoV", Shape.LL);
        third = library.struct("nvmlGpuFabricInfo_v3_t");
        second = library.struct("nvmlGpuFabricInfo_v2_t");
        info = new Scratch(third.size());
    }

    /** 1 while the link is active. */
    public long active(GpuHandle gpu, int link) {
        int code = state.call(gpu.address(), link, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** NVML's number of the version: 6 is NVLink 4, 7 is NVLink 5. */
    public long version(GpuHandle gpu, int link) {
        int code = version.call(gpu.address(), link, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** What is at the other end: 0 a GPU, 1 an NPU, 2 a switch, 255 unknown. */
    public long remoteType(GpuHandle gpu, int link) {
        int code = remoteType.call(gpu.address(), link, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getInt(0));
    }

    /** Not supported from NVLink 5 on, which has {@link Field}s for it. */
    public long errors(GpuHandle gpu, int link, int counter) {
        int code = errors.call(gpu.address(), link, counter, scratch.at(0));
        return Answer.ofUnsigned(code, scratch.getLong(0));
    }

    /** Reads {@link #fabricState} and the four after it; in the older form where the driver wants that. */
    public int fabric(GpuHandle gpu) {
        infoIsSecond = false;
        infoCode = readFabric(gpu, third);
        if (infoCode == NvmlReturn.ARGUMENT_VERSION_MISMATCH.code()) {
            infoIsSecond = true;
            infoCode = readFabric(gpu, second);
        }
        return infoCode;
    }

    private int readFabric(GpuHandle gpu, Struct struct) {
        info.setInt(struct.offsetOfInt("version"), struct.versionWord());
        return fabric.call(gpu.address(), info.at(0));
    }

    /** 0 not supported, 1 not started, 2 in progress, 3 completed. */
    public long fabricState() {
        return Answer.of(infoCode, info.getUnsignedByte(third.offset("state", 1)));
    }

    /** How the registration went: one of NVML's codes, good only when the state is "completed". */
    public long fabricStatus() {
        return Answer.of(infoCode, info.getInt(third.offsetOfInt("status")));
    }

    public long fabricClique() {
        return Answer.ofUnsigned(infoCode, info.getInt(third.offsetOfInt("cliqueId")));
    }

    public long fabricHealthMask() {
        return Answer.ofUnsigned(infoCode, info.getInt(third.offsetOfInt("healthMask")));
    }

    /**
     * Whether a check of the fabric went badly: 0 degraded bandwidth, 1 route recovery, 2 unhealthy route, 3 access
     * timeout recovery, 4 incorrect configuration. Not supported where the mask says nothing of it.
     */
    public long fabricBad(int check) {
        long mask = fabricHealthMask();
        return Answer.isValue(mask) ? fabricBad(mask, check) : mask;
    }

    /** The same of a mask that somebody else has read. */
    public static long fabricBad(long mask, int check) {
        boolean isConfiguration = check == CONFIGURATION_CHECK;
        int value = (int) ((mask >> (2 * check)) & (isConfiguration ? 0xF : 3));
        if (value == 0) {
            return Answer.failed(NvmlReturn.NOT_SUPPORTED.code());
        }
        boolean isBad = isConfiguration ? value != CONFIGURATION_GOOD : value == BAD;
        return isBad ? 1 : 0;
    }

    /** 0 none, 1 healthy, 2 unhealthy, 3 limited; only in the newer form. */
    public long fabricHealthSummary() {
        if (infoIsSecond && infoCode == 0) {
            return Answer.failed(NvmlReturn.NOT_SUPPORTED.code());
        }
        return Answer.of(infoCode, info.getUnsignedByte(third.offset("healthSummary", 1)));
    }
}
