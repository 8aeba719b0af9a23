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

/** Asks one of Caretaker's services over HTTP. Every failure is a line with what to do about it. */
final class ServiceClient implements AutoCloseable {
    private static final int MAX_ANSWER = 64 << 20;
    private static final int MAX_REASON = 300;

    private final ServiceOptions options;
    private final String name;
    private final URI url;
    private final String base;
    private final @Nullable String authorization;
    private final HttpClient http;

    /** What came back, whatever it says. */
    record Answer(int status, String body) {
        /** One short line. */
        String text() {
            String text = body.replaceAll("\\p{Cntrl}+", " ").strip();
            return text.length() > MAX_REASON ? text.substring(0, MAX_REASON) + "…" : text;
        }
    }

    /**
     * Connects nowhere yet.
     *
     * @param name of the service: {@code alert router}
     * @param base of all its paths
     */
    ServiceClient(String name, URI url, String base, ServiceOptions options, Map<String, String> environment) {
        this.options = options;
        this.name = name;
        this.url = url;
        this.base = base;
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

    Answer get(String path) {
        return ask(request(path).GET());
    }

    Answer post(String path, @Nullable JsonNode body) {
        var content = body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(Json.line(body));
        return ask(request(path).header("Content-Type", "application/json").POST(content));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(url + base + path)).timeout(options.timeout());
        return authorization == null ? request : request.header("Authorization", authorization);
    }

    private Answer ask(HttpRequest.Builder request) {
        try {
            HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                return new Answer(response.statusCode(), new String(in.readNBytes(MAX_ANSWER), UTF_8));
            }
        } catch (HttpTimeoutException e) {
            throw new CommandFailure(Exit.TIMEOUT, "no answer from " + url + " within the --timeout");
        } catch (SSLException e) {
            throw new CommandFailure(
                    Exit.UNREACHABLE, "TLS with " + url + " failed: " + e.getMessage() + "; is --ca right?");
        } catch (ConnectException e) {
            throw new CommandFailure(
                    Exit.UNREACHABLE, "no answer from " + url + "; is the " + name + " running, and is --url right?");
        } catch (IOException e) {
            throw new CommandFailure(Exit.UNREACHABLE, "no answer from " + url + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(Exit.FAILURE, "interrupted");
        }
    }

    JsonNode json(Answer answer) {
        try {
            return Json.read(answer.body().getBytes(UTF_8));
        } catch (IOException e) {
            throw new CommandFailure(Exit.FAILURE, url + " answers what is no JSON; is it Caretaker's " + name + "?");
        }
    }

    /** For 401 and 403. */
    CommandFailure noEntry(Answer answer) {
        return new CommandFailure(
                Exit.USAGE,
                url + " refuses (" + answer.status() + "); give --user, or a token in $" + ServiceOptions.TOKEN);
    }

    /** For an answer that nobody expects. */
    CommandFailure unexpected(int exitCode, Answer answer) {
        return new CommandFailure(exitCode, url + " answers " + answer.status() + ": " + answer.text());
    }

    /** For 404 of a path that ours has. */
    CommandFailure noSuchPath(String hint) {
        return new CommandFailure(Exit.UNREACHABLE, url + " has no such path; is it Caretaker's " + name + hint + "?");
    }

    @Override
    public void close() {
        http.close();
    }
}
