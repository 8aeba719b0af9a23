package caretaker.alerts.template;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Go's printf. A verb that does not fit its argument is said in the text, as {@code %!d(string=a)}. */
final class GoFormat {
    private static final int MAX_WIDTH = 1_000_000;

    private final BoundedText out;
    private final String format;
    private final Object[] arguments;
    private int at;
    private int next;
    private boolean reordered;
    private boolean badIndex;
    private final Verb verb = new Verb();

    private GoFormat(BoundedText out, String format, Object[] arguments) {
        this.out = out;
        this.format = format;
        this.arguments = arguments;
    }

    /** How one argument is to look. */
    static final class Verb {
        boolean minus;
        boolean plus;
        boolean sharp;
        boolean space;
        boolean zero;
        int width;
        int precision;

        private void reset() {
            minus = false;
            plus = false;
            sharp = false;
            space = false;
            zero = false;
            width = -1;
            precision = -1;
        }
    }

    static String printf(Run run, String format, Object[] arguments) {
        BoundedText out = run.text();
        new GoFormat(out, format, arguments).run(run);
        return out.toString();
    }

    /** A space between two operands neither of which is a string. */
    static String print(Run run, List<Object> operands) {
        BoundedText out = run.text();
        boolean previousString = true;
        for (Object operand : operands) {
            boolean string = operand instanceof String;
            if (!previousString && !string) {
                out.append(' ');
            }
            GoValues.print(out, operand);
            previousString = string;
        }
        return out.toString();
    }

    static String println(Run run, Object[] operands) {
        BoundedText out = run.text();
        for (int i = 0; i < operands.length; i++) {
            if (i > 0) {
                out.append(' ');
            }
            GoValues.print(out, operands[i]);
        }
        return out.append('\n').toString();
    }

    private void run(Run run) {
        while (at < format.length()) {
            run.spend(1);
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            directive();
        }
        if (!reordered && next < arguments.length) {
            extra();
        }
    }

    private void extra() {
        out.append("%!(EXTRA ");
        for (int i = next; i < arguments.length; i++) {
            out.append(i > next ? ", " : "");
            if (arguments[i] == GoNil.NIL) {
                out.append("<nil>");
            } else {
                out.append(GoTypes.name(arguments[i])).append('=');
                GoValues.print(out, arguments[i]);
            }
        }
        out.append(')');
    }

    private void directive() {
        verb.reset();
        badIndex = false;
        flags();
        argumentIndex();
        width();
        precision();
        argumentIndex();
        if (at >= format.length()) {
            out.append("%!(NOVERB)");
            return;
        }
        int c = format.codePointAt(at);
        at += Character.charCount(c);
        if (c == '%') {
            out.append('%');
        } else if (badIndex) {
            out.append("%!").appendCodePoint(c).append("(BADINDEX)");
        } else if (next >= arguments.length) {
            out.append("%!").appendCodePoint(c).append("(MISSING)");
        } else {
            GoValues.print(out, arguments[next++], c, verb);
        }
    }

    private void flags() {
        for (; at < format.length(); at++) {
            switch (format.charAt(at)) {
                case '#' -> verb.sharp = true;
                case '0' -> verb.zero = true;
                case '+' -> verb.plus = true;
                case '-' -> verb.minus = true;
                case ' ' -> verb.space = true;
                default -> {
                    return;
                }
            }
        }
    }

    private void width() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            Integer given = star();
            if (given == null) {
                out.append("%!(BADWIDTH)");
            } else {
                verb.minus |= given < 0;
                verb.width = Math.abs(given);
            }
        } else {
            verb.width = number();
        }
    }

    private void precision() {
        if (at >= format.length() || format.charAt(at) != '.') {
            return;
        }
        at++;
        argumentIndex();
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            Integer given = star();
            verb.precision = given == null ? -1 : given;
            if (given == null) {
                out.append("%!(BADPREC)");
            }
        } else {
            verb.precision = Math.max(number(), 0);
        }
    }

    private @Nullable Integer star() {
        Object given = next < arguments.length ? arguments[next++] : GoNil.NIL;
        Long number = GoTypes.asInteger(given);
        return number == null || Math.abs(number) > MAX_WIDTH ? null : (Integer) number.intValue();
    }

    private int number() {
        int from = at;
        long value = 0;
        while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
            value = Math.min(value * 10 + format.charAt(at) - '0', MAX_WIDTH + 1L);
            at++;
        }
        return at == from || value > MAX_WIDTH ? -1 : (int) value;
    }

    private void argumentIndex() {
        if (at >= format.length() || format.charAt(at) != '[') {
            return;
        }
        reordered = true;
        int close = format.indexOf(']', at);
        if (close < 0) {
            badIndex = true;
            at++;
            return;
        }
        String index = format.substring(at + 1, close);
        at = close + 1;
        if (index.matches("[0-9]{1,7}")) {
            int wanted = Integer.parseInt(index);
            if (wanted >= 1 && wanted <= arguments.length) {
                next = wanted - 1;
                return;
            }
        }
        badIndex = true;
    }

    /** Adds a text filled up to the verb's width. */
    static void pad(BoundedText out, String text, Verb verb, boolean zeros) {
        int missing = verb.width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            out.append(text);
        } else if (verb.minus) {
            out.append(text).append(" ".repeat(missing));
        } else if (zeros && verb.zero) {
            boolean signed = text.startsWith("-") || text.startsWith("+");
            out.append(signed ? text.substring(0, 1) : "")
                    .append("0".repeat(missing))
                    .append(signed ? text.substring(1) : text);
        } else {
            out.append(" ".repeat(missing)).append(text);
        }
    }

    /** An integer in the radix of the verb; null if the verb is not for integers. */
    static @Nullable String integer(long value, int c, Verb verb) {
        String sign = value < 0 ? "-" : verb.plus ? "+" : verb.space ? " " : "";
        String digits = switch (c) {
            case 'd', 'v' -> Long.toString(value);
            case 'b' -> Long.toString(value, 2);
            case 'o', 'O' -> Long.toString(value, 8);
            case 'x' -> Long.toString(value, 16);
            case 'X' -> Long.toString(value, 16).toUpperCase(Locale.ROOT);
            default -> null;
        };
        if (digits == null) {
            return null;
        }
        digits = value < 0 ? digits.substring(1) : digits;
        if (verb.precision >= 0) {
            digits = value == 0 && verb.precision == 0
                    ? ""
                    : "0".repeat(Math.max(0, verb.precision - digits.length())) + digits;
        }
        String prefix = c == 'O' ? "0o" : "";
        if (verb.sharp) {
            prefix = switch (c) {
                case 'x' -> "0x";
                case 'X' -> "0X";
                case 'o' -> "0";
                case 'b' -> "0b";
                default -> prefix;
            };
        }
        return sign + prefix + digits;
    }
}
