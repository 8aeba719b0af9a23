package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Marker;

/**
 * Writes lines, and leaves out what repeats: the same message of the same logger is printed once in ten seconds if it
 * is marked {@link Logs#REPEATABLE}, or is a library's warning.
 */
final class LogAppender extends AppenderBase<ILoggingEvent> {
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final int MAX_MESSAGES = 500;

    private final OutputStream out;
    private final LogLine line;
    private final InstantSource clock;
    private final Map<Message, Repeats> repeats = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Message, Repeats> eldest) {
            return size() > MAX_MESSAGES;
        }
    };

    private record Message(String logger, String text) {}

    private record Repeats(Instant until, int suppressed) {}

    LogAppender(OutputStream out, LogLine line, InstantSource clock) {
        this.out = out;
        this.line = line;
        this.clock = clock;
    }

    @Override
    protected void append(ILoggingEvent event) {
        int suppressed = 0;
        if (mayRepeat(event)) {
            suppressed = suppressedBefore(event);
            if (suppressed < 0) {
                return;
            }
        }
        byte[] bytes = line.format(event, suppressed).getBytes(UTF_8);
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            addError("cannot write the log", e);
        }
    }

    /** How many were left out before this one, or -1 if it is left out as well. */
    private int suppressedBefore(ILoggingEvent event) {
        Instant now = clock.instant();
        var message = new Message(event.getLoggerName(), String.valueOf(event.getMessage()));
        Repeats known = repeats.get(message);
        if (known != null && now.isBefore(known.until())) {
            repeats.put(message, new Repeats(known.until(), known.suppressed() + 1));
            return -1;
        }
        repeats.put(message, new Repeats(now.plus(QUIET), 0));
        return known == null ? 0 : known.suppressed();
    }

    private static boolean mayRepeat(ILoggingEvent event) {
        var markers = event.getMarkerList();
        if (markers != null) {
            for (Marker marker : markers) {
                if (marker.equals(Logs.REPEATABLE)) {
                    return true;
                }
            }
        }
        return event.getLevel().isGreaterOrEqual(Level.WARN)
                && !event.getLoggerName().startsWith("caretaker.");
    }
}
