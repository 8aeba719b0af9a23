package caretaker.alerts.template;

import java.util.Locale;

/** Each word's first letter large, the others small. */
final class TitleCase {
    private TitleCase() {}

    static String of(String text) {
        var out = new StringBuilder(text.length());
        boolean inside = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int width = Character.charCount(c);
            if (Character.isLetter(c) && Character.getType(c) != Character.MODIFIER_LETTER) {
                if (inside) {
                    out.appendCodePoint(Character.toLowerCase(c));
                } else {
                    first(out, c);
                }
                inside = true;
            } else {
                out.appendCodePoint(c);
                inside = staysInside(text, i, c, width, inside);
            }
            i += width;
        }
        return out.toString();
    }

    /** A letter that becomes two when large keeps the second one small: Ss, Fi. */
    private static void first(StringBuilder out, int c) {
        String large = Character.toString(c).toUpperCase(Locale.ROOT);
        int width = Character.charCount(large.codePointAt(0));
        boolean two = Character.toTitleCase(c) == c && large.length() > width;
        if (!two) {
            out.appendCodePoint(Character.toTitleCase(c));
        } else {
            boolean cased = Character.isUpperCase(large.codePointAt(0));
            String rest = large.substring(width);
            out.append(large, 0, width).append(cased ? rest.toLowerCase(Locale.ROOT) : rest);
        }
    }

    /** Whether the word goes on behind a character that is no letter. */
    private static boolean staysInside(String text, int at, int c, int width, boolean inside) {
        if (Character.isDigit(c)
                || c == '_'
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.MODIFIER_LETTER) {
            return inside;
        }
        boolean between = c == '\'' || c == '.' || c == ':' || c == '\u00b7' || c == '\u2019' || c == '\u2024';
        return inside && between && at + width < text.length() && Character.isLetter(text.codePointAt(at + width));
    }
}
