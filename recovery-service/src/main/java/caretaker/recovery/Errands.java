package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.Outbox;
import caretaker.chassis.Outgoing;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryHostStateCodec;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.recovery.bus.RecoveryTopics;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what was decided: writes to the bus, asks the engine, tells the answers. Called by the desk's thread;
 * what waits does so on threads of its own.
 *
 * <p>Events and states are on topics of their own, of which either may be slow. Events leave at once, in their order; a
 * state leaves once all writes of its container before it are on the bus or have failed for good, and that of the host
 * once all writes before it are or have. A look or an operation begins once those of its container are on the bus. If
 * one of them has failed, it is left out and {@link Input.NotWritten} is told.
 */
final class Errands implements Desk.Hands {
    private static final Logger LOGGER = LoggerFactory.getLogger(Errands.class);

    /** Asked right before the engine's call: whether the operation may be done at this moment. */
    @FunctionalInterface
    interface Permission {
        boolean isGiven(Effect.Perform perform);
    }

    /** Where answers go. */
    @FunctionalInterface
    interface Answers {
        void tell(Input input) throws InterruptedException;
    }

    /**
     * Whom it works with.
     *
     * @param threads run what waits for the engine
     * @param refused told of health events that nobody can act on: id and why
     * @param standDown told why this instance must stop
     */
    record Colleagues(
            Outbox outbox,
            RecoveryTopics topics,
            Engine engine,
            IncidentFiles files,
            Disks disks,
            ExecutorService threads,
            BiConsumer<String, String> refused,
            Consumer<String> standDown,
            RecoveryMetrics metrics) {}

    private final Colleagues with;
    private final RecoveryStateCodec states = new RecoveryStateCodec();
    private final RecoveryHostStateCodec hosts = new RecoveryHostStateCodec();
    private final RecoveryEventCodec events = new RecoveryEventCodec();
    private final Map<String, CompletableFuture<?>> writes = new HashMap<>(); // the desk's
    private final Map<Long, CompletableFuture<?>> inFlight = new ConcurrentHashMap<>();
    private final AtomicInteger atWork = new AtomicInteger();
    private long written; // the desk's
    private volatile @Nullable Answers answers;
    private volatile @Nullable Permission permission;

    Errands(Colleagues with) {
        this.with = with;
    }

    /** To be called before anything is carried out. */
    void answerTo(Answers desk, Permission asked) {
        answers = desk;
        permission = asked;
    }

    /** Operations on the engine that are under way. */
    int atWork() {
        return atWork.get();
    }

    @Override
    public void carryOut(List<Effect> effects) {
        writes.values().removeIf(CompletableFuture::isDone); // of what failed it was told; it begins anew
        effects.forEach(this::carryOut);
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Store(RecoveryState state) -> store(effect.key(), record(state.key(), states.encode(state)));
            case Effect.StoreHost(RecoveryHostState state) -> store("", record(state.host(), hosts.encode(state)));
            case Effect.Forget(String host, ContainerIdentity container) ->
                store(effect.key(), record(container.key(host), null));
            case Effect.Publish(RecoveryEvent event) -> publish(effect.key(), event);
            case Effect.Look look -> afterWrites(look.key(), () -> look(look));
            case Effect.Perform perform -> afterWrites(perform.key(), () -> perform(perform));
            case Effect.Refuse(String eventId, String why) -> with.refused().accept(eventId, why);
            case Effect.Count(RecoveryEvent.Reason reason) -> with.metrics().skipped(reason);
            case Effect.StandDown(String why) -> with.standDown().accept(why);
        }
    }

    private Outgoing record(String key, byte @Nullable [] state) {
        return new Outgoing(with.topics().state(), key.getBytes(UTF_8), state);
    }

    private void publish(String key, RecoveryEvent event) {
        with.metrics().told(event);
        var record = new Outgoing(with.topics().recoveries(), event.key().getBytes(UTF_8), events.encode(event));
        underWay(key, send(key, record, event));
    }

    /** A crash in between would leave nobody who tells what was to be told before it. */
    private void store(String key, Outgoing record) {
        underWay(key, before(key).handle((_, _) -> true).thenCompose(_ -> send(key, record, null)));
    }

    /** @param event what it says, for the incident's folder once the bus has it; null for a state */
    private CompletableFuture<Void> send(String key, Outgoing record, @Nullable RecoveryEvent event) {
        return with.outbox()
                .send(record)
                .toCompletionStage()
                .toCompletableFuture()
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        notWritten(key, event, failure);
                    } else if (event != null) {
                        with.files().add(event);
                    }
                });
    }

    private void underWay(String key, CompletableFuture<Void> told) {
        long number = ++written;
        inFlight.put(number, told);
        var _ = told.whenComplete((_, _) -> inFlight.remove(number));
        if (!key.isEmpty()) {
            writes.merge(key, told, CompletableFuture::allOf);
        }
    }

    /** Completes with all writes of a container until now; with all there are, for the host. */
    private CompletableFuture<?> before(String key) {
        return key.isEmpty()
                ? CompletableFuture.allOf(inFlight.values().toArray(CompletableFuture<?>[]::new))
                : writes.getOrDefault(key, CompletableFuture.completedFuture(null));
    }

    private void notWritten(String key, @Nullable RecoveryEvent event, Throwable failure) {
        with.metrics().notWritten();
        LOGGER.atError()
                .addKeyValue("container", key)
                .addKeyValue("reason", failure.toString())
                .log("the bus did not take a record, so nothing is done");
        if (!key.isEmpty()) {
            run(() -> tell(new Input.NotWritten(key, event)));
        }
    }

    private void afterWrites(String key, Runnable work) {
        var _ = before(key).whenComplete((_, failure) -> {
            if (failure == null) {
                run(work);
            }
        });
    }

    private void run(Runnable work) {
        try {
            with.threads().execute(work);
        } catch (RejectedExecutionException e) {
            LOGGER.atDebug().log("it stops, nothing more is begun");
        }
    }

    private void look(Effect.Look look) {
        Input seen = with.engine().look(look);
        if (look.evidence()) {
            tell(new Input.Disk(with.disks().isOneFull()));
        }
        tell(seen);
    }

    private void perform(Effect.Perform perform) {
        Permission asked = permission;
        Input.Result result;
        atWork.incrementAndGet();
        try {
            result = with.engine().perform(perform, () -> asked != null && asked.isGiven(perform));
        } finally {
            atWork.decrementAndGet();
        }
        tell(new Input.Performed(perform.operation().id(), result));
    }

    private void tell(Input input) {
        Answers desk = answers;
        if (desk == null) {
            return;
        }
        try {
            desk.tell(input);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletableFuture<Void> written() {
        return before("").handle((_, _) -> null);
    }
}
