package caretaker.alerts.template;

import org.jspecify.annotations.Nullable;

/** eq, ne, lt, le, gt, ge: values of one basic kind compare, whatever their type's name. */
final class Comparison {
    private enum Kind {
        BOOL,
        INT,
        UINT,
        FLOAT,
        STRING
    }

    private Comparison() {}

    /** The first equals one of the others. */
    static boolean equalsAny(Object[] arguments) {
        Object first = arguments[0];
        comparable(first);
        if (arguments.length == 1) {
            throw new GoError("missing argument for comparison");
        }
        for (int i = 1; i < arguments.length; i++) {
            if (equal(first, arguments[i])) {
                return true;
            }
        }
        return false;
    }

    static boolean notEqual(Object a, Object b) {
        comparable(a);
        return !equal(a, b);
    }

    private static boolean equal(Object a, Object b) {
        Kind left = kind(a);
        Kind right = kind(b);
        if (left != right) {
            if (isInteger(left) && isInteger(right)) {
                return TimeMembers.integer(a) == TimeMembers.integer(b);
            }
            if (a == GoNil.NIL || b == GoNil.NIL) {
                return false;
            }
            throw new GoError("incompatible types for comparison");
        }
        if (left != null) {
            return order(left, a, b) == 0;
        }
        if (a == GoNil.NIL || b == GoNil.NIL) {
            return a.equals(b);
        }
        comparable(b);
        return a.equals(b);
    }

    static boolean less(Object a, Object b) {
        Kind left = kind(a);
        if (left == null) {
            throw new GoError("invalid type for comparison");
        }
        Kind right = kind(b);
        if (right == null) {
            throw new GoError("invalid type for comparison");
        }
        if (left != right && !(isInteger(left) && isInteger(right))) {
            throw new GoError("incompatible types for comparison");
        }
        if (left == Kind.BOOL) {
            throw new GoError("invalid type for comparison");
        }
        return order(left, a, b) < 0;
    }

    static boolean lessOrEqual(Object a, Object b) {
        return less(a, b) || equal(a, b);
    }

    private static int order(Kind kind, Object a, Object b) {
        return switch (kind) {
            case BOOL -> a.equals(b) ? 0 : 1;
            case INT, UINT -> Long.compare(TimeMembers.integer(a), TimeMembers.integer(b));
            case FLOAT -> order((Double) a, (Double) b);
            case STRING -> GoStrings.compare(text(a), text(b));
        };
    }

    private static int order(double a, double b) {
        return a < b ? -1 : a == b ? 0 : 1;
    }

    private static String text(Object value) {
        String text = GoTypes.asString(value);
        return text == null ? "" : text;
    }

    private static boolean isInteger(@Nullable Kind kind) {
        return kind == Kind.INT || kind == Kind.UINT;
    }

    private static @Nullable Kind kind(Object value) {
        return switch (value) {
            case Boolean _ -> Kind.BOOL;
            case Long _ -> Kind.INT;
            case GoInt number -> number.type() == GoInt.Type.UINT8 ? Kind.UINT : Kind.INT;
            case Double _ -> Kind.FLOAT;
            case String _, SafeText _ -> Kind.STRING;
            default -> null;
        };
    }

    private static void comparable(Object value) {
        boolean never = value instanceof GoList
                || value instanceof GoMap
                || (value instanceof GoStruct struct && !struct.shape().type().equals("template.Pair"));
        if (never) {
            throw new GoError("uncomparable type " + GoTypes.name(value) + ": " + value(value));
        }
    }

    private static String value(Object value) {
        var text = new BoundedText(100_000);
        GoValues.print(text, value);
        return text.toString();
    }
}
