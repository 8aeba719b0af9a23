package caretaker.alerts.api;

import caretaker.alerts.bus.Ledger;
import caretaker.alerts.bus.Reception;
import caretaker.alerts.config.Receiver;
import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.AlertStore;
import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.MatcherSyntax;
import caretaker.alerts.routing.PostedAlert;
import caretaker.alerts.routing.Silence;
import caretaker.alerts.routing.Silence.State;
import caretaker.alerts.routing.Silences.Outcome;
import caretaker.alerts.state.AlertQuery;
import caretaker.alerts.state.AlertView;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import caretaker.alerts.state.GroupView;
import caretaker.chassis.Logs;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Alertmanager's HTTP API, version 2. What is answered 200 is on the bus. Each request has a virtual thread of its own,
 * but posted alerts, which are answered by whoever put the last of them on the bus; what takes the board's thread long
 * is asked in parts, so that a large answer holds up nobody.
 */
public final class ApiV2 {
    private static final Logger LOGGER = LoggerFactory.getLogger(ApiV2.class);

    /** How long a request waits for the bus. */
    static final int LIMIT_SECONDS = 10;

    /** Alerts that the board looks at in one go. */
    private static final int PART = 500;

    private final Desk desk;
    private final Ledger ledger;
    private final Reception reception;
    private final Status status;
    private final MatcherSyntax syntax;
    private final Limits limits;
    private final Requests requests;
    private final Counter firing;
    private final Counter resolved;
    private final Counter invalid;
    private final Counter limited;
    private final Counter silencesRefused;

    /**
     * What a request may take.
     *
     * @param gets how many are answered at once; 0 for as many as there are processors, and at least 8
     * @param alertBytes one alert as JSON; a larger one is refused, since the bus would not take it
     */
    public record Limits(int gets, long alertBytes) {}

    /** @param threads virtual ones */
    public ApiV2(
            Desk desk,
            Ledger ledger,
            Status status,
            MatcherSyntax syntax,
            Limits limits,
            ExecutorService threads,
            PrometheusMeterRegistry registry) {
        this.desk = desk;
        this.ledger = ledger;
        this.reception = new Reception(desk, ledger, registry);
        this.status = status;
        this.syntax = syntax;
        this.limits = limits;
        this.requests = new Requests(threads, new Traffic(limits.gets(), registry));
        this.firing = received("firing", registry);
        this.resolved = received("resolved", registry);
        this.invalid = Counter.builder("alertmanager.alerts.invalid")
                .description("Posted alerts that were refused")
                .tag("version", "v2")
                .register(registry);
        this.limited = Counter.builder("alertmanager.alerts.limited")
                .description("Alerts that the limit of their name kept out")
                .register(registry);
        this.silencesRefused = Counter.builder("caretaker.alert.router.silences.refused")
                .description("How often a silence was refused since there was no room for it")
                .register(registry);
    }

    private static Counter received(String state, MeterRegistry registry) {
        return Counter.builder("alertmanager.alerts.received")
                .description("Alerts that were posted")
                .tag("status", state)
                .tag("version", "v2")
                .register(registry);
    }

    /** Adds the API's paths below {@code prefix}, which ends without a slash. */
    public void serve(Router router, String prefix) {
        requests.at(router, prefix, "/status").on(HttpMethod.GET, this::status).close();
        requests.at(router, prefix, "/receivers")
                .on(HttpMethod.GET, this::receivers)
                .close();
        requests.at(router, prefix, "/alerts")
                .on(HttpMethod.GET, this::alerts)
                .promptly(HttpMethod.POST, this::postAlerts)
                .close();
        requests.at(router, prefix, "/alerts/groups")
                .on(HttpMethod.GET, this::groups)
                .close();
        requests.at(router, prefix, "/silences")
                .on(HttpMethod.GET, this::silences)
                .on(HttpMethod.POST, this::postSilence)
                .close();
        requests.at(router, prefix, "/silence/{silenceID}")
                .on(HttpMethod.GET, this::silence)
                .on(HttpMethod.DELETE, this::expire)
                .close();
        requests.others(router, prefix);
    }

    /** The board's answer; not for the board's own thread. */
    private <T> T ask(BiFunction<Board, Instant, T> question) throws Busy {
        return await(desk.ask(question));
    }

    private static void await(Future<?> written) throws Busy {
        var _ = await(written.toCompletionStage().toCompletableFuture());
    }

    private static <T> T await(CompletableFuture<T> answer) throws Busy {
        try {
            return answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new Busy(e);
        } catch (ExecutionException e) {
            throw new Busy(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Busy(e);
        }
    }

    private void status(RoutingContext context, Reply reply) throws IOException, Busy {
        JsonObject json = ask((board, _) -> status.json(board.config().original(), board.isLive()));
        reply.write(json.toBuffer().getBytes());
    }

    private void receivers(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        List<LabelMatcher> matchers = Question.matchers(context, "receiver_matchers", syntax);
        List<Receiver> all = ask((board, _) -> board.config().receivers());
        try (var json = new ApiJson(reply)) {
            json.beginArray();
            for (Receiver receiver : all) {
                if (AlertQuery.matches(receiver, matchers)) {
                    json.receiver(receiver);
                }
            }
            json.endArray();
        }
    }

    private void alerts(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        AlertQuery query = Question.alerts(context, syntax);
        Instant[] now = new Instant[1];
        List<Alert> known = new ArrayList<>(ask((board, time) -> {
            now[0] = time;
            return board.alerts().all();
        }));
        known.removeIf(alert -> alert.resolvedAt(now[0]) || !query.matches(alert));
        known.sort(Comparator.comparing(Alert::fingerprint));
        try (var json = new ApiJson(reply)) {
            json.beginArray();
            for (List<Alert> part : parts(known)) {
                for (AlertView view : ask((board, time) -> board.views(part, query, time))) {
                    json.alert(view);
                }
            }
            json.endArray();
        }
    }

    private void groups(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        AlertQuery query = Question.alerts(context, syntax);
        Instant[] now = new Instant[1];
        List<GroupView> groups = new ArrayList<>(ask((board, time) -> {
            now[0] = time;
            return board.groupsOf(query, time);
        }));
        groups.sort(GroupView.ORDER);
        try (var json = new ApiJson(reply)) {
            json.beginArray();
            for (GroupView group : groups) {
                group(group, query, now[0], json);
            }
            json.endArray();
        }
    }

    private void group(GroupView group, AlertQuery query, Instant now, ApiJson json) throws IOException, Busy {
        boolean begun = false;
        for (List<Alert> part : parts(group.matching(query, now))) {
            for (AlertView view : ask((board, time) -> board.viewsIn(group, part, query, time))) {
                if (!begun) {
                    json.beginGroup();
                    begun = true;
                }
                json.alert(view);
            }
        }
        if (begun) {
            json.endGroup(group);
        }
    }

    private CompletableFuture<?> postAlerts(RoutingContext context) throws ApiError {
        AlertReader.Read read = AlertReader.read(body(context), limits.alertBytes());
        List<CompletableFuture<AlertStore.Batch>> taken = new ArrayList<>();
        for (List<PostedAlert> part : parts(read.alerts())) {
            taken.add(reception.take(now -> {
                count(part, now);
                return part;
            }));
        }
        return CompletableFuture.allOf(taken.toArray(CompletableFuture[]::new)).thenCompose(_ -> answer(read, taken));
    }

    /** Fails if not all of the alerts were taken. */
    private CompletableFuture<?> answer(AlertReader.Read read, List<CompletableFuture<AlertStore.Batch>> taken) {
        List<String> refused = new ArrayList<>(read.refused());
        int full = 0;
        for (CompletableFuture<AlertStore.Batch> part : taken) {
            AlertStore.Batch batch = part.resultNow();
            refused.addAll(batch.refused());
            full += batch.full().size();
            limited.increment(batch.limited().size());
        }
        if (!refused.isEmpty()) {
            invalid.increment(refused.size());
        }
        if (full > 0) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("alerts", full)
                    .log("alerts found no room");
            return CompletableFuture.failedFuture(ApiError.text(
                    503, "no room for " + full + " of " + read.alerts().size() + " alerts"));
        }
        if (!refused.isEmpty()) {
            String why = String.join("; ", refused.subList(0, Math.min(refused.size(), 100)));
            return CompletableFuture.failedFuture(ApiError.text(400, why));
        }
        return CompletableFuture.completedFuture(null);
    }

    private void count(List<PostedAlert> posted, Instant now) {
        double over = posted.stream()
                .filter(alert -> alert.endsAt() != null
                        && !alert.endsAt().isAfter(now)
                        && !alert.endsAt().equals(PostedAlert.ZERO))
                .count();
        resolved.increment(over);
        firing.increment(posted.size() - over);
    }

    /** Pieces that keep the board's thread for a few milliseconds each. */
    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>(all.size() / PART + 1);
        for (int i = 0; i < all.size(); i += PART) {
            parts.add(all.subList(i, Math.min(i + PART, all.size())));
        }
        return parts;
    }

    private static Buffer body(RoutingContext context) {
        Buffer body = context.body().buffer();
        return body == null ? Buffer.buffer() : body;
    }

    private void silences(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        List<LabelMatcher> filter = Question.matchers(context, "filter", syntax);
        Set<State> states = EnumSet.noneOf(State.class);
        for (State state : State.values()) {
            if (Question.flag(context, state.name().toLowerCase(Locale.ROOT))) {
                states.add(state);
            }
        }
        Instant[] now = new Instant[1];
        List<Silence> found = ask((board, time) -> {
            now[0] = time;
            return board.silences().list(filter, time);
        });
        try (var json = new ApiJson(reply)) {
            json.beginArray();
            for (Silence silence : found) {
                if (states.contains(silence.stateAt(now[0]))) {
                    json.silence(silence, now[0]);
                }
            }
            json.endArray();
        }
    }

    private void silence(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        String id = id(context);
        Instant[] now = new Instant[1];
        Silence silence = ask((board, time) -> {
                    now[0] = time;
                    return board.silences().get(id);
                })
                .orElseThrow(() -> ApiError.bare(404));
        try (var json = new ApiJson(reply)) {
            json.silence(silence, now[0]);
        }
    }

    private static String id(RoutingContext context) throws ApiError {
        String id = String.valueOf(context.pathParam("silenceID"));
        try {
            if (UUID.fromString(id).toString().equalsIgnoreCase(id)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw ApiError.schema(601, "silenceID in path must be of type uuid: \"" + id + "\"");
    }

    private void postSilence(RoutingContext context, Reply reply) throws ApiError, IOException, Busy {
        Silence wanted = SilenceReader.read(body(context));
        Outcome outcome = ask((board, now) ->
                board.silences().set(wanted, now, () -> UUID.randomUUID().toString()));
        String id = changed(outcome, "silence not found");
        reply.write(new JsonObject().put("silenceID", id).toBuffer().getBytes());
    }

    private void expire(RoutingContext context, Reply reply) throws ApiError, Busy {
        String id = id(context);
        var _ = changed(ask((board, now) -> board.silences().expire(id, now)), "");
    }

    /** Puts what was decided on the bus, then into effect; the silence's id from now on. */
    private String changed(Outcome outcome, String notFound) throws ApiError, Busy {
        return switch (outcome) {
            case Outcome.Invalid(var why) -> throw ApiError.text(400, invalid(why));
            case Outcome.NoRoom() -> {
                silencesRefused.increment();
                LOGGER.atWarn().addMarker(Logs.REPEATABLE).log("a silence found no room");
                throw ApiError.text(503, "no room for a silence");
            }
            case Outcome.NotFound(var id) ->
                throw notFound.isEmpty() ? ApiError.bare(404) : ApiError.text(404, notFound);
            case Outcome.Changes(var id, var changes) -> {
                await(ledger.silences(changes));
                yield ask((board, _) -> {
                    changes.forEach(board.silences()::put);
                    return id;
                });
            }
        };
    }

    /** Alertmanager looks at the times before it looks at the rest, and says so in other words. */
    private static String invalid(String why) {
        boolean isTime = why.startsWith("start time") || why.startsWith("end time");
        return (isTime ? "Failed to create silence: " : "invalid silence: ") + why;
    }
}
