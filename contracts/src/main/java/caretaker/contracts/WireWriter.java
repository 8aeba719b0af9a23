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

    void text(int field, String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        varint((long) field << 3 | WireReader.LENGTH);
        varint(utf8.length);
        room(utf8.length);
        System.arraycopy(utf8, 0, bytes, position, utf8.length);
        position += utf8.length;
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
