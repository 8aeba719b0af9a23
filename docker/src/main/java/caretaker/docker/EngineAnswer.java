package caretaker.docker;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An answer of the engine, read by a thread that waits. At most {@link #AHEAD} pieces of it are in memory. */
public final class EngineAnswer implements AutoCloseable {
    /** No time until when it must have ended. */
    static final long NEVER = Long.MIN_VALUE;

    private static final int AHEAD = 4;

    private sealed interface Piece {
        record Data(Buffer bytes) implements Piece {}

        /** Comes last. */
        record End(@Nullable Throwable cause) implements Piece {}
    }

    private final HttpClientResponse response;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>(); // bounded by what is fetched
    private final InputStream body = new Body();
    private final long until;
    private volatile boolean complete;

    /**
     * To be made on the event loop that has the response.
     *
     * @param until {@link System#nanoTime} until when it must have been read to its end, or {@link #NEVER}
     */
    EngineAnswer(HttpClientResponse response, long until) {
        this.response = response;
        this.until = until;
        response.pause()
                .handler(bytes -> pieces.add(new Piece.Data(bytes)))
                .exceptionHandler(cause -> end(cause))
                .endHandler(_ -> end(null));
        response.fetch(AHEAD);
    }

    private void end(@Nullable Throwable cause) {
        complete = true;
        pieces.add(new Piece.End(cause));
    }

    /** The status of HTTP. */
    public int status() {
        return response.statusCode();
    }

    public Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new HashMap<>();
        response.headers()
                .names()
                .forEach(name -> headers.put(name, response.headers().getAll(name)));
        return headers;
    }

    /** To be read by one thread, which may wait. */
    public InputStream body() {
        return body;
    }

    /** Whoever reads gets no more; a connection in the middle of an answer is given up. */
    @Override
    public void close() {
        if (!complete) {
            var _ = response.request().reset();
        }
        pieces.add(new Piece.End(null));
    }

    private final class Body extends InputStream {
        private Buffer current = Buffer.buffer();
        private int position;
        private Piece.@Nullable End end;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (position == current.length()) {
                if (!next()) {
                    return -1;
                }
            }
            int count = Math.min(length, current.length() - position);
            current.getBytes(position, position + count, into, offset);
            position += count;
            return count;
        }

        private boolean next() throws IOException {
            if (end == null) {
                switch (take()) {
                    case Piece.Data(Buffer bytes) -> {
                        current = bytes;
                        position = 0;
                        response.fetch(1);
                        return true;
                    }
                    case Piece.End last -> end = last;
                }
            }
            Throwable cause = end.cause();
            if (cause != null) {
                throw new IOException("the engine's answer was cut off", cause);
            }
            return false;
        }

        private Piece take() throws IOException {
            try {
                if (until == NEVER) {
                    return pieces.take();
                }
                Piece piece = pieces.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (piece == null) {
                    EngineAnswer.this.close();
                    throw new IOException("the engine's answer did not end in time");
                }
                return piece;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the engine answered", e);
            }
        }

        @Override
        public void close() {
            EngineAnswer.this.close();
        }
    }
}
