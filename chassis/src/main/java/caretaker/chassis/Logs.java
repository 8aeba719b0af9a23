package caretaker.chassis;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The log of a process: one line a message on stdout. */
public final class Logs {
    private static final List<String> TALKERS = List.of(
            "org.apache.kafka", "kafka", "state.change.logger", "io.netty", "io.vertx", "com.github.dockerjava");

    /**
     * On a message whose cause may last: printed once in ten seconds, with the number of those left out. Libraries'
     * warnings are treated so without it.
     */
    public static final Marker REPEATABLE = MarkerFactory.getMarker("REPEATABLE");

    private Logs() {}

    /** Takes effect at once. Before it, messages are printed as JSON from INFO up. */
    public static void configure(LogSettings settings) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            configure(context, settings);
        }
    }

    /** What the first of a chain of exceptions says. */
    static String rootMessage(Throwable e) {
        Throwable cause = e.getCause();
        return cause == null ? String.valueOf(e.getMessage()) : rootMessage(cause);
    }

    static void configure(LoggerContext context, LogSettings settings) {
        context.reset();
        var appender = new LogAppender(
                ConsoleTarget.SystemOut.getStream(), LogLine.of(settings.format()), InstantSource.system());
        appender.setContext(context);
        appender.setName("stdout");
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(settings.level().name()));
        root.addAppender(appender);
        if (settings.level().compareTo(LogSettings.Level.DEBUG) > 0) {
            // Every reconnect and every setting of a client at INFO, and a whole cluster's life of a broker.
            var quieter = settings.level() == LogSettings.Level.ERROR ? Level.ERROR : Level.WARN;
            for (String talker : TALKERS) {
                context.getLogger(talker).setLevel(quieter);
            }
        }
    }
}
