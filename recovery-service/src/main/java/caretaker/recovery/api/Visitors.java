package caretaker.recovery.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keeps out what a page of another site makes somebody's browser ask. */
final class Visitors {
    private Visitors() {}

    /** @throws ApiError 403 for another site's page */
    static void refuseOtherSites(HttpServerRequest request) throws ApiError {
        List<String> origins = request.headers().getAll(HttpHeaders.ORIGIN);
        boolean isForeign = origins.stream().anyMatch(origin -> !isOwn(origin, request))
                || "cross-site".equals(request.getHeader("Sec-Fetch-Site"));
        if (isForeign) {
            throw new ApiError(403, "other-site", "pages of other sites may ask nothing here");
        }
    }

    private static boolean isOwn(String origin, HttpServerRequest request) {
        try {
            var uri = new URI(origin);
            boolean isWeb = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            var own = request.authority();
            return isWeb && own != null && own.toString().equalsIgnoreCase(uri.getRawAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Nothing that a form of a page can send without asking first. */
    static void expectJson(HttpServerRequest request) throws ApiError {
        @Nullable String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        String media = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json")) {
            throw new ApiError(415, "content-type", "send it as Content-Type: application/json");
        }
    }
}
