package caretaker.alerts.template;

import java.util.Locale;

/** What a value goes through before it stands in an HTML page, by the place where it stands. */
enum Escaper {
    TEXT,
    RCDATA,
    ATTRIBUTE,
    UNQUOTED_ATTRIBUTE,
    NAME,
    COMMENT,
    URL_FILTER,
    URL_WHOLE,
    URL_PART,
    SRCSET,
    CSS_STRING,
    CSS_VALUE,
    JS_VALUE,
    JS_STRING,
    JS_REGEXP,
    /** Go's own function html, where the author wrote it. */
    HTML_FUNCTION,
    /** Go's own function urlquery, where the author wrote it. */
    URL_QUERY_FUNCTION;

    /** What stands for a value that is not safe in its place. */
    static final String REFUSAL = "ZgotmplZ";

    String escape(Run run, Object value) {
        if (this == JS_VALUE) {
            return JsText.value(run, value);
        }
        SafeText.Type type = value instanceof SafeText safe ? safe.type() : null;
        String text = text(run, value);
        boolean html = type == SafeText.Type.HTML;
        return switch (this) {
            case TEXT -> html ? text : HtmlText.escape(run, text, false);
            case RCDATA -> HtmlText.escape(run, text, html);
            case ATTRIBUTE -> HtmlText.escape(run, html ? HtmlText.withoutTags(text) : text, html);
            case UNQUOTED_ATTRIBUTE -> {
                String plain = html ? HtmlText.withoutTags(text) : text;
                yield plain.isEmpty() ? REFUSAL : HtmlText.escapeUnquoted(run, plain, html);
            }
            case NAME -> name(text);
            case COMMENT -> "";
            case URL_FILTER -> type == SafeText.Type.URL || UrlText.isSafe(text) ? text : "#" + REFUSAL;
            case URL_WHOLE -> UrlText.encode(run, text, true);
            case URL_PART -> UrlText.encode(run, text, type == SafeText.Type.URL);
            case SRCSET ->
                type == SafeText.Type.URL
                        ? UrlText.encode(run, text, true).replace(",", "%2c")
                        : UrlText.imageSet(run, text);
            case CSS_STRING -> CssText.escape(run, text);
            case CSS_VALUE -> CssText.filter(text);
            case JS_STRING -> JsText.string(run, text);
            case JS_REGEXP -> JsText.regexp(run, text);
            case HTML_FUNCTION -> Functions.html(run, text);
            case URL_QUERY_FUNCTION -> Functions.urlQuery(text);
            case JS_VALUE -> throw new IllegalStateException("done above");
        };
    }

    private static String text(Run run, Object value) {
        String text = GoTypes.asString(value);
        if (text != null) {
            return text;
        }
        BoundedText out = run.text();
        if (value != GoNil.NIL) {
            GoValues.print(out, value);
        }
        return out.toString();
    }

    private static String name(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        boolean plain = !name.isEmpty()
                && name.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))
                && HtmlAttributes.typeOf(name) == HtmlAttributes.Type.PLAIN;
        return plain ? name : REFUSAL;
    }
}
