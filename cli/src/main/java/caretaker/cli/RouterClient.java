package caretaker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks an alert router what Alertmanager's API has no words for. Every failure is a line with what to do about it. */
final class RouterClient implements AutoCloseable {
    private static final String BASE = "/api/caretaker/v1";
    private static final int MAX_ANSWER = 64 << 20;
    private static final int MAX_REASON = 300;

    private final RouterOptions options;
    private final URI url;
    private final @Nullable String authorization;
    private final HttpClient http;

    RouterClient(RouterOptions options, Map<String, String> environment) {
        this.options = options;
        this.url = options.url();
        this.authorization = options.authorization(environment);
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(options.timeout());
        var trust = options.trust();
        this.http = (trust == null ? builder : builder.sslContext(trust)).build();
    }

    /** A part of a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** @param missing what is said of an answer of 404 */
    JsonNode get(String path, String missing) {
        return ask(request(path).GET(), missing);
    }

    /** @param missing what is said of an answer of 404 */
    JsonNode post(String path, @Nullable JsonNode body, String missing) {
        var content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.line(body));
        return ask(request(path).header("Content-Type", "application/json").POST(content), missing);
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(url + BASE + path)).timeout(options.timeout());
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private JsonNode ask(HttpRequest.Builder request, String missing) {
        try {
            HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            byte[] body;
            try (InputStream in = response.body()) {
                body = in.readNBytes(MAX_ANSWER);
            }
            return read(response.statusCode(), body, missing);
        } catch (HttpTimeoutException e) {
            throw new CommandFailure(Exit.TIMEOUT, "no answer from " + url + " within the --timeout");
        } catch (SSLException e) {
            throw new CommandFailure(
                    Exit.UNREACHABLE, "TLS with " + url + " failed: " + e.getMessage() + "; is --ca right?");
        } catch (ConnectException e) {
            throw new CommandFailure(
                    Exit.UNREACHABLE, "no answer from " + url + "; is the alert router running, and is --url right?");
        } catch (IOException e) {
            throw new CommandFailure(Exit.UNREACHABLE, "no answer from " + url + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(Exit.FAILURE, "interrupted");
        }
    }

    private JsonNode read(int status, byte[] body, String missing) throws IOException {
        return switch (status) {
            case 200 -> json(body);
            case 401, 403 ->
                throw new CommandFailure(
                        Exit.USAGE,
                        url + " refuses (" + status + "); give --user, or a token in $" + RouterOptions.TOKEN);
            case 404 -> throw absent(body, missing);
            default -> throw new CommandFailure(Exit.FAILURE, url + " answers " + status + ": " + text(body));
        };
    }

    /** Ours says what is absent, in JSON; anything else does not know the path. */
    private CommandFailure absent(byte[] body, String missing) throws IOException {
        return text(body).startsWith("\"no such")
                ? new CommandFailure(Exit.NOT_FOUND, missing)
                : new CommandFailure(
                        Exit.UNREACHABLE,
                        url + " has no such path; is it Caretaker's alert router, and is the route prefix in --url?");
    }

    private JsonNode json(byte[] body) {
        try {
            return Json.read(body);
        } catch (IOException e) {
            throw new CommandFailure(Exit.FAILURE, url + " answers what is no JSON; is it Caretaker's alert router?");
        }
    }

    private static String text(byte[] body) {
        String text = new String(body, UTF_8).replaceAll("\\p{Cntrl}+", " ").strip();
        return text.length() > MAX_REASON ? text.substring(0, MAX_REASON) + "…" : text;
    }

    @Override
    public void close() {
        http.close();
    }
}
