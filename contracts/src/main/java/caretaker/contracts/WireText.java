package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A text of at most {@link ReadingsCodec#MAX_TEXT} bytes of UTF-8. Immutable; it keeps its bytes, so that the same text
 * in the next record is recognised without a new object.
 */
final class WireText {
    static final WireText EMPTY = new WireText("", new byte[0]);

    private final String text;
    private final byte[] bytes;

    private WireText(String text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
    }

    /** Cut off behind the last character that ends within the bytes that there may be. */
    static WireText of(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        int length = WireWriter.cut(utf8, ReadingsCodec.MAX_TEXT);
        return length == utf8.length ? new WireText(text, utf8) : of(utf8, 0, length);
    }

    /** What is not UTF-8 in it is replaced. */
    static WireText of(byte[] bytes, int from, int length) {
        return new WireText(new String(bytes, from, length, UTF_8), Arrays.copyOfRange(bytes, from, from + length));
    }

    String text() {
        return text;
    }

    /** Not a copy: do not change it. */
    byte[] bytes() {
        return bytes;
    }

    boolean is(byte[] others, int from, int length) {
        return Arrays.equals(bytes, 0, bytes.length, others, from, from + length);
    }

    /** As people read them: bytes that are not UTF-8 are all alike. */
    boolean same(WireText other) {
        return text.equals(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
