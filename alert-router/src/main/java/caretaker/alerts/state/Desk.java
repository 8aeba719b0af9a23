package caretaker.alerts.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that alone touches the board: others hand it work, and it looks at the clock between two pieces. */
public final class Desk implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Desk.class);
    private static final int MAX_WAITING = 10_000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final Board board;
    private final InstantSource clock;
    private final BlockingQueue<Runnable> work = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Turn turn;
    private final Thread thread;
    private volatile boolean closed;

    /** What is done between two pieces of work. */
    public interface Turn {
        void take(Instant now);

        /** When there is something to do next, if nobody brings work before; empty if that is not known. */
        Optional<Instant> nextDue(Instant now);
    }

    public Desk(Board board, InstantSource clock, Turn turn, Consumer<Throwable> onFailure) {
        this.board = board;
        this.clock = clock;
        this.turn = turn;
        this.thread = Thread.ofPlatform().name("alerts").unstarted(() -> run(onFailure));
    }

    public void start() {
        thread.start();
    }

    /** Does something with the board. Fails if too much waits already, or the desk is closed. */
    public <T> CompletableFuture<T> ask(BiFunction<Board, Instant, T> question) {
        var answer = new CompletableFuture<T>();
        if (closed || !work.offer(() -> answer(question, answer))) {
            answer.completeExceptionally(new RejectedExecutionException("too many requests wait"));
        }
        return answer;
    }

    /** As {@link #ask}, and waits for room and for the end: for the readers of the bus. */
    public void tell(Consumer<Board> news) throws InterruptedException {
        var done = new CompletableFuture<Boolean>();
        work.put(() -> answer(
                (known, _) -> {
                    news.accept(known);
                    return true;
                },
                done));
        while (!closed) {
            try {
                var _ = done.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                LOGGER.atDebug().log("still waiting for the desk");
            } catch (ExecutionException e) {
                throw new IllegalStateException("what the bus says cannot be taken", e.getCause());
            }
        }
    }

    /** Waits for room only; what fails ends the desk. For answers that must not be lost, on a thread that may wait. */
    public void hand(BiConsumer<Board, Instant> answer) throws InterruptedException {
        work.put(() -> answer.accept(board, clock.instant()));
    }

    /** As {@link #hand} where nobody may wait; whether there was room. */
    public boolean offer(BiConsumer<Board, Instant> answer) {
        return work.offer(() -> answer.accept(board, clock.instant()));
    }

    private <T> void answer(BiFunction<Board, Instant, T> question, CompletableFuture<T> answer) {
        try {
            answer.complete(question.apply(board, clock.instant()));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private void run(Consumer<Throwable> onFailure) {
        try {
            while (!closed) {
                Runnable next = work.poll(pause().toNanos(), TimeUnit.NANOSECONDS);
                if (next != null) {
                    next.run();
                }
                turn.take(clock.instant());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
    }

    private Duration pause() {
        Instant now = clock.instant();
        Duration untilDue = turn.nextDue(now)
                .filter(due -> due.isBefore(now.plus(LONGEST_WAIT)))
                .map(due -> Duration.between(now, due))
                .orElse(LONGEST_WAIT);
        return untilDue.isNegative() ? Duration.ZERO : untilDue;
    }

    public boolean isAlive() {
        return thread.isAlive();
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
