package caretaker.recovery.api;

import caretaker.chassis.HttpEndpoint;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.incident.Input.Command;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is seen of the recovery service and asked of it over HTTP, below {@code /api/v1}. Nothing runs on the event
 * loop. Questions to the engine have room of their own: one that hangs must not keep anybody from pausing repairs.
 */
public final class RecoveryApi {
    private static final String BASE = "/api/v1";
    private static final String JSON = "application/json";
    private static final Pattern INCIDENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1000;

    /** Requests that are worked on at once; more are told to come again. */
    static final int AT_ONCE = 32;

    /** Of them those that ask the engine. */
    static final int LOOKS_AT_ONCE = 4;

    private final Control control;
    private final ExecutorService threads;
    private final InstantSource clock;
    private final Semaphore room = new Semaphore(AT_ONCE);
    private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);
    private final Counter refused;

    private record Reply(int status, String type, String text) {
        static Reply of(JsonObject json) {
            return new Reply(200, JSON, json.encode());
        }
    }

    private interface Handler {
        Reply handle(RoutingContext context) throws ApiError;
    }

    private interface Asking {
        /** What a person wants, once it is known that they may want it. */
        Reply handle(Body body, String actor) throws ApiError;
    }

    public RecoveryApi(Control control, ExecutorService threads, MeterRegistry registry) {
        this(control, threads, registry, InstantSource.system());
    }

    /** @param threads virtual ones */
    public RecoveryApi(Control control, ExecutorService threads, MeterRegistry registry, InstantSource clock) {
        this.control = control;
        this.threads = threads;
        this.clock = clock;
        this.refused = Counter.builder("caretaker.recovery.requests.refused")
                .description("Requests over HTTP refused because too many were worked on")
                .register(registry);
    }

    /** Adds the paths. */
    public void serve(Router router) {
        router.route(BASE + "/*").handler(RecoveryApi::guard);
        get(router, "/host", room, _ -> Reply.of(Views.host(control.host())));
        get(router, "/containers", room, this::containers);
        get(router, "/diagnosis", looks, this::diagnosis);
        get(router, "/incidents", room, this::incidents);
        get(router, "/incidents/:id", room, this::incident);
        get(router, "/incidents/:id/report", room, this::report);
        post(router, "/repair", Set.of("container", "dryRun", "by"), this::repair);
        post(router, "/release", Set.of("container", "by"), this::release);
        post(router, "/quarantine", Set.of("container", "reason", "by"), this::quarantine);
        post(
                router,
                "/pause",
                Set.of("for", "reason", "by"),
                (body, actor) -> ofHost(new Command.Pause(body.length(), body.reason()), actor));
        post(router, "/resume", Set.of("by"), (_, actor) -> ofHost(new Command.Resume(), actor));
        post(router, "/illness/clear", Set.of("illness", "by"), this::clearIllness);
        post(router, "/breaker/reset", Set.of("by"), (_, actor) -> ofHost(new Command.ResetBreaker(), actor));
    }

    private static void guard(RoutingContext context) {
        try {
            Visitors.refuseOtherSites(context.request());
            if (context.request().method().equals(HttpMethod.POST)) {
                Visitors.expectJson(context.request());
            }
            context.next();
        } catch (ApiError e) {
            answer(context, reply(e));
        }
    }

    private void get(Router router, String path, Semaphore within, Handler handler) {
        router.get(BASE + path).handler(context -> run(context, within, handler));
    }

    private void post(Router router, String path, Set<String> keys, Asking asking) {
        router.post(BASE + path)
                .handler(context -> run(context, room, asked -> {
                    Body body = Body.read(asked.body().buffer(), keys);
                    return asking.handle(body, body.actor(HttpEndpoint.user(asked)));
                }));
    }

    private void run(RoutingContext context, Semaphore within, Handler handler) {
        if (!within.tryAcquire()) {
            busy(context);
            return;
        }
        try {
            threads.execute(() -> {
                try {
                    work(context, handler);
                } finally {
                    within.release();
                }
            });
        } catch (RejectedExecutionException e) {
            within.release();
            busy(context);
        }
    }

    private void busy(RoutingContext context) {
        refused.increment();
        context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        answer(context, reply(new ApiError(503, "busy", "too many requests wait; try again")));
    }

    private static void work(RoutingContext context, Handler handler) {
        Reply reply;
        try {
            reply = handler.handle(context);
        } catch (ApiError e) {
            reply = reply(e);
        } catch (Control.NotReady e) {
            boolean changes = context.request().method().equals(HttpMethod.POST);
            reply = reply(new ApiError(changes ? 409 : 503, "not-ready", String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            context.fail(e);
            return;
        }
        answer(context, reply);
    }

    private static Reply reply(ApiError error) {
        JsonObject json = Views.document()
                .put("error", String.valueOf(error.getMessage()))
                .put("reason", error.reason());
        return new Reply(error.status(), JSON, json.encode());
    }

    private static void answer(RoutingContext context, Reply reply) {
        var response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(reply.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, reply.type())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(Buffer.buffer(reply.text()));
    }

    private Reply containers(RoutingContext context) throws ApiError {
        String name = parameter(context, "name");
        List<Control.Container> all = control.containers();
        if (name != null) {
            List<String> meant =
                    found(name).stream().map(ContainerIdentity::key).toList();
            all = all.stream()
                    .filter(each -> meant.contains(each.identity().key()))
                    .toList();
        }
        var array = new JsonArray();
        all.forEach(each -> array.add(Views.container(each)));
        return Reply.of(Views.document().put("host", control.host().host()).put("containers", array));
    }

    private Reply diagnosis(RoutingContext context) throws ApiError {
        String name = parameter(context, "name");
        if (name == null) {
            throw ApiError.bad("'name' is missing: a container's key or name, a compose service, or all");
        }
        found(name);
        return Reply.of(Checks.of(control.diagnose(name), control.containers()));
    }

    private Reply incidents(RoutingContext context) throws ApiError {
        String text = parameter(context, "limit");
        if (text != null && (!text.matches("[0-9]{1,4}") || !isLimit(Integer.parseInt(text)))) {
            throw ApiError.bad("'limit' is a number from 1 to " + MAX_LIMIT);
        }
        var array = new JsonArray();
        control.incidents(text == null ? DEFAULT_LIMIT : Integer.parseInt(text))
                .forEach(each -> array.add(Views.incident(each)));
        return Reply.of(Views.document().put("incidents", array));
    }

    private static boolean isLimit(int limit) {
        return limit >= 1 && limit <= MAX_LIMIT;
    }

    private Reply incident(RoutingContext context) throws ApiError {
        String id = incidentId(context);
        List<RecoveryEvent> events = control.incident(id);
        if (events.isEmpty()) {
            throw ApiError.absent("no such incident: " + id);
        }
        var array = new JsonArray();
        events.forEach(event -> array.add(Views.event(event)));
        return Reply.of(Views.document().put("id", id).put("events", array));
    }

    private Reply report(RoutingContext context) throws ApiError {
        String id = incidentId(context);
        String report = control.report(id).orElseThrow(() -> ApiError.absent("no such incident: " + id));
        return new Reply(200, "text/markdown; charset=utf-8", report);
    }

    private static String incidentId(RoutingContext context) throws ApiError {
        String id = String.valueOf(context.pathParam("id"));
        if (!INCIDENT.matcher(id).matches()) {
            throw ApiError.bad("that is no incident's id");
        }
        return id;
    }

    private static @Nullable String parameter(RoutingContext context, String name) {
        List<String> values = context.queryParam(name);
        return values.isEmpty() || values.getLast().isEmpty() ? null : values.getLast();
    }

    private List<ContainerIdentity> found(String word) throws ApiError {
        List<ContainerIdentity> found = control.find(Body.container(word));
        if (found.isEmpty()) {
            throw ApiError.absent(
                    word.equals("all") ? "no container here may be repaired" : "no such container: " + word);
        }
        return found;
    }

    private Reply repair(Body body, String actor) throws ApiError {
        String word = body.container();
        boolean dryRun = body.dryRun();
        new Refusals(control, clock.instant()).ofRepair(found(word));
        Map<String, RecoveryEvent> before = newest();
        List<ContainerIdentity> asked = asked(word, new Command.Repair(word, dryRun), actor);
        Map<String, String> incidents = new HashMap<>();
        newest().forEach((key, event) -> {
            RecoveryEvent earlier = before.get(key);
            RecoveryEvent.Incident incident = event.incident();
            if (incident != null && (earlier == null || !earlier.id().equals(event.id()))) {
                incidents.put(key, incident.id());
            }
        });
        for (Control.Container each : control.containers()) {
            RecoveryState state = each.state();
            if (state != null && state.incident() != null) {
                incidents.put(each.identity().key(), state.incident().id());
            }
        }
        return accepted(asked, incidents);
    }

    /** The newest incident of each container, by what was told of it last. */
    private Map<String, RecoveryEvent> newest() {
        Map<String, RecoveryEvent> newest = new HashMap<>();
        for (Control.Incident each : control.incidents(MAX_LIMIT)) {
            ContainerIdentity container = each.newest().container();
            if (container != null) {
                newest.putIfAbsent(container.key(), each.newest());
            }
        }
        return newest;
    }

    private Reply release(Body body, String actor) throws ApiError {
        String word = body.container();
        new Refusals(control, clock.instant()).ofRelease(found(word));
        return accepted(asked(word, new Command.Release(word), actor), Map.of());
    }

    private Reply quarantine(Body body, String actor) throws ApiError {
        String word = body.container();
        String reason = body.reason();
        if (reason.isEmpty()) {
            throw ApiError.bad("'reason' is missing: whoever finds it in quarantine will want to know");
        }
        found(word);
        return accepted(asked(word, new Command.Quarantine(word, reason), actor), Map.of());
    }

    private Reply clearIllness(Body body, String actor) throws ApiError {
        String name = body.illness();
        RecoveryHostState state = control.host().state();
        if (state == null || state.illnesses().isEmpty()) {
            throw ApiError.absent("the host has no illness");
        }
        Reply reply = ofHost(new Command.ClearIllness(name), actor);
        RecoveryHostState after = control.host().state();
        if (after != null && after.illnesses().equals(state.illnesses())) {
            throw ApiError.absent("no such illness: " + name + "; there are "
                    + String.join(", ", state.illnesses().keySet()));
        }
        return reply;
    }

    private Reply ofHost(Command command, String actor) {
        return accepted(control.ask(command, actor), Map.of());
    }

    /** It may have gone since it was looked for. */
    private List<ContainerIdentity> asked(String word, Command command, String actor) throws ApiError {
        List<ContainerIdentity> asked = control.ask(command, actor);
        if (asked.isEmpty()) {
            throw ApiError.absent("no such container: " + word);
        }
        return asked;
    }

    /** @param incidents by key of a container the id of the one that is under way */
    private static Reply accepted(List<ContainerIdentity> containers, Map<String, String> incidents) {
        var array = new JsonArray();
        for (ContainerIdentity each : containers) {
            JsonObject json = Views.identity(each);
            String incident = incidents.get(each.key());
            array.add(incident == null ? json : json.put("incident", incident));
        }
        return new Reply(202, JSON, Views.document().put("containers", array).encode());
    }
}
