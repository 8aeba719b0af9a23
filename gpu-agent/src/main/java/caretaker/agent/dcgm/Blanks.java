package caretaker.agent.dcgm;

/**
 * Numbers as DCGM writes them, without those that it writes where it has none.
 *
 * <p>Its blanks are the last sixteen of 32 and of 64 bits, and doubles from 2^47 on; drivers add 2^32-1 and 2^64-1.
 * What is wrong in other ways, such as 255 for a percentage, the range of the column refuses.
 */
final class Blanks {
    private static final long BLANK_32 = 0x7FFF_FFF0L;
    private static final long BLANK_64 = 0x7FFF_FFFF_FFFF_FFF0L;
    private static final double BLANK_DOUBLE = 140_737_488_355_328.0;
    private static final int LONG_DIGITS = 18; // fewer than would be too many

    private Blanks() {}

    /** Stands for no number. */
    static final double NONE = Double.NaN;

    /** The number, or {@link #NONE} for a blank and for what is none. */
    static double number(String text) {
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return NONE;
        }
        if (!Double.isFinite(value) || isBlank32(value)) {
            return NONE;
        }
        boolean whole = text.chars().allMatch(c -> c >= '0' && c <= '9');
        return whole ? (value >= BLANK_64 ? NONE : value) : Math.abs(value) >= BLANK_DOUBLE ? NONE : value;
    }

    private static boolean isBlank32(double value) {
        return (value >= BLANK_32 && value <= Integer.MAX_VALUE) || value == 4_294_967_295.0;
    }

    /** The number times a factor, exactly where it is whole; what no column takes where that is too large. */
    static long scaled(String text, double number, double factor) {
        if (text.length() <= LONG_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && factor == (long) factor) {
            long whole = Long.parseLong(text);
            return whole > Long.MAX_VALUE / (long) factor ? Long.MIN_VALUE : whole * (long) factor;
        }
        double scaled = number * factor;
        return Math.abs(scaled) > 1e18 ? Long.MIN_VALUE : Math.round(scaled);
    }
}
