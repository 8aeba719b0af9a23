package caretaker.alerts.receivers;

import caretaker.alerts.routing.Retry.Failure;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * What bounds the calls to one receiver: at most that many at once, none longer than a limit. Any thread.
 *
 * <p>An attempt runs on a virtual thread of its own. One that takes too long is interrupted, which closes its
 * connection; its place is free when it has really ended.
 */
public final class Gate {
    /** Connections to one receiver. */
    public static final int CONNECTIONS = 16;

    private final Semaphore places;
    private final int connections;
    private final Duration wait;
    private final Hits hits;

    /**
     * How often gates were in the way, of all receivers together.
     *
     * @param busy attempts that found no place in time
     * @param late attempts that were ended for taking too long
     */
    public record Hits(LongAdder busy, LongAdder late) {
        public Hits() {
            this(new LongAdder(), new LongAdder());
        }
    }

    /**
     * A closed gate opens for so many.
     *
     * @param wait how long an attempt waits for a place
     */
    public Gate(int connections, Duration wait, Hits hits) {
        this.places = new Semaphore(connections, true);
        this.connections = connections;
        this.wait = wait;
        this.hits = hits;
    }

    /** Attempts that run now. */
    public int inFlight() {
        return connections - places.availablePermits();
    }

    /** Puts a sender behind the gate. */
    Sender guard(Sender sender, Duration limit) {
        return new Guarded(sender, limit);
    }

    private final class Guarded implements Sender {
        private final Sender sender;
        private final Duration limit;

        Guarded(Sender sender, Duration limit) {
            this.sender = sender;
            this.limit = limit;
        }

        @Override
        public Outcome send(Notification notification) throws InterruptedException {
            if (!places.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                hits.busy().increment();
                return Outcome.failed(
                        new Failure.Unreachable("the receiver is busy with " + connections + " other messages"));
            }
            FutureTask<Outcome> attempt = new FutureTask<>(() -> sender.send(notification));
            Thread.ofVirtual().name("send").start(() -> {
                try {
                    attempt.run();
                } finally {
                    places.release();
                }
            });
            try {
                return attempt.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                hits.late().increment();
                attempt.cancel(true);
                return Outcome.failed(new Failure.Unreachable("not done within " + limit.toSeconds() + " s"));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a sender failed", e.getCause());
            } catch (InterruptedException e) {
                attempt.cancel(true);
                throw e;
            }
        }

        @Override
        public void close() {
            sender.close();
        }
    }
}
