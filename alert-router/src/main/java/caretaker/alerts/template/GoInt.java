package caretaker.alerts.template;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.Locale;

/** An integer of another type than Go's int. */
record GoInt(Type type, long value) {
    enum Type {
        INT64("int64"),
        UINT8("uint8"),
        DURATION("time.Duration"),
        MONTH("time.Month"),
        WEEKDAY("time.Weekday");

        private final String goName;

        Type(String goName) {
            this.goName = goName;
        }

        String goName() {
            return goName;
        }
    }

    static GoInt duration(long nanoseconds) {
        return new GoInt(Type.DURATION, nanoseconds);
    }

    /** What Go's String method of the type gives; a plain number where it has none. */
    String text() {
        return switch (type) {
            case INT64, UINT8 -> Long.toString(value);
            case DURATION -> GoDuration.format(value);
            case MONTH ->
                value >= 1 && value <= 12
                        ? Month.of((int) value).getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                        : "%!Month(" + value + ")";
            case WEEKDAY -> DayOfWeek.of(value == 0 ? 7 : (int) value).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
        };
    }
}
