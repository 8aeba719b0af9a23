package caretaker.contracts;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The name of a host, a GPU or an agent as it travels: 1 to 253 printable ASCII characters and no space.
 *
 * <p>Such a name is safe as a key, a label and a word of a log line. Immutable; it keeps its bytes, so that the same
 * name in the next record is recognised without a new object.
 */
public final class WireName {
    public static final int MAX_LENGTH = 253;

    static final WireName NONE = new WireName("", new byte[0]);

    private final String text;
    private final byte[] bytes;
    private final int hash;
    private final boolean valid;

    private WireName(String text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
        this.valid = isValid(bytes, 0, bytes.length);
    }

    /** Whether readers will take it; what writes names checks them where it gets them. */
    public static boolean isValid(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return isValid(utf8, 0, utf8.length);
    }

    static boolean isValid(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] <= ' ' || bytes[i] == 0x7F) { // bytes beyond ASCII are negative
                return false;
            }
        }
        return length >= 1 && length <= MAX_LENGTH;
    }

    static WireName of(String text) {
        return new WireName(text, text.getBytes(UTF_8));
    }

    /** From bytes that are valid. */
    static WireName of(byte[] bytes, int from, int length) {
        byte[] own = Arrays.copyOfRange(bytes, from, from + length);
        return new WireName(new String(own, US_ASCII), own);
    }

    String text() {
        return text;
    }

    boolean valid() {
        return valid;
    }

    /** Not a copy: do not change it. */
    byte[] bytes() {
        return bytes;
    }

    boolean is(byte[] others, int from, int length) {
        return Arrays.equals(bytes, 0, bytes.length, others, from, from + length);
    }

    boolean same(WireName other) {
        return hash == other.hash && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return text;
    }
}
