package caretaker.alerts.receivers;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.config.HttpConfig;
import caretaker.alerts.routing.Retry.Failure;
import caretaker.chassis.config.Secret;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Serial;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The headers that {@code http_config} adds to a request, read anew each time so that secrets can be rotated. */
final class HttpCredentials implements AutoCloseable {
    private static final Duration TOKEN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration EARLY = Duration.ofSeconds(10);
    private static final long LONGEST_LIFE = 24 * 3600;
    private static final int MAX_FILE = 64 * 1024;
    private static final JsonMapper MAPPER = new JsonMapper();

    private final HttpConfig config;
    private final InstantSource clock;
    private final @Nullable HttpCaller tokens;
    private @Nullable Token token;

    private record Token(Secret secret, Instant until) {}

    /** The server that gives tokens gave none. */
    static final class NoToken extends IOException {
        @Serial
        private static final long serialVersionUID = 1;

        private final transient Failure failure;

        NoToken(Failure failure) {
            super(failure.message());
            this.failure = failure;
        }

        Failure failure() {
            return failure;
        }
    }

    HttpCredentials(HttpConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        HttpConfig.OAuth2 oauth2 = config.oauth2();
        this.tokens = oauth2 == null
                ? null
                : new HttpCaller(
                        new HttpConfig(
                                new HttpConfig.BasicAuth(oauth2.clientId(), "", oauth2.clientSecret()),
                                null,
                                null,
                                oauth2.tls(),
                                oauth2.proxy(),
                                true,
                                true,
                                Map.of()),
                        clock);
    }

    /**
     * The headers by name.
     *
     * @throws IOException if a file can't be read or there is no token; the message holds no secret
     */
    Map<String, String> headers() throws IOException, InterruptedException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Map.Entry<String, HttpConfig.Header> entry : config.headers().entrySet()) {
            HttpConfig.Header header = entry.getValue();
            List<String> values = new ArrayList<>(header.values());
            header.secrets().forEach(secret -> values.add(secret.reveal()));
            for (String file : header.files()) {
                values.add(file(file));
            }
            headers.put(entry.getKey(), String.join(", ", values));
        }
        HttpConfig.BasicAuth basic = config.basicAuth();
        HttpConfig.Authorization authorization = config.authorization();
        if (basic != null) {
            String user = basic.usernameFile().isEmpty() ? basic.username() : file(basic.usernameFile());
            headers.put("Authorization", basic(user + ":" + basic.password().reveal()));
        } else if (authorization != null) {
            headers.put(
                    "Authorization",
                    authorization.type() + " " + authorization.credentials().reveal());
        } else if (config.oauth2() != null && tokens != null) {
            headers.put("Authorization", "Bearer " + token(config.oauth2(), tokens));
        }
        return headers;
    }

    /** The header's value for {@code name:password}. */
    static String basic(String login) {
        String pair = login.indexOf(':') < 0 ? login + ":" : login;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
    }

    private static String file(String name) throws IOException {
        Path path = Path.of(name);
        if (Files.size(path) > MAX_FILE) {
            throw new IOException(name + " is larger than 64 KiB");
        }
        return Files.readString(path).strip();
    }

    private synchronized String token(HttpConfig.OAuth2 oauth2, HttpCaller caller)
            throws IOException, InterruptedException {
        Instant now = clock.instant();
        if (token != null && now.isBefore(token.until())) {
            return token.secret().reveal();
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!oauth2.scopes().isEmpty()) {
            form.put("scope", String.join(" ", oauth2.scopes()));
        }
        form.putAll(oauth2.endpointParams());
        var body = new StringBuilder();
        form.forEach((name, value) -> body.append(body.isEmpty() ? "" : "&")
                .append(URLEncoder.encode(name, UTF_8))
                .append('=')
                .append(URLEncoder.encode(value, UTF_8)));
        HttpReply reply = caller.post(
                oauth2.tokenUrl(),
                body.toString().getBytes(UTF_8),
                "application/x-www-form-urlencoded",
                Map.of("Accept", HttpCaller.JSON),
                TOKEN_TIMEOUT);
        token = switch (reply) {
            case HttpReply.Failed(Failure failure) -> throw new NoToken(failure);
            case HttpReply.Answer answer when answer.isSuccess() -> read(answer.body(), now);
            case HttpReply.Answer answer ->
                throw new NoToken(new Failure.Answer(
                        answer.status(), answer.retryAfter(), "the OAuth 2 server answered " + answer.status()));
        };
        return token.secret().reveal();
    }

    private static Token read(String body, Instant now) throws NoToken {
        try {
            JsonNode json = MAPPER.readTree(body);
            String text = json.path("access_token").asText("");
            if (!text.isEmpty()) {
                long life = Math.clamp(json.path("expires_in").asLong(0), 0, LONGEST_LIFE);
                return new Token(new Secret(text), now.plusSeconds(life).minus(EARLY));
            }
        } catch (JacksonException e) {
            // said below, without the body: it may hold a token
        }
        throw new NoToken(new Failure.Unreachable("the OAuth 2 server's answer holds no token"));
    }

    @Override
    public void close() {
        if (tokens != null) {
            tokens.close();
        }
    }
}
