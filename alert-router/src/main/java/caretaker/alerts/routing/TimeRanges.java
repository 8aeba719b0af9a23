package caretaker.alerts.routing;

import caretaker.alerts.routing.TimeInterval.Minutes;
import caretaker.alerts.routing.TimeInterval.Span;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and prints the ranges of {@link TimeInterval} as the configuration file writes them: {@code monday:friday},
 * {@code -3:-1}, {@code may:8}.
 *
 * <p>Every reader throws {@link IllegalArgumentException} with what is wrong.
 */
public final class TimeRanges {
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])|24:00");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,9}");
    private static final List<String> DAYS =
            List.of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday");
    private static final List<String> MONTHS = List.of(
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december");

    private TimeRanges() {}

    private interface Member {
        int read(String text);
    }

    /** {@code 09:00} to {@code 17:00}; {@code 24:00} is the day's end. */
    public static Minutes minutes(String start, String end) {
        if (start.isEmpty() || end.isEmpty()) {
            throw new IllegalArgumentException("both start_time and end_time are needed");
        }
        int first = minute(start);
        int last = minute(end);
        if (first >= last) {
            throw new IllegalArgumentException(
                    "start_time " + start + " is not before end_time " + end + "; split a range at midnight");
        }
        return new Minutes(first, last);
    }

    private static int minute(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a time; write HH:MM, up to 24:00");
        }
        return time.group(1) == null ? 24 * 60 : Integer.parseInt(time.group(1)) * 60 + Integer.parseInt(time.group(2));
    }

    /** {@code saturday} or {@code monday:friday}; not over the end of the week, which is Saturday. */
    public static Span weekdays(String text) {
        Span span = span(text, TimeRanges::weekday);
        if (span.first() > span.last()) {
            throw new IllegalArgumentException("'" + text + "' ends before it starts; the week starts on sunday");
        }
        return span;
    }

    private static int weekday(String text) {
        int day = DAYS.indexOf(text);
        if (day < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a day of the week such as 'monday'");
        }
        return day;
    }

    /** {@code 1:5}, {@code -3:-1} or {@code 1:-1}; -1 is the month's last day. */
    public static Span daysOfMonth(String text) {
        Span span = span(text, TimeRanges::number);
        if (!isDay(span.first()) || !isDay(span.last())) {
            throw new IllegalArgumentException("'" + text + "' is out of range; days are 1 to 31 or -31 to -1");
        }
        if (span.first() < 0 && span.last() > 0) {
            throw new IllegalArgumentException("'" + text + "': the end must be negative if the start is");
        }
        if (fromStart(span.first()) > fromStart(span.last())) {
            throw new IllegalArgumentException("'" + text + "' always ends before it starts");
        }
        return span;
    }

    private static boolean isDay(int day) {
        return day != 0 && day >= -31 && day <= 31;
    }

    /** In the shortest month. */
    private static int fromStart(int day) {
        return day < 0 ? 28 + day : day;
    }

    /** {@code may:august}, {@code 3} or {@code december}. */
    public static Span months(String text) {
        Span span = span(text, TimeRanges::month);
        if (span.first() > span.last()) {
            throw new IllegalArgumentException("'" + text + "' ends before it starts");
        }
        return span;
    }

    private static int month(String text) {
        int month = MONTHS.indexOf(text);
        if (month >= 0) {
            return month + 1;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a month such as 'may' or '5'");
        }
        return Integer.parseInt(text);
    }

    /** {@code 2026} or {@code 2026:2028}. */
    public static Span years(String text) {
        Span span = span(text, TimeRanges::number);
        if (span.first() > span.last()) {
            throw new IllegalArgumentException("'" + text + "' ends before it starts");
        }
        return span;
    }

    private static int number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a number");
        }
        return Integer.parseInt(text);
    }

    private static Span span(String written, Member member) {
        String text = written.toLowerCase(Locale.ROOT);
        String[] parts = text.split(":", -1);
        if (parts.length > 2 || text.isEmpty()) {
            throw new IllegalArgumentException("'" + written + "' is not a range; write FIRST:LAST");
        }
        return new Span(member.read(parts[0]), member.read(parts[parts.length - 1]));
    }

    /** A name of the IANA database, {@code UTC} or {@code Local}. */
    public static ZoneId location(String name) {
        if (name.isEmpty() || name.equals("UTC")) {
            return ZoneOffset.UTC;
        }
        if (name.equals("Local")) {
            return ZoneId.systemDefault();
        }
        try {
            if (name.contains("/") || ZoneId.getAvailableZoneIds().contains(name)) {
                return ZoneId.of(name);
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("unknown time zone '" + name + "'; write one as 'Europe/Berlin'", e);
        }
        throw new IllegalArgumentException("unknown time zone '" + name + "'; write one as 'Europe/Berlin'");
    }

    public static String time(int minute) {
        return String.format(Locale.ROOT, "%02d:%02d", minute / 60, minute % 60);
    }

    public static String weekdays(Span span) {
        return span.first() == span.last()
                ? DAYS.get(span.first())
                : DAYS.get(span.first()) + ":" + DAYS.get(span.last());
    }

    public static String numbers(Span span) {
        return span.first() == span.last() ? "" + span.first() : span.first() + ":" + span.last();
    }
}
