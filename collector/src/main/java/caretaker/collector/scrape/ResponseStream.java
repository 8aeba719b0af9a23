package caretaker.collector.scrape;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response as a stream that one thread writes and an event loop sends. It takes no more than a few pieces
 * ahead of the client: then the writer waits, and gives up when the client has taken nothing for too long.
 */
final class ResponseStream extends OutputStream {
    private static final int PIECES_AHEAD = 4;

    private final Context context;
    private final HttpServerResponse response;
    private final Duration stallLimit;
    private final Semaphore ahead = new Semaphore(PIECES_AHEAD);
    private volatile boolean gone;

    ResponseStream(Context context, HttpServerResponse response, Duration stallLimit) {
        this.context = context;
        this.response = response;
        this.stallLimit = stallLimit;
    }

    /** The client will take no more; whoever writes hears of it at once. */
    void clientGone() {
        gone = true;
        ahead.release(PIECES_AHEAD);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        awaitRoom();
        Buffer piece = Buffer.buffer(length).appendBytes(bytes, offset, length);
        context.runOnContext(_ -> response.write(piece).onComplete(sent -> {
            ahead.release();
            if (sent.failed()) {
                clientGone();
            }
        }));
    }

    private void awaitRoom() throws IOException {
        try {
            if (!ahead.tryAcquire(stallLimit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ClientLost("the client has taken nothing for " + stallLimit);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientLost("stopping");
        }
        if (gone) {
            throw new ClientLost("the client went away");
        }
    }

    /** There is no use in going on. */
    static final class ClientLost extends IOException {
        private static final long serialVersionUID = 1L;

        ClientLost(String message) {
            super(message);
        }
    }
}
