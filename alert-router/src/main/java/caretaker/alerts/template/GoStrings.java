package caretaker.alerts.template;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** Strings as Go has them: bytes in UTF-8. A cut through a character gives U+FFFD. */
final class GoStrings {
    /** Go's order. It differs from Java's above the basic plane. */
    static final Comparator<String> BY_BYTES = GoStrings::compare;

    private GoStrings() {}

    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean mixed = Character.isSurrogate(x) != Character.isSurrogate(y);
                return mixed ? (Character.isSurrogate(x) ? 1 : -1) : x - y;
            }
        }
        return a.length() - b.length();
    }

    static int length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }

    static long byteAt(String text, int index) {
        return isAscii(text) ? text.charAt(index) : text.getBytes(StandardCharsets.UTF_8)[index] & 0xff;
    }

    static String slice(String text, int from, int to) {
        if (isAscii(text)) {
            return text.substring(from, to);
        }
        return new String(text.getBytes(StandardCharsets.UTF_8), from, to - from, StandardCharsets.UTF_8);
    }

    /** Each character by itself: a German sharp s stays one letter. */
    static String upper(String text) {
        return mapped(text, true);
    }

    static String lower(String text) {
        return mapped(text, false);
    }

    private static String mapped(String text, boolean upper) {
        var out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> out.appendCodePoint(upper ? Character.toUpperCase(c) : Character.toLowerCase(c)));
        return out.toString();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
