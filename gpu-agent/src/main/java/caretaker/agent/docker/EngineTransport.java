package caretaker.agent.docker;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;

/**
 * How the engine is asked: by the HTTP client that the agent has anyway, over a Unix socket or over TCP. Safe for any
 * thread but an event loop's.
 */
final class EngineTransport implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 8;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

    private final HttpClientAgent client;
    private final SocketAddress address;

    /** @param host {@code unix:///path} or {@code tcp://address:port} */
    EngineTransport(Vertx vertx, URI host) {
        address = "unix".equals(host.getScheme())
                ? SocketAddress.domainSocketAddress(host.getPath())
                : SocketAddress.inetSocketAddress(host.getPort(), host.getHost());
        client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout((int) CONNECT_LIMIT.toMillis()),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
    }

    /** Waits until the answer has begun. The thread may be interrupted meanwhile. */
    EngineAnswer get(String path) throws IOException {
        var options = new RequestOptions()
                .setServer(address)
                .setHost("localhost") // a socket has neither, and HTTP wants both
                .setPort(80)
                .setMethod(HttpMethod.GET)
                .setURI(path);
        try {
            return client.request(options)
                    .compose(HttpClientRequest::send)
                    .map(EngineAnswer::new)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("no answer from the engine", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the engine was asked", e);
        }
    }

    /** Ends every request that is under way. */
    @Override
    public void close() {
        client.close();
    }
}
