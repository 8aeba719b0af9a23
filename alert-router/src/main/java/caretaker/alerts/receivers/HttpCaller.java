package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.config.HttpConfig;
import caretaker.alerts.routing.Retry.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls a receiver as its {@code http_config} says. Any thread; a call blocks.
 *
 * <p>Of an answer the beginning is read. A redirect is followed to the same server only and only where the message is
 * sent again (307 and 308): elsewhere it would give the message, and its credentials, to somebody nobody named.
 */
final class HttpCaller implements AutoCloseable {
    static final int MAX_BODY = 64 * 1024;
    static final String JSON = "application/json";

    private static final int MAX_REDIRECTS = 5;
    private static final String AGENT = "Alertmanager/0.34.0 (compatible; Caretaker)";

    private final HttpConfig config;
    private final InstantSource clock;
    private final HttpCredentials credentials;
    private final HttpClients clients;

    HttpCaller(HttpConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.credentials = new HttpCredentials(config, clock);
        this.clients = new HttpClients(config);
    }

    /**
     * Sends a body.
     *
     * @param headers sent besides those of the configuration, and winning over them
     * @param timeout for the answer's head; who calls bounds the whole
     */
    HttpReply post(String target, byte[] body, String contentType, Map<String, String> headers, Duration timeout)
            throws InterruptedException {
        Target url = Target.of(target);
        if (url == null) {
            return ours("the URL is not one of http or https");
        }
        try {
            Map<String, String> all = new LinkedHashMap<>();
            all.put("User-Agent", AGENT);
            all.put("Content-Type", contentType);
            if (url.login() != null) {
                all.put("Authorization", HttpCredentials.basic(url.login()));
            }
            all.putAll(credentials.headers());
            all.putAll(headers);
            HttpClients.Way way = clients.to(url);
            if (way.proxyLogin() != null) {
                all.put(
                        "Proxy-Authorization",
                        HttpCredentials.basic(way.proxyLogin())); // Java gives it to proxies only
            }
            return follow(way.http(), url, body, all, timeout);
        } catch (HttpCredentials.NoToken e) {
            return new HttpReply.Failed(e.failure());
        } catch (IOException e) {
            return ours(String.valueOf(e.getMessage()));
        }
    }

    private HttpReply follow(
            HttpClient client, Target first, byte[] body, Map<String, String> headers, Duration timeout)
            throws InterruptedException {
        Target target = first;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            try {
                if (Targets.isRefused(target.host(), client.proxy().isPresent())) {
                    return ours("the URL leads to a link-local or metadata address, where no notification goes");
                }
                HttpResponse<byte[]> response =
                        client.send(request(target, body, headers, timeout), _ -> new BoundedBody(MAX_BODY));
                int status = response.statusCode();
                if (response.body() == null) { // said to CONNECT
                    return new HttpReply.Failed(new Failure.Unreachable("the proxy answered " + status));
                }
                if (status / 100 != 3) {
                    return answer(response);
                }
                Target next = response.headers()
                        .firstValue("Location")
                        .map(target.url()::resolve)
                        .map(Target::of)
                        .orElse(null);
                String refusal = refusal(status, target, next);
                if (next == null || refusal != null) {
                    return new HttpReply.Failed(
                            new Failure.Answer(status, null, "the receiver answered " + status + ": " + refusal));
                }
                target = next;
            } catch (UnknownHostException e) {
                return new HttpReply.Failed(new Failure.Unreachable("the host " + target.host() + " is not known"));
            } catch (IOException e) {
                return new HttpReply.Failed(new Failure.Unreachable(describe(e)));
            } catch (IllegalArgumentException e) {
                return ours("a header or the redirect of the request cannot be used");
            }
        }
        return ours("more than " + MAX_REDIRECTS + " redirects");
    }

    private @Nullable String refusal(int status, Target from, @Nullable Target to) {
        if (!config.followRedirects()) {
            return "redirects are not followed";
        }
        if (to == null) {
            return "a redirect to nowhere";
        }
        if (!from.isSameServer(to)) {
            return "redirects to another server are not followed; configure its URL";
        }
        return status == 307 || status == 308
                ? null
                : "such a redirect would drop the message; configure the URL it leads to";
    }

    private static HttpRequest request(Target target, byte[] body, Map<String, String> headers, Duration timeout)
            throws UnknownHostException {
        URI url = target.isByAddress() ? target.at(InetAddress.getByName(target.host())) : target.url();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).timeout(timeout).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        if (target.isByAddress()) {
            request.header("Host", target.hostAndPort());
        }
        if (!target.isSecure()) {
            request.version(HttpClient.Version.HTTP_1_1); // no attempt to upgrade, which some servers choke on
        }
        return request.build();
    }

    private HttpReply.Answer answer(HttpResponse<byte[]> response) {
        return new HttpReply.Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                new String(response.body(), UTF_8),
                RetryAfter.parse(response.headers().firstValue("Retry-After").orElse(""), clock.instant()));
    }

    private static HttpReply ours(String message) {
        return new HttpReply.Failed(new Failure.Ours(message));
    }

    /** What a person needs to know of a connection's end. Names no URL. */
    static String describe(IOException e) {
        String message = e.getMessage();
        String kind = e.getClass().getSimpleName();
        return message == null || message.isEmpty() ? kind : kind + ": " + Texts.cut(Texts.oneLine(message), 200);
    }

    @Override
    public void close() {
        clients.close();
        credentials.close();
    }
}
