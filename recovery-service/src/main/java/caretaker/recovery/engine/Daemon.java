package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.docker.EngineAddress;
import caretaker.docker.EngineAnswer;
import caretaker.docker.EngineTransport;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine's answers to single requests, at most eight at once, each within a limit. docker-java changes things where
 * its types lose nothing; what is read, or must come back to the engine as it was, is plain JSON. Calls wait; any
 * thread but an event loop's may call.
 */
final class Daemon implements AutoCloseable {
    /** For what the engine knows by itself. */
    static final Duration QUICK = Duration.ofSeconds(15);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_AT_ONCE = 8;
    private static final int MAX_ANSWER = 8 << 20;
    private static final int MAX_ROWS = 100_000;
    private static final int MAX_MESSAGE = 64 << 10;

    /** What reads an answer's body. */
    interface Reader<T> {
        T read(InputStream body) throws IOException;
    }

    private interface Taker<T> {
        T take(EngineAnswer answer) throws IOException;
    }

    private final EngineTransport transport;
    private final DockerClientConfig config;
    private final Semaphore turns = new Semaphore(MAX_AT_ONCE);

    Daemon(Vertx vertx, EngineAddress address) {
        URI uri = address.uri();
        transport = new EngineTransport(vertx, uri);
        config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(uri.toString())
                .withDockerTlsVerify(false)
                .build();
    }

    /** Asks by one of docker-java's commands. That there was nothing to do is an answer: null. */
    <T> @Nullable T ask(Duration limit, Function<DockerClient, T> command) throws Unavailable, Refusal {
        enter(limit);
        try {
            return command.apply(DockerClientImpl.getInstance(config, new ClientTransport(transport, limit)));
        } catch (NotModifiedException e) {
            return null;
        } catch (DockerException e) {
            throw new Refusal(e.getHttpStatus(), message(Objects.requireNonNullElse(e.getMessage(), "")));
        } catch (RuntimeException e) {
            throw lost(e);
        } finally {
            turns.release();
        }
    }

    JsonNode get(String path, Duration limit) throws Unavailable, Refusal {
        return twice(path, limit, Daemon::json);
    }

    /** What is kept of each row of a list; one row at a time is in memory. */
    <T> List<T> rows(String path, Duration limit, Function<JsonNode, T> row) throws Unavailable, Refusal {
        return twice(path, limit, body -> {
            try (JsonParser rows = JSON.createParser(body)) {
                if (rows.nextToken() != JsonToken.START_ARRAY) {
                    throw new IOException("the engine's answer is not a list");
                }
                List<T> kept = new ArrayList<>();
                while (rows.nextToken() != JsonToken.END_ARRAY) {
                    if (kept.size() == MAX_ROWS) {
                        throw new IOException("a list of more than " + MAX_ROWS);
                    }
                    JsonNode tree = JSON.readTree(rows);
                    kept.add(row.apply(tree));
                }
                return kept;
            }
        });
    }

    private <T> T twice(String path, Duration limit, Reader<T> reader) throws Unavailable, Refusal {
        try {
            return request("GET", path, null, limit, reader);
        } catch (Unavailable e) {
            return request("GET", path, null, limit, reader); // a connection that was kept may be old
        }
    }

    JsonNode post(String path, @Nullable JsonNode body, Duration limit) throws Unavailable, Refusal {
        return request("POST", path, body, limit, Daemon::json);
    }

    /** @param changed when it was written last, by the host's clock */
    record Archived(Tar.File file, Instant changed) {}

    /** A file of a container, which need not run; a link is none. */
    Archived archived(String container, String path, int mostBytes) throws Unavailable, Refusal {
        return request(
                "GET",
                archive(container, path),
                Map.of(),
                null,
                QUICK,
                answer -> new Archived(Tar.read(answer.body(), mostBytes), changed(answer)));
    }

    private static Instant changed(EngineAnswer answer) throws IOException {
        for (Map.Entry<String, List<String>> header : answer.headers().entrySet()) {
            if (header.getKey().equalsIgnoreCase("X-Docker-Container-Path-Stat")) {
                try {
                    byte[] stat = Base64.getDecoder().decode(header.getValue().getFirst());
                    return OffsetDateTime.parse(
                                    JSON.readTree(stat).path("mtime").asText(""))
                            .toInstant();
                } catch (IllegalArgumentException | DateTimeParseException e) {
                    throw new IOException("the engine does not say when it was written", e);
                }
            }
        }
        throw new IOException("the engine does not say when it was written");
    }

    /** Puts files into a folder of a container, which need not run. */
    void unpack(String container, String folder, byte[] tar) throws Unavailable, Refusal {
        request(
                "PUT",
                archive(container, folder),
                Map.of("Content-Type", "application/x-tar"),
                tar,
                QUICK,
                answer -> json(answer.body()));
    }

    private static String archive(String container, String path) {
        return "/containers/" + container + "/archive?path=" + word(path);
    }

    <T> T stream(String path, @Nullable JsonNode body, Duration limit, Reader<T> reader) throws Unavailable, Refusal {
        return request(body == null ? "GET" : "POST", path, body, limit, reader);
    }

    private <T> T request(String method, String path, @Nullable JsonNode body, Duration limit, Reader<T> reader)
            throws Unavailable, Refusal {
        byte[] bytes = body == null ? null : body.toString().getBytes(UTF_8);
        Map<String, String> headers = body == null ? Map.of() : Map.of("Content-Type", "application/json");
        return request(method, path, headers, bytes, limit, answer -> reader.read(answer.body()));
    }

    private <T> T request(
            String method,
            String path,
            Map<String, String> headers,
            byte @Nullable [] bytes,
            Duration limit,
            Taker<T> taker)
            throws Unavailable, Refusal {
        enter(limit);
        try (EngineAnswer answer = transport.ask(method, path, headers, bytes, limit)) {
            if (answer.status() >= 400) {
                throw new Refusal(
                        answer.status(), message(new String(answer.body().readNBytes(MAX_MESSAGE), UTF_8)));
            }
            return taker.take(answer);
        } catch (IOException e) {
            throw new Unavailable(Refusal.line(String.valueOf(e.getMessage())), true);
        } catch (UncheckedIOException e) {
            throw lost(e);
        } finally {
            turns.release();
        }
    }

    private void enter(Duration limit) throws Unavailable {
        try {
            if (!turns.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Unavailable("too many requests are under way", false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted before the engine was asked", false);
        }
    }

    private static Unavailable lost(RuntimeException e) {
        boolean sent = !(e instanceof EngineTransport.Unanswered unanswered) || unanswered.wasSent();
        Throwable deepest = e;
        for (int i = 0; i < 20 && deepest.getCause() != null; i++) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return new Unavailable(
                Refusal.line(
                        message == null || message.isBlank()
                                ? deepest.getClass().getSimpleName()
                                : message),
                sent);
    }

    private static JsonNode json(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_ANSWER + 1);
        if (bytes.length > MAX_ANSWER) {
            throw new IOException("an answer of more than 8 MiB");
        }
        try {
            return bytes.length == 0 ? MissingNode.getInstance() : JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IOException("the engine's answer is not JSON", e);
        }
    }

    /** The engine says {@code {"message":"..."}}; docker-java puts a status before it. */
    private static String message(String text) {
        int brace = text.indexOf('{');
        if (brace >= 0) {
            try {
                String message =
                        JSON.readTree(text.substring(brace)).path("message").asText("");
                if (!message.isEmpty()) {
                    return message;
                }
            } catch (JsonProcessingException e) {
                return text;
            }
        }
        return text;
    }

    /** A word as a part of a path or query. */
    static String word(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** The name of an image as a part of a path: its slashes stay. */
    static String path(String text) {
        return word(text).replace("%2F", "/").replace("%3A", ":");
    }

    @Override
    public void close() {
        transport.close();
    }
}
