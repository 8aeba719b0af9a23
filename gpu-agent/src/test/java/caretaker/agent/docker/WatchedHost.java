package caretaker.agent.docker;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.health.HealthLedger;
import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A watch of the real engine, and all that it has made known. */
final class WatchedHost implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(90); // an engine that was away is asked again within half a minute

    final List<HealthEvent> events = new CopyOnWriteArrayList<>();
    final List<Long> arrived = new CopyOnWriteArrayList<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final DockerWatcher watcher;
    private final Vertx vertx = Vertx.vertx();
    final HealthLedger ledger;

    WatchedHost(String settings) {
        this(settings, _ -> {});
    }

    /** @param before what happens to the ledger before anybody watches */
    WatchedHost(String settings, Consumer<HealthLedger> before) {
        ledger = new HealthLedger("gpu-01", "agent", InstantSource.system(), event -> {
            arrived.add(System.nanoTime());
            events.add(event);
        });
        before.accept(ledger);
        var around =
                new DockerWatcher.Surroundings("gpu-01", ledger, registry, InstantSource.system(), System::nanoTime);
        watcher = DockerWatcher.start(vertx, settings(settings), around);
    }

    static DockerSettings settings(String yaml) {
        return Config.parse(DockerSettings.class, yaml, "agent.yml", Map.of());
    }

    WatchedHost known() {
        Awaitility.await().atMost(LIMIT).until(() -> watcher.snapshot().known());
        return this;
    }

    Optional<ContainerState> container(String id) {
        return watcher.snapshot().containers().stream()
                .filter(state -> state.info().id().equals(id))
                .findFirst();
    }

    ContainerState await(String id, Predicate<ContainerState> what) {
        Awaitility.await().atMost(LIMIT).until(() -> container(id).filter(what).isPresent());
        return container(id).orElseThrow();
    }

    List<HealthEvent> of(String id) {
        return events.stream().filter(event -> event.entity().id().equals(id)).toList();
    }

    /** Waits for an event. */
    HealthEvent event(String id, Condition condition, State state) {
        Awaitility.await().atMost(LIMIT).until(() -> find(id, condition, state).isPresent());
        return find(id, condition, state).orElseThrow();
    }

    Optional<HealthEvent> find(String id, Condition condition, State state) {
        return of(id).stream()
                .filter(event -> event.condition() == condition && event.state() == state)
                .findFirst();
    }

    double count(String meter) {
        return registry.get("caretaker.agent.docker." + meter).counter().count();
    }

    @Override
    public void close() {
        watcher.close();
        vertx.close().await();
    }
}
