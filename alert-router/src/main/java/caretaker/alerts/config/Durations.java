package caretaker.alerts.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Prometheus and as Go write them. Both readers throw {@link IllegalArgumentException} with a hint. */
public final class Durations {
    private static final Pattern PROMETHEUS = Pattern.compile(
            "(?:(\\d{1,9})y)?(?:(\\d{1,9})w)?(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final long[] MILLIS = {365 * 86_400_000L, 7 * 86_400_000L, 86_400_000L, 3_600_000, 60_000, 1_000, 1};
    private static final String[] UNITS = {"y", "w", "d", "h", "m", "s", "ms"};
    private static final Pattern GO_PART = Pattern.compile("(\\d{0,18})(?:\\.(\\d{0,18}))?(ns|us|µs|μs|ms|s|m|h)");

    /** Longer ones overflow in Go. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Durations() {}

    /** {@code 1d12h}, {@code 500ms}, {@code 0}. */
    public static Duration prometheus(String text) {
        Matcher parts = PROMETHEUS.matcher(text);
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write one like 30s, 5m or 1d12h");
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < MILLIS.length; i++) {
            String count = parts.group(i + 1);
            if (count != null) {
                sum = sum.plus(Duration.ofMillis(MILLIS[i]).multipliedBy(Long.parseLong(count)));
            }
        }
        return bounded(sum, text);
    }

    private static Duration bounded(Duration duration, String text) {
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too long; at most 292 years");
        }
        return duration;
    }

    /** As {@link #prometheus(String)} reads it; milliseconds are the finest. */
    public static String prometheus(Duration duration) {
        long left = duration.toMillis();
        if (left == 0) {
            return "0s";
        }
        var out = new StringBuilder();
        for (int i = 0; i < MILLIS.length; i++) {
            boolean whole = i > 1 || left % MILLIS[i] == 0;
            if (whole && left / MILLIS[i] > 0) {
                out.append(left / MILLIS[i]).append(UNITS[i]);
                left %= MILLIS[i];
            }
        }
        return out.toString();
    }

    /** {@code 1m30s}, {@code 1.5h}, {@code 0}. Negative ones are refused: nothing here can take one. */
    public static Duration go(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = GO_PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (end < text.length() && part.find(end) && part.start() == end && hasDigits(part)) {
            BigDecimal count = new BigDecimal(digits(part.group(1)) + "." + digits(part.group(2)));
            long nanos = switch (part.group(3)) {
                case "ns" -> 1;
                case "ms" -> 1_000_000;
                case "s" -> 1_000_000_000;
                case "m" -> 60_000_000_000L;
                case "h" -> 3_600_000_000_000L;
                default -> 1_000;
            };
            BigDecimal total = count.multiply(BigDecimal.valueOf(nanos)).setScale(0, RoundingMode.DOWN);
            if (total.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
                throw new IllegalArgumentException("'" + text + "' is too long; at most 292 years");
            }
            sum = sum.plusNanos(total.longValueExact());
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw new IllegalArgumentException("'" + text + "' is not a duration; write one like 10s or 1m30s");
        }
        return bounded(sum, text);
    }

    private static boolean hasDigits(Matcher part) {
        return !part.group(1).isEmpty()
                || (part.group(2) != null && !part.group(2).isEmpty());
    }

    private static String digits(String group) {
        return group == null || group.isEmpty() ? "0" : group;
    }

    /** As {@link #go(String)} reads it. */
    public static String go(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        BigDecimal seconds = BigDecimal.valueOf(duration.toSecondsPart())
                .add(BigDecimal.valueOf(duration.toNanosPart(), 9))
                .stripTrailingZeros();
        var out = new StringBuilder();
        if (duration.toHours() > 0) {
            out.append(duration.toHours()).append('h');
        }
        if (duration.toMinutes() > 0) {
            out.append(duration.toMinutesPart()).append('m');
        } else if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            BigDecimal millis = BigDecimal.valueOf(duration.toNanos(), 6).stripTrailingZeros();
            return millis.toPlainString() + "ms";
        }
        return out.append(seconds.toPlainString()).append('s').toString();
    }
}
