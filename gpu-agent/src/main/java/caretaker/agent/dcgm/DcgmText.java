package caretaker.agent.dcgm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Reads Prometheus text as it arrives, piece by piece. Of one line at most {@link #MAX_LINE} bytes are held.
 *
 * <p>Lines that are no samples are counted and left out: an exporter that cannot say one thing can still say the rest.
 * What begins like a web page is refused at once.
 */
final class DcgmText {
    static final int MAX_LINE = 16 << 10;

    /** Takes the samples. */
    interface Sink {
        /**
         * One line.
         *
         * @param labels by name, in lower case and without underscores: releases differ in both
         * @param value as it is written
         */
        void sample(String name, Map<String, String> labels, String value);
    }

    /** The text is not metrics at all. */
    static final class NotMetrics extends Exception {
        private static final long serialVersionUID = 1;

        NotMetrics(String message) {
            super(message);
        }
    }

    private final Sink sink;
    private final byte[] line = new byte[MAX_LINE];
    private int length;
    private boolean tooLong;
    private boolean begun;
    private long badLines;

    DcgmText(Sink sink) {
        this.sink = sink;
    }

    /** Lines that could not be read. */
    long badLines() {
        return badLines;
    }

    void feed(byte[] bytes) throws NotMetrics {
        for (byte b : bytes) {
            if (!begun && b > ' ') {
                begun = true;
                if (b == '<') {
                    throw new NotMetrics("the answer is a web page, not metrics");
                }
            }
            if (b == '\n') {
                endLine();
            } else if (length == MAX_LINE) {
                tooLong = true;
            } else {
                line[length++] = b;
            }
        }
    }

    /** The end of the text, whose last line may be without an end of its own. */
    void end() {
        endLine();
    }

    private void endLine() {
        if (tooLong || (length > 0 && line[0] != '#' && !sample(new String(line, 0, length, UTF_8).strip()))) {
            badLines++;
        }
        length = 0;
        tooLong = false;
    }

    private boolean sample(String text) {
        if (text.isEmpty() || text.startsWith("#")) {
            return true;
        }
        int nameEnd = 0;
        while (nameEnd < text.length() && isOfName(text.charAt(nameEnd))) {
            nameEnd++;
        }
        if (nameEnd == 0) {
            return false;
        }
        Map<String, String> labels = new HashMap<>();
        int at = skipBlank(text, nameEnd);
        if (at < text.length() && text.charAt(at) == '{') {
            at = labels(text, at + 1, labels);
            if (at < 0) {
                return false;
            }
        }
        at = skipBlank(text, at);
        int end = at;
        while (end < text.length() && text.charAt(end) > ' ') {
            end++;
        }
        if (end == at) {
            return false;
        }
        sink.sample(text.substring(0, nameEnd), labels, text.substring(at, end));
        return true;
    }

    /** Returns the place behind the closing brace, or -1 where this are no labels. */
    private static int labels(String text, int from, Map<String, String> into) {
        int at = from;
        while (true) {
            at = skipBlank(text, at);
            if (at < text.length() && text.charAt(at) == '}') {
                return at + 1;
            }
            int nameEnd = at;
            while (nameEnd < text.length() && isOfName(text.charAt(nameEnd))) {
                nameEnd++;
            }
            int equals = skipBlank(text, nameEnd);
            int quote = skipBlank(text, equals + 1);
            if (nameEnd == at || quote >= text.length() || text.charAt(equals) != '=' || text.charAt(quote) != '"') {
                return -1;
            }
            var value = new StringBuilder();
            int behind = value(text, quote + 1, value);
            if (behind < 0) {
                return -1;
            }
            into.put(plain(text.substring(at, nameEnd)), value.toString());
            at = behind;
            at = skipBlank(text, at);
            if (at < text.length() && text.charAt(at) == ',') {
                at++;
            }
        }
    }

    private static String plain(String label) {
        return label.toLowerCase(Locale.ROOT).replace("_", "");
    }

    private static int value(String text, int from, StringBuilder into) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < text.length()) {
                char escaped = text.charAt(++at);
                into.append(escaped == 'n' ? '\n' : escaped);
            } else {
                into.append(c);
            }
        }
        return -1;
    }

    private static boolean isOfName(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
    }

    private static int skipBlank(String text, int from) {
        int at = from;
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at;
    }
}
