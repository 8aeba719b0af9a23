package caretaker.alerts.routing;

import java.util.HexFormat;

/** Who an alert is: 64 bits over its labels, printed as 16 hex digits. Ordered as unsigned numbers. */
public record Fingerprint(long bits) implements Comparable<Fingerprint> {

    /**
     * Reads what {@link #toString} printed.
     *
     * @throws IllegalArgumentException if it is not 16 hex digits
     */
    public static Fingerprint parse(String text) {
        if (text.length() != 16) {
            throw new IllegalArgumentException("a fingerprint has 16 hex digits, '" + text + "' has not");
        }
        return new Fingerprint(HexFormat.fromHexDigitsToLong(text));
    }

    @Override
    public int compareTo(Fingerprint other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(bits);
    }
}
