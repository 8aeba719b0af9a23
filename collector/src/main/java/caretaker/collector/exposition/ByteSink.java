package caretaker.collector.exposition;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Collects bytes and passes them on in large pieces. */
final class ByteSink {
    private static final int PIECE = 128 * 1024;

    private final OutputStream out;
    private byte[] bytes = new byte[PIECE];
    private int position;

    ByteSink(OutputStream out) {
        this.out = out;
    }

    /** Makes room. Then {@link #array} may be written from {@link #position} on, and {@link #position(int)} set. */
    void reserve(int length) throws IOException {
        if (bytes.length - position < length) {
            drain();
            if (bytes.length < length) {
                bytes = Arrays.copyOf(bytes, length);
            }
        }
    }

    byte[] array() {
        return bytes;
    }

    int position() {
        return position;
    }

    void position(int position) {
        this.position = position;
    }

    void write(byte[] from) throws IOException {
        reserve(from.length);
        System.arraycopy(from, 0, bytes, position, from.length);
        position += from.length;
    }

    void drain() throws IOException {
        out.write(bytes, 0, position);
        position = 0;
    }
}
