package caretaker.alerts.template;

import org.jspecify.annotations.Nullable;

/** Where in an HTML page a template's text has come to. Decides how the next value is escaped. */
record HtmlContext(
        State state, Delimiter delimiter, UrlPart urlPart, Slash slash, Attribute attribute, Element element) {
    static final HtmlContext TEXT =
            new HtmlContext(State.TEXT, Delimiter.NONE, UrlPart.NONE, Slash.REGEXP, Attribute.NONE, Element.NONE);

    /** What kind of text surrounds the place. */
    enum State {
        TEXT,
        TAG,
        ATTRIBUTE_NAME,
        AFTER_NAME,
        BEFORE_VALUE,
        HTML_COMMENT,
        RCDATA,
        ATTRIBUTE,
        URL,
        SRCSET,
        JS,
        JS_DOUBLE_QUOTED,
        JS_SINGLE_QUOTED,
        JS_TEMPLATE_LITERAL,
        JS_REGEXP,
        JS_BLOCK_COMMENT,
        JS_LINE_COMMENT,
        CSS,
        CSS_DOUBLE_QUOTED,
        CSS_SINGLE_QUOTED,
        CSS_DOUBLE_QUOTED_URL,
        CSS_SINGLE_QUOTED_URL,
        CSS_URL,
        CSS_BLOCK_COMMENT,
        CSS_LINE_COMMENT,
        /** Behind a break or a continue. */
        DEAD;

        boolean isComment() {
            return this == HTML_COMMENT
                    || this == JS_BLOCK_COMMENT
                    || this == JS_LINE_COMMENT
                    || this == CSS_BLOCK_COMMENT
                    || this == CSS_LINE_COMMENT;
        }

        boolean isInTag() {
            return this == TAG
                    || this == ATTRIBUTE_NAME
                    || this == AFTER_NAME
                    || this == BEFORE_VALUE
                    || this == ATTRIBUTE;
        }
    }

    /** What ends the attribute's value. */
    enum Delimiter {
        NONE(""),
        DOUBLE_QUOTE("\""),
        SINGLE_QUOTE("'"),
        SPACE_OR_TAG_END(" \t\n\f\r>");

        private final String ends;

        Delimiter(String ends) {
            this.ends = ends;
        }

        String ends() {
            return ends;
        }
    }

    enum UrlPart {
        NONE,
        BEFORE_QUERY,
        QUERY_OR_FRAGMENT,
        UNKNOWN
    }

    /** What a slash would start in JavaScript. */
    enum Slash {
        REGEXP,
        DIVISION,
        UNKNOWN
    }

    enum Attribute {
        NONE(State.ATTRIBUTE),
        SCRIPT(State.JS),
        SCRIPT_TYPE(State.ATTRIBUTE),
        STYLE(State.CSS),
        URL(State.URL),
        SRCSET(State.SRCSET);

        private final State value;

        Attribute(State value) {
            this.value = value;
        }

        /** In which state the attribute's value starts. */
        State value() {
            return value;
        }
    }

    enum Element {
        NONE("", State.TEXT),
        SCRIPT("script", State.JS),
        STYLE("style", State.CSS),
        TEXTAREA("textarea", State.RCDATA),
        TITLE("title", State.RCDATA);

        private final String tag;
        private final State content;

        Element(String tag, State content) {
            this.tag = tag;
            this.content = content;
        }

        String tag() {
            return tag;
        }

        State content() {
            return content;
        }

        static Element named(String name) {
            for (Element element : values()) {
                if (element != NONE && element.tag.equalsIgnoreCase(name)) {
                    return element;
                }
            }
            return NONE;
        }
    }

    static HtmlContext in(State state, Element element) {
        return new HtmlContext(state, Delimiter.NONE, UrlPart.NONE, Slash.REGEXP, Attribute.NONE, element);
    }

    HtmlContext with(State to) {
        return new HtmlContext(to, delimiter, urlPart, slash, attribute, element);
    }

    HtmlContext with(Delimiter to) {
        return new HtmlContext(state, to, urlPart, slash, attribute, element);
    }

    HtmlContext with(UrlPart to) {
        return new HtmlContext(state, delimiter, to, slash, attribute, element);
    }

    HtmlContext with(Slash to) {
        return new HtmlContext(state, delimiter, urlPart, to, attribute, element);
    }

    HtmlContext with(Attribute to) {
        return new HtmlContext(state, delimiter, urlPart, slash, to, element);
    }

    HtmlContext with(Element to) {
        return new HtmlContext(state, delimiter, urlPart, slash, attribute, to);
    }

    /** Where an action would stand: in {@code <a {{.}}} it writes an attribute's name. */
    HtmlContext nudged() {
        return switch (state) {
            case TAG -> with(State.ATTRIBUTE_NAME);
            case BEFORE_VALUE ->
                with(attribute.value()).with(Delimiter.SPACE_OR_TAG_END).with(Attribute.NONE);
            case AFTER_NAME -> with(State.ATTRIBUTE_NAME).with(Attribute.NONE);
            default -> this;
        };
    }

    /** The context after either of two branches; null if they cannot be one. */
    static @Nullable HtmlContext join(HtmlContext a, HtmlContext b) {
        if (a.state == State.DEAD || a.equals(b)) {
            return b;
        }
        if (b.state == State.DEAD) {
            return a;
        }
        if (a.with(b.urlPart).equals(b)) {
            return a.with(UrlPart.UNKNOWN);
        }
        if (a.with(b.slash).equals(b)) {
            return a.with(Slash.UNKNOWN);
        }
        HtmlContext c = a.nudged();
        HtmlContext d = b.nudged();
        return c.equals(a) && d.equals(b) ? null : join(c, d);
    }

    @Override
    public String toString() {
        return "{" + state + " " + delimiter + " " + urlPart + " " + slash + " " + attribute + " " + element + "}";
    }
}
