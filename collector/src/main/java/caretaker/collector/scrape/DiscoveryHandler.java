package caretaker.collector.scrape;

import caretaker.collector.discovery.Inventories;
import caretaker.collector.discovery.Refusal;
import caretaker.collector.discovery.TargetLists;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Answers {@code /sd/<list>}, Prometheus' HTTP service discovery, and {@code /sd}, which says what lists there are.
 *
 * <p>A list is whole or not given at all: an answer that is not 200 makes Prometheus keep the list it has.
 */
public final class DiscoveryHandler {
    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final Pattern BETWEEN_ETAGS = Pattern.compile("\\s*,\\s*");

    private final TargetLists lists;
    private final Supplier<Optional<String>> notReady;

    /** @param notReady why the inventories are not all known; empty when they are */
    public DiscoveryHandler(
            TargetLists lists, Inventories inventories, Supplier<Optional<String>> notReady, MeterRegistry registry) {
        this.lists = lists;
        this.notReady = notReady;
        Gauge.builder("caretaker.collector.inventory.hosts", inventories, Inventories::hosts)
                .description("Hosts whose inventory is known, those that miss their heartbeats included")
                .strongReference(true)
                .register(registry);
        for (String kind : lists.now().byKind().keySet()) {
            Gauge.builder("caretaker.collector.targets", lists, all -> targets(all, kind))
                    .description("Targets handed to Prometheus, by list")
                    .tag("list", kind)
                    .strongReference(true)
                    .register(registry);
        }
        for (Refusal refusal : Refusal.values()) {
            Gauge.builder(
                            "caretaker.collector.targets.refused",
                            lists,
                            all -> all.now().refused().getOrDefault(refusal, 0))
                    .description("Targets, or labels of targets, of the current inventories that are not handed on")
                    .tag("reason", refusal.label())
                    .strongReference(true)
                    .register(registry);
        }
    }

    private static double targets(TargetLists lists, String kind) {
        TargetLists.TargetList list = lists.now().byKind().get(kind);
        return list == null ? 0 : list.targets();
    }

    public void serve(Router router) {
        router.route("/sd").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::index);
        router.route("/sd/:list").method(HttpMethod.GET).method(HttpMethod.HEAD).handler(this::list);
    }

    private void index(RoutingContext routing) {
        if (refused(routing)) {
            return;
        }
        var all = new JsonArray();
        lists.now()
                .byKind()
                .forEach((kind, list) -> all.add(new JsonObject()
                        .put("list", kind)
                        .put("path", "/sd/" + kind)
                        .put("targets", list.targets())));
        answer(routing, 200, JSON, all.encode());
    }

    private void list(RoutingContext routing) {
        if (refused(routing)) {
            return;
        }
        TargetLists.TargetList list = lists.now().byKind().get(routing.pathParam("list"));
        if (list == null) {
            answer(routing, 404, TEXT, "there is no such list; /sd says which there are\n");
            return;
        }
        routing.response()
                .putHeader(HttpHeaders.ETAG, list.etag())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.VARY, "Accept-Encoding");
        String held = routing.request().getHeader(HttpHeaders.IF_NONE_MATCH);
        if (held != null && Set.of(BETWEEN_ETAGS.split(held.strip())).contains(list.etag())) {
            routing.response().setStatusCode(304).end();
            return;
        }
        answer(routing, 200, JSON, list.json());
    }

    private boolean refused(RoutingContext routing) {
        Optional<String> reason = notReady.get();
        reason.ifPresent(missing -> {
            routing.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            answer(routing, 503, TEXT, missing + "\n");
        });
        return reason.isPresent();
    }

    private static void answer(RoutingContext routing, int status, String type, String body) {
        HttpServerResponse response =
                routing.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type);
        if (routing.request().method().equals(HttpMethod.HEAD)) {
            response.end();
        } else {
            response.end(body);
        }
    }
}
