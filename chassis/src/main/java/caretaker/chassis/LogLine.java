package caretaker.chassis;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * How a message becomes one line. Fields: time, level, logger, msg, the message's own key-values, then {@code error}
 * and {@code stack} of an exception. A key-value that has the name of a field is printed as {@code field.name}.
 */
@FunctionalInterface
interface LogLine {
    DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** With its line break. */
    String format(ILoggingEvent event, int suppressed);

    static LogLine of(LogSettings.Format format) {
        return switch (format) {
            case JSON -> (event, suppressed) -> json(fields(event, suppressed, true));
            case LOGFMT -> (event, suppressed) -> logfmt(fields(event, suppressed, false));
        };
    }

    private static Map<String, Object> fields(ILoggingEvent event, int suppressed, boolean stack) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
        fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        fields.put("logger", event.getLoggerName());
        fields.put("msg", String.valueOf(event.getFormattedMessage()));
        var pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                fields.put(fields.containsKey(pair.key) ? "field." + pair.key : pair.key, value(pair.value));
            }
        }
        if (suppressed > 0) {
            fields.put("suppressed", suppressed);
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            fields.put("error", thrown.getClassName() + ": " + thrown.getMessage());
            if (stack) {
                fields.put("stack", ThrowableProxyUtil.asString(thrown));
            }
        }
        return fields;
    }

    private static Object value(Object value) {
        return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
    }

    private static String json(Map<String, Object> fields) {
        var line = new StringBuilder(200).append('{');
        fields.forEach((key, value) -> {
            if (line.length() > 1) {
                line.append(',');
            }
            quote(line, key).append(':');
            if (value instanceof Boolean || (value instanceof Number number && Double.isFinite(number.doubleValue()))) {
                line.append(value);
            } else {
                quote(line, value.toString());
            }
        });
        return line.append("}\n").toString();
    }

    private static String logfmt(Map<String, Object> fields) {
        var line = new StringBuilder(200);
        fields.forEach((key, value) -> {
            if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(key).append('=');
            String text = value.toString();
            if (isPlain(text)) {
                line.append(text);
            } else {
                quote(line, text);
            }
        });
        return line.append('\n').toString();
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\');
    }

    private static StringBuilder quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' '
                            || c == 0x7f
                            || (c >= 0x80 && c < 0xa0)
                            || (Character.isSurrogate(c) && !isPaired(text, i))) {
                        line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        return line.append('"');
    }

    private static boolean isPaired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
