package caretaker.alerts.template;

import caretaker.alerts.template.GoFunction.Body;
import caretaker.alerts.template.GoFunction.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods that templates can call on Alertmanager's data and on Go's times and durations. */
final class Members {
    private Members() {}

    /** The method of the value; null if its type has none of this name. */
    static @Nullable GoFunction method(Object value, String name) {
        return switch (value) {
            case GoTime time -> TimeMembers.method(time, name);
            case GoZone zone when name.equals("String") -> get(name, zone.name());
            case GoMap map when map.type().equals(GoMap.LABELS) -> ofLabels(map, name);
            case GoList list when list.type().equals(Labels.PAIRS) -> ofPairs(list, name);
            case GoList list when list.type().equals(TemplateData.ALERTS) -> ofAlerts(list, name);
            case GoInt number -> ofNumber(number, name);
            default -> null;
        };
    }

    private static @Nullable GoFunction ofLabels(GoMap labels, String name) {
        return switch (name) {
            case "SortedPairs" -> method(name, (_, _) -> Labels.sorted(labels));
            case "Names" -> method(name, (_, _) -> Labels.names(Labels.sorted(labels)));
            case "Values" -> method(name, (_, _) -> Labels.values(Labels.sorted(labels)));
            case "String" -> method(name, (_, _) -> Labels.pairsText(Labels.sorted(labels)));
            case "Remove" ->
                method(
                        name,
                        (run, arguments) -> {
                            run.spend(labels.entries().size());
                            return Labels.without(labels, (GoList) arguments[0]);
                        },
                        Parameter.STRINGS);
            default -> null;
        };
    }

    private static @Nullable GoFunction ofPairs(GoList pairs, String name) {
        return switch (name) {
            case "Names" -> method(name, (_, _) -> Labels.names(pairs));
            case "Values" -> method(name, (_, _) -> Labels.values(pairs));
            case "String" -> method(name, (_, _) -> Labels.pairsText(pairs));
            default -> null;
        };
    }

    private static @Nullable GoFunction ofAlerts(GoList alerts, String name) {
        return switch (name) {
            case "Firing" -> method(name, (run, _) -> withStatus(run, alerts, "firing"));
            case "Resolved" -> method(name, (run, _) -> withStatus(run, alerts, "resolved"));
            default -> null;
        };
    }

    private static GoList withStatus(Run run, GoList alerts, String status) {
        run.spend(alerts.items().size());
        List<?> chosen = alerts.items().stream()
                .filter(alert -> alert instanceof GoStruct struct
                        && status.equals(struct.values().getFirst()))
                .toList();
        return new GoList("[]template.Alert", chosen);
    }

    private static @Nullable GoFunction ofNumber(GoInt number, String name) {
        long value = number.value();
        if (name.equals("String") && GoTypes.ownText(number) != null) {
            return get(name, number.text());
        }
        if (number.type() != GoInt.Type.DURATION) {
            return null;
        }
        return switch (name) {
            case "Hours" -> get(name, parts(value, GoDuration.HOUR));
            case "Minutes" -> get(name, parts(value, GoDuration.MINUTE));
            case "Seconds" -> get(name, parts(value, GoDuration.SECOND));
            case "Milliseconds" -> get(name, new GoInt(GoInt.Type.INT64, value / 1_000_000));
            case "Microseconds" -> get(name, new GoInt(GoInt.Type.INT64, value / 1_000));
            case "Nanoseconds" -> get(name, new GoInt(GoInt.Type.INT64, value));
            case "Abs" -> get(name, GoInt.duration(value == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(value)));
            case "Round" -> adjust(name, unit -> GoDuration.round(value, unit));
            case "Truncate" -> adjust(name, unit -> GoDuration.truncate(value, unit));
            default -> null;
        };
    }

    private static double parts(long value, long unit) {
        long whole = value / unit;
        return whole + value % unit / (double) unit;
    }

    private static GoFunction adjust(String name, java.util.function.LongUnaryOperator change) {
        return method(
                name,
                (_, arguments) -> GoInt.duration(change.applyAsLong(TimeMembers.integer(arguments[0]))),
                Parameter.DURATION);
    }

    static GoFunction method(String name, Body body, Parameter... parameters) {
        return GoFunction.of(name, body, parameters);
    }

    static GoFunction get(String name, Object value) {
        return GoFunction.of(name, (_, _) -> value);
    }
}
