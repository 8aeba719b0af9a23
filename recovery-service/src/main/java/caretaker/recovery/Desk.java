package caretaker.recovery;

import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Recoveries;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The thread that alone decides: others tell it what happened and carry out what it says. It takes what waits in one
 * go, so that a flood of events of one container becomes one record of its state.
 */
final class Desk implements AutoCloseable {
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_AT_ONCE = 500;
    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

    /** What is overdue and cannot be done yet is no reason to spin. */
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(5);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    /** Carries out what was decided. Must not wait. */
    interface Hands {
        void carryOut(List<Effect> effects);

        /** Completes when all that was to be written so far is written, or will never be. */
        CompletableFuture<Void> written();
    }

    private sealed interface Work {
        record Told(Input input) implements Work {}

        record Asked(Runnable question) implements Work {}

        record Barrier(CompletableFuture<Void> reached) implements Work {}
    }

    private final Recoveries recoveries;
    private final Hands hands;
    private final InstantSource clock;
    private final RecoveryMetrics metrics;
    private final BlockingQueue<Work> work = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread;
    private volatile boolean closed;

    Desk(
            Recoveries recoveries,
            Hands hands,
            InstantSource clock,
            RecoveryMetrics metrics,
            Consumer<Throwable> onFailure) {
        this.recoveries = recoveries;
        this.hands = hands;
        this.clock = clock;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("recoveries").unstarted(() -> run(onFailure));
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Waits for room only. */
    void tell(Input input) throws InterruptedException {
        work.put(new Work.Told(input));
    }

    /** Completes when what all that was told before has led to is written. */
    CompletableFuture<Void> written() throws InterruptedException {
        var reached = new CompletableFuture<Void>();
        work.put(new Work.Barrier(reached));
        return reached;
    }

    /** Asks something of the state. Fails if too much waits already, or the desk is closed. */
    <T> CompletableFuture<T> ask(BiFunction<Recoveries, Instant, T> question) {
        var answer = new CompletableFuture<T>();
        Runnable asked = () -> {
            try {
                answer.complete(question.apply(recoveries, clock.instant()));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        };
        if (closed || !work.offer(new Work.Asked(asked))) {
            answer.completeExceptionally(new RejectedExecutionException("too many requests wait"));
        }
        return answer;
    }

    private void run(Consumer<Throwable> onFailure) {
        try {
            List<Work> taken = new ArrayList<>();
            while (!closed) {
                Work first = work.poll(pause().toNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    taken.add(first);
                    work.drainTo(taken, MAX_AT_ONCE - 1);
                }
                turn(taken);
                taken.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (!closed) {
                onFailure.accept(e);
            }
        }
    }

    private void turn(List<Work> taken) {
        List<Effect> effects = new ArrayList<>();
        List<CompletableFuture<Void>> reached = new ArrayList<>();
        for (Work each : taken) {
            switch (each) {
                case Work.Told(Input input) -> effects.addAll(recoveries.handle(input, clock.instant()));
                case Work.Asked(Runnable question) -> question.run();
                case Work.Barrier(CompletableFuture<Void> barrier) -> reached.add(barrier);
            }
        }
        if (!recoveries.due().isAfter(clock.instant())) {
            effects.addAll(recoveries.handle(new Input.Tick(), clock.instant()));
        }
        hands.carryOut(newest(effects));
        if (!reached.isEmpty()) {
            var _ = hands.written().whenComplete((_, _) -> reached.forEach(barrier -> barrier.complete(null)));
        }
        metrics.turned(work.size());
    }

    /** Without the states that are replaced a moment later, before anything is done with the container. */
    static List<Effect> newest(List<Effect> effects) {
        Map<String, Integer> latest = new HashMap<>();
        Set<Integer> replaced = new HashSet<>();
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case Effect.Store store -> {
                    Integer earlier = latest.put(store.key(), i);
                    if (earlier != null) {
                        replaced.add(earlier);
                    }
                }
                case Effect.Perform perform -> latest.remove(perform.key());
                case Effect.Forget _ -> latest.clear();
                default -> {}
            }
        }
        List<Effect> kept = new ArrayList<>(effects.size() - replaced.size());
        for (int i = 0; i < effects.size(); i++) {
            if (!replaced.contains(i)) {
                kept.add(effects.get(i));
            }
        }
        return kept;
    }

    private Duration pause() {
        Instant now = clock.instant();
        Instant due = recoveries.due();
        Duration wait = due.isBefore(now.plus(LONGEST_WAIT)) ? Duration.between(now, due) : LONGEST_WAIT;
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
