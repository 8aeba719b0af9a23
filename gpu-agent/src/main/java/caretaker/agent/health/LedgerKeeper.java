package caretaker.agent.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes ledgers to their files after each change, on a thread of its own that is there only while there is something
 * to write. Changes that come while it writes are written together.
 */
public final class LedgerKeeper implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LedgerKeeper.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final Runnable failed;
    private final ThreadPoolExecutor thread;
    private final AtomicBoolean failing = new AtomicBoolean();

    private static final class Entry {
        final LedgerFile file;
        final Supplier<LedgerState> state;
        final AtomicBoolean asked = new AtomicBoolean();

        Entry(LedgerFile file, Supplier<LedgerState> state) {
            this.file = file;
            this.state = state;
        }
    }

    /** @param failed counts a write that failed */
    public LedgerKeeper(Runnable failed) {
        this.failed = failed;
        thread = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("conditions-file").daemon().factory());
        thread.allowCoreThreadTimeOut(true);
    }

    /** Keeps one ledger's state. The result is to be called after each change; it does not wait. */
    public Runnable keep(LedgerFile file, Supplier<LedgerState> state) {
        var entry = new Entry(file, state);
        return () -> {
            if (!thread.isShutdown() && entry.asked.compareAndSet(false, true)) {
                thread.execute(() -> write(entry)); // at most one waits for each ledger
            }
        };
    }

    private void write(Entry entry) {
        entry.asked.set(false);
        try {
            entry.file.save(entry.state.get());
            failing.set(false);
        } catch (IOException | UncheckedIOException e) {
            failed.run();
            if (failing.compareAndSet(false, true)) {
                LOGGER.atError()
                        .addKeyValue("reason", e.toString())
                        .log("raised conditions cannot be written to disk; a restart may leave them raised");
            }
        }
    }

    /** What a file holds; a damaged one counts as empty. */
    public LedgerState load(LedgerFile file) {
        try {
            return switch (file.load()) {
                case LedgerFile.Loaded.Nothing() -> LedgerState.NONE;
                case LedgerFile.Loaded.Found(LedgerState state) -> state;
                case LedgerFile.Loaded.Damaged(var aside) -> {
                    failed.run();
                    LOGGER.atError()
                            .addKeyValue("movedTo", aside)
                            .log("file of raised conditions is damaged; what it said is forgotten");
                    yield LedgerState.NONE;
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the raised conditions of a former run", e);
        }
    }

    /** Writes what has changed, within a limit. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.atError().log("disk hangs, raised conditions may not be on it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
