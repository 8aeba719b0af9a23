package caretaker.contracts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** A cursor over the bytes of one Protobuf message. Every read is within its bounds or says where it was not. */
final class WireReader {
    static final int VARINT = 0;
    static final int LENGTH = 2;

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
        if (tag < 8 || tag > Integer.MAX_VALUE) {
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

    private int length() throws Malformed {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw malformed("cut off");
        }
        return (int) length;
    }

    String text(@Nullable String likely, int max) throws Malformed {
        int length = length();
        if (length > max) {
            throw malformed("a text of " + length + " bytes");
        }
        int from = position;
        position += length;
        if (likely != null && same(likely, from, length)) {
            return likely;
        }
        for (int i = from; i < position; i++) {
            if (bytes[i] < 0) {
                return new String(bytes, from, length, UTF_8);
            }
        }
        return new String(bytes, from, length, ISO_8859_1);
    }

    private boolean same(String text, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[from + i]) { // a negative byte equals no char
                return false;
            }
        }
        return true;
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
