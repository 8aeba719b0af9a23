package caretaker.chassis.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the text of one value into its type. What it can't read it says in a {@link BadValue}. */
final class Scalars {
    private static final Pattern DURATION_PART = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)");
    private static final Map<String, Integer> SHIFT = Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

    private Scalars() {}

    /** What is wrong and, after a semicolon, how to write it. */
    static final class BadValue extends Exception {
        private static final long serialVersionUID = 1;

        BadValue(String message) {
            super(message);
        }
    }

    static boolean reads(Class<?> type) {
        return type == String.class
                || type == int.class
                || type == Integer.class
                || type == long.class
                || type == Long.class
                || type == double.class
                || type == Double.class
                || type == boolean.class
                || type == Boolean.class
                || type == Duration.class
                || type == Bytes.class
                || type == Path.class
                || type == URI.class
                || type == Secret.class
                || type.isEnum();
    }

    static Object read(Class<?> type, String text) throws BadValue {
        if (type == String.class) {
            return text;
        }
        if (type == Secret.class) {
            return new Secret(text);
        }
        if (type == int.class || type == Integer.class) {
            return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class || type == Long.class) {
            return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            return number(text);
        }
        if (type == boolean.class || type == Boolean.class) {
            return flag(text);
        }
        if (type == Duration.class) {
            return duration(text);
        }
        if (type == Bytes.class) {
            return size(text);
        }
        return type.isEnum() ? constant(type, text) : location(type, text);
    }

    private static long whole(String text, long min, long max) throws BadValue {
        try {
            long value = Long.parseLong(text.replace("_", ""));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadValue("'" + text + "' is not a whole number");
        }
        throw new BadValue("'" + text + "' is too large");
    }

    private static double number(String text) throws BadValue {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadValue("'" + text + "' is not a number");
        }
        throw new BadValue("'" + text + "' is not a finite number");
    }

    private static boolean flag(String text) throws BadValue {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValue("'" + text + "' is neither true nor false");
        };
    }

    static Duration duration(String text) throws BadValue {
        Matcher part = DURATION_PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
            end = part.end();
        }
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        if (end == 0 || end < text.length()) {
            throw new BadValue("'" + text + "' is not a duration; write it with units: 500ms, 5s, 1h30m");
        }
        return sum;
    }

    private static Bytes size(String text) throws BadValue {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            throw new BadValue("'" + text + "' is not a size; write it with its unit: 512KiB, 64MiB, 2GiB");
        }
        try {
            int shift = SHIFT.getOrDefault(size.group(2), 0);
            return new Bytes(Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift));
        } catch (ArithmeticException e) {
            throw new BadValue("'" + text + "' is too large");
        }
    }

    private static Object location(Class<?> type, String text) throws BadValue {
        try {
            return type == Path.class ? Path.of(text) : URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new BadValue("'" + text + "' is not a " + (type == Path.class ? "path" : "URL"));
        }
    }

    private static Object constant(Class<?> type, String text) throws BadValue {
        for (Object constant : type.getEnumConstants()) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        String words = Arrays.stream(type.getEnumConstants()).map(Scalars::word).collect(Collectors.joining(", "));
        @Nullable String near = Names.nearest(
                text, Arrays.stream(type.getEnumConstants()).map(Scalars::word).toList());
        throw new BadValue(
                "'" + text + "' is not one of " + words + (near == null ? "" : "; did you mean '" + near + "'?"));
    }

    /** An enum constant as the file spells it. */
    static String word(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A duration as the file spells it: the largest units that say it exactly. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        long[] sizes = {86_400_000, 3_600_000, 60_000, 1_000, 1};
        String[] units = {"d", "h", "m", "s", "ms"};
        var text = new StringBuilder();
        for (int i = 0; i < sizes.length; i++) {
            if (millis >= sizes[i]) {
                text.append(millis / sizes[i]).append(units[i]);
                millis %= sizes[i];
            }
        }
        return text.toString();
    }
}
