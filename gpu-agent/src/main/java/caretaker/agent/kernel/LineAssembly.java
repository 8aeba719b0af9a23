package caretaker.agent.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Makes lines of bytes that come in pieces. For one thread. */
final class LineAssembly {
    /** Bytes of a line. What is longer is cut. */
    static final int MAX_LINE = 8192;

    /** Gets each line, without its line feed. */
    interface Outlet {
        /**
         * A line has ended.
         *
         * @param cut whether it was longer than {@link #MAX_LINE}
         */
        void line(String text, boolean cut);
    }

    private final Outlet outlet;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private boolean cut;

    LineAssembly(Outlet outlet) {
        this.outlet = outlet;
    }

    /** Takes what was read. */
    void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                outlet.line(new String(line, 0, length, UTF_8), cut);
                restart();
            } else if (length < MAX_LINE) {
                line[length++] = next;
            } else {
                cut = true;
            }
        }
    }

    /** Forgets the beginning of a line whose end will not come. */
    void restart() {
        length = 0;
        cut = false;
    }
}
