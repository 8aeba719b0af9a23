package caretaker.alerts.template;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Go's number literals. Complex ones are refused: no alert has a use for them. */
final class Constants {
    private static final Pattern UNDERSCORES =
            Pattern.compile("[+-]?(0[xXoObB]_?)?[0-9a-fA-F]+(_[0-9a-fA-F]+)*(\\..*)?.*");
    private static final Pattern HEX_FLOAT = Pattern.compile("[+-]?0[xX][0-9a-fA-F]*\\.?[0-9a-fA-F]*[pP][+-]?[0-9]+");
    private static final Pattern FLOAT = Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

    private static final int MAX_DIGITS = 400;

    private Constants() {}

    static Node.@Nullable Numeral number(int position, String text) {
        if (text.length() > MAX_DIGITS
                || (text.indexOf('_') >= 0 && !UNDERSCORES.matcher(text).matches())
                || text.endsWith("_")) {
            return null;
        }
        String digits = text.replace("_", "");
        BigInteger integer = integer(digits);
        if (integer != null) {
            return integer.bitLength() < 64
                    ? new Node.Numeral(position, text, true, integer.longValue(), integer.doubleValue())
                    : null;
        }
        boolean real =
                FLOAT.matcher(digits).matches() || HEX_FLOAT.matcher(digits).matches();
        if (!real || !Pattern.compile("[.eEpP]").matcher(digits).find()) {
            return null;
        }
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            return null;
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
        return new Node.Numeral(position, text, whole, whole ? (long) value : 0, value);
    }

    private static @Nullable BigInteger integer(String text) {
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = 10;
        if (digits.matches("0[0-9xXbBoO].*")) {
            radix = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'b', 'B' -> 2;
                default -> 8;
            };
            digits = digits.substring(Character.isDigit(digits.charAt(1)) ? 1 : 2);
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        if (digits.isEmpty()) {
            return null;
        }
        var value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }
}
