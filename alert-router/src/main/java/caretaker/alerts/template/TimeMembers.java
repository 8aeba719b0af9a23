package caretaker.alerts.template;

import caretaker.alerts.template.GoFunction.Parameter;
import java.time.DateTimeException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Go's time.Time. Those with several results cannot be called from a template, in Go neither. */
final class TimeMembers {
    private TimeMembers() {}

    static @Nullable GoFunction method(GoTime time, String name) {
        GoFunction part = part(time, name);
        return part != null ? part : operation(time, name);
    }

    private static @Nullable GoFunction part(GoTime time, String name) {
        return switch (name) {
            case "Year" -> Members.get(name, (long) time.local().getYear());
            case "Month" ->
                Members.get(name, new GoInt(GoInt.Type.MONTH, time.local().getMonthValue()));
            case "Day" -> Members.get(name, (long) time.local().getDayOfMonth());
            case "YearDay" -> Members.get(name, (long) time.local().getDayOfYear());
            case "Weekday" ->
                Members.get(
                        name,
                        new GoInt(
                                GoInt.Type.WEEKDAY, time.local().getDayOfWeek().getValue() % 7));
            case "Hour" -> Members.get(name, (long) time.local().getHour());
            case "Minute" -> Members.get(name, (long) time.local().getMinute());
            case "Second" -> Members.get(name, (long) time.local().getSecond());
            case "Nanosecond" -> Members.get(name, (long) time.local().getNano());
            case "Unix" -> Members.get(name, int64(time.instant().getEpochSecond()));
            case "UnixMilli" -> Members.get(name, int64(Math.floorDiv(time.unixNano(), 1_000_000L)));
            case "UnixMicro" -> Members.get(name, int64(Math.floorDiv(time.unixNano(), 1_000L)));
            case "UnixNano" -> Members.get(name, int64(time.unixNano()));
            case "IsZero" -> Members.get(name, time.instant().equals(GoTime.ZERO));
            case "UTC" -> Members.get(name, GoTime.utc(time.instant()));
            case "Local" -> Members.get(name, new GoTime(time.instant(), GoZone.of("Local")));
            case "Location" -> Members.get(name, time.zone());
            case "String" -> Members.get(name, time.text());
            case "Date", "Clock", "Zone", "ISOWeek", "ZoneBounds", "MarshalJSON", "MarshalText", "MarshalBinary" ->
                Members.method(name, (_, _) -> {
                    throw new GoError("can't call method/function " + GoQuote.quote(name) + " with several results");
                });
            default -> null;
        };
    }

    private static @Nullable GoFunction operation(GoTime time, String name) {
        return switch (name) {
            case "Format" -> Members.method(name, (_, a) -> GoLayout.format(time, (String) a[0]), Parameter.STRING);
            case "Add" -> Members.method(name, (_, a) -> moved(() -> time.plus(integer(a[0]))), Parameter.DURATION);
            case "AddDate" ->
                Members.method(
                        name,
                        (_, a) -> moved(() -> time.plusDate(integer(a[0]), integer(a[1]), integer(a[2]))),
                        Parameter.INT,
                        Parameter.INT,
                        Parameter.INT);
            case "Sub" -> Members.method(name, (_, a) -> GoInt.duration(time.since((GoTime) a[0])), Parameter.TIME);
            case "In" -> Members.method(name, (_, a) -> in(time, a[0]), Parameter.LOCATION);
            case "Truncate" -> Members.method(name, (_, a) -> time.truncated(integer(a[0]), false), Parameter.DURATION);
            case "Round" -> Members.method(name, (_, a) -> time.truncated(integer(a[0]), true), Parameter.DURATION);
            case "Before" -> compare(time, name, (a, b) -> a.instant().isBefore(b.instant()));
            case "After" -> compare(time, name, (a, b) -> a.instant().isAfter(b.instant()));
            case "Equal" -> compare(time, name, (a, b) -> a.instant().equals(b.instant()));
            case "Compare" ->
                Members.method(
                        name,
                        (_, a) -> (long) Integer.signum(time.instant().compareTo(((GoTime) a[0]).instant())),
                        Parameter.TIME);
            default -> null;
        };
    }

    private static GoFunction compare(GoTime time, String name, BiPredicate<GoTime, GoTime> holds) {
        return Members.method(name, (_, a) -> holds.test(time, (GoTime) a[0]), Parameter.TIME);
    }

    private static GoTime in(GoTime time, Object location) {
        if (location instanceof GoZone zone) {
            return new GoTime(time.instant(), zone);
        }
        throw new GoError("time: missing Location in call to Time.In");
    }

    private static GoTime moved(java.util.function.Supplier<GoTime> move) {
        try {
            return move.get();
        } catch (DateTimeException | ArithmeticException e) {
            throw new GoError("time out of range");
        }
    }

    private static GoInt int64(long value) {
        return new GoInt(GoInt.Type.INT64, value);
    }

    /** The argument for an integer parameter. */
    static long integer(Object argument) {
        Long number = GoTypes.asInteger(argument);
        if (number == null) {
            throw new GoError("expected integer; found " + GoTypes.name(argument));
        }
        return number;
    }
}
