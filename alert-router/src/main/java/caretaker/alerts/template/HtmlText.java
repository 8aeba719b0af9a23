package caretaker.alerts.template;

import caretaker.alerts.template.HtmlContext.Delimiter;
import caretaker.alerts.template.HtmlContext.Element;
import caretaker.alerts.template.HtmlContext.State;
import caretaker.alerts.template.HtmlMarkup.Step;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts made fit for HTML. */
final class HtmlText {
    private static final Map<String, String> ENTITIES = Map.of(
            "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0", "colon", ":", "sol", "/",
            "lpar", "(", "Tab", "\t");

    private HtmlText() {}

    /** For text, RCDATA and quoted attributes. {@code keepEntities} leaves ampersands alone. */
    static String escape(Run run, String text, boolean keepEntities) {
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String replaced = replacement(c, keepEntities);
            if (replaced == null) {
                out.append(c);
            } else {
                out.append(replaced);
            }
        }
        return out.toString();
    }

    private static @Nullable String replacement(char c, boolean keepEntities) {
        return switch (c) {
            case 0 -> "\ufffd";
            case '"' -> "&#34;";
            case '&' -> keepEntities ? null : "&amp;";
            case '\'' -> "&#39;";
            case '+' -> "&#43;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            default -> null;
        };
    }

    /** For attributes without quotes. */
    static String escapeUnquoted(Run run, String text, boolean keepEntities) {
        BoundedText out = run.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String replaced = switch (c) {
                case 0 -> "&#xfffd;";
                case '\t', '\n', '\u000b', '\f', '\r', ' ', '=', '`' -> "&#" + (int) c + ";";
                default -> replacement(c, keepEntities);
            };
            boolean odd = (c >= 0xfdd0 && c <= 0xfdef) || c >= 0xfff0;
            if (replaced != null) {
                out.append(replaced);
            } else if (odd) {
                out.append("&#x" + Integer.toHexString(c) + ";");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** HTML without its tags, for an attribute that is given safe HTML. */
    static String withoutTags(String html) {
        var out = new StringBuilder(html.length());
        HtmlContext c = HtmlContext.TEXT;
        int at = 0;
        boolean allText = true;
        try {
            while (at < html.length()) {
                if (c.delimiter() != Delimiter.NONE) {
                    int end = HtmlMarkup.firstOf(html, c.delimiter().ends(), at);
                    if (end < 0) {
                        break;
                    }
                    at = c.delimiter() == Delimiter.SPACE_OR_TAG_END ? end : end + 1;
                    c = HtmlContext.in(State.TAG, c.element());
                    continue;
                }
                boolean special = c.element() != Element.NONE && !c.state().isInTag();
                Step step =
                        special ? HtmlMarkup.step(c.with(State.RCDATA), html, at) : HtmlMarkup.transition(c, html, at);
                if (c.state() == State.TEXT || c.state() == State.RCDATA) {
                    boolean left = step.context().state() != c.state();
                    int open = left ? html.lastIndexOf('<', step.end() - 1) : -1;
                    out.append(html, at, open >= at ? open : step.end());
                } else {
                    allText = false;
                }
                c = step.context();
                at = step.end();
            }
        } catch (GoError e) {
            return out.toString(); // broken markup: what was text so far
        }
        return allText ? html : out.toString();
    }

    /** Entities in a template's attributes, as far as they hide what a script or a URL would see. */
    static String unescape(String text) {
        int amp = text.indexOf('&');
        if (amp < 0) {
            return text;
        }
        var out = new StringBuilder(text.length());
        int at = 0;
        while (amp >= 0) {
            out.append(text, at, amp);
            int end = text.indexOf(';', amp);
            String name = end < 0 || end - amp > 10 ? "" : text.substring(amp + 1, end);
            String character = name.startsWith("#") ? numeric(name) : ENTITIES.get(name);
            out.append(character == null ? "&" : character);
            at = character == null ? amp + 1 : end + 1;
            amp = text.indexOf('&', at);
        }
        return out.append(text, at, text.length()).toString();
    }

    private static @Nullable String numeric(String name) {
        boolean hex = name.startsWith("#x") || name.startsWith("#X");
        String digits = name.substring(hex ? 2 : 1);
        if (!digits.matches(hex ? "[0-9a-fA-F]{1,6}" : "[0-9]{1,7}")) {
            return null;
        }
        int c = Integer.parseInt(digits, hex ? 16 : 10);
        return Character.isValidCodePoint(c) ? Character.toString(c) : "\ufffd";
    }
}
