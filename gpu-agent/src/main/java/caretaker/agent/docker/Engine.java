package caretaker.agent.docker;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.Inspection;
import caretaker.docker.EngineTransport;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import io.vertx.core.Vertx;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A connection to the engine. Reads only. Calls wait, and end early when the engine is closed; any thread may call. */
final class Engine implements AutoCloseable {
    /** Those of containers that {@link Translation} knows; checks inside of containers are left to the engine. */
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
        "update",
        "connect",
        "disconnect"
    };

    /** Gets the events of one stream. Called by the stream's own thread. */
    interface EventListener {
        void opened();

        void event(Translation.Heard heard);

        /** Comes once, last. */
        void ended(Optional<Throwable> cause);
    }

    private final DockerHttpClient http;
    private final DockerClient docker;

    private Engine(DockerHttpClient http, DockerClient docker) {
        this.http = http;
        this.docker = docker;
    }

    static Engine connect(Vertx vertx, String host) {
        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(host)
                .withDockerTlsVerify(false)
                .build();
        var http = new EngineTransport(vertx, URI.create(host));
        return new Engine(http, DockerClientImpl.getInstance(config, http));
    }

    /**
     * Opens the stream of events.
     *
     * @param sinceNanos from when on, in nanoseconds since 1970; 0: from now on
     */
    Closeable events(long sinceNanos, EventListener listener) {
        var command = docker.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER, EventType.NETWORK)
                .withEventFilter(ACTIONS);
        if (sinceNanos > 0) {
            command.withSince(
                    String.format(Locale.ROOT, "%d.%09d", sinceNanos / 1_000_000_000L, sinceNanos % 1_000_000_000L));
        }
        return command.exec(new Stream(listener));
    }

    private static final class Stream extends ResultCallbackTemplate<Stream, Event> {
        private final EventListener listener;
        private @Nullable Throwable cause;
        private boolean ended;

        Stream(EventListener listener) {
            this.listener = listener;
        }

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            listener.opened();
        }

        @Override
        public void onNext(Event event) {
            Translation.event(event).ifPresent(listener::event);
        }

        @Override
        public void onError(Throwable throwable) {
            synchronized (this) {
                cause = throwable;
            }
            end();
        }

        @Override
        public void onComplete() {
            end();
        }

        private void end() {
            Optional<Throwable> why;
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                why = Optional.ofNullable(cause);
            }
            listener.ended(why);
            try {
                super.close();
            } catch (IOException e) {
                throw new UncheckedIOException("closing the event stream", e);
            }
        }
    }

    /** All containers, those that do not run among them, each by its summary alone. */
    List<ContainerState> list() {
        return docker.listContainersCmd().withShowAll(true).exec().stream()
                .map(Translation::listed)
                .flatMap(Optional::stream)
                .toList();
    }

    /** One container; none if it is gone. */
    Optional<Inspection> inspect(String id) {
        try {
            return Optional.of(
                    Translation.inspected(docker.inspectContainerCmd(id).exec()));
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            docker.close();
            http.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing the connection to the engine", e);
        }
    }
}
