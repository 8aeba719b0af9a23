package caretaker.alerts.template;

import static caretaker.alerts.template.HtmlMarkup.bad;
import static caretaker.alerts.template.HtmlMarkup.firstOf;

import caretaker.alerts.template.HtmlContext.Slash;
import caretaker.alerts.template.HtmlContext.State;
import caretaker.alerts.template.HtmlMarkup.Step;
import java.util.Set;

/** How pieces of JavaScript and CSS move the context. */
final class HtmlScripts {
    private static final Set<String> BEFORE_REGEXP = Set.of(
            "break",
            "case",
            "continue",
            "delete",
            "do",
            "else",
            "finally",
            "in",
            "instanceof",
            "return",
            "throw",
            "try",
            "typeof",
            "void");

    private HtmlScripts() {}

    static Step script(HtmlContext c, String s, int from) {
        return switch (c.state()) {
            case JS -> code(c, s, from);
            case JS_BLOCK_COMMENT -> blockComment(c, s, from, State.JS);
            case JS_LINE_COMMENT -> lineComment(c, s, from, "\n\r\u2028\u2029", State.JS);
            default -> delimited(c, s, from);
        };
    }

    private static Step code(HtmlContext c, String s, int from) {
        int at = firstOf(s, "\"`'/", from);
        if (at < 0) {
            return new Step(c.with(slashAfter(s.substring(from), c.slash())), s.length());
        }
        HtmlContext before = c.with(slashAfter(s.substring(from, at), c.slash()));
        return switch (s.charAt(at)) {
            case '"' -> new Step(before.with(State.JS_DOUBLE_QUOTED).with(Slash.REGEXP), at + 1);
            case '\'' -> new Step(before.with(State.JS_SINGLE_QUOTED).with(Slash.REGEXP), at + 1);
            case '`' -> new Step(before.with(State.JS_TEMPLATE_LITERAL).with(Slash.REGEXP), at + 1);
            default -> slash(before, s, at);
        };
    }

    private static Step slash(HtmlContext c, String s, int at) {
        if (s.startsWith("//", at)) {
            return new Step(c.with(State.JS_LINE_COMMENT), at + 2);
        }
        if (s.startsWith("/*", at)) {
            return new Step(c.with(State.JS_BLOCK_COMMENT), at + 2);
        }
        return switch (c.slash()) {
            case REGEXP -> new Step(c.with(State.JS_REGEXP), at + 1);
            case DIVISION -> new Step(c.with(Slash.REGEXP), at + 1);
            case UNKNOWN ->
                throw bad("'/' could start a division or regexp: "
                        + GoQuote.quote(s.substring(at, Math.min(s.length(), at + 32))));
        };
    }

    private static Step delimited(HtmlContext c, String s, int from) {
        String specials = switch (c.state()) {
            case JS_SINGLE_QUOTED -> "\\'";
            case JS_TEMPLATE_LITERAL -> "\\`";
            case JS_REGEXP -> "\\/[]";
            default -> "\\\"";
        };
        boolean charset = false;
        for (int at = firstOf(s, specials, from); at >= 0; at = firstOf(s, specials, at + 1)) {
            switch (s.charAt(at)) {
                case '\\' -> {
                    at++;
                    if (at == s.length()) {
                        throw bad("unfinished escape sequence in JS string: " + GoQuote.quote(s.substring(from)));
                    }
                }
                case '[' -> charset = true;
                case ']' -> charset = false;
                default -> {
                    if (!charset) {
                        return new Step(c.with(State.JS).with(Slash.DIVISION), at + 1);
                    }
                }
            }
        }
        if (charset) {
            throw bad("unfinished JS regexp charset: " + GoQuote.quote(s.substring(from)));
        }
        return new Step(c, s.length());
    }

    /** What a slash behind this code would be. */
    private static Slash slashAfter(String code, Slash before) {
        int end = code.length();
        while (end > 0 && "\t\n\f\r \u2028\u2029".indexOf(code.charAt(end - 1)) >= 0) {
            end--;
        }
        if (end == 0) {
            return before;
        }
        char last = code.charAt(end - 1);
        if (last == '+' || last == '-') {
            int start = end - 1;
            while (start > 0 && code.charAt(start - 1) == last) {
                start--;
            }
            return (end - start) % 2 == 1 ? Slash.REGEXP : Slash.DIVISION; // a++ / b, but a + /b/
        }
        if (last == '.') {
            return end > 1 && Character.isDigit(code.charAt(end - 2)) ? Slash.DIVISION : Slash.REGEXP;
        }
        if (",<>=*%&|^?!~([:;{}".indexOf(last) >= 0) {
            return Slash.REGEXP;
        }
        int start = end;
        while (start > 0 && isIdentifier(code.charAt(start - 1))) {
            start--;
        }
        return BEFORE_REGEXP.contains(code.substring(start, end)) ? Slash.REGEXP : Slash.DIVISION;
    }

    static boolean isIdentifier(int c) {
        return c == '$' || c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }

    private static Step blockComment(HtmlContext c, String s, int from, State after) {
        int end = s.indexOf("*/", from);
        return end < 0 ? new Step(c, s.length()) : new Step(c.with(after), end + 2);
    }

    private static Step lineComment(HtmlContext c, String s, int from, String ends, State after) {
        int end = firstOf(s, ends, from);
        return end < 0 ? new Step(c, s.length()) : new Step(c.with(after), end);
    }

    static Step style(HtmlContext c, String s, int from) {
        return switch (c.state()) {
            case CSS -> rules(c, s, from);
            case CSS_BLOCK_COMMENT -> blockComment(c, s, from, State.CSS);
            case CSS_LINE_COMMENT -> lineComment(c, s, from, "\n\f\r", State.CSS);
            default -> cssString(c, s, from);
        };
    }

    private static Step rules(HtmlContext c, String s, int from) {
        for (int at = firstOf(s, "(\"'/", from); at >= 0; at = firstOf(s, "(\"'/", at + 1)) {
            switch (s.charAt(at)) {
                case '"' -> {
                    return new Step(c.with(State.CSS_DOUBLE_QUOTED), at + 1);
                }
                case '\'' -> {
                    return new Step(c.with(State.CSS_SINGLE_QUOTED), at + 1);
                }
                case '/' -> {
                    if (s.startsWith("//", at)) {
                        return new Step(c.with(State.CSS_LINE_COMMENT), at + 2);
                    }
                    if (s.startsWith("/*", at)) {
                        return new Step(c.with(State.CSS_BLOCK_COMMENT), at + 2);
                    }
                }
                default -> {
                    if (CssText.endsWithUrl(s.substring(from, at))) {
                        return cssUrl(c, s, HtmlMarkup.skipSpace(s, at + 1));
                    }
                }
            }
        }
        return new Step(c, s.length());
    }

    private static Step cssUrl(HtmlContext c, String s, int at) {
        if (s.startsWith("\"", at)) {
            return new Step(c.with(State.CSS_DOUBLE_QUOTED_URL), at + 1);
        }
        if (s.startsWith("'", at)) {
            return new Step(c.with(State.CSS_SINGLE_QUOTED_URL), at + 1);
        }
        return new Step(c.with(State.CSS_URL), at);
    }

    private static Step cssString(HtmlContext c, String s, int from) {
        String ends = switch (c.state()) {
            case CSS_DOUBLE_QUOTED, CSS_DOUBLE_QUOTED_URL -> "\\\"";
            case CSS_SINGLE_QUOTED, CSS_SINGLE_QUOTED_URL -> "\\'";
            default -> "\\\t\n\f\r )";
        };
        HtmlContext context = c;
        int start = from;
        while (true) {
            int at = firstOf(s, ends, start);
            if (at < 0) {
                return new Step(HtmlMarkup.url(context, CssText.decode(s.substring(start))), s.length());
            }
            if (s.charAt(at) != '\\') {
                return new Step(context.with(State.CSS), at + 1);
            }
            if (at + 1 == s.length()) {
                throw bad("unfinished escape sequence in CSS string: " + GoQuote.quote(s.substring(from)));
            }
            context = HtmlMarkup.url(context, CssText.decode(s.substring(from, at + 2)));
            start = at + 2;
        }
    }
}
