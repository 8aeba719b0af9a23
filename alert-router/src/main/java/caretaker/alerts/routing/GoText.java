package caretaker.alerts.routing;

import caretaker.alerts.template.GoQuote;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Strings as Go quotes and reads them, since group keys and matchers are printed that way. */
final class GoText {
    private static final String PLAIN_ESCAPES = "abfnrtv\\\"'";
    private static final String PLAIN_MEANT = "\u0007\b\f\n\r\t\u000b\\\"'";

    private GoText() {}

    /** Whether the text is what UTF-8 can hold: no half of a surrogate pair. */
    static boolean isUtf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** The order of UTF-8 bytes, which is Go's for strings. {@code String.compareTo} differs above U+FFFF. */
    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean leftHigh = Character.isSurrogate(left);
                return leftHigh == Character.isSurrogate(right) ? left - right : leftHigh ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    /** In double quotes, with escapes for what is not printable. */
    static String quote(String text) {
        return GoQuote.quote(text);
    }

    /** What a Go string literal in double quotes stands for; null where it is none or not UTF-8. */
    static @Nullable String unquote(String literal) {
        if (literal.length() < 2 || literal.charAt(0) != '"' || literal.charAt(literal.length() - 1) != '"') {
            return null;
        }
        var bytes = new ByteArrayOutputStream(literal.length());
        int end = literal.length() - 1;
        int at = 1;
        while (at < end) {
            char c = literal.charAt(at);
            if (c == '"' || c == '\n') {
                return null;
            }
            int next = c == '\\' ? escape(literal, at + 1, end, bytes) : plain(literal, at, bytes);
            if (next < 0) {
                return null;
            }
            at = next;
        }
        return decode(bytes.toByteArray());
    }

    private static int plain(String literal, int at, ByteArrayOutputStream bytes) {
        int c = literal.codePointAt(at);
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        return at + Character.charCount(c);
    }

    /** Reads the escape whose letter is at {@code at}; the position after it, or -1 where it is none. */
    private static int escape(String literal, int at, int end, ByteArrayOutputStream bytes) {
        if (at >= end) {
            return -1;
        }
        char letter = literal.charAt(at);
        int plain = letter == '\'' ? -1 : PLAIN_ESCAPES.indexOf(letter);
        if (plain >= 0) {
            bytes.write(PLAIN_MEANT.charAt(plain));
            return at + 1;
        }
        return switch (letter) {
            case 'x' -> number(literal, at + 1, 2, 16, end, true, bytes);
            case 'u' -> number(literal, at + 1, 4, 16, end, false, bytes);
            case 'U' -> number(literal, at + 1, 8, 16, end, false, bytes);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> number(literal, at, 3, 8, end, true, bytes);
            default -> -1;
        };
    }

    private static int number(
            String literal, int at, int digits, int radix, int end, boolean oneByte, ByteArrayOutputStream bytes) {
        if (at + digits > end) {
            return -1;
        }
        long value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = Character.digit(literal.charAt(i), radix);
            if (digit < 0 || literal.charAt(i) > 'f') {
                return -1;
            }
            value = value * radix + digit;
        }
        if (oneByte) {
            if (value > 0xff) {
                return -1;
            }
            bytes.write((int) value);
        } else {
            if (value > Character.MAX_CODE_POINT || (value >= 0xd800 && value < 0xe000)) {
                return -1;
            }
            bytes.writeBytes(Character.toString((int) value).getBytes(StandardCharsets.UTF_8));
        }
        return at + digits;
    }

    private static @Nullable String decode(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
