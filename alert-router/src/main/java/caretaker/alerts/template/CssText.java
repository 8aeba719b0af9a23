package caretaker.alerts.template;

import java.util.Locale;

/** Texts made fit for CSS. */
final class CssText {
    private static final String ESCAPED = "\0\t\n\f\r\"&'()+/:;<>{}";
    private static final String REFUSED = "\0\"'()/;@[\\]`{}<>";

    private CssText() {}

    /** For the inside of a string or of a URL. */
    static String escape(Run run, String text) {
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                out.append("\\\\");
            } else if (ESCAPED.indexOf(c) >= 0) {
                out.append('\\').append(Integer.toHexString(c));
                boolean ends = i + 1 == text.length();
                if (ends || isHex(text.charAt(i + 1)) || isSpace(text.charAt(i + 1))) {
                    out.append(' ');
                }
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** A value such as a colour or a length as it is; everything else is refused. */
    static String filter(String text) {
        String decoded = decode(text);
        var identifier = new StringBuilder();
        for (int i = 0; i < decoded.length(); i++) {
            char c = decoded.charAt(i);
            if (REFUSED.indexOf(c) >= 0 || (c == '-' && i > 0 && decoded.charAt(i - 1) == '-')) {
                return Escaper.REFUSAL;
            }
            if (c < 0x80 && isName(c)) {
                identifier.append(c);
            }
        }
        String name = identifier.toString().toLowerCase(Locale.ROOT);
        boolean runs = name.contains("expression") || name.contains("mozbinding");
        return runs ? Escaper.REFUSAL : decoded;
    }

    static String decode(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c != '\\' || at == text.length()) {
                if (c != '\\') {
                    out.append(c);
                }
                continue;
            }
            int end = at;
            while (end < text.length() && end - at < 6 && isHex(text.charAt(end))) {
                end++;
            }
            if (end == at) {
                int literal = text.codePointAt(at);
                out.appendCodePoint(literal);
                at += Character.charCount(literal);
                continue;
            }
            int value = Integer.parseInt(text.substring(at, end), 16);
            if (value > Character.MAX_CODE_POINT) {
                end--;
                value /= 16;
            }
            out.appendCodePoint(value);
            at = end;
            if (at < text.length() && isSpace(text.charAt(at))) {
                at += text.startsWith("\r\n", at) ? 2 : 1;
            }
        }
        return out.toString();
    }

    /** Whether the rule ends with the word url. */
    static boolean endsWithUrl(String rule) {
        String stripped = rule.stripTrailing();
        int start = stripped.length() - 3;
        if (start < 0 || (start > 0 && isName(stripped.charAt(start - 1)))) {
            return false;
        }
        return decode(stripped.substring(start)).equalsIgnoreCase("url");
    }

    private static boolean isName(char c) {
        return c == '-' || c == '_' || Character.isLetterOrDigit(c) || c >= 0x80;
    }

    private static boolean isHex(char c) {
        return c < 0x80 && Character.digit(c, 16) >= 0;
    }

    private static boolean isSpace(char c) {
        return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
    }
}
