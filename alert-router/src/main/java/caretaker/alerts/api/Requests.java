package caretaker.alerts.api;

import caretaker.chassis.Logs;
import io.vertx.core.Context;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all requests of the API have in common: who is let in, what headers are sent, how failure is told. */
final class Requests {
    private static final Logger LOGGER = LoggerFactory.getLogger(Requests.class);
    private static final String BASE = "/api/v2";
    private static final String JSON = "application/json";

    /** Bytes of a body that an event loop may read by itself: half a millisecond. */
    private static final int READ_AT_ONCE = 64 << 10;

    private final ExecutorService threads;
    private final Traffic traffic;

    Requests(ExecutorService threads, Traffic traffic) {
        this.threads = threads;
        this.traffic = traffic;
    }

    /** Answers one kind of request, on a thread of its own that may wait. */
    @FunctionalInterface
    interface Handler {
        void handle(RoutingContext context, Reply reply) throws ApiError, IOException, Busy;
    }

    /**
     * Answers with a status alone, when it can and on no thread of its own: for what comes in thousands a second. May
     * not wait.
     */
    @FunctionalInterface
    interface Prompt {
        CompletableFuture<?> handle(RoutingContext context) throws ApiError;
    }

    /** One path and its methods. */
    final class Path {
        private final Router router;
        private final String path;
        private final String name;
        private final List<HttpMethod> methods = new ArrayList<>();

        private Path(Router router, String prefix, String name) {
            this.router = router;
            this.path = prefix + BASE + name.replace("{", ":").replace("}", "");
            this.name = BASE + name;
        }

        Path on(HttpMethod method, Handler handler) {
            return serve(method, context -> accept(context, handler));
        }

        Path promptly(HttpMethod method, Prompt handler) {
            return serve(method, context -> accept(context, handler));
        }

        private Path serve(HttpMethod method, Consumer<RoutingContext> accept) {
            methods.add(method);
            router.route(method, path).handler(context -> {
                traffic.watch(context, name);
                headers(context);
                ApiError wrong = wrong(context);
                if (wrong == null) {
                    accept.accept(context);
                } else {
                    refuse(context, wrong);
                }
            });
            return this;
        }

        /** Refuses every other method. */
        void close() {
            String allowed = methods.stream().map(HttpMethod::name).collect(Collectors.joining(","));
            router.route(path).handler(context -> {
                traffic.watch(context, name);
                headers(context);
                if (!Preflight.answered(context)) {
                    context.response().putHeader("Allow", allowed);
                    refuse(
                            context,
                            ApiError.coded(
                                    405,
                                    405,
                                    "method " + context.request().method() + " is not allowed, but [" + allowed
                                            + "] are"));
                }
            });
        }
    }

    /** To be closed when it has all its methods. */
    Path at(Router router, String prefix, String name) {
        return new Path(router, prefix, name);
    }

    /** Everything else below the API's root. */
    void others(Router router, String prefix) {
        router.route(prefix + BASE + "/*").handler(context -> {
            traffic.watch(context, "other");
            headers(context);
            if (!Preflight.answered(context)) {
                String path = context.normalizedPath().substring(prefix.length());
                refuse(context, ApiError.coded(404, 404, "path " + path + " was not found"));
            }
        });
    }

    private static void headers(RoutingContext context) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store").putHeader(HttpHeaders.VARY, "Origin");
        if (context.request().getHeader(HttpHeaders.ORIGIN) != null) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        }
    }

    private void accept(RoutingContext context, Prompt handler) {
        Context loop = context.vertx().getOrCreateContext();
        if (context.body().length() <= READ_AT_ONCE) {
            answer(context, loop, handler);
        } else {
            onThread(context, () -> answer(context, loop, handler), () -> {});
        }
    }

    private void accept(RoutingContext context, Handler handler) {
        boolean isGet = context.request().method().equals(HttpMethod.GET);
        if (isGet && !traffic.enter()) {
            context.response()
                    .setStatusCode(503)
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .end("Limit of concurrent GET requests reached (" + traffic.maxGets() + "), try again later.\n\n");
            return;
        }
        onThread(context, () -> answer(context, handler), isGet ? traffic::left : () -> {});
    }

    private void onThread(RoutingContext context, Runnable work, Runnable atEnd) {
        try {
            threads.execute(() -> {
                try {
                    work.run();
                } finally {
                    atEnd.run();
                }
            });
        } catch (RejectedExecutionException e) {
            atEnd.run();
            refuse(context, ApiError.text(503, "the router is stopping"));
        }
    }

    /** What of the request's head forbids an answer, or null. */
    private static @Nullable ApiError wrong(RoutingContext context) {
        HttpServerRequest request = context.request();
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (accept != null && !accept.contains(JSON) && !accept.contains("*/*") && !accept.contains("application/*")) {
            return ApiError.coded(406, 406, "unsupported media type requested, only [" + JSON + "] are available");
        }
        if (request.method().equals(HttpMethod.POST) && context.body().length() > 0) {
            String given = request.getHeader(HttpHeaders.CONTENT_TYPE);
            String type = given == null ? "application/octet-stream" : given;
            int end = type.indexOf(';');
            String bare = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
            if (!bare.equals(JSON)) {
                return ApiError.coded(
                        415, 415, "unsupported media type \"" + bare + "\", only [" + JSON + "] are allowed");
            }
        }
        return null;
    }

    private static void answer(RoutingContext context, Handler handler) {
        var reply = new Reply(context.response());
        try {
            if (!context.request().method().equals(HttpMethod.DELETE)) {
                context.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON);
            }
            handler.handle(context, reply);
            reply.close();
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("path", context.normalizedPath()).log("the client went away");
            reply.abandon();
        } catch (ApiError | Busy | RuntimeException | Error e) {
            ApiError error = told(context, e);
            if (reply.hasBegun()) {
                reply.abandon();
            } else {
                refuse(context, error);
            }
        }
    }

    /** @param loop of the connection */
    private static void answer(RoutingContext context, Context loop, Prompt handler) {
        try {
            CompletableFuture<?> answer = handler.handle(context);
            long limit = loop.owner()
                    .setTimer(ApiV2.LIMIT_SECONDS * 1_000L, _ -> answer.completeExceptionally(new TimeoutException()));
            var _ = answer.whenComplete((_, failure) -> loop.runOnContext(_ -> {
                loop.owner().cancelTimer(limit);
                if (failure == null) {
                    context.response().end();
                } else {
                    refuse(context, told(context, cause(failure)));
                }
            }));
        } catch (ApiError | RuntimeException | Error e) {
            refuse(context, told(context, e));
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof ApiError ? cause : new Busy(cause == null ? failure : cause);
    }

    /** What the client hears of a failure. What is not its own is logged. */
    private static ApiError told(RoutingContext context, Throwable failure) {
        if (failure instanceof ApiError error) {
            return error;
        }
        if (failure instanceof Busy) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("path", context.normalizedPath())
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("request not answered");
            Throwable cause = failure.getCause();
            boolean isLate = cause instanceof RejectedExecutionException || cause instanceof TimeoutException;
            return ApiError.text(isLate ? 503 : 500, isLate ? "not on the bus in time" : "internal error");
        }
        return failed(context, failure);
    }

    /** What the client hears of a fault of ours, which is logged. */
    static ApiError failed(RoutingContext context, Throwable failure) {
        LOGGER.atError()
                .addMarker(Logs.REPEATABLE)
                .setCause(failure)
                .addKeyValue("path", context.normalizedPath())
                .log("request failed");
        return ApiError.text(500, "internal error");
    }

    private static void refuse(RoutingContext context, ApiError error) {
        HttpServerResponse response = context.response().setStatusCode(error.status());
        if (error.body().isEmpty()) {
            response.headers().remove(HttpHeaders.CONTENT_TYPE);
            response.end();
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(error.body());
        }
    }
}
