package caretaker.contracts;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A cursor over the bytes of one Protobuf message. Every read is within its bounds or says where it was not. */
final class WireReader {
    static final int VARINT = 0;
    static final int LENGTH = 2;

    // By field number, -1 as the span of what is no column: what the inner loop needs, close together.
    private static final long[] MIN = new long[Column.FIELDS];
    private static final long[] SPAN = new long[Column.FIELDS];

    static {
        Arrays.fill(SPAN, -1);
        for (Column column : Column.values()) {
            MIN[column.field()] = column.min();
            SPAN[column.field()] = column.max() - column.min();
        }
    }

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101_0101_0101_0101L; // times a byte: eight of it
    private static final long SIGNS = EACH << 7;
    private static final long[] NONE = {};
    private static final byte DELETE = 0x7F;

    /** A tag of two bytes and a number of ten. */
    private static final int LONGEST_FIELD = 12;

    /** Names of a large cluster's hosts and GPUs that are remembered; two in one place take turns. */
    private static final int NAMES = 1 << 14;

    private final @Nullable WireName[] names = new @Nullable WireName[NAMES];
    private byte[] bytes = new byte[0];
    private int position;
    private int end;

    /** Says where the bytes stopped making sense. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    void reset(byte[] bytes) {
        this.bytes = bytes;
        position = 0;
        end = bytes.length;
    }

    int position() {
        return position;
    }

    int end() {
        return end;
    }

    Malformed malformed(String what) {
        return new Malformed(what + " at byte " + position);
    }

    /** Narrows to the message whose length is next; {@link #leave} takes the returned value. */
    int enter() throws Malformed {
        int length = length();
        int outer = end;
        end = position + length;
        return outer;
    }

    void leave(int outer) throws Malformed {
        if (position != end) {
            throw malformed("a message that runs over its end");
        }
        end = outer;
    }

    int tag() throws Malformed {
        long tag = varint();
        if (tag < 8 || tag > 0xFFFF_FFFFL) {
            throw malformed("bad field number");
        }
        return (int) tag;
    }

    long varint() throws Malformed {
        if (position >= end) {
            throw malformed("cut off");
        }
        byte first = bytes[position++];
        if (first >= 0) {
            return first;
        }
        long value = first & 0x7F;
        for (int shift = 7; shift < Long.SIZE; shift += 7) {
            if (position >= end) {
                throw malformed("cut off");
            }
            byte next = bytes[position++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("a number of more than ten bytes");
    }

    /** A number that is no less than 0 and no more than an int holds. */
    int count(String field) throws Malformed {
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw malformed(field + " is out of range");
        }
        return (int) value;
    }

    private int length() throws Malformed {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw malformed("cut off");
        }
        return (int) length;
    }

    /**
     * Reads the columns that are next, as long as nothing else comes between them.
     *
     * <p>Nearly all of a record is read here, so everything the loop touches is local and every branch goes the way it
     * went for the last GPU. What is unusual, and the last bytes of the record, are left to the caller.
     *
     * @param into null to store nothing
     * @return how many values were out of their column's range
     */
    int columns(@Nullable GpuReading into) throws Malformed {
        byte[] bytes = this.bytes;
        long[] values = into == null ? NONE : into.values;
        long[] present = into == null ? NONE : into.present;
        int last = Math.min(end - 1, bytes.length - LONGEST_FIELD);
        int at = position;
        int refused = 0;
        while (at <= last) {
            int tag = bytes[at];
            int next = at + 1;
            if (tag < 0) {
                tag = (tag & 0x7F) | bytes[next++] << 7; // negative where a third byte follows
            }
            int field = tag >> 3;
            if ((tag & 7) != VARINT || field < 0 || field >= Column.FIELDS || SPAN[field] < 0) {
                break;
            }
            long value = bytes[next++];
            if (value < 0) {
                value &= 0x7F;
                int shift = 7;
                long more;
                do {
                    more = bytes[next++];
                    value |= (more & 0x7F) << shift;
                    shift += 7;
                } while (more < 0 && shift < Long.SIZE);
                if (more < 0) {
                    break;
                }
            }
            if (Long.compareUnsigned(value - MIN[field], SPAN[field]) > 0) {
                refused++;
            } else if (into != null) {
                values[field] = value;
                present[field >> 6] |= 1L << field;
            }
            at = next;
        }
        position = at;
        if (at > end) {
            throw malformed("a number that runs over its message");
        }
        return refused;
    }

    /** A hash of the name that is next, without an object for it. */
    long nameHash() throws Malformed {
        return hash(0, WireName.MAX_LENGTH, true);
    }

    /** A hash of the text that is next, unless it is empty or has more than ASCII: then it must be looked at. */
    long asciiHash(long seed) throws Malformed {
        return hash(seed, ReadingsCodec.MAX_TEXT, false);
    }

    private long hash(long seed, int max, boolean name) throws Malformed {
        int length = length();
        int to = position + length;
        if (length < 1 || length > max) {
            throw malformed("a text of " + length + " bytes");
        }
        long hash = seed + length;
        long strange = 0;
        int at = position;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long word = (long) WORD.get(bytes, at);
            strange |= name ? unnameable(word) : word & SIGNS;
            hash = mix(hash, word);
        }
        long rest = 0;
        for (; at < to; at++) {
            strange |= bytes[at] < 0 || (name && (bytes[at] <= ' ' || bytes[at] == DELETE)) ? 1 : 0;
            rest = rest << Byte.SIZE | bytes[at];
        }
        if (strange != 0) {
            throw malformed("a text with strange characters");
        }
        position = to;
        return mix(hash, rest);
    }

    private static long mix(long hash, long word) {
        long product = (hash ^ word) * 0x9E37_79B9_7F4A_7C15L; // odd, and its bits are well mixed: 2^64 / golden ratio
        return product ^ product >>> 32;
    }

    /** Not 0 if any of the eight bytes may not be in a {@link WireName}: beyond ASCII, a space or less, or delete. */
    private static long unnameable(long word) {
        long deletes = word ^ EACH * DELETE; // 0 where there is one
        return (word | ((word - EACH * (' ' + 1)) & ~word) | ((deletes - EACH) & ~deletes)) & SIGNS;
    }

    /** The name that is next; the very object {@code likely} when it is the same, which it nearly always is. */
    WireName name(WireName likely) throws Malformed {
        int length = length();
        int from = position;
        if (likely.valid() && likely.is(bytes, from, length)) {
            position += length;
            return likely;
        }
        int place = place(from, length);
        WireName known = names[place];
        if (known != null && known.is(bytes, from, length)) {
            position += length;
            return known;
        }
        if (!WireName.isValid(bytes, from, length)) {
            throw malformed("a name that is empty, too long or has strange characters");
        }
        position += length;
        WireName name = WireName.of(bytes, from, length);
        names[place] = name;
        return name;
    }

    /** Where a name is remembered, by its last bytes, in which the names of a cluster differ most. */
    private int place(int from, int length) {
        int hash = length;
        for (int i = Math.max(from, from + length - 16); i < from + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return (hash ^ hash >>> 15) & (NAMES - 1);
    }

    /** Text for people: what is not UTF-8 in it is replaced. */
    String text(int max) throws Malformed {
        int length = length();
        if (length > max) {
            throw malformed("a text of " + length + " bytes");
        }
        position += length;
        return new String(bytes, position - length, length, UTF_8);
    }

    /** The text that is next; the very object {@code likely} when it is the same, which it nearly always is. */
    WireText text(WireText likely) throws Malformed {
        int length = length();
        if (length > ReadingsCodec.MAX_TEXT) {
            throw malformed("a text of " + length + " bytes");
        }
        position += length;
        return likely.is(bytes, position - length, length) ? likely : WireText.of(bytes, position - length, length);
    }

    long zigzag() throws Malformed {
        long zigzag = varint();
        return zigzag >>> 1 ^ -(zigzag & 1);
    }

    void skip(int tag) throws Malformed {
        switch (tag & 7) {
            case VARINT -> varint();
            case 1 -> advance(8);
            case LENGTH -> advance(length());
            case 5 -> advance(4);
            default -> throw malformed("unknown wire type " + (tag & 7));
        }
    }

    private void advance(int by) throws Malformed {
        if (by > end - position) {
            throw malformed("cut off");
        }
        position += by;
    }
}
