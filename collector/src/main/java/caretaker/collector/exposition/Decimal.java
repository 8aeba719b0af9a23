package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Writes {@code value × 10^exponent} as the shortest exact decimal, by whole numbers only. */
final class Decimal {
    /** More bytes than any number takes: sign, 19 digits, point, and as many zeros as an exponent adds. */
    static final int MAX_LENGTH = 64;

    private static final byte[] MIN_VALUE = Long.toString(Long.MIN_VALUE).getBytes(US_ASCII);
    private static final byte[] PAIRS = pairs();

    /** Powers of ten, by the digits after the point. */
    private static final long[] UNITS = {
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    private Decimal() {}

    /** Writes at {@code at}, where there must be {@link #MAX_LENGTH} bytes, and returns the place after. */
    static int write(byte[] to, int at, long value, int exponent) {
        if (value == 0) {
            to[at] = '0';
            return at + 1;
        }
        if (exponent == 0) {
            return integer(to, at, value);
        }
        if (exponent > 0) {
            int end = integer(to, at, value);
            for (int i = 0; i < exponent; i++) {
                to[end++] = '0';
            }
            return end;
        }
        if (exponent < -9) {
            return scientific(to, at, value, -exponent);
        }
        return fraction(to, at, value, -exponent);
    }

    /** For what would be too long in full. */
    private static int scientific(byte[] to, int at, long value, int digits) {
        int end = integer(to, at, value);
        to[end++] = 'e';
        to[end++] = '-';
        return integer(to, end, digits);
    }

    private static int fraction(byte[] to, int at, long value, int digits) {
        long unit = UNITS[digits];
        int end = at;
        long rest = value % unit;
        if (rest < 0) {
            if (value > -unit) {
                to[end++] = '-'; // the whole part is 0 and shows no sign
            }
            rest = -rest;
        }
        end = integer(to, end, value / unit);
        if (rest == 0) {
            return end;
        }
        to[end++] = '.';
        for (long place = unit / 10; rest > 0; place /= 10) {
            to[end++] = (byte) ('0' + rest / place);
            rest %= place;
        }
        return end;
    }

    private static int integer(byte[] to, int at, long value) {
        if (value == Long.MIN_VALUE) {
            System.arraycopy(MIN_VALUE, 0, to, at, MIN_VALUE.length);
            return at + MIN_VALUE.length;
        }
        long rest = value;
        int start = at;
        if (rest < 0) {
            to[start++] = '-';
            rest = -rest;
        }
        int end = start + length(rest);
        int place = end;
        while (rest >= 100) {
            int pair = (int) (rest % 100) << 1;
            rest /= 100;
            to[--place] = PAIRS[pair + 1];
            to[--place] = PAIRS[pair];
        }
        if (rest >= 10) {
            to[--place] = PAIRS[((int) rest << 1) + 1];
            to[--place] = PAIRS[(int) rest << 1];
        } else {
            to[--place] = (byte) ('0' + rest);
        }
        return end;
    }

    private static int length(long value) {
        int length = 1;
        long rest = value;
        while (rest >= 10_000) {
            rest /= 10_000;
            length += 4;
        }
        return rest < 10 ? length : rest < 100 ? length + 1 : rest < 1000 ? length + 2 : length + 3;
    }

    private static byte[] pairs() {
        var pairs = new byte[200];
        for (int i = 0; i < 100; i++) {
            pairs[2 * i] = (byte) ('0' + i / 10);
            pairs[2 * i + 1] = (byte) ('0' + i % 10);
        }
        return pairs;
    }
}
