package caretaker.chassis;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port operators look at: {@code /-/healthy}, {@code /-/ready}, {@code /metrics}, and what the service adds. Its
 * handlers only read memory, so the event loop may run them.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpEndpoint.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int IDLE_SECONDS = 120;
    private static final int MAX_HEADERS = 16 << 10;
    private static final Duration BODY_LIMIT = Duration.ofSeconds(60);

    private final Function<HttpSettings, HttpServer> opens;
    private final HttpSettings settings;
    private final HttpServer server;
    private final String url;
    private final List<HttpServer> more = new CopyOnWriteArrayList<>();

    private HttpEndpoint(Function<HttpSettings, HttpServer> opens, HttpSettings settings, boolean tls) {
        this.opens = opens;
        this.settings = settings;
        this.server = opens.apply(settings);
        this.url = (tls ? "https" : "http") + "://" + settings.host() + ":" + server.actualPort();
    }

    /** The port cannot be served. The message says why and what to do. */
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Listens when it returns. Not to be called on an event loop.
     *
     * @param routes adds the service's own; bodies up to the limit are read before its handlers run
     * @throws Unavailable if it cannot listen
     * @throws caretaker.chassis.config.ConfigException if the web-config is wrong
     */
    public static HttpEndpoint start(
            Vertx vertx,
            HttpSettings settings,
            PrometheusMeterRegistry registry,
            Readiness readiness,
            Consumer<Router> routes) {
        var file = settings.webConfig();
        WebConfig web = file == null ? WebConfig.open() : WebConfig.load(file);
        var slow = new SlowClients(vertx, Duration.ofSeconds(IDLE_SECONDS), BODY_LIMIT);
        Router router = router(vertx, settings, web, registry);
        router.route().handler(slow::arrived);
        plain(router, "/-/healthy", context -> text(context, 200, "healthy\n"));
        plain(router, "/-/ready", context -> ready(context, readiness.reasons()));
        var formats = ExpositionFormats.init();
        plain(router, "/metrics", context -> metrics(context, formats, registry));
        routes.accept(router);
        Function<HttpSettings, HttpServer> opens =
                at -> listen(slow.guard(vertx.createHttpServer(options(at, web)), router), at);
        return new HttpEndpoint(opens, settings, web.tlsServerConfig() != null);
    }

    /** Who has logged in; null where nobody must. */
    public static @Nullable String user(RoutingContext context) {
        return context.get(BasicAuth.USER);
    }

    private static HttpServer listen(HttpServer server, HttpSettings settings) {
        try {
            return server.listen().toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw unavailable(settings, e.getCause() == null ? e : e.getCause());
        }
    }

    /**
     * Serves the same at one more address. Not to be called on an event loop.
     *
     * @param port 0 for a free one
     * @return the port on which it listens
     * @throws Unavailable if it cannot listen there
     */
    public int listenAlso(String host, int port) {
        HttpServer another = opens.apply(new HttpSettings(host, port, settings.webConfig(), settings.maxBody()));
        more.add(another);
        return another.actualPort();
    }

    private static Unavailable unavailable(HttpSettings settings, Throwable cause) {
        String where = settings.host() + ":" + settings.port();
        if (cause instanceof BindException) {
            return new Unavailable(
                    "cannot listen on " + where + ": " + cause.getMessage() + "; stop what listens there (`ss -ltnp"
                            + " 'sport = :" + settings.port() + "'`) or set another port",
                    cause);
        }
        return new Unavailable("cannot listen on " + where + ": " + cause, cause);
    }

    private static HttpServerOptions options(HttpSettings settings, WebConfig web) {
        var options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(Objects.requireNonNull(settings.port(), "http port"))
                .setHttp2ClearTextEnabled(false) // else a connection is not known before its first request
                .setCompressionSupported(true)
                .setCompressionContentSizeThreshold(1024)
                .setMaxInitialLineLength(8 << 10)
                .setMaxHeaderSize(MAX_HEADERS)
                .setIdleTimeout(IDLE_SECONDS);
        WebConfig.TlsServerConfig tls = web.tlsServerConfig();
        if (tls != null) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setEnabledSecureTransportProtocols(
                            "TLS13".equals(tls.minVersion()) ? Set.of("TLSv1.3") : Set.of("TLSv1.2", "TLSv1.3"))
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certFile().toString())
                            .setKeyPath(tls.keyFile().toString()))
                    .setClientAuth(clientAuth(tls.clientAuthType()));
            if (tls.clientCaFile() != null) {
                options.setTrustOptions(
                        new PemTrustOptions().addCertPath(tls.clientCaFile().toString()));
            }
        }
        return options;
    }

    private static ClientAuth clientAuth(@Nullable String type) {
        return switch (type) {
            case "RequireAnyClientCert", "RequireAndVerifyClientCert" -> ClientAuth.REQUIRED;
            case "RequestClientCert", "VerifyClientCertIfGiven" -> ClientAuth.REQUEST;
            case null, default -> ClientAuth.NONE;
        };
    }

    private static Router router(Vertx vertx, HttpSettings settings, WebConfig web, PrometheusMeterRegistry registry) {
        Router router = Router.router(vertx);
        router.errorHandler(404, context -> text(context, 404, "not found\n"));
        router.errorHandler(405, context -> text(context, 405, "method not allowed\n"));
        String tooLarge = "the body is larger than " + settings.maxBody() + "; send less at a time\n";
        router.errorHandler(413, context -> text(context, 413, tooLarge));
        router.errorHandler(400, context -> text(context, 400, "bad request\n"));
        router.errorHandler(500, HttpEndpoint::failed);
        if (!web.basicAuthUsers().isEmpty()) {
            router.route().handler(new BasicAuth(vertx, web.basicAuthUsers()));
        }
        router.route().handler(new BodyBudget(settings.maxBody().count(), registry));
        router.route()
                .handler(BodyHandler.create(false)
                        .setBodyLimit(settings.maxBody().count()));
        return router;
    }

    private static void failed(RoutingContext context) {
        if (context.failure() instanceof HttpClosedException) {
            LOGGER.atDebug().addKeyValue("path", context.normalizedPath()).log("the client hung up");
            return;
        }
        LOGGER.atError()
                .addMarker(Logs.REPEATABLE)
                .setCause(context.failure())
                .addKeyValue("path", context.normalizedPath())
                .log("request failed");
        text(context, 500, "internal error\n");
    }

    private static void plain(Router router, String path, Consumer<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler::accept);
    }

    private static void text(RoutingContext context, int status, String text) {
        if (!context.response().ended()) {
            end(context, context.response().setStatusCode(status), TEXT, Buffer.buffer(text));
        }
    }

    private static void end(RoutingContext context, HttpServerResponse response, String type, Buffer body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        HttpServerRequest request = context.request();
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            response.end();
        } else {
            response.end(body);
        }
    }

    private static void ready(RoutingContext context, List<String> reasons) {
        if (reasons.isEmpty()) {
            text(context, 200, "ready\n");
        } else {
            text(context, 503, String.join("\n", reasons) + "\n");
        }
    }

    private static void metrics(RoutingContext context, ExpositionFormats formats, PrometheusMeterRegistry registry) {
        var writer = formats.findWriter(context.request().getHeader(HttpHeaders.ACCEPT));
        var out = new ByteArrayOutputStream(16 << 10);
        try {
            writer.write(out, registry.getPrometheusRegistry().scrape());
        } catch (IOException e) {
            context.fail(e);
            return;
        }
        end(context, context.response(), writer.getContentType(), Buffer.buffer(out.toByteArray()));
    }

    /** The port it listens on, which is the one it was given unless that was 0. */
    public int port() {
        return server.actualPort();
    }

    /** Where it is, without a path: {@code http://127.0.0.1:9811}. */
    public String url() {
        return url;
    }

    /** Takes no more requests. Not to be called on an event loop. */
    @Override
    public void close() {
        more.forEach(
                one -> one.close().toCompletionStage().toCompletableFuture().join());
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
