package caretaker.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps a started thing running until a signal or the end of its time, and then closes it, once. */
final class Foreground {
    private Foreground() {}

    /**
     * Returns when the time is over. On SIGINT or SIGTERM the thing is closed and the process ends with 0.
     *
     * @param failed completes when the thing has ended by itself: the command fails, a supervisor starts it anew
     * @param limit null: until a signal
     */
    static void run(AutoCloseable running, CompletableFuture<?> failed, @Nullable Duration limit) {
        var ended = new CountDownLatch(1);
        var _ = failed.whenComplete((_, _) -> ended.countDown());
        var hook = Thread.ofPlatform().name("shutdown").unstarted(() -> {
            close(running);
            ended.countDown();
            Runtime.getRuntime().halt(Exit.OK); // a stop by signal is not a failure
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            long millis = limit == null ? Long.MAX_VALUE : limit.toMillis();
            boolean _ = ended.await(millis, TimeUnit.MILLISECONDS);
            boolean byItself = failed.isDone();
            Runtime.getRuntime().removeShutdownHook(hook);
            close(running);
            if (byItself) {
                throw new CommandFailure(Exit.FAILURE, "a service has ended by itself; its log says why");
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
