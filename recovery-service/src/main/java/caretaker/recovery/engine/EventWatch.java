package caretaker.recovery.engine;

import caretaker.chassis.Backoff;
import caretaker.docker.EngineAddress;
import caretaker.docker.EngineTransport;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import io.vertx.core.Vertx;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
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
    private static final String[] ACTIONS = {
        "create",
        "start",
        "kill",
        "die",
        "stop",
        "oom",
        "destroy",
        "rename",
        "pause",
        "unpause",
        "health_status",
        "update"
    };

    private final EngineTransport transport;
    private final DockerClient docker;
    private final Stops stops;
    private final EngineMetrics metrics;
    private final Runnable changed;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable Closeable> open = new AtomicReference<>();
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
        docker = DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(address.uri().toString())
                        .withDockerTlsVerify(false)
                        .build(),
                new ClientTransport(transport, null));
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
            try (var stream = new Stream(backoff)) {
                docker.eventsCmd()
                        .withEventTypeFilter(EventType.CONTAINER)
                        .withEventFilter(ACTIONS)
                        .withSince(String.format(Locale.ROOT, "%d.%09d", since / NANOS, since % NANOS))
                        .exec(stream);
                open.set(stream);
                stream.awaitCompletion();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
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

    private final class Stream extends ResultCallbackTemplate<Stream, Event> {
        private final Backoff backoff;

        Stream(Backoff backoff) {
            this.backoff = backoff;
        }

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            metrics.opened.increment();
            tell(); // something may have been missed
        }

        @Override
        public void onError(Throwable cause) {
            if (closing.getCount() > 0) {
                LOGGER.atDebug().setCause(cause).log("the engine's event stream was cut");
            }
            onComplete();
        }

        @Override
        public void onNext(Event event) {
            backoff.succeeded();
            metrics.events.increment();
            if (event.getActor() == null || event.getActor().getId() == null || event.getAction() == null) {
                return;
            }
            Map<String, String> attributes = event.getActor().getAttributes();
            String signal = attributes == null ? "" : attributes.getOrDefault("signal", "");
            long nanos = event.getTimeNano() == null ? 0 : event.getTimeNano();
            stops.heard(
                    event.getActor().getId(),
                    event.getAction(),
                    signal == null ? "" : signal,
                    Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS));
            since = Math.max(since, nanos);
            tell();
        }
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
        try {
            Closeable stream = open.get();
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            LOGGER.atDebug().setCause(e).log("the event stream did not close");
        }
        transport.close();
        thread.interrupt();
    }
}
