package caretaker.alerts.api;

import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.routing.NotificationLog;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import caretaker.alerts.state.History;
import caretaker.alerts.state.NotificationKeys;
import caretaker.alerts.state.Pending;
import caretaker.contracts.AlertEvent;
import caretaker.contracts.NotificationEvent.Dead;
import caretaker.contracts.NotificationEvent.Result;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What Alertmanager has no API for: what was told to whom, what could not be told, and trying a receiver. Below {@code
 * /api/caretaker/v1}.
 */
public final class DeliveryApi {
    private static final String BASE = "/api/caretaker/v1";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 10_000;
    private static final int STANDS_BY = -1;

    private final Desk desk;
    private final Deliveries deliveries;
    private final Trial trial;
    private final ExecutorService threads;

    /** Tries a receiver. */
    public interface Trial {
        /** What became of one sample alert to each integration; empty for an unknown receiver. May wait. */
        Optional<List<Tried>> send(String receiver) throws InterruptedException;
    }

    /**
     * What became of one sample.
     *
     * @param error empty if it was delivered
     */
    public record Tried(String integration, String error, long millis) {}

    /**
     * Over a desk.
     *
     * @param threads virtual ones
     */
    public DeliveryApi(Desk desk, Deliveries deliveries, Trial trial, ExecutorService threads) {
        this.desk = desk;
        this.deliveries = deliveries;
        this.trial = trial;
        this.threads = threads;
    }

    /** Adds the paths below {@code prefix}, which ends without a slash. */
    public void serve(Router router, String prefix) {
        String base = prefix + BASE;
        on(router, HttpMethod.GET, base + "/deliveries", this::history);
        on(router, HttpMethod.GET, base + "/dead-letters", context -> dead());
        on(
                router,
                HttpMethod.POST,
                base + "/dead-letters/resend",
                context -> each(context, "resent", deliveries::resend));
        on(
                router,
                HttpMethod.POST,
                base + "/dead-letters/discard",
                context -> each(context, "discarded", deliveries::discard));
        on(router, HttpMethod.POST, base + "/receivers/:name/test", this::test);
    }

    /** A page of another site may make its visitor's browser post, if it asks for no header. */
    private static boolean isForeign(RoutingContext context) {
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        String ours = String.valueOf(context.request().authority());
        return origin != null && !origin.replaceFirst("^https?://", "").equalsIgnoreCase(ours);
    }

    private interface Handler {
        Object handle(RoutingContext context) throws ApiError, InterruptedException;
    }

    private void on(Router router, HttpMethod method, String path, Handler handler) {
        router.route(method, path)
                .handler(context -> threads.execute(() -> {
                    try {
                        if (method.equals(HttpMethod.POST) && isForeign(context)) {
                            throw ApiError.text(403, "not from a page of another site");
                        }
                        Buffer body = Buffer.buffer(String.valueOf(handler.handle(context)));
                        context.response()
                                .putHeader("Content-Type", "application/json")
                                .putHeader("Cache-Control", "no-store")
                                .end(body);
                    } catch (ApiError e) {
                        answer(context, e);
                    } catch (CompletionException e) {
                        boolean isBusy = e.getCause() instanceof RejectedExecutionException;
                        answer(
                                context,
                                isBusy ? ApiError.text(503, "too many requests wait") : Requests.failed(context, e));
                    } catch (RuntimeException e) {
                        answer(context, Requests.failed(context, e));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        answer(context, ApiError.text(503, "the router stops"));
                    }
                }));
    }

    private static void answer(RoutingContext context, ApiError error) {
        context.response()
                .setStatusCode(error.status())
                .putHeader("Content-Type", "application/json")
                .end(error.body());
    }

    private JsonArray history(RoutingContext context) throws ApiError {
        String alert = parameter(context, "alert");
        String receiver = parameter(context, "receiver");
        int limit = limit(parameter(context, "limit"));
        return desk.ask((board, _) -> {
                    var all = new JsonArray();
                    board.allPending().forEach((key, message) -> {
                        if (all.size() < limit && isMeant(key, message, alert, receiver)) {
                            all.add(sending(key, message));
                        }
                    });
                    board.history().newest(alert, receiver, limit - all.size()).forEach(entry -> all.add(ended(entry)));
                    return all;
                })
                .join();
    }

    private static boolean isMeant(
            NotificationLog.Key key, Pending message, @Nullable String alert, @Nullable String receiver) {
        return (receiver == null || receiver.equals(key.group().receiver()))
                && (alert == null
                        || texts(message.firing()).contains(alert)
                        || texts(message.resolved()).contains(alert));
    }

    private static @Nullable String parameter(RoutingContext context, String name) {
        List<String> values = context.queryParam(name);
        return values.isEmpty() || values.getLast().isEmpty() ? null : values.getLast();
    }

    private static int limit(@Nullable String text) throws ApiError {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) == 0) {
            throw ApiError.text(400, "limit is a number from 1 to " + MAX_LIMIT);
        }
        return Math.min(MAX_LIMIT, Integer.parseInt(text));
    }

    private static JsonObject sending(NotificationLog.Key key, Pending message) {
        return named(key)
                .put("id", message.id())
                .put("reason", message.reason())
                .put("began", message.since().toString())
                .put("at", message.since().toString())
                .put("attempts", 0)
                .put("outcome", "sending")
                .put("error", "")
                .put("firing", texts(message.firing()))
                .put("resolved", texts(message.resolved()));
    }

    private static JsonArray texts(Collection<?> fingerprints) {
        return new JsonArray(new ArrayList<>(
                new TreeSet<>(fingerprints.stream().map(Object::toString).toList())));
    }

    private static JsonObject named(NotificationLog.Key key) {
        return new JsonObject()
                .put("key", NotificationKeys.text(key))
                .put("groupKey", key.group().key())
                .put("receiver", key.group().receiver())
                .put("integration", key.kind().word() + "[" + key.index() + "]");
    }

    private static JsonObject ended(History.Entry entry) {
        Result result = entry.result();
        return new JsonObject()
                .put("key", entry.key())
                .put("groupKey", entry.groupKey())
                .put("receiver", entry.receiver())
                .put("integration", entry.integration())
                .put("id", result.id())
                .put("reason", result.reason())
                .put("began", result.since().toString())
                .put("at", result.at().toString())
                .put("attempts", result.attempts())
                .put("outcome", result.outcome().name().toLowerCase(Locale.ROOT))
                .put("error", result.error())
                .put("firing", texts(entry.firing()))
                .put("resolved", texts(entry.resolved()));
    }

    private JsonArray dead() {
        return desk.ask((board, _) -> {
                    var all = new JsonArray();
                    sorted(board).forEach((key, dead) -> all.add(dead(key, dead)));
                    return all;
                })
                .join();
    }

    private static Map<NotificationLog.Key, Dead> sorted(Board board) {
        Map<NotificationLog.Key, Dead> sorted = new TreeMap<>(Comparator.comparing(NotificationKeys::text));
        sorted.putAll(board.allDead());
        return sorted;
    }

    private static JsonObject dead(NotificationLog.Key key, Dead dead) {
        var alerts = new JsonArray();
        dead.alerts().forEach(alert -> alerts.add(alert(alert)));
        return named(key)
                .put("id", dead.message().id())
                .put("reason", dead.message().reason())
                .put("since", dead.message().since().toString())
                .put("at", dead.at().toString())
                .put("attempts", dead.attempts())
                .put("error", dead.error())
                .put("alerts", alerts)
                .put("omitted", dead.omitted());
    }

    private static JsonObject alert(AlertEvent alert) {
        return new JsonObject()
                .put("labels", new JsonObject(new TreeMap<>(alert.labels())))
                .put("annotations", new JsonObject(new TreeMap<>(alert.annotations())))
                .put("startsAt", alert.startsAt().toString())
                .put("endsAt", alert.endsAt().toString())
                .put("fingerprint", alert.fingerprint());
    }

    /** Does something with one dead letter or all. */
    private JsonObject each(RoutingContext context, String word, BiPredicate<NotificationLog.Key, Instant> work)
            throws ApiError {
        JsonObject body = body(context);
        boolean all = Boolean.TRUE.equals(body.getValue("all"));
        Object key = body.getValue("key");
        if (all == (key != null) || (key != null && !(key instanceof String))) {
            throw ApiError.text(400, "give {\"key\": \"…\"} or {\"all\": true}");
        }
        Optional<Integer> done = desk.ask((board, now) -> {
                    if (!board.isLeading()) {
                        return Optional.of(STANDS_BY);
                    }
                    if (!all) {
                        return NotificationKeys.parse(String.valueOf(key))
                                .filter(parsed -> work.test(parsed, now))
                                .map(_ -> 1);
                    }
                    return Optional.of((int) board.allDead().keySet().stream()
                            .filter(each -> work.test(each, now))
                            .count());
                })
                .join();
        if (done.isEmpty()) {
            throw ApiError.text(404, "no such dead letter");
        }
        if (done.get() == STANDS_BY) {
            throw ApiError.text(503, "this instance does not tell now; ask the one whose caretaker_lease_held is 1");
        }
        return new JsonObject().put(word, done.get());
    }

    private static JsonObject body(RoutingContext context) throws ApiError {
        try {
            JsonObject body = context.body().asJsonObject();
            return body == null ? new JsonObject() : body;
        } catch (DecodeException | ClassCastException e) {
            throw ApiError.text(400, "the body is no JSON object");
        }
    }

    private JsonArray test(RoutingContext context) throws ApiError, InterruptedException {
        List<Tried> tried = trial.send(String.valueOf(context.pathParam("name")))
                .orElseThrow(() -> ApiError.text(404, "no such receiver"));
        var all = new JsonArray();
        tried.forEach(each -> all.add(new JsonObject()
                .put("integration", each.integration())
                .put("delivered", each.error().isEmpty())
                .put("error", each.error())
                .put("millis", each.millis())));
        return all;
    }
}
