package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes one Protobuf message after another into memory that grows and is used again. */
final class WireWriter {
    private static final int LENGTH_BYTES = 3;
    private byte[] bytes = new byte[4096];
    private int position;

    void reset() {
        position = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, position);
    }

    void number(int field, long value) {
        varint((long) field << 3 | WireReader.VARINT);
        varint(value);
    }

    void name(int field, WireName name) {
        bytes(field, name.bytes(), name.bytes().length);
    }

    /** Cut off behind the last character that ends within {@code max} bytes. */
    void text(int field, String text, int max) {
        byte[] utf8 = text.getBytes(UTF_8);
        bytes(field, utf8, cut(utf8, max));
    }

    void text(int field, WireText text) {
        bytes(field, text.bytes(), text.bytes().length);
    }

    /** How many bytes are left if whole characters are cut off until there are at most {@code max}. */
    static int cut(byte[] utf8, int max) {
        int length = Math.min(utf8.length, max);
        while (length < utf8.length && length > 0 && (utf8[length] & 0xC0) == 0x80) {
            length--;
        }
        return length;
    }

    void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    private void bytes(int field, byte[] content, int length) {
        varint((long) field << 3 | WireReader.LENGTH);
        varint(length);
        room(length);
        System.arraycopy(content, 0, bytes, position, length);
        position += length;
    }

    /** Begins a nested message; {@link #close} takes the returned value. */
    int open(int field) {
        varint((long) field << 3 | WireReader.LENGTH);
        room(LENGTH_BYTES);
        position += LENGTH_BYTES;
        return position;
    }

    void close(int start) {
        int length = position - start;
        int size = 1;
        while (length >>> (7 * size) != 0) {
            size++;
        }
        System.arraycopy(bytes, start, bytes, start - LENGTH_BYTES + size, length);
        position = start - LENGTH_BYTES;
        varint(length);
        position += length;
    }

    void varint(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[position++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[position++] = (byte) rest;
    }

    private void room(int more) {
        if (bytes.length - position < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more));
        }
    }
}
