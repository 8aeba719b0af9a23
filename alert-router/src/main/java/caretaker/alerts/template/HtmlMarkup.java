package caretaker.alerts.template;

import caretaker.alerts.template.HtmlContext.Attribute;
import caretaker.alerts.template.HtmlContext.Delimiter;
import caretaker.alerts.template.HtmlContext.Element;
import caretaker.alerts.template.HtmlContext.State;
import caretaker.alerts.template.HtmlContext.UrlPart;
import java.util.Locale;
import java.util.regex.Pattern;

/** How pieces of HTML move the context: tags, attributes, comments, URLs. */
final class HtmlMarkup {
    private static final Pattern JS_TYPE = Pattern.compile(
            "(application|text)/(ecmascript|javascript|json|jscript|livescript|x-ecmascript|x-javascript"
                    + "|javascript1\\.[0-5]|ld\\+json)|module");

    private HtmlMarkup() {}

    /** The context after a part of the text, and where the part ends. */
    record Step(HtmlContext context, int end) {}

    /** Why the text is no HTML that can be escaped. */
    static GoError bad(String message) {
        return new GoError(message);
    }

    /** Takes the next part of {@code s} from {@code from} on. */
    static Step step(HtmlContext c, String s, int from) {
        if (c.delimiter() != Delimiter.NONE) {
            return attributeValue(c, s, from);
        }
        int end = specialEnd(c, s, from);
        if (end == from) {
            return new Step(HtmlContext.TEXT, from);
        }
        return transition(c, end < 0 ? s : s.substring(0, end), from);
    }

    /** Where the end tag of a script, style, title or textarea starts; -1 if not in this text. */
    private static int specialEnd(HtmlContext c, String s, int from) {
        if (c.element() == Element.NONE || c.state().isInTag()) {
            return -1;
        }
        String tag = "</" + c.element().tag();
        for (int i = s.indexOf("</", from); i >= 0; i = s.indexOf("</", i + 2)) {
            int after = i + tag.length();
            if (s.regionMatches(true, i, tag, 0, tag.length())
                    && after < s.length()
                    && "> \t\n\f/".indexOf(s.charAt(after)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    static Step transition(HtmlContext c, String s, int from) {
        return switch (c.state()) {
            case TEXT -> text(c, s, from);
            case TAG -> tag(c, s, from);
            case ATTRIBUTE_NAME -> {
                int end = attributeName(s, from);
                yield new Step(end < s.length() ? c.with(State.AFTER_NAME) : c, end);
            }
            case AFTER_NAME -> afterName(c, s, from);
            case BEFORE_VALUE -> beforeValue(c, s, from);
            case HTML_COMMENT -> {
                int end = s.indexOf("-->", from);
                yield end < 0 ? new Step(c, s.length()) : new Step(HtmlContext.TEXT, end + 3);
            }
            case RCDATA, ATTRIBUTE, SRCSET, DEAD -> new Step(c, s.length());
            case URL -> new Step(url(c, s.substring(from)), s.length());
            case JS,
                    JS_DOUBLE_QUOTED,
                    JS_SINGLE_QUOTED,
                    JS_TEMPLATE_LITERAL,
                    JS_REGEXP,
                    JS_BLOCK_COMMENT,
                    JS_LINE_COMMENT -> HtmlScripts.script(c, s, from);
            case CSS,
                    CSS_DOUBLE_QUOTED,
                    CSS_SINGLE_QUOTED,
                    CSS_DOUBLE_QUOTED_URL,
                    CSS_SINGLE_QUOTED_URL,
                    CSS_URL,
                    CSS_BLOCK_COMMENT,
                    CSS_LINE_COMMENT -> HtmlScripts.style(c, s, from);
        };
    }

    private static Step attributeValue(HtmlContext c, String s, int from) {
        int end = firstOf(s, c.delimiter().ends(), from);
        int to = end < 0 ? s.length() : end;
        if (c.delimiter() == Delimiter.SPACE_OR_TAG_END) {
            int wrong = firstOf(s.substring(0, to), "\"'<=`", from);
            if (wrong >= 0) {
                throw bad(GoQuote.quote(s.substring(wrong, wrong + 1)) + " in unquoted attr: "
                        + GoQuote.quote(s.substring(from, to)));
            }
        }
        if (end < 0) {
            String value = HtmlText.unescape(s.substring(from));
            HtmlContext context = c;
            for (int at = 0; at < value.length(); ) {
                Step step = transition(context, value, at);
                context = step.context();
                at = step.end();
            }
            return new Step(context, s.length());
        }
        boolean otherScript = c.state() == State.ATTRIBUTE
                && c.element() == Element.SCRIPT
                && c.attribute() == Attribute.SCRIPT_TYPE
                && !isJavaScript(s.substring(from, to));
        int next = c.delimiter() == Delimiter.SPACE_OR_TAG_END ? end : end + 1;
        return new Step(HtmlContext.in(State.TAG, otherScript ? Element.NONE : c.element()), next);
    }

    private static boolean isJavaScript(String type) {
        int semicolon = type.indexOf(';');
        String bare = semicolon < 0 ? type : type.substring(0, semicolon);
        return JS_TYPE.matcher(bare.strip().toLowerCase(Locale.ROOT)).matches();
    }

    private static Step text(HtmlContext c, String s, int from) {
        int at = from;
        while (true) {
            int open = s.indexOf('<', at);
            if (open < 0 || open + 1 == s.length()) {
                return new Step(c, s.length());
            }
            if (s.startsWith("<!--", open)) {
                return new Step(HtmlContext.in(State.HTML_COMMENT, Element.NONE), open + 4);
            }
            boolean closing = s.charAt(open + 1) == '/';
            int name = closing ? open + 2 : open + 1;
            if (name == s.length()) {
                return new Step(c, s.length());
            }
            int end = tagName(s, name);
            if (end > name) {
                Element element = closing ? Element.NONE : Element.named(s.substring(name, end));
                return new Step(HtmlContext.in(State.TAG, element), end);
            }
            at = name;
        }
    }

    private static int tagName(String s, int from) {
        if (!isLetter(s.charAt(from))) {
            return from;
        }
        int at = from + 1;
        while (at < s.length()) {
            char c = s.charAt(at);
            if (isLetter(c) || isDigit(c)) {
                at++;
            } else if ((c == ':' || c == '-')
                    && at + 1 < s.length()
                    && (isLetter(s.charAt(at + 1)) || isDigit(s.charAt(at + 1)))) {
                at += 2;
            } else {
                break;
            }
        }
        return at;
    }

    private static Step tag(HtmlContext c, String s, int from) {
        int start = skipSpace(s, from);
        if (start == s.length()) {
            return new Step(c, start);
        }
        if (s.charAt(start) == '>') {
            return new Step(HtmlContext.in(c.element().content(), c.element()), start + 1);
        }
        int end = attributeName(s, start);
        if (end == start) {
            throw bad("expected space, attr name, or end of tag, but got " + GoQuote.quote(s.substring(start)));
        }
        String name = s.substring(start, end).toLowerCase(Locale.ROOT);
        Attribute attribute = c.element() == Element.SCRIPT && name.equals("type")
                ? Attribute.SCRIPT_TYPE
                : HtmlAttributes.typeOf(name).attribute();
        State state = end == s.length() ? State.ATTRIBUTE_NAME : State.AFTER_NAME;
        return new Step(HtmlContext.in(state, c.element()).with(attribute), end);
    }

    private static int attributeName(String s, int from) {
        for (int at = from; at < s.length(); at++) {
            switch (s.charAt(at)) {
                case ' ', '\t', '\n', '\f', '\r', '=', '>' -> {
                    return at;
                }
                case '\'', '"', '<' ->
                    throw bad(GoQuote.quote(s.substring(at, at + 1)) + " in attribute name: "
                            + GoQuote.quote(s.substring(from, Math.min(s.length(), from + 32))));
                default -> {}
            }
        }
        return s.length();
    }

    private static Step afterName(HtmlContext c, String s, int from) {
        int at = skipSpace(s, from);
        if (at == s.length()) {
            return new Step(c, at);
        }
        return s.charAt(at) == '=' ? new Step(c.with(State.BEFORE_VALUE), at + 1) : new Step(c.with(State.TAG), at);
    }

    private static Step beforeValue(HtmlContext c, String s, int from) {
        int at = skipSpace(s, from);
        if (at == s.length()) {
            return new Step(c, at);
        }
        Delimiter delimiter = switch (s.charAt(at)) {
            case '\'' -> Delimiter.SINGLE_QUOTE;
            case '"' -> Delimiter.DOUBLE_QUOTE;
            default -> Delimiter.SPACE_OR_TAG_END;
        };
        int next = delimiter == Delimiter.SPACE_OR_TAG_END ? at : at + 1;
        return new Step(c.with(c.attribute().value()).with(delimiter), next);
    }

    static HtmlContext url(HtmlContext c, String part) {
        if (part.indexOf('#') >= 0 || part.indexOf('?') >= 0) {
            return c.with(UrlPart.QUERY_OR_FRAGMENT);
        }
        boolean blank = skipSpace(part, 0) == part.length();
        return !blank && c.urlPart() == UrlPart.NONE ? c.with(UrlPart.BEFORE_QUERY) : c;
    }

    /** The first place at or behind {@code from} that holds one of the characters; -1 if none does. */
    static int firstOf(String s, String characters, int from) {
        for (int at = from; at < s.length(); at++) {
            if (characters.indexOf(s.charAt(at)) >= 0) {
                return at;
            }
        }
        return -1;
    }

    static int skipSpace(String s, int from) {
        int at = from;
        while (at < s.length() && " \t\n\f\r".indexOf(s.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
