package caretaker.agent.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.Inspection;
import caretaker.docker.EngineAnswer;
import caretaker.docker.EngineTransport;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the engine, by three questions of its HTTP interface. Reads only. Calls wait, and end early when the
 * engine is closed or their thread is interrupted; any thread may call.
 */
final class Engine implements AutoCloseable {
    /** Actions are those of containers that {@link Translation} knows; checks inside of containers are left out. */
    private static final String FILTERS = URLEncoder.encode("""
            {"type":["container","network"],"event":["create","start","kill","die","stop","oom","destroy","rename",\
            "pause","unpause","health_status","update","connect","disconnect"]}""", UTF_8);

    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int MAX_REASON = 512;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Gets the events of one stream. Called by the thread that reads it. */
    interface EventListener {
        void opened();

        void event(Translation.Heard heard);

        /** Comes once, last. */
        void ended(Optional<Throwable> cause);
    }

    private final EngineTransport http;
    private volatile @Nullable EngineAnswer stream;

    private Engine(EngineTransport http) {
        this.http = http;
    }

    /** @param host {@code unix:///path} or {@code tcp://address:port} */
    static Engine connect(Vertx vertx, String host) {
        return new Engine(new EngineTransport(vertx, URI.create(host)));
    }

    /**
     * Reads the stream of events until it ends.
     *
     * @param sinceNanos from when on, in nanoseconds since 1970; 0: from now on
     */
    void events(long sinceNanos, EventListener listener) {
        String since = sinceNanos == 0
                ? ""
                : String.format(
                        Locale.ROOT, "&since=%d.%09d", sinceNanos / 1_000_000_000L, sinceNanos % 1_000_000_000L);
        Throwable cause = null;
        try (var answer = good(get("/events?filters=" + FILTERS + since))) {
            stream = answer;
            listener.opened();
            MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(answer.body());
            while (events.hasNextValue()) {
                Translation.event(events.nextValue()).ifPresent(listener::event);
            }
        } catch (IOException | RuntimeException e) {
            cause = e;
        }
        listener.ended(Optional.ofNullable(cause));
    }

    /** All containers, those that do not run among them, each by its summary alone. */
    List<ContainerState> list() throws IOException {
        try (var answer = good(get("/containers/json?all=true"));
                JsonParser rows = JSON.createParser(answer.body())) {
            if (rows.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("the engine's list of containers is none");
            }
            List<ContainerState> containers = new ArrayList<>();
            while (rows.nextToken() != JsonToken.END_ARRAY) {
                JsonNode row = JSON.readTree(rows);
                Translation.listed(row).ifPresent(containers::add);
            }
            return containers;
        }
    }

    /** One container; none if it is gone. */
    Optional<Inspection> inspect(String id) throws IOException {
        try (var answer = get("/containers/" + id + "/json")) {
            if (answer.status() == NOT_FOUND) {
                return Optional.empty();
            }
            @Nullable JsonNode tree = JSON.readTree(good(answer).body());
            if (tree == null || !tree.isObject()) {
                throw new IOException("the engine's answer about a container is none");
            }
            return Optional.of(Translation.inspected(tree));
        }
    }

    private EngineAnswer get(String path) throws IOException {
        try {
            return http.get(path);
        } catch (EngineTransport.Unanswered e) {
            throw e.getCause();
        }
    }

    /** An answer that is one; otherwise what the engine says is the reason. */
    private static EngineAnswer good(EngineAnswer answer) throws IOException {
        if (answer.status() == OK) {
            return answer;
        }
        try (answer) {
            String reason = new String(answer.body().readNBytes(MAX_REASON), UTF_8).strip();
            throw new IOException("the engine answers with status " + answer.status() + ": " + reason);
        }
    }

    @Override
    public void close() {
        EngineAnswer open = stream;
        if (open != null) {
            open.close(); // whoever reads it goes on at once
        }
        http.close();
    }
}
