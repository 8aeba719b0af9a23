package caretaker.alerts.api;

import caretaker.chassis.Readiness;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** What Alertmanager serves besides its API: health, reload, a page, and a word on the API that is no more. */
public final class Operations {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";
    private static final String NO_MORE = new JsonObject()
            .put("status", "deprecated")
            .put("error", "API v1 is no more; /api/v2 has the same")
            .encode();

    private final Readiness readiness;
    private final Supplier<Optional<String>> reload;
    private final ExecutorService threads;

    /**
     * @param reload reads the configuration again; why it was not taken, if it was not. May wait
     * @param threads virtual ones
     */
    public Operations(Readiness readiness, Supplier<Optional<String>> reload, ExecutorService threads) {
        this.readiness = readiness;
        this.reload = reload;
        this.threads = threads;
    }

    /** Adds the paths below {@code prefix}, which ends without a slash. */
    public void serve(Router router, String prefix) {
        for (var route : List.copyOf(router.getRoutes())) {
            if ("/-/healthy".equals(route.getPath()) || "/-/ready".equals(route.getPath())) {
                route.remove(); // Alertmanager's say OK
            }
        }
        health(router, prefix + "/-/healthy", List::of);
        health(router, prefix + "/-/ready", readiness::reasons);
        router.post(prefix + "/-/reload").handler(this::reload);
        router.route(prefix + "/-/reload").handler(context -> notAllowed(context, "OPTIONS, POST"));
        router.route(prefix + "/api/v1/*")
                .handler(context -> context.response()
                        .setStatusCode(410)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .end(NO_MORE));
        page(router, prefix + "/", "page.html", "text/html; charset=utf-8");
        page(router, prefix + "/page.js", "page.js", "text/javascript; charset=utf-8");
        page(router, prefix + "/page.css", "page.css", "text/css; charset=utf-8");
        if (!prefix.isEmpty()) {
            router.get("/").handler(context -> redirect(context, 302, prefix + "/"));
            router.get(prefix).handler(context -> redirect(context, 301, prefix + "/"));
            router.route(prefix + "/metrics").handler(context -> context.reroute("/metrics"));
        }
    }

    private static void health(Router router, String path, Supplier<List<String>> reasons) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(context -> {
            List<String> wrong = reasons.get();
            context.response()
                    .setStatusCode(wrong.isEmpty() ? 200 : 503)
                    .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                    .end(wrong.isEmpty() ? "OK" : String.join("\n", wrong) + "\n");
        });
        router.route(path).handler(context -> notAllowed(context, "GET, HEAD, OPTIONS"));
    }

    private static void notAllowed(RoutingContext context, String allowed) {
        context.response()
                .setStatusCode(405)
                .putHeader("Allow", allowed)
                .putHeader(HttpHeaders.CONTENT_TYPE, TEXT)
                .end("Method Not Allowed\n");
    }

    private void reload(RoutingContext context) {
        threads.execute(() -> {
            Optional<String> wrong = reload.get();
            context.response().setStatusCode(wrong.isEmpty() ? 200 : 500);
            wrong.ifPresentOrElse(why -> context.end("failed to reload config: " + why + "\n"), context::end);
        });
    }

    private static void redirect(RoutingContext context, int status, String to) {
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.LOCATION, to)
                .end();
    }

    /** The page shows what others wrote, so it may load and run nothing but its own files. */
    private static void page(Router router, String path, String resource, String type) {
        Buffer content = resource(resource);
        router.get(path).handler(context -> {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, type)
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                    .putHeader("Content-Security-Policy", POLICY)
                    .putHeader("X-Content-Type-Options", "nosniff")
                    .putHeader("Referrer-Policy", "no-referrer")
                    .end(content);
        });
    }

    private static Buffer resource(String name) {
        try (InputStream in = Objects.requireNonNull(Operations.class.getResourceAsStream(name), name)) {
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the jar has no " + name, e);
        }
    }
}
