package caretaker.collector.scrape;

import caretaker.collector.exposition.Exposition;
import caretaker.collector.exposition.Format;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Copies the fleet and writes the document. Keeps its memory from one scrape to the next; for one thread at a time. */
final class Renderer {
    private static final int PIECE = 64 * 1024;

    private final OwnMetrics own;
    private final Snapshot snapshot = new Snapshot();
    private final Map<Format, Exposition> expositions = new EnumMap<>(Format.class);

    Renderer(OwnMetrics own) {
        this.own = own;
    }

    /** How large a document was, before compression. */
    record Written(long series, long bytes) {}

    /** @param hosts only these, or all if it is empty */
    Written write(Fleet fleet, long nowMillis, Set<String> hosts, Format format, boolean gzip, OutputStream out)
            throws IOException {
        fleet.copyTo(snapshot, nowMillis, hosts);
        if (!gzip) {
            return write(format, out);
        }
        try (var zipped = new FastGzip(out)) {
            Written written = write(format, zipped);
            zipped.finish();
            return written;
        }
    }

    private Written write(Format format, OutputStream out) throws IOException {
        var counted = new Counted(out);
        long series = expositions.computeIfAbsent(format, Exposition::new).write(snapshot, counted);
        own.write(format, counted);
        counted.flush();
        return new Written(series, counted.bytes);
    }

    /** The level at which a scrape costs the least time in all. Gives its native memory back whatever happens. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(new Pieces(out), PIECE);
            def.setLevel(1);
        }

        @Override
        public void close() throws IOException {
            def.end();
            out.flush();
        }
    }

    /** Collects small writes into large pieces. */
    private static final class Pieces extends java.io.BufferedOutputStream {
        Pieces(OutputStream out) {
            super(out, PIECE);
        }
    }

    private static final class Counted extends OutputStream {
        private final OutputStream out;
        private long bytes;

        Counted(OutputStream out) {
            this.out = new Pieces(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
            bytes += length;
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
