package caretaker.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps a started thing running until a signal or the end of its time, and then closes it, once. */
final class Foreground {
    private Foreground() {}

    /**
     * Returns when the time is over. On SIGINT or SIGTERM the thing is closed and the process ends with 0.
     *
     * @param limit null: until a signal
     */
    static void run(AutoCloseable running, @Nullable Duration limit) {
        var ended = new CountDownLatch(1);
        var hook = Thread.ofPlatform().name("shutdown").unstarted(() -> {
            close(running);
            ended.countDown();
            Runtime.getRuntime().halt(Exit.OK); // a stop by signal is not a failure
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            if (limit == null) {
                ended.await();
            } else {
                boolean bySignal = ended.await(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!bySignal) {
                    Runtime.getRuntime().removeShutdownHook(hook);
                    close(running);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) { // the hook has begun: it closes and ends the process
            awaitForever(ended);
        }
    }

    private static void awaitForever(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception e) {
            throw new IllegalStateException("stopping", e);
        }
    }
}
