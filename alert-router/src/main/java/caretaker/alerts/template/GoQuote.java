package caretaker.alerts.template;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Go's quoted strings and characters, written and read. */
public final class GoQuote {
    private static final String SHORT = "abtnvfr";
    private static final String SHORT_VALUES = "\u0007\b\t\n\u000b\f\r";

    private GoQuote() {}

    /** In double quotes, with escapes for what is not printable. */
    public static String quote(String text) {
        return quote(text, '"', false);
    }

    static String quote(String text, char quote, boolean asciiOnly) {
        var out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> append(out, c, quote, asciiOnly));
        return out.append(quote).toString();
    }

    private static void append(StringBuilder out, int c, char quote, boolean asciiOnly) {
        int shortForm = c < 0x20 ? SHORT_VALUES.indexOf(c) : -1;
        if (c == quote || c == '\\') {
            out.append('\\').append((char) c);
        } else if (shortForm >= 0) {
            out.append('\\').append(SHORT.charAt(shortForm));
        } else if (asciiOnly ? c >= 0x20 && c < 0x7f : isPrintable(c)) {
            out.appendCodePoint(c);
        } else if (c < ' ' || c == 0x7f) {
            out.append(String.format("\\x%02x", c));
        } else {
            out.append(c > 0xffff ? String.format("\\U%08x", c) : String.format("\\u%04x", c));
        }
    }

    /** What Go shows as itself: letters, marks, numbers, punctuation, symbols and the ASCII space. */
    static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }

    /** {@code U+0041 'A'}. */
    static String unicode(int c) {
        return String.format("U+%04X", c) + (isPrintable(c) ? " '" + Character.toString(c) + "'" : "");
    }

    /** The text of a literal in double quotes or back quotes; null if it is not one. */
    static @Nullable String unquote(String literal) {
        char quote = literal.charAt(0);
        String inner = literal.substring(1, literal.length() - 1);
        return quote == '`' ? inner.replace("\r", "") : unescape(inner, quote);
    }

    /** The character of a literal in single quotes; -1 if it is not one. */
    static int unquoteCharacter(String literal) {
        String text = unescape(literal.substring(1, literal.length() - 1), '\'');
        return text != null && text.codePointCount(0, text.length()) == 1 ? text.codePointAt(0) : -1;
    }

    /** A literal in single quotes with something in it, all of it readable. */
    static boolean isQuoted(String literal) {
        String text = unescape(literal.substring(1, literal.length() - 1), '\'');
        return text != null && !text.isEmpty();
    }

    private static @Nullable String unescape(String inner, char quote) {
        if (inner.indexOf('\\') < 0) {
            return inner.indexOf(quote) < 0 ? inner : null;
        }
        var bytes = new ByteArrayOutputStream();
        int at = 0;
        while (at < inner.length()) {
            int c = inner.codePointAt(at);
            at += Character.charCount(c);
            if (c != '\\') {
                write(bytes, c);
                continue;
            }
            if (at >= inner.length()) {
                return null;
            }
            char kind = inner.charAt(at++);
            int digits = digits(kind);
            if (digits > 0) {
                int from = kind >= '0' && kind <= '7' ? at - 1 : at;
                int value = number(inner, from, digits, from < at ? 8 : 16);
                if (value < 0 || (from < at && value > 255)) {
                    return null;
                }
                at = from + digits;
                if (kind == 'u' || kind == 'U') {
                    write(bytes, value);
                } else {
                    bytes.write(value);
                }
            } else if (SHORT.indexOf(kind) >= 0) {
                write(bytes, SHORT_VALUES.charAt(SHORT.indexOf(kind)));
            } else if (kind == '\\' || kind == quote) {
                write(bytes, kind);
            } else {
                return null;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int digits(char kind) {
        return switch (kind) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> 3;
            default -> 0;
        };
    }

    private static int number(String text, int from, int digits, int radix) {
        if (from + digits > text.length()) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = Character.digit(text.charAt(i), radix);
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value > Character.MAX_CODE_POINT || (value >= 0xd800 && value < 0xe000) ? -1 : (int) value;
    }

    private static void write(ByteArrayOutputStream bytes, int c) {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
    }
}
