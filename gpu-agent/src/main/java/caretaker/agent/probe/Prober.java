package caretaker.agent.probe;

import caretaker.agent.probe.Expectation.Verdict;
import io.netty.util.AsciiString;
import io.vertx.core.Future;
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
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks one target once: a GET without credentials, without following a redirect, within the probe's time and with at
 * most {@link #MAX_BODY} of the answer. Runs on the event loop; never waits.
 */
final class Prober implements AutoCloseable {
    /** Bytes. What comes after them is not read. */
    static final int MAX_BODY = 1 << 20;

    private static final int MAX_HEADER = 8192;

    private final Vertx vertx;
    private final HttpClient http;
    private final NetClient tcp;

    /** @param most probes at one time */
    Prober(Vertx vertx, int most) {
        this.vertx = vertx;
        int millis = (int) ProbeSpec.LONGEST_TIMEOUT.toMillis();
        http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setKeepAlive(false)
                        .setConnectTimeout(millis)
                        .setMaxHeaderSize(MAX_HEADER)
                        .setMaxInitialLineLength(MAX_HEADER)
                        .setDecompressionSupported(false),
                new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(most));
        tcp = vertx.createNetClient(new NetClientOptions().setConnectTimeout(millis));
    }

    /** Never fails: that nobody answers is a verdict. */
    Future<Verdict> ask(ProbeSpec spec) {
        Target target = spec.target();
        long millis = spec.timeout().toMillis();
        if (target.scheme() == Target.Scheme.TCP) {
            return connect(target, millis);
        }
        return get(target, spec.expectation(), millis).compose(verdict -> {
            if (verdict instanceof Verdict.Starting && spec.expectation() instanceof Expectation.Prometheus) {
                Target alive = target.withPath(Expectation.Prometheus.alive(target.path()));
                return get(alive, new Expectation.Success(), millis)
                        .map(second -> second instanceof Verdict.Well ? verdict : second);
            }
            return Future.succeededFuture(verdict);
        });
    }

    private Future<Verdict> connect(Target target, long millis) {
        Promise<Verdict> verdict = Promise.promise();
        long timer = vertx.setTimer(millis, _ -> verdict.tryComplete(late(millis, false)));
        tcp.connect(target.port(), target.host())
                .onSuccess(socket -> {
                    verdict.tryComplete(Expectation.WELL);
                    socket.close();
                })
                .onFailure(cause -> verdict.tryComplete(bad(cause, false)));
        return verdict.future().onComplete(_ -> vertx.cancelTimer(timer));
    }

    private static Verdict late(long millis, boolean connected) {
        return new Verdict.Bad("no answer within " + millis + " ms", !connected);
    }

    private static Verdict bad(Throwable cause, boolean connected) {
        String message = cause.getMessage();
        return new Verdict.Bad(message == null ? cause.getClass().getSimpleName() : message, !connected);
    }

    private Future<Verdict> get(Target target, Expectation expectation, long millis) {
        Promise<Verdict> verdict = Promise.promise();
        var under = new AtomicReference<HttpClientRequest>();
        long timer = vertx.setTimer(millis, _ -> verdict.tryComplete(late(millis, under.get() != null)));
        var options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(target.host())
                .setPort(target.port())
                .setURI(target.path())
                .setSsl(target.scheme() == Target.Scheme.HTTPS)
                .setFollowRedirects(false)
                .putHeader(AsciiString.cached("User-Agent"), "caretaker");
        http.request(options)
                .onSuccess(request -> {
                    under.set(request);
                    request.connection().exceptionHandler(_ -> {}); // the answer's handlers tell
                    if (verdict.future().isComplete()) {
                        request.reset(); // too late
                        return;
                    }
                    request.send()
                            .onSuccess(response -> read(response, expectation, verdict))
                            .onFailure(cause -> verdict.tryComplete(bad(cause, true)));
                })
                .onFailure(cause -> verdict.tryComplete(bad(cause, false)));
        return verdict.future().onComplete(_ -> {
            vertx.cancelTimer(timer);
            HttpClientRequest request = under.get();
            if (request != null) {
                request.reset(); // does nothing once the answer has ended
            }
        });
    }

    private static void read(HttpClientResponse response, Expectation expectation, Promise<Verdict> verdict) {
        Buffer body = Buffer.buffer();
        response.handler(part -> {
            int room = MAX_BODY - body.length();
            body.appendBuffer(part.length() > room ? part.slice(0, room) : part);
            if (body.length() >= MAX_BODY) {
                judge(response, expectation, body, verdict);
            }
        });
        response.exceptionHandler(cause -> verdict.tryComplete(bad(cause, true)));
        response.endHandler(_ -> judge(response, expectation, body, verdict));
    }

    private static void judge(
            HttpClientResponse response, Expectation expectation, Buffer body, Promise<Verdict> verdict) {
        if (!verdict.future().isComplete()) {
            int status = response.statusCode();
            Verdict judged = expectation.judge(status, body.toString(StandardCharsets.UTF_8));
            boolean elsewhere = status >= 300 && status < 500; // another path, a password, TLS
            verdict.tryComplete(judged instanceof Verdict.Bad bad ? new Verdict.Bad(bad.reason(), elsewhere) : judged);
        }
    }

    @Override
    public void close() {
        http.close().onComplete(_ -> {});
        tcp.close().onComplete(_ -> {});
    }
}
