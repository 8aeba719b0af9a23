package caretaker.alerts.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of an answer. A small one goes out whole, with its length; a large one in pieces, each once the last is on
 * its way, so that memory holds one piece however much there is. For one thread that may wait.
 */
final class Reply extends OutputStream {
    private static final int PIECE = 64 << 10;

    /** A client that takes nothing for so long is let go. */
    private static final int PATIENCE_SECONDS = 30;

    private final HttpServerResponse response;
    private Buffer piece = Buffer.buffer();
    private boolean ended;

    Reply(HttpServerResponse response) {
        this.response = response;
    }

    @Override
    public void write(int octet) throws IOException {
        piece.appendByte((byte) octet);
        sendIfFull();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        piece.appendBytes(bytes, offset, length);
        sendIfFull();
    }

    private void sendIfFull() throws IOException {
        if (piece.length() >= PIECE) {
            if (!response.headWritten()) {
                response.setChunked(true);
            }
            Future<Void> sent = response.write(piece);
            piece = Buffer.buffer(PIECE + (PIECE >> 2));
            await(sent);
        }
    }

    /** Whether anything is on its way, so that no other answer can be given. */
    boolean hasBegun() {
        return response.headWritten();
    }

    @Override
    public void close() throws IOException {
        if (!ended) {
            ended = true;
            if (piece.length() == 0 && !response.headWritten()) {
                response.headers().remove(HttpHeaders.CONTENT_TYPE);
            }
            await(response.end(piece));
        }
    }

    /** Ends an answer that has begun and cannot be finished: the client sees that it is not whole. */
    void abandon() {
        ended = true;
        var _ = response.reset();
    }

    private static void await(Future<Void> sent) throws IOException {
        try {
            sent.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the client is gone or takes nothing", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
