package caretaker.chassis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what was opened, last first, within a limit. A part that fails or hangs is logged and stops nothing: the next
 * ones keep a share of the time.
 */
public final class Closer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Closer.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Kept back for each part that is still to come while an earlier one takes its time. */
    private static final long RESERVE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private record Entry(String name, AutoCloseable resource) {}

    private final Duration limit;
    private final Deque<Entry> entries = new ArrayDeque<>();

    public Closer() {
        this(LIMIT);
    }

    public Closer(Duration limit) {
        this.limit = limit;
    }

    /** Notes {@code resource} for {@link #close} and returns it. */
    public synchronized <T extends AutoCloseable> T opened(String name, T resource) {
        entries.push(new Entry(name, resource));
        return resource;
    }

    @Override
    public synchronized void close() {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!entries.isEmpty()) {
            Entry entry = entries.pop();
            long reserve = Math.min(entries.size() * RESERVE_NANOS, limit.toNanos() / 2);
            close(entry, Math.max(deadline - System.nanoTime() - reserve, RESERVE_NANOS / 2));
        }
    }

    private static void close(Entry entry, long nanos) {
        Thread thread =
                Thread.ofPlatform().name("close " + entry.name()).daemon().start(() -> closeNow(entry));
        try {
            if (!thread.join(Duration.ofNanos(nanos))) {
                LOGGER.atWarn().addKeyValue("part", entry.name()).log("closing takes too long, left behind");
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private static void closeNow(Entry entry) {
        try {
            entry.resource().close();
        } catch (Exception e) {
            LOGGER.atWarn().setCause(e).addKeyValue("part", entry.name()).log("close failed");
        }
    }
}
