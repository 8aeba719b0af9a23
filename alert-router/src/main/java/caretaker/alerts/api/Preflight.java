package caretaker.alerts.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a browser asks before a page of another site may send a request: as Alertmanager, reads and posts may. */
final class Preflight {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");
    private static final Set<String> HEADERS = Set.of("accept", "content-type", "origin", "x-requested-with");
    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private Preflight() {}

    /** Answers it if it is one. */
    static boolean answered(RoutingContext context) {
        HttpServerRequest request = context.request();
        String method = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        if (!request.method().equals(HttpMethod.OPTIONS) || method == null || request.getHeader("Origin") == null) {
            return false;
        }
        HttpServerResponse response = context.response().setStatusCode(204);
        response.putHeader(HttpHeaders.VARY, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
        boolean allowed = METHODS.contains(method)
                && (headers == null
                        || COMMA.splitAsStream(headers.strip().toLowerCase(Locale.ROOT))
                                .allMatch(HEADERS::contains));
        if (allowed) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, method);
            if (headers != null) {
                response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers);
            }
        } else {
            response.headers().remove(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN);
        }
        response.end();
        return true;
    }
}
