package caretaker.agent.nvml;

/** NVML's result codes, and what to do about each. */
public enum NvmlReturn {
    /** Not NVML's: the call succeeded and the value was all ones, which stands for "not available". */
    BLANK(-1, Treatment.BLANK),
    SUCCESS(0, Treatment.OK),
    UNINITIALIZED(1, Treatment.REINITIALIZE),
    INVALID_ARGUMENT(2, Treatment.BAD_ARGUMENT),
    NOT_SUPPORTED(3, Treatment.NOT_SUPPORTED),
    NO_PERMISSION(4, Treatment.NO_PERMISSION),
    ALREADY_INITIALIZED(5, Treatment.OK),
    NOT_FOUND(6, Treatment.NOTHING),
    INSUFFICIENT_SIZE(7, Treatment.GROW),
    INSUFFICIENT_POWER(8, Treatment.BOARD_FAULT),
    DRIVER_NOT_LOADED(9, Treatment.DRIVER_GONE),
    TIMEOUT(10, Treatment.TIMEOUT),
    IRQ_ISSUE(11, Treatment.BOARD_FAULT),
    LIBRARY_NOT_FOUND(12, Treatment.NOT_SUPPORTED),
    /** Also given where the library has no function of that name. */
    FUNCTION_NOT_FOUND(13, Treatment.NOT_SUPPORTED),
    CORRUPTED_INFOROM(14, Treatment.BOARD_FAULT),
    GPU_IS_LOST(15, Treatment.LOST),
    RESET_REQUIRED(16, Treatment.RESET_REQUIRED),
    OPERATING_SYSTEM(17, Treatment.NO_DEVICE_NODES),
    LIB_RM_VERSION_MISMATCH(18, Treatment.DRIVER_CHANGED),
    IN_USE(19, Treatment.RETRY),
    MEMORY(20, Treatment.RETRY),
    NO_DATA(21, Treatment.NOTHING),
    VGPU_ECC_NOT_SUPPORTED(22, Treatment.NOT_SUPPORTED),
    INSUFFICIENT_RESOURCES(23, Treatment.RETRY),
    FREQ_NOT_SUPPORTED(24, Treatment.NOT_SUPPORTED),
    ARGUMENT_VERSION_MISMATCH(25, Treatment.OLDER_VERSION),
    DEPRECATED(26, Treatment.NOT_SUPPORTED),
    NOT_READY(27, Treatment.RETRY),
    GPU_NOT_FOUND(28, Treatment.LOST),
    INVALID_STATE(29, Treatment.RETRY),
    RESET_TYPE_NOT_SUPPORTED(30, Treatment.NOT_SUPPORTED),
    /** 999, and every code that we do not know. In a container a sign of lost device nodes. */
    UNKNOWN(999, Treatment.UNKNOWN);

    private static final NvmlReturn[] BY_CODE = new NvmlReturn[31];

    static {
        for (NvmlReturn result : values()) {
            if (result.code >= 0 && result.code < BY_CODE.length) {
                BY_CODE[result.code] = result;
            }
        }
    }

    private final int code;
    private final Treatment treatment;

    NvmlReturn(int code, Treatment treatment) {
        this.code = code;
        this.treatment = treatment;
    }

    public static NvmlReturn of(int code) {
        if (code == BLANK.code) {
            return BLANK;
        }
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNKNOWN;
    }

    public int code() {
        return code;
    }

    public Treatment treatment() {
        return treatment;
    }

    /** Whether an older or simpler function may still answer where one gave this code. */
    static boolean asksForOlder(int code) {
        return code == FUNCTION_NOT_FOUND.code || code == NOT_SUPPORTED.code || code == ARGUMENT_VERSION_MISMATCH.code;
    }
}
