package caretaker.alerts.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.bus.Ledger;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.PostedAlert;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.routing.Silences.Outcome;
import caretaker.alerts.state.AlertQuery;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alertmanager's HTTP API, version 2. What is answered 200 is on the bus. Bodies are read and written on virtual
 * threads, since a large one would hold up the event loop.
 */
public final class ApiV2 {
    private static final Logger LOGGER = LoggerFactory.getLogger(ApiV2.class);
    private static final String JSON = "application/json";

    private final Desk desk;
    private final Ledger ledger;
    private final Status status;
    private final MatcherSyntax syntax;
    private final ExecutorService threads;
    private final Counter received;
    private final Counter invalid;

    /** @param threads virtual ones */
    public ApiV2(
            Desk desk,
            Ledger ledger,
            Status status,
            MatcherSyntax syntax,
            ExecutorService threads,
            MeterRegistry registry) {
        this.desk = desk;
        this.ledger = ledger;
        this.status = status;
        this.syntax = syntax;
        this.threads = threads;
        this.received = counter("alertmanager.alerts.received", "Alerts that were posted", registry);
        this.invalid = counter("alertmanager.alerts.invalid", "Posted alerts that were refused", registry);
    }

    private static Counter counter(String name, String description, MeterRegistry registry) {
        return Counter.builder(name)
                .description(description)
                .tag("version", "v2")
                .register(registry);
    }

    /** Adds the API's paths below {@code prefix}, which ends without a slash. */
    public void serve(Router router, String prefix) {
        String base = prefix + "/api/v2";
        get(router, base + "/status", this::status);
        get(router, base + "/receivers", _ -> ask((board, _) -> receivers(board)));
        get(router, base + "/alerts", this::alerts);
        get(router, base + "/alerts/groups", this::groups);
        get(router, base + "/silences", this::silences);
        get(router, base + "/silence/:id", this::silence);
        on(router, HttpMethod.POST, base + "/alerts", this::postAlerts);
        on(router, HttpMethod.POST, base + "/silences", this::postSilence);
        on(router, HttpMethod.DELETE, base + "/silence/:id", this::expire);
        for (String path : List.of("/status", "/receivers", "/alerts", "/alerts/groups", "/silences", "/silence/:id")) {
            router.route(base + path)
                    .handler(context -> answer(context, ApiError.coded(405, 405, notAllowed(context))));
        }
        router.route(base + "/*")
                .handler(context -> answer(
                        context, ApiError.coded(404, 404, "path " + context.normalizedPath() + " was not found")));
    }

    private static String notAllowed(RoutingContext context) {
        return "method " + context.request().method() + " is not allowed here";
    }

    /** What a request comes to: a body to encode, or an empty buffer. */
    @FunctionalInterface
    private interface Handler {
        Future<Object> handle(RoutingContext context) throws ApiError;
    }

    private void get(Router router, String path, Handler handler) {
        on(router, HttpMethod.GET, path, handler);
    }

    private void on(Router router, HttpMethod method, String path, Handler handler) {
        router.route(method, path)
                .handler(context -> onThread(() -> handler.handle(context))
                        .compose(answer -> answer)
                        .compose(body -> onThread(() -> encode(body)))
                        .onComplete(result -> {
                            if (result.succeeded()) {
                                context.response()
                                        .putHeader("Cache-Control", "no-store")
                                        .putHeader("Vary", "Origin");
                                if (result.result().length() > 0) {
                                    context.response().putHeader("Content-Type", JSON);
                                }
                                context.response().end(result.result());
                            } else {
                                failed(context, result.cause());
                            }
                        }));
    }

    private static Buffer encode(Object body) {
        return switch (body) {
            case Buffer nothing -> nothing;
            case JsonArray array -> array.toBuffer();
            case JsonObject object -> object.toBuffer();
            default -> throw new IllegalStateException("no JSON: " + body.getClass());
        };
    }

    private <T> Future<T> onThread(Callable<T> work) {
        Promise<T> done = Promise.promise();
        threads.execute(() -> {
            try {
                done.complete(work.call());
            } catch (Exception e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    private <T> Future<T> ask(BiFunction<Board, Instant, T> question) {
        return Future.fromCompletionStage(desk.ask(question));
    }

    private static void failed(RoutingContext context, Throwable cause) {
        if (cause instanceof ApiError error) {
            answer(context, error);
        } else {
            LOGGER.atWarn()
                    .addKeyValue("path", context.normalizedPath())
                    .addKeyValue("reason", cause.toString())
                    .log("request failed");
            boolean busy = cause instanceof java.util.concurrent.RejectedExecutionException
                    || cause instanceof java.util.concurrent.TimeoutException;
            answer(context, ApiError.text(busy ? 503 : 500, busy ? "not on the bus in time" : "internal error"));
        }
    }

    private static void answer(RoutingContext context, ApiError error) {
        context.response()
                .setStatusCode(error.status())
                .putHeader("Content-Type", JSON)
                .end(error.body());
    }

    private Future<Object> status(RoutingContext context) {
        return ask((board, _) -> status.json(board));
    }

    private static JsonArray receivers(Board board) {
        var all = new JsonArray();
        board.config().receivers().forEach(receiver -> {
            var json = new JsonObject().put("name", receiver.name());
            all.add(receiver.labels().isEmpty() ? json : json.put("labels", new JsonObject()));
        });
        return all;
    }

    private Future<Object> alerts(RoutingContext context) throws ApiError {
        AlertQuery query = query(context);
        return ask((board, now) -> board.alerts(query, now)).map(ApiJson::alerts);
    }

    private Future<Object> groups(RoutingContext context) throws ApiError {
        AlertQuery query = query(context);
        return ask((board, now) -> board.groups(query, now)).map(ApiJson::groups);
    }

    private AlertQuery query(RoutingContext context) throws ApiError {
        boolean _ = flag(context, "unprocessed"); // nothing is, but what is no truth is refused
        return new AlertQuery(
                flag(context, "active"),
                flag(context, "silenced"),
                flag(context, "inhibited"),
                flag(context, "muted"),
                filter(context),
                receiver(context));
    }

    private static boolean flag(RoutingContext context, String name) throws ApiError {
        List<String> values = context.queryParam(name);
        if (values.isEmpty() || values.getLast().isEmpty()) {
            return true;
        }
        return switch (values.getLast()) {
            case "true", "1", "t", "T", "yes", "y", "on", "True", "TRUE" -> true;
            case "false", "0", "f", "F", "no", "n", "off", "False", "FALSE" -> false;
            default ->
                throw ApiError.schema(601, name + " in query must be of type boolean: \"" + values.getLast() + "\"");
        };
    }

    private List<LabelMatcher> filter(RoutingContext context) throws ApiError {
        List<LabelMatcher> all = new ArrayList<>();
        for (String text : context.queryParam("filter")) {
            try {
                all.add(syntax.one(text, _ -> {}));
            } catch (IllegalArgumentException e) {
                throw ApiError.text(400, "bad matcher format: " + e.getMessage());
            }
        }
        return all;
    }

    private static @Nullable Pattern receiver(RoutingContext context) throws ApiError {
        List<String> values = context.queryParam("receiver");
        if (values.isEmpty() || values.getLast().isEmpty()) {
            return null;
        }
        String text = values.getLast();
        try {
            if (text.length() > 4096) {
                throw ApiError.text(400, "failed to parse receiver param: too long");
            }
            return Pattern.compile("^(?:" + text + ")$");
        } catch (PatternSyntaxException e) {
            throw ApiError.text(400, "failed to parse receiver param: " + e.getMessage());
        }
    }

    private Future<Object> postAlerts(RoutingContext context) throws ApiError {
        List<PostedAlert> posted = ApiJson.posted(parsed(context, "alerts", JsonArray.class));
        received.increment(posted.size());
        return ask((board, now) ->
                        board.alerts().post(posted, now, board.config().resolveTimeout()))
                .compose(batch -> ledger.alerts(batch.stored())
                        .compose(_ -> ask((board, now) -> {
                            batch.stored().forEach(alert -> board.effect(alert, now));
                            return batch;
                        })))
                .compose(this::answered);
    }

    private Future<Object> answered(AlertStore.Batch batch) {
        if (batch.refused().isEmpty()) {
            return Future.succeededFuture(Buffer.buffer());
        }
        invalid.increment(batch.refused().size());
        return Future.failedFuture(ApiError.text(400, batch.message()));
    }

    private static <T> T parsed(RoutingContext context, String what, Class<T> type) throws ApiError {
        Buffer body = context.body().buffer();
        String text = body == null ? "" : body.toString(UTF_8);
        if (text.isBlank()) {
            throw ApiError.schema(602, what + " in body is required");
        }
        try {
            Object json = Json.decodeValue(text);
            if (type.isInstance(json)) {
                return type.cast(json);
            }
        } catch (DecodeException e) {
            throw ApiError.unreadable(what, "it is no JSON");
        }
        throw ApiError.unreadable(what, "it is JSON of another kind");
    }

    private Future<Object> silences(RoutingContext context) throws ApiError {
        List<LabelMatcher> filter = filter(context);
        return ask((board, now) -> {
            var all = new JsonArray();
            board.silences().list(filter, now).forEach(silence -> all.add(ApiJson.silence(silence, now)));
            return all;
        });
    }

    private Future<Object> silence(RoutingContext context) throws ApiError {
        String id = id(context);
        return ask((board, now) -> board.silences().get(id).map(silence -> ApiJson.silence(silence, now)))
                .compose(found -> found.<Future<Object>>map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(ApiError.text(404, "silence not found"))));
    }

    private static String id(RoutingContext context) throws ApiError {
        String id = String.valueOf(context.pathParam("id"));
        if (!ApiJson.isUuid(id)) {
            throw ApiError.schema(601, "silenceID in path must be of type uuid: \"" + id + "\"");
        }
        return id;
    }

    private Future<Object> postSilence(RoutingContext context) throws ApiError {
        JsonObject json = parsed(context, "silence", JsonObject.class);
        Silence unchecked = ApiJson.silence(json, Instant.EPOCH);
        return ask((board, now) -> board.silences()
                        .set(unchecked, now, () -> UUID.randomUUID().toString()))
                .compose(this::changed)
                .map(id -> new JsonObject().put("silenceID", id));
    }

    private Future<Object> expire(RoutingContext context) throws ApiError {
        String id = id(context);
        return ask((board, now) -> board.silences().expire(id, now))
                .compose(this::changed)
                .map(_ -> Buffer.buffer());
    }

    private Future<String> changed(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Invalid(var why) -> Future.failedFuture(ApiError.text(400, "invalid silence: " + why));
            case Outcome.NotFound(var id) -> Future.failedFuture(ApiError.text(404, "silence not found"));
            case Outcome.Changes(var id, var changes) ->
                ledger.silences(changes)
                        .compose(_ -> ask((board, _) -> {
                            changes.forEach(board.silences()::put);
                            return id;
                        }));
        };
    }
}
