package caretaker.agent.nvml;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Memory outside the heap that the driver writes its answers to, reused for every call. It is never given back: it is
 * small, and a call that hangs may still write to it long after its caller has been given up.
 */
final class Scratch {
    private final MemorySegment bytes;
    private final long address;

    Scratch(long size) {
        bytes = Arena.global().allocate(size, 16);
        address = bytes.address();
    }

    /** The address of the byte at an offset, to be passed to a function. */
    long at(long offset) {
        return address + offset;
    }

    long size() {
        return bytes.byteSize();
    }

    int getInt(long offset) {
        return bytes.get(ValueLayout.JAVA_INT, offset);
    }

    long getLong(long offset) {
        return bytes.get(ValueLayout.JAVA_LONG, offset);
    }

    double getDouble(long offset) {
        return bytes.get(ValueLayout.JAVA_DOUBLE, offset);
    }

    byte getByte(long offset) {
        return bytes.get(ValueLayout.JAVA_BYTE, offset);
    }

    void fill(byte value) {
        bytes.fill(value);
    }

    int getUnsignedShort(long offset) {
        return Short.toUnsignedInt(bytes.get(ValueLayout.JAVA_SHORT, offset));
    }

    int getUnsignedByte(long offset) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, offset));
    }

    void setInt(long offset, int value) {
        bytes.set(ValueLayout.JAVA_INT, offset, value);
    }

    void setLong(long offset, long value) {
        bytes.set(ValueLayout.JAVA_LONG, offset, value);
    }

    /** The text at an offset up to its first 0, and never past the room it was given. */
    String getText(long offset, int room) {
        byte[] text = bytes.asSlice(offset, room).toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    /** Writes a text and its final 0; false when there is no room. */
    boolean setText(long offset, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (offset + encoded.length + 1 > bytes.byteSize()) {
            return false;
        }
        MemorySegment.copy(encoded, 0, bytes, ValueLayout.JAVA_BYTE, offset, encoded.length);
        bytes.set(ValueLayout.JAVA_BYTE, offset + encoded.length, (byte) 0);
        return true;
    }
}
