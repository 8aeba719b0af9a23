package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.config.Secret;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks services of containers over HTTP: without credentials but a token that it is given, without following a
 * redirect, at most 1 MiB of an answer. Calls wait; any thread but an event loop's may call.
 */
final class Web implements AutoCloseable {
    private static final int MAX_BODY = 1 << 20;
    private static final int MAX_HEADER = 8192;
    private static final int MAX_AT_ONCE = 8;
    private static final int MAX_WAITING = 64;

    record Answer(int status, String body) {
        boolean isSuccess() {
            return status >= 200 && status < 300;
        }
    }

    private final HttpClient http;

    Web(Vertx vertx) {
        http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(false)
                        .setConnectTimeout(2_000)
                        .setMaxHeaderSize(MAX_HEADER)
                        .setMaxInitialLineLength(MAX_HEADER)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(MAX_AT_ONCE).setMaxWaitQueueSize(MAX_WAITING));
    }

    /** Nobody got the request. */
    static final class Unreached extends IOException {
        private static final long serialVersionUID = 1;
        private final boolean refused;

        Unreached(String message, @Nullable Throwable cause, boolean refused) {
            super(message, cause);
            this.refused = refused;
        }

        /** Whether there is such a place, and nobody listens there. */
        boolean wasRefused() {
            return refused;
        }
    }

    /**
     * Asks at the first place that can be reached.
     *
     * @throws Unreached if nobody got the request
     * @throws IOException if there was no whole answer within the limit
     */
    Answer ask(HttpMethod method, List<Endpoint> places, Duration limit) throws IOException {
        return ask(method, places, limit, null);
    }

    /** The same with a token, which goes to these places and, as no redirect is followed, to no other. */
    Answer ask(HttpMethod method, List<Endpoint> places, Duration limit, @Nullable Secret token) throws IOException {
        var nowhere = new Unreached("it has no address", null, false);
        for (Endpoint at : places) {
            try {
                return ask(method, at, limit, token);
            } catch (Unreached e) {
                nowhere = nowhere.wasRefused() ? nowhere : e;
            }
        }
        throw nowhere;
    }

    /**
     * Asks once.
     *
     * @throws Unreached if nobody got the request
     * @throws IOException if there was no whole answer within the limit
     */
    Answer ask(HttpMethod method, Endpoint at, Duration limit) throws IOException {
        return ask(method, at, limit, null);
    }

    private Answer ask(HttpMethod method, Endpoint at, Duration limit, @Nullable Secret token) throws IOException {
        Promise<Answer> answer = Promise.promise();
        var under = new AtomicReference<@Nullable HttpClientRequest>();
        var options = new RequestOptions()
                .setMethod(method)
                .setHost(at.host())
                .setPort(at.port())
                .setURI(at.path())
                .setFollowRedirects(false)
                .putHeader("User-Agent", "caretaker");
        if (method.equals(HttpMethod.POST)) {
            options.putHeader("Content-Length", "0");
        }
        if (token != null) {
            options.putHeader("Authorization", "Bearer " + token.reveal());
        }
        http.request(options)
                .onSuccess(request -> {
                    under.set(request);
                    request.connection().exceptionHandler(_ -> {}); // the answer's handlers tell
                    if (answer.future().isComplete()) {
                        request.reset(); // too late
                        return;
                    }
                    request.send().onSuccess(response -> read(response, answer)).onFailure(answer::tryFail);
                })
                .onFailure(answer::tryFail);
        try {
            return answer.future().toCompletionStage().toCompletableFuture().get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause(), under.get() != null);
        } catch (TimeoutException e) {
            throw failure(new IOException("no answer within " + limit.toMillis() + " ms"), under.get() != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(e, true);
        } finally {
            answer.tryFail("nobody waits for it any more");
            HttpClientRequest request = under.get();
            if (request != null) {
                request.reset(); // does nothing once the answer has ended
            }
        }
    }

    private static IOException failure(@Nullable Throwable cause, boolean sent) {
        String message = cause == null || cause.getMessage() == null ? "no answer" : cause.getMessage();
        // a route that is missing is a ConnectException to the JDK as well
        boolean refused = cause instanceof ConnectException && message.contains("refused");
        return sent ? new IOException(message, cause) : new Unreached(message, cause, refused);
    }

    private static void read(HttpClientResponse response, Promise<Answer> answer) {
        Buffer body = Buffer.buffer();
        response.handler(part -> {
            int room = MAX_BODY - body.length();
            body.appendBuffer(part.length() > room ? part.slice(0, room) : part);
            if (body.length() >= MAX_BODY) {
                answer.tryComplete(new Answer(response.statusCode(), body.toString(UTF_8)));
            }
        });
        response.exceptionHandler(answer::tryFail);
        response.endHandler(_ -> answer.tryComplete(new Answer(response.statusCode(), body.toString(UTF_8))));
    }

    @Override
    public void close() {
        http.close().onComplete(_ -> {});
    }
}
