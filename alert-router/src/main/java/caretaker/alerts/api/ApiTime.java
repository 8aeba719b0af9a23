package caretaker.alerts.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Times as the API reads and writes them: RFC 3339, milliseconds when written. Read as Alertmanager does it: the zone,
 * its colon and the seconds may be left out, and a blank may stand for the {@code T}.
 */
final class ApiTime {
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int SECONDS_PER_DAY = 86_400;

    private final String text;
    private int at;

    private ApiTime(String text) {
        this.text = text;
    }

    static String format(Instant time) {
        return MILLIS.format(time);
    }

    /** @throws DateTimeException if it is no time */
    static Instant parse(String text) {
        return new ApiTime(text).read();
    }

    private Instant read() {
        int year = number(4);
        sign('-');
        int month = number(2);
        sign('-');
        int day = number(2);
        if (at >= text.length() || "T ".indexOf(text.charAt(at)) < 0) {
            throw bad();
        }
        at++;
        int hour = number(2);
        sign(':');
        int minute = number(2);
        int second = 0;
        int nanos = 0;
        if (follows(':')) {
            second = number(2);
            nanos = follows('.') ? fraction() : 0;
        }
        int offset = offset();
        if (hour > 23 || minute > 59 || second > 59 || at != text.length()) {
            throw bad();
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(days * SECONDS_PER_DAY + hour * 3600L + minute * 60L + second - offset, nanos);
    }

    /** Seconds east of Greenwich. */
    private int offset() {
        if (at == text.length() || follows('Z')) {
            return 0;
        }
        int direction = follows('-') ? -1 : 1;
        if (direction > 0) {
            sign('+');
        }
        int hours = number(2);
        boolean _ = follows(':');
        int minutes = number(2);
        if (hours > 23 || minutes > 59) {
            throw bad();
        }
        return direction * (hours * 3600 + minutes * 60);
    }

    /** Digits beyond the ninth are dropped. */
    private int fraction() {
        int nanos = 0;
        int digits = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            if (digits < 9) {
                nanos = nanos * 10 + (text.charAt(at) - '0');
                digits++;
            }
            at++;
        }
        if (digits == 0) {
            throw bad();
        }
        for (; digits < 9; digits++) {
            nanos *= 10;
        }
        return nanos;
    }

    private int number(int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++, at++) {
            if (at >= text.length() || !isDigit(text.charAt(at))) {
                throw bad();
            }
            value = value * 10 + (text.charAt(at) - '0');
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void sign(char expected) {
        if (!follows(expected)) {
            throw bad();
        }
    }

    private boolean follows(char expected) {
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private DateTimeException bad() {
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        return new DateTimeException("\"" + shown + "\" is no RFC 3339 time");
    }
}
