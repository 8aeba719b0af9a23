package caretaker.docker;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How the engine is asked: by the HTTP client that a service has anyway, over a Unix socket or over TCP. Safe for any
 * thread but an event loop's.
 */
public final class EngineTransport implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 8;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    /** A request that got no answer. */
    public static final class Unanswered extends UncheckedIOException {
        private static final long serialVersionUID = 1;

        private final boolean sent;

        Unanswered(String message, @Nullable Throwable cause, boolean sent) {
            super(new IOException(message, cause));
            this.sent = sent;
        }

        /** Whether the engine may have got it, and may do what it says. */
        public boolean wasSent() {
            return sent;
        }
    }

    private final HttpClientAgent client;
    private final SocketAddress address;

    /** @param host {@code unix:///path} or {@code tcp://address:port} */
    public EngineTransport(Vertx vertx, URI host) {
        address = "unix".equals(host.getScheme())
                ? SocketAddress.domainSocketAddress(host.getPath())
                : SocketAddress.inetSocketAddress(host.getPort(), host.getHost());
        client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout((int) CONNECT_LIMIT.toMillis()),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
    }

    /** Waits until the answer has begun, as long as it takes. */
    public EngineAnswer get(String path) {
        return ask("GET", path, Map.of(), null, null);
    }

    /**
     * Waits until the answer has begun. The thread may be interrupted meanwhile.
     *
     * @param limit until when it must have been read to its last byte; null: never
     * @throws Unanswered if there is none
     */
    public EngineAnswer ask(
            String method, String path, Map<String, String> headers, byte @Nullable [] body, @Nullable Duration limit) {
        var options = new RequestOptions()
                .setServer(address)
                .setHost("localhost") // a socket has neither, and HTTP wants both
                .setPort(80)
                .setMethod(HttpMethod.valueOf(method))
                .setURI(path);
        headers.forEach(options::putHeader);
        long until = limit == null ? EngineAnswer.NEVER : System.nanoTime() + limit.toNanos();
        var sending = new Sending();
        var answer = client.request(options)
                .compose(to -> sending.send(to, body, until))
                .toCompletionStage()
                .toCompletableFuture();
        try {
            return limit == null ? answer.get() : answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new Unanswered("no answer from the engine", e.getCause(), sending.giveUp());
        } catch (TimeoutException e) {
            boolean sent = sending.giveUp();
            throw new Unanswered("no answer from the engine within " + limit, null, sent);
        } catch (InterruptedException e) {
            boolean sent = sending.giveUp();
            Thread.currentThread().interrupt();
            throw new Unanswered("interrupted while the engine was asked", e, sent);
        }
    }

    /** One request on its way: it is either given up before it is sent, or it may have arrived. */
    private static final class Sending {
        private sealed interface Stage {
            record Waiting() implements Stage {}

            record GivenUp() implements Stage {}

            record Sent(HttpClientRequest request) implements Stage {}
        }

        private static final Stage WAITING = new Stage.Waiting();

        private final AtomicReference<Stage> stage = new AtomicReference<>(WAITING);

        Future<EngineAnswer> send(HttpClientRequest to, byte @Nullable [] body, long until) {
            if (!stage.compareAndSet(WAITING, new Stage.Sent(to))) {
                var _ = to.reset();
                return Future.failedFuture("nobody waits for it any more");
            }
            // Before it is sent: a short answer is over before another thread has got round to asking for it.
            Future<EngineAnswer> answer = to.response().map(response -> new EngineAnswer(response, until));
            var _ = body == null ? to.send() : to.send(Buffer.buffer(body));
            return answer;
        }

        /** Whether it may have been sent. */
        boolean giveUp() {
            if (stage.compareAndSet(WAITING, new Stage.GivenUp())) {
                return false;
            }
            if (stage.get() instanceof Stage.Sent(HttpClientRequest request)) {
                var _ = request.reset(); // does nothing once the answer has ended
                return true;
            }
            return false;
        }
    }

    /** Ends every request that is under way. */
    @Override
    public void close() {
        client.close();
    }
}
