package caretaker.alerts.template;

import org.jspecify.annotations.Nullable;

/** What Go says of a value: its type, whether it is true, how it prints itself. */
final class GoTypes {
    private GoTypes() {}

    static String name(Object value) {
        return switch (value) {
            case GoNil _ -> "<nil>";
            case String _ -> "string";
            case Boolean _ -> "bool";
            case Long _ -> "int";
            case Double _ -> "float64";
            case GoInt number -> number.type().goName();
            case GoList list -> list.type();
            case GoMap map -> map.type();
            case GoStruct struct -> struct.shape().type();
            case GoTime _ -> "time.Time";
            case GoZone _ -> "*time.Location";
            case SafeText text -> text.type().goName();
            default -> throw new IllegalStateException("no Go value: " + value.getClass());
        };
    }

    static boolean truth(Object value) {
        return switch (value) {
            case GoNil _ -> false;
            case String text -> !text.isEmpty();
            case SafeText text -> !text.text().isEmpty();
            case Boolean bool -> bool;
            case Long number -> number != 0;
            case GoInt number -> number.value() != 0;
            case Double number -> number != 0;
            case GoList list -> !list.items().isEmpty();
            case GoMap map -> !map.entries().isEmpty();
            default -> true;
        };
    }

    /** The value's own String method; null if its type has none. */
    static @Nullable String ownText(Object value) {
        return switch (value) {
            case GoTime time -> time.text();
            case GoZone zone -> zone.name();
            case GoInt number
            when number.type() != GoInt.Type.INT64 && number.type() != GoInt.Type.UINT8 -> number.text();
            case GoMap map when map.type().equals(GoMap.LABELS) -> Labels.pairsText(Labels.sorted(map));
            case GoList list when list.type().equals(Labels.PAIRS) -> Labels.pairsText(list);
            default -> null;
        };
    }

    /** The text under a string type; null for other types. */
    static @Nullable String asString(Object value) {
        return switch (value) {
            case String text -> text;
            case SafeText text -> text.text();
            default -> null;
        };
    }

    /** The number under an integer type; null for other types. */
    static @Nullable Long asInteger(Object value) {
        return switch (value) {
            case Long number -> number;
            case GoInt number -> number.value();
            default -> null;
        };
    }

    static GoError noField(String field, Object value) {
        return new GoError("can't evaluate field " + field + " in type " + name(value));
    }
}
