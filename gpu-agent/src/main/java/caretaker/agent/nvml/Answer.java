package caretaker.agent.nvml;

/**
 * A value or the reason why there is none, in one {@code long}, so that reading a GPU makes no objects. The lowest
 * 65,536 longs stand for NVML's codes; no reading comes near them.
 */
public final class Answer {
    private static final long LOWEST = Long.MIN_VALUE;

    /** The driver answered, with its mark for "not available". */
    public static final long BLANK = LOWEST + 0xFFFF;

    private Answer() {}

    public static boolean isValue(long answer) {
        return answer > BLANK;
    }

    /** NVML's code: 0 for a value, -1 for a blank one. */
    public static int code(long answer) {
        if (isValue(answer)) {
            return 0;
        }
        return answer == BLANK ? NvmlReturn.BLANK.code() : (int) (answer - LOWEST);
    }

    public static NvmlReturn result(long answer) {
        return NvmlReturn.of(code(answer));
    }

    /** The value, or another number where there is none. */
    public static long orElse(long answer, long other) {
        return isValue(answer) ? answer : other;
    }

    static long failed(int code) {
        return LOWEST + (code & 0x7FFF);
    }

    /** A signed number, or an unsigned one below 2^63; never blank. */
    static long of(int code, long value) {
        return code == 0 ? value : failed(code);
    }

    /** An unsigned 32-bit number; all ones mean that it is not available. */
    static long ofUnsigned(int code, int bits) {
        if (code != 0) {
            return failed(code);
        }
        return bits == -1 ? BLANK : Integer.toUnsignedLong(bits);
    }

    /** An unsigned 64-bit number; all ones mean that it is not available. */
    static long ofUnsigned(int code, long bits) {
        if (code != 0) {
            return failed(code);
        }
        return bits == -1 ? BLANK : bits;
    }
}
