package caretaker.chassis;

import caretaker.chassis.config.ConfigException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process of one service: reads its settings, starts it, stops it on a signal. Its exit code says why it ended. */
public final class ServiceMain {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_USAGE = 2;
    private static final int EXIT_LOCKED = 7;
    private static final int EXIT_BAD_CONFIG = 64;

    private ServiceMain() {}

    /**
     * A service that runs.
     *
     * @param ended completes when it has ended by itself, which is a failure: the supervisor starts a new process
     */
    public record Running(AutoCloseable service, CompletableFuture<?> ended) {}

    /** Reads the settings. */
    @FunctionalInterface
    public interface Settings<C> {
        /**
         * What the file says.
         *
         * @param file that was named; null: all defaults
         * @throws ConfigException if they are wrong
         * @throws IllegalArgumentException if a file must be named
         */
        C read(@Nullable Path file);
    }

    /** A reason not to start that a service has of its own. Its message is all that is printed. */
    public interface Refusal {
        int exitCode();
    }

    /**
     * Does not return.
     *
     * @param name of the program, for what is said of its arguments
     * @param arguments none, or {@code --config FILE}
     */
    public static <C> void run(String name, String[] arguments, Settings<C> settings, Function<C, Running> start) {
        Running running;
        try {
            running = start.apply(settings.read(file(name, arguments)));
        } catch (RuntimeException e) {
            int code = exitCode(e);
            if (code == 0) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(code);
            return;
        }
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> close(running.service())));
        try {
            running.ended().join();
        } catch (CompletionException e) {
            LoggerFactory.getLogger(ServiceMain.class)
                    .atError()
                    .setCause(e.getCause())
                    .addKeyValue("service", name)
                    .log("the service has failed, the process ends");
        }
        System.exit(EXIT_FAILED);
    }

    private static @Nullable Path file(String name, String[] arguments) {
        if (arguments.length == 0) {
            return null;
        }
        if (arguments.length == 2 && arguments[0].equals("--config")) {
            return Path.of(arguments[1]);
        }
        throw new IllegalArgumentException("usage: " + name + " [--config FILE]");
    }

    /** 0 if it is a bug, whose stack trace is wanted. */
    private static int exitCode(RuntimeException e) {
        return switch (e) {
            case Refusal refusal -> refusal.exitCode();
            case ConfigException _ -> EXIT_BAD_CONFIG;
            case DataDirectory.Unusable unusable -> unusable.isTaken() ? EXIT_LOCKED : EXIT_BAD_CONFIG;
            case HttpEndpoint.Unavailable _ -> EXIT_FAILED;
            case IllegalArgumentException _ -> EXIT_USAGE;
            default -> 0;
        };
    }

    private static void close(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) {
            throw new IllegalStateException("stopping", e);
        }
    }
}
