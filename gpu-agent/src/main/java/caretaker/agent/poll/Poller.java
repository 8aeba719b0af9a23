package caretaker.agent.poll;

import caretaker.contracts.Column.Tier;
import java.time.Duration;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that calls into the driver, and the watchdog that looks after it.
 *
 * <p>Hosts (more than one only when they are simulated) take turns, spread evenly over the interval. A thread that is
 * stuck in the driver is left alone: it is a daemon, so the process can end, and no second one is ever started beside
 * it.
 */
public final class Poller implements AutoCloseable {
    /** Closing waits so long for a poll that is under way. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

    private record Turn(HostPoll host, Schedule schedule) {}

    private final PriorityQueue<Turn> turns;
    private final Duration interval;
    private final LongSupplier nanos;
    private final PollListener listener;
    private final Thread thread;
    private final Thread watchdog;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running = true;
    private volatile @Nullable HostPoll current;

    /** @param nanos the hosts' clock that only goes forward */
    public Poller(List<HostPoll> hosts, Duration interval, LongSupplier nanos, PollListener listener) {
        this.interval = interval;
        this.nanos = nanos;
        this.listener = listener;
        turns = new PriorityQueue<>(
                (a, b) -> Long.signum(a.schedule().nextNanos() - b.schedule().nextNanos()));
        long start = nanos.getAsLong();
        for (int i = 0; i < hosts.size(); i++) {
            long offset = interval.toNanos() * i / hosts.size();
            turns.add(new Turn(hosts.get(i), new Schedule(start + offset, interval)));
        }
        thread = Thread.ofPlatform().name("gpu-poll").daemon().unstarted(this::run);
        watchdog = Thread.ofPlatform().name("gpu-poll-watchdog").daemon().unstarted(this::watch);
    }

    public void start() {
        thread.start();
        watchdog.start();
    }

    /** Ends when the poll thread has ended, with its error if it had one. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Whether the poll thread lives and is not stuck in a call. */
    public boolean isWell() {
        HostPoll host = current;
        return thread.isAlive() && (host == null || !host.isHung());
    }

    private void run() {
        try {
            while (running) {
                long wait = turn();
                if (wait > 0) {
                    LockSupport.parkNanos(this, wait);
                }
            }
            turns.forEach(turn -> turn.host().close());
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }

    /** Polls the hosts that are due. Returns how long it is until the next one is. */
    long turn() {
        while (true) {
            Turn next = turns.element();
            long now = nanos.getAsLong();
            long wait = next.schedule().nextNanos() - now;
            if (wait > 0 || !running) {
                return wait;
            }
            turns.remove();
            long missed = next.schedule().take(now);
            if (missed > 0) {
                listener.missed(missed);
            }
            current = next.host();
            Tier tier = next.host().poll();
            current = null;
            listener.polled(tier, Duration.ofNanos(nanos.getAsLong() - now));
            turns.add(next);
        }
    }

    private void watch() {
        while (running) {
            LockSupport.parkNanos(this, look().toNanos());
        }
    }

    /** One look of the watchdog. Returns how long until the next. */
    Duration look() {
        HostPoll host = current;
        return host == null ? interval : host.watch();
    }

    /** Stops polling; a poll that is under way gets a moment to end, one that is stuck is left behind. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
        LockSupport.unpark(watchdog);
        try {
            if (!thread.join(DRAIN_LIMIT)) {
                ended.complete(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
