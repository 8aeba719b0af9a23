package caretaker.collector.exposition;

/** The few pieces of Protobuf's wire format and of Prometheus' {@code metrics.proto} that an exposition needs. */
final class Wire {
    static final int FAMILY_NAME = 1 << 3 | 2;
    static final int FAMILY_HELP = 2 << 3 | 2;
    static final int FAMILY_TYPE = 3 << 3;
    static final int FAMILY_METRIC = 4 << 3 | 2;
    static final int FAMILY_UNIT = 5 << 3 | 2;
    static final int METRIC_LABEL = 1 << 3 | 2;
    static final int METRIC_GAUGE = 2 << 3 | 2;
    static final int METRIC_COUNTER = 3 << 3 | 2;
    static final int PAIR_NAME = 1 << 3 | 2;
    static final int PAIR_VALUE = 2 << 3 | 2;
    static final int VALUE = 1 << 3 | 1;

    static final int TYPE_COUNTER = 0;
    static final int TYPE_GAUGE = 1;

    private Wire() {}

    /** Bytes that a number takes. */
    static int size(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
    }

    /** Bytes that a text or message field takes, its tag and length included. */
    static int textSize(int length) {
        return 1 + size(length) + length;
    }

    static int varint(byte[] to, int at, int value) {
        int place = at;
        int rest = value;
        while (rest >= 1 << 7) {
            to[place++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[place++] = (byte) rest;
        return place;
    }

    /** Writes a tag and a length. */
    static int header(byte[] to, int at, int tag, int length) {
        to[at] = (byte) tag;
        return varint(to, at + 1, length);
    }

    static int fixed64(byte[] to, int at, long bits) {
        for (int i = 0; i < Long.BYTES; i++) {
            to[at + i] = (byte) (bits >>> (8 * i));
        }
        return at + Long.BYTES;
    }
}
