package caretaker.alerts.template;

import java.util.Locale;

/** Values made fit for JavaScript. */
final class JsText {
    private JsText() {}

    /** A value as an expression. */
    static String value(Run run, Object value) {
        String own = value instanceof GoTime ? null : GoTypes.ownText(value);
        String json;
        try {
            json = GoJson.encode(run, own == null ? value : own);
        } catch (GoError e) {
            if (e.isLimit()) {
                throw e;
            }
            return " /* " + e.text().replace("*/", "* /").replace("</", "< /") + " */null ";
        }
        // so that it does not join with an identifier beside it
        boolean word = HtmlScripts.isIdentifier(json.codePointAt(0))
                || HtmlScripts.isIdentifier(json.codePointBefore(json.length()));
        return word ? " " + json + " " : json;
    }

    /** The inside of a string. */
    static String string(Run run, String text) {
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                case '/', '\\' -> out.append('\\').append(c);
                case 0, '\u000b', '"', '`', '&', '\'', '+', '<', '>', '\u2028', '\u2029' -> out.append(hex(c));
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    /** The inside of a regular expression, all of it literal. */
    static String regexp(Run run, String text) {
        if (text.isEmpty()) {
            return "(?:)";
        }
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                case '$', '(', ')', '*', '-', '.', '/', '?', '[', '\\', ']', '^', '{', '|', '}' ->
                    out.append('\\').append(c);
                case 0, '\u000b', '"', '&', '\'', '+', '<', '>', '\u2028', '\u2029' -> out.append(hex(c));
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static String hex(char c) {
        return String.format(Locale.ROOT, "\\u%04x", (int) c);
    }
}
