package caretaker.alerts.template;

import caretaker.alerts.template.GoFormat.Verb;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** How single values and nested ones look under a verb of printf. */
final class GoValues {
    private static final Verb PLAIN = plain();

    private GoValues() {}

    private static Verb plain() {
        var verb = new Verb();
        verb.width = -1;
        verb.precision = -1;
        return verb;
    }

    /** As {@code %v}. */
    static void print(BoundedText out, Object value) {
        if (value instanceof String text) {
            out.append(text);
        } else {
            print(out, value, 'v', PLAIN);
        }
    }

    static void print(BoundedText out, Object value, int c, Verb verb) {
        if (c == 'T') {
            GoFormat.pad(out, GoTypes.name(value), verb, false);
        } else if (value == GoNil.NIL) {
            GoFormat.pad(out, c == 'v' ? "<nil>" : "%!" + Character.toString(c) + "(<nil>)", verb, false);
        } else {
            nested(out, value, c, verb);
        }
    }

    private static void nested(BoundedText out, Object value, int c, Verb verb) {
        boolean goSyntax = c == 'v' && verb.sharp;
        String own = goSyntax || !isForText(c) ? null : GoTypes.ownText(value);
        if (own != null) {
            text(out, own, value, c, verb);
            return;
        }
        switch (value) {
            case String text when goSyntax -> GoFormat.pad(out, GoQuote.quote(text), verb, true);
            case SafeText safe when goSyntax -> GoFormat.pad(out, GoQuote.quote(safe.text()), verb, true);
            case String text -> text(out, text, value, c, verb);
            case SafeText safe -> text(out, safe.text(), value, c, verb);
            case Boolean bool -> bool(out, bool, c, verb);
            case Long number -> integer(out, number, value, c, verb);
            case GoInt number -> integer(out, number.value(), value, c, verb);
            case Double number -> real(out, number, c, verb);
            case GoList list -> list(out, list, c, verb);
            case GoMap map -> map(out, map, c, verb);
            case GoStruct struct -> struct(out, struct, c, verb);
            case GoTime time -> out.append(goSyntax ? GoQuote.quote(time.text()) : time.text());
            case GoNil _ ->
                out.append(
                        c == 'v' ? goSyntax ? "interface {}(nil)" : "<nil>" : "%!" + Character.toString(c) + "(<nil>)");
            default -> out.append(GoTypes.name(value));
        }
    }

    private static boolean isForText(int c) {
        return c == 'v' || c == 's' || c == 'q' || c == 'x' || c == 'X';
    }

    private static void bool(BoundedText out, boolean value, int c, Verb verb) {
        if (c == 't' || c == 'v') {
            GoFormat.pad(out, Boolean.toString(value), verb, false);
        } else {
            bad(out, value, c, verb);
        }
    }

    private static void text(BoundedText out, String text, Object value, int c, Verb verb) {
        switch (c) {
            case 's', 'v' -> GoFormat.pad(out, cut(text, verb), verb, true);
            case 'q' -> {
                String cut = cut(text, verb);
                boolean raw = verb.sharp
                        && cut.indexOf('`') < 0
                        && cut.chars().allMatch(x -> (x >= ' ' && x != 0x7f) || x == '\t');
                GoFormat.pad(out, raw ? "`" + cut + "`" : GoQuote.quote(cut, '"', verb.plus), verb, true);
            }
            case 'x', 'X' -> GoFormat.pad(out, hex(text, c == 'X', verb), verb, true);
            default -> bad(out, value, c, verb);
        }
    }

    private static String cut(String text, Verb verb) {
        if (verb.precision < 0 || text.codePointCount(0, text.length()) <= verb.precision) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, verb.precision));
    }

    private static String hex(String text, boolean upper, Verb verb) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = verb.precision >= 0 ? Math.min(verb.precision, bytes.length) : bytes.length;
        var hex = new StringBuilder(2 * length);
        for (int i = 0; i < length; i++) {
            hex.append(verb.space && i > 0 ? " " : "");
            hex.append(verb.sharp && (i == 0 || verb.space) ? "0x" : "");
            hex.append(String.format("%02x", bytes[i]));
        }
        return upper ? hex.toString().toUpperCase(Locale.ROOT) : hex.toString();
    }

    private static void integer(BoundedText out, long number, Object value, int c, Verb verb) {
        String text = GoFormat.integer(number, c, verb);
        boolean character = number >= 0 && number <= Character.MAX_CODE_POINT;
        if (text != null) {
            GoFormat.pad(out, text, verb, verb.precision < 0);
        } else if (c == 'c') {
            GoFormat.pad(out, Character.toString(character ? (int) number : 0xfffd), verb, true);
        } else if (c == 'q') {
            String shown = Character.toString(character ? (int) number : 0xfffd);
            GoFormat.pad(out, GoQuote.quote(shown, '\'', verb.plus), verb, true);
        } else if (c == 'U') {
            GoFormat.pad(
                    out,
                    verb.sharp && character ? GoQuote.unicode((int) number) : String.format("U+%04X", number),
                    verb,
                    false);
        } else {
            bad(out, value, c, verb);
        }
    }

    private static void real(BoundedText out, double number, int c, Verb verb) {
        if ("eEfFgGvxX".indexOf(c) < 0) {
            bad(out, number, c, verb);
            return;
        }
        int precision = verb.precision;
        if (precision < 0 && "eEfF".indexOf(c) >= 0) {
            precision = 6;
        }
        String text = c == 'x' || c == 'X'
                ? GoFloats.hex(number, c == 'X')
                : GoFloats.format(number, c == 'v' ? 'g' : (char) c, precision);
        if (verb.plus && !text.startsWith("-") && !text.startsWith("+")) {
            text = "+" + text;
        } else if (verb.space && !text.startsWith("-")) {
            text = " " + text;
        }
        GoFormat.pad(out, text, verb, Double.isFinite(number));
    }

    private static void list(BoundedText out, GoList list, int c, Verb verb) {
        boolean goSyntax = c == 'v' && verb.sharp;
        out.append(goSyntax ? list.type() + "{" : "[");
        items(out, list.items(), c, verb, goSyntax ? ", " : " ");
        out.append(goSyntax ? '}' : ']');
    }

    private static void items(BoundedText out, List<?> items, int c, Verb verb, String separator) {
        for (int i = 0; i < items.size(); i++) {
            out.append(i > 0 ? separator : "");
            nested(out, items.get(i), c, verb);
        }
    }

    private static void map(BoundedText out, GoMap map, int c, Verb verb) {
        boolean goSyntax = c == 'v' && verb.sharp;
        out.append(goSyntax ? map.type() + "{" : "map[");
        String separator = "";
        for (String key : map.sortedKeys()) {
            out.append(separator);
            nested(out, key, c, verb);
            out.append(':');
            nested(out, map.get(key), c, verb);
            separator = goSyntax ? ", " : " ";
        }
        out.append(goSyntax ? '}' : ']');
    }

    private static void struct(BoundedText out, GoStruct struct, int c, Verb verb) {
        boolean goSyntax = c == 'v' && verb.sharp;
        out.append(goSyntax ? struct.shape().type() : "").append('{');
        for (int i = 0; i < struct.values().size(); i++) {
            out.append(i == 0 ? "" : goSyntax ? ", " : " ");
            if (c == 'v' && (verb.plus || verb.sharp)) {
                out.append(struct.shape().fields().get(i)).append(':');
            }
            nested(out, struct.values().get(i), c, verb);
        }
        out.append('}');
    }

    private static void bad(BoundedText out, Object value, int c, Verb verb) {
        out.append("%!")
                .appendCodePoint(c)
                .append('(')
                .append(GoTypes.name(value))
                .append('=');
        nested(out, value, 'v', verb);
        out.append(')');
    }
}
