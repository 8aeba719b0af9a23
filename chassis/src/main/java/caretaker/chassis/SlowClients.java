package caretaker.chassis;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes connections of clients that send a request byte by byte: an idle timeout never sees them. Each request has a
 * limited time to arrive, its head and its body; what the service takes to answer does not count.
 */
final class SlowClients {
    private final Vertx vertx;
    private final long headMillis;
    private final long bodyMillis;
    private final Map<HttpConnection, Long> timers = new ConcurrentHashMap<>();

    /**
     * How long they may take.
     *
     * @param head from the connection, or the last answer, to the end of the request's head
     * @param body from there to its end
     */
    SlowClients(Vertx vertx, Duration head, Duration body) {
        this.vertx = vertx;
        this.headMillis = head.toMillis();
        this.bodyMillis = body.toMillis();
    }

    /** Lets the server's requests through to {@code next}, whose first handler after the body is {@link #arrived}. */
    HttpServer guard(HttpServer server, Handler<HttpServerRequest> next) {
        server.connectionHandler(connection -> {
            connection.closeHandler(_ -> disarm(connection));
            arm(connection, headMillis);
        });
        server.requestHandler(request -> {
            if (isAlone(request)) {
                arm(request.connection(), bodyMillis);
            } else {
                disarm(request.connection());
            }
            next.handle(request);
        });
        return server;
    }

    /** The whole request is there. */
    void arrived(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        disarm(connection);
        if (isAlone(context.request())) {
            context.addEndHandler(_ -> arm(connection, headMillis));
        }
        context.next();
    }

    /** Whether no other request shares the connection at the same time. */
    private static boolean isAlone(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2;
    }

    private void arm(HttpConnection connection, long millis) {
        disarm(connection);
        timers.put(connection, vertx.setTimer(millis, _ -> {
            timers.remove(connection);
            var _ = connection.close();
        }));
    }

    private void disarm(HttpConnection connection) {
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
