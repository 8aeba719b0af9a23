package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Bytes;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** An engine as the service has it, and what a test asks of it. */
final class Host implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final AtomicInteger changes = new AtomicInteger();
    final Engine engine;

    Host(String address, Path incidents) {
        this(address, incidents, 1000, _ -> {});
    }

    Host(String address, Path incidents, int keptIncidents, Recreation.Progress progress) {
        engine = Engine.connect(
                vertx,
                new EngineSettings(address, Duration.ofSeconds(60), keptIncidents, new Bytes(1 << 20)),
                incidents,
                registry,
                InstantSource.system(),
                progress);
    }

    Host watching() {
        engine.watch(changes::incrementAndGet);
        Awaitility.await().atMost(LIMIT).until(() -> count("streams.opened") >= 1);
        return this;
    }

    double count(String name) {
        return registry.counter("caretaker.recovery.engine." + name).count();
    }

    /** The container as the list shows it. */
    Sighting seen(String id) {
        try {
            return engine.list().stream()
                    .filter(each -> each.identity().id().equals(id))
                    .findFirst()
                    .orElseThrow();
        } catch (Unavailable e) {
            throw new IllegalStateException(e);
        }
    }

    Sighting await(String id, Predicate<Sighting> wanted) {
        return Awaitility.await().atMost(LIMIT).until(() -> seen(id), wanted);
    }

    Looked look(Sighting of, Probe probe, boolean evidence) {
        return look(of.identity(), probe, evidence, List.of());
    }

    Looked look(ContainerIdentity of, Probe probe, boolean evidence, List<String> needs) {
        Input answer = engine.look(new Effect.Look(7, of, probe, Requirement.NOTHING, evidence, "incident-1", needs));
        assertThat(answer).isInstanceOf(Looked.class);
        return (Looked) answer;
    }

    /** An id that no other test's container is labelled with. */
    static String newOperation() {
        return "operation-" + UUID.randomUUID();
    }

    Effect.Perform operation(Sighting before, Rung rung) {
        return operation(before, rung, newOperation(), false);
    }

    Effect.Perform operation(Sighting before, Rung rung, String id, boolean again) {
        var now = InstantSource.system().instant();
        return new Effect.Perform(
                before.identity(),
                new Operation(
                        id,
                        rung.action(),
                        1,
                        "recovery-service",
                        now,
                        now.plusSeconds(120),
                        before.snapshot(),
                        false,
                        null),
                rung,
                again);
    }

    Input.Result perform(Sighting before, Action action) {
        return perform(operation(before, Rung.of(action)));
    }

    Input.Result perform(Effect.Perform perform) {
        return engine.perform(perform, () -> true);
    }

    @Override
    public void close() {
        engine.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
