package caretaker.alerts.template;

/** Go's durations: nanoseconds in 64 bits. */
final class GoDuration {
    static final long SECOND = 1_000_000_000L;
    static final long MINUTE = 60 * SECOND;
    static final long HOUR = 60 * MINUTE;

    private GoDuration() {}

    /** {@code 1h2m3.5s}, {@code 1.5ms}, {@code 0s}. */
    static String format(long nanoseconds) {
        if (nanoseconds == 0) {
            return "0s";
        }
        if (nanoseconds == Long.MIN_VALUE) {
            return "-2562047h47m16.854775808s";
        }
        String sign = nanoseconds < 0 ? "-" : "";
        long left = Math.abs(nanoseconds);
        if (left < SECOND) {
            return sign
                    + (left < 1000
                            ? left + "ns"
                            : left < 1_000_000 ? part(left, 1000) + "µs" : part(left, 1_000_000) + "ms");
        }
        long hours = left / HOUR;
        long minutes = left / MINUTE % 60;
        String seconds = part(left % MINUTE, SECOND) + "s";
        return sign + (hours > 0 ? hours + "h" : "") + (hours > 0 || minutes > 0 ? minutes + "m" : "") + seconds;
    }

    private static String part(long value, long unit) {
        String fraction = Long.toString(unit + value % unit).substring(1);
        int end = fraction.length();
        while (end > 0 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return value / unit + (end == 0 ? "" : "." + fraction.substring(0, end));
    }

    static long truncate(long value, long unit) {
        return unit <= 0 ? value : value - value % unit;
    }

    /** Half away from zero. */
    static long round(long value, long unit) {
        if (unit <= 0) {
            return value;
        }
        long rest = value % unit;
        if (2 * Math.abs(rest) < unit) {
            return value - rest;
        }
        return value < 0 ? value - rest - unit : value - rest + unit;
    }
}
