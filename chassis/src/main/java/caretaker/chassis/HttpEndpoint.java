package caretaker.chassis;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.function.Consumer;

/** The port operators look at. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class HttpEndpoint implements AutoCloseable {
    private final HttpServer server;

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    public static HttpEndpoint start(
            Vertx vertx,
            HttpSettings settings,
            PrometheusMeterRegistry registry,
            Readiness readiness,
            Consumer<Router> routes) {
        throw new UnsupportedOperationException();
    }

    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        server.close().await();
    }
}
