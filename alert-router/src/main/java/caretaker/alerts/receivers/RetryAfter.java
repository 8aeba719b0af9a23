package caretaker.alerts.receivers;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: seconds, or a date. */
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** What it asks for, at most a day; null if it asks for nothing. */
    static @Nullable Duration parse(String header, Instant now) {
        String text = header.strip();
        if (text.isEmpty()) {
            return null;
        }
        if (text.matches("[0-9]{1,18}")) {
            return least(Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST.toSeconds())));
        }
        try {
            Instant when = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return when.isAfter(now) ? least(Duration.between(now, when)) : Duration.ZERO;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Duration least(Duration asked) {
        return asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    }
}
