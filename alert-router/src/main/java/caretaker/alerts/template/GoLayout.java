package caretaker.alerts.template;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;

/** Go's layouts, which show how the reference time 2006-01-02 15:04:05 would look. */
final class GoLayout {
    /** Longer ones before their beginnings. */
    private static final List<String> CHUNKS = List.of(
            "January",
            "Jan",
            "Monday",
            "Mon",
            "MST",
            "01",
            "02",
            "03",
            "04",
            "05",
            "06",
            "002",
            "2006",
            "__2",
            "_2006",
            "_2",
            "15",
            "PM",
            "pm",
            "-07:00:00",
            "-070000",
            "-07:00",
            "-0700",
            "-07",
            "Z07:00:00",
            "Z070000",
            "Z07:00",
            "Z0700",
            "Z07",
            "1",
            "2",
            "3",
            "4",
            "5");

    private GoLayout() {}

    static String format(GoTime time, String layout) {
        OffsetDateTime local = time.local();
        var out = new StringBuilder(layout.length() + 10);
        int at = 0;
        while (at < layout.length()) {
            String chunk = chunk(layout, at);
            if (chunk.isEmpty()) {
                out.append(layout.charAt(at++));
            } else if (chunk.equals("_2006")) {
                out.append('_').append(year(local.getYear()));
                at += 5;
            } else {
                at += chunk.length();
                out.append(part(chunk, local, time));
            }
        }
        return out.toString();
    }

    /** The chunk that starts here; empty if it is plain text. */
    private static String chunk(String layout, int at) {
        char first = layout.charAt(at);
        if (first == '.' || first == ',') {
            return fraction(layout, at);
        }
        if ("JM012345_PpZ-".indexOf(first) < 0) {
            return "";
        }
        for (String chunk : CHUNKS) {
            boolean name = chunk.equals("Jan") || chunk.equals("Mon");
            if (layout.startsWith(chunk, at) && !(name && followedByLowerCase(layout, at + 3))) {
                return chunk;
            }
        }
        return "";
    }

    private static boolean followedByLowerCase(String layout, int at) {
        return at < layout.length() && layout.charAt(at) >= 'a' && layout.charAt(at) <= 'z';
    }

    private static String fraction(String layout, int at) {
        int end = at + 1;
        if (end >= layout.length() || (layout.charAt(end) != '0' && layout.charAt(end) != '9')) {
            return "";
        }
        char digit = layout.charAt(end);
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        boolean more = end < layout.length() && Character.isDigit(layout.charAt(end));
        return more ? "" : layout.substring(at, end);
    }

    private static String part(String chunk, OffsetDateTime t, GoTime time) {
        int hour = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
        return switch (chunk) {
            case "January" -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case "Jan" ->
                t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case "Monday" -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case "Mon" ->
                t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case "01" -> padded(t.getMonthValue(), 2);
            case "1" -> Integer.toString(t.getMonthValue());
            case "02" -> padded(t.getDayOfMonth(), 2);
            case "_2" -> String.format("%2d", t.getDayOfMonth());
            case "2" -> Integer.toString(t.getDayOfMonth());
            case "002" -> padded(t.getDayOfYear(), 3);
            case "__2" -> String.format("%3d", t.getDayOfYear());
            case "15" -> padded(t.getHour(), 2);
            case "03" -> padded(hour, 2);
            case "3" -> Integer.toString(hour);
            case "04" -> padded(t.getMinute(), 2);
            case "4" -> Integer.toString(t.getMinute());
            case "05" -> padded(t.getSecond(), 2);
            case "5" -> Integer.toString(t.getSecond());
            case "2006" -> year(t.getYear());
            case "06" -> padded(t.getYear() % 100, 2);
            case "PM" -> t.getHour() >= 12 ? "PM" : "AM";
            case "pm" -> t.getHour() >= 12 ? "pm" : "am";
            case "MST" -> time.zone().abbreviation(time.instant());
            default ->
                chunk.startsWith("Z") || chunk.startsWith("-") ? offset(chunk, t) : fractionOf(chunk, t.getNano());
        };
    }

    private static String offset(String chunk, OffsetDateTime t) {
        int seconds = t.getOffset().getTotalSeconds();
        if (chunk.startsWith("Z") && seconds == 0) {
            return "Z";
        }
        int size = Math.abs(seconds);
        String colon = chunk.contains(":") ? ":" : "";
        int digits = chunk.replace(":", "").length() - 1;
        return (seconds < 0 ? "-" : "+")
                + padded(size / 3600, 2)
                + (digits >= 4 ? colon + padded(size / 60 % 60, 2) : "")
                + (digits >= 6 ? colon + padded(size % 60, 2) : "");
    }

    private static String fractionOf(String chunk, int nanoseconds) {
        int digits = Math.min(chunk.length() - 1, 9);
        String shown = padded(nanoseconds, 9).substring(0, digits);
        if (chunk.charAt(1) == '9') {
            int end = shown.length();
            while (end > 0 && shown.charAt(end - 1) == '0') {
                end--;
            }
            return end == 0 ? "" : chunk.charAt(0) + shown.substring(0, end);
        }
        return chunk.charAt(0) + shown + "0".repeat(chunk.length() - 1 - digits);
    }

    private static String year(int year) {
        return year < 0 ? "-" + padded(-year, 4) : padded(year, 4);
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }

    /** Reads a time in UTC unless the text has its own offset. */
    static GoTime parse(String layout, String text) {
        return new Reader(layout, text).read();
    }

    /** One text being read by its layout. */
    private static final class Reader {
        private final String layout;
        private final String text;
        private int at;
        private int year;
        private int month = 1;
        private int day = 1;
        private int hour;
        private int minute;
        private int second;
        private int nanosecond;
        private boolean afternoon;
        private boolean halfDay;
        private int offset;

        Reader(String layout, String text) {
            this.layout = layout;
            this.text = text;
        }

        GoTime read() {
            int l = 0;
            while (l < layout.length()) {
                String chunk = chunk(layout, l);
                if (chunk.isEmpty()) {
                    if (at >= text.length() || text.charAt(at) != layout.charAt(l)) {
                        throw mismatch(layout.substring(l));
                    }
                    at++;
                    l++;
                    continue;
                }
                take(chunk);
                l += chunk.length();
            }
            if (at < text.length()) {
                throw new GoError(
                        "parsing time " + GoQuote.quote(text) + ": extra text: " + GoQuote.quote(text.substring(at)));
            }
            return value();
        }

        private GoTime value() {
            int shown = halfDay ? hour % 12 + (afternoon ? 12 : 0) : hour;
            try {
                Instant instant = LocalDateTime.of(year, month, day, shown, minute, second, nanosecond)
                        .toInstant(ZoneOffset.ofTotalSeconds(offset));
                return GoTime.utc(instant);
            } catch (DateTimeException e) {
                throw new GoError("parsing time " + GoQuote.quote(text) + ": value out of range");
            }
        }

        private void take(String chunk) {
            switch (chunk) {
                case "2006" -> year = digits(chunk, 4, 4);
                case "06" -> {
                    year = digits(chunk, 2, 2);
                    year += year >= 69 ? 1900 : 2000;
                }
                case "01" -> month = digits(chunk, 2, 2);
                case "1" -> month = digits(chunk, 1, 2);
                case "January", "Jan" -> month = monthByName(chunk);
                case "Monday", "Mon" -> weekday(chunk);
                case "02" -> day = digits(chunk, 2, 2);
                case "2", "_2" -> {
                    while (chunk.equals("_2") && at < text.length() && text.charAt(at) == ' ') {
                        at++;
                    }
                    day = digits(chunk, 1, 2);
                }
                case "15" -> hour = digits(chunk, 2, 2);
                case "03", "3" -> {
                    hour = digits(chunk, chunk.length(), 2);
                    halfDay = true;
                }
                case "04", "4" -> minute = digits(chunk, chunk.length(), 2);
                case "05", "5" -> {
                    second = digits(chunk, chunk.length(), 2);
                    if (at + 1 < text.length() && text.charAt(at) == '.' && Character.isDigit(text.charAt(at + 1))) {
                        fraction();
                    }
                }
                case "PM", "pm" -> {
                    String half = take(chunk, 2).toUpperCase(Locale.ROOT);
                    if (!half.equals("AM") && !half.equals("PM")) {
                        throw mismatch(chunk);
                    }
                    afternoon = half.equals("PM");
                    halfDay = true;
                }
                case "MST" -> {
                    if (!take(chunk, 3).equals("UTC")) {
                        throw new GoError(
                                "parsing time " + GoQuote.quote(text) + ": only UTC is known as a zone's name");
                    }
                }
                default -> rest(chunk);
            }
        }

        private void rest(String chunk) {
            if (chunk.startsWith(".") || chunk.startsWith(",")) {
                if (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
                    fraction();
                }
                return;
            }
            if (!chunk.startsWith("Z") && !chunk.startsWith("-")) {
                throw new GoError("parsing time: " + GoQuote.quote(chunk) + " cannot be read in a layout");
            }
            if (chunk.startsWith("Z") && text.startsWith("Z", at)) {
                at++;
                return;
            }
            int sign = take(chunk, 1).equals("-") ? -1 : 1;
            offset = digits(chunk, 2, 2) * 3600;
            if (chunk.replace(":", "").length() >= 5) {
                at += chunk.contains(":") ? 1 : 0;
                offset += digits(chunk, 2, 2) * 60;
            }
            offset *= sign;
        }

        private void fraction() {
            int from = ++at;
            while (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
            }
            String digits = (text.substring(from, at) + "000000000").substring(0, 9);
            nanosecond = Integer.parseInt(digits);
        }

        private int digits(String chunk, int least, int most) {
            int from = at;
            while (at < text.length() && at - from < most && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at - from < least) {
                at = from;
                throw mismatch(chunk);
            }
            return Integer.parseInt(text.substring(from, at));
        }

        private String take(String chunk, int length) {
            if (at + length > text.length()) {
                throw mismatch(chunk);
            }
            at += length;
            return text.substring(at - length, at);
        }

        private int monthByName(String chunk) {
            for (Month candidate : Month.values()) {
                if (named(chunk, candidate.getDisplayName(TextStyle.FULL, Locale.ENGLISH))) {
                    return candidate.getValue();
                }
            }
            throw mismatch(chunk);
        }

        private void weekday(String chunk) {
            for (DayOfWeek candidate : DayOfWeek.values()) {
                if (named(chunk, candidate.getDisplayName(TextStyle.FULL, Locale.ENGLISH))) {
                    return;
                }
            }
            throw mismatch(chunk);
        }

        private boolean named(String chunk, String name) {
            String wanted = chunk.length() == 3 ? name.substring(0, 3) : name;
            if (text.regionMatches(true, at, wanted, 0, wanted.length())) {
                at += wanted.length();
                return true;
            }
            return false;
        }

        private GoError mismatch(String chunk) {
            return new GoError("parsing time " + GoQuote.quote(text) + " as " + GoQuote.quote(layout)
                    + ": cannot parse " + GoQuote.quote(text.substring(at)) + " as " + GoQuote.quote(chunk));
        }
    }
}
