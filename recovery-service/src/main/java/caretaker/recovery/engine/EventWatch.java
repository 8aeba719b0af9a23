package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.Backoff;
import caretaker.docker.EngineAddress;
import caretaker.docker.EngineAnswer;
import caretaker.docker.EngineTransport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the engine's events on a thread of its own. A stream that ends is opened again after the last event that
 * was heard; the first one begins an hour ago, so that who was stopped by hand is known after a start.
 */
final class EventWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventWatch.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration PAST = Duration.ofHours(1);
    private static final long NANOS = 1_000_000_000L;

    /** Checks inside of containers are left to the engine. */
    private static final String FILTERS = URLEncoder.encode("""
            {"type":["container"],"event":["create","start","kill","die","stop","oom","destroy","rename","pause",\
            "unpause","health_status","update"]}""", UTF_8);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;

    private final EngineTransport transport;
    private final Stops stops;
    private final EngineMetrics metrics;
    private final Runnable changed;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable EngineAnswer> open = new AtomicReference<>();
    private final Thread thread =
            Thread.ofPlatform().name("engine-events").daemon().unstarted(this::run);
    private volatile long since;

    EventWatch(
            Vertx vertx,
            EngineAddress address,
            Stops stops,
            EngineMetrics metrics,
            InstantSource clock,
            Runnable changed) {
        transport = new EngineTransport(vertx, address.uri());
        this.stops = stops;
        this.metrics = metrics;
        this.changed = changed;
        since = clock.instant().minus(PAST).getEpochSecond() * NANOS;
    }

    void start() {
        thread.start();
    }

    private void run() {
        var backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY);
        while (closing.getCount() > 0) {
            try (EngineAnswer answer = transport.get(path())) {
                open.set(answer);
                read(answer, backoff);
            } catch (IOException | RuntimeException e) {
                if (closing.getCount() > 0) {
                    LOGGER.atDebug().setCause(e).log("the engine's event stream ended");
                }
            }
            pause(backoff.failed());
        }
    }

    private void pause(Duration pause) {
        try {
            var _ = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    private String path() {
        return String.format(Locale.ROOT, "/events?filters=%s&since=%d.%09d", FILTERS, since / NANOS, since % NANOS);
    }

    private void read(EngineAnswer answer, Backoff backoff) throws IOException {
        if (answer.status() != OK) {
            throw new IOException("the engine answers with status " + answer.status());
        }
        metrics.opened.increment();
        tell(); // something may have been missed
        MappingIterator<JsonNode> events = JSON.readerFor(JsonNode.class).readValues(answer.body());
        while (events.hasNextValue()) {
            JsonNode event = events.nextValue();
            backoff.succeeded();
            metrics.events.increment();
            String id = event.path("Actor").path("ID").asText("");
            String action = event.path("Action").asText("");
            if (!id.isEmpty() && !action.isEmpty()) {
                heard(id, action, event);
            }
        }
    }

    private void heard(String id, String action, JsonNode event) {
        String signal = event.path("Actor").path("Attributes").path("signal").asText("");
        long nanos = event.path("timeNano").asLong(0);
        stops.heard(id, action, signal, Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS));
        since = Math.max(since, nanos);
        tell();
    }

    private void tell() {
        try {
            changed.run();
        } catch (RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("news of the engine were not taken");
        }
    }

    @Override
    public void close() {
        closing.countDown();
        EngineAnswer stream = open.get();
        if (stream != null) {
            stream.close();
        }
        transport.close();
        thread.interrupt();
    }
}
