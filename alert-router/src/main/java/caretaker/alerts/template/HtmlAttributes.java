package caretaker.alerts.template;

import caretaker.alerts.template.HtmlContext.Attribute;
import java.util.Set;

/** What the values of HTML's attributes are. */
final class HtmlAttributes {
    enum Type {
        PLAIN(Attribute.NONE),
        URL(Attribute.URL),
        STYLE(Attribute.STYLE),
        SCRIPT(Attribute.SCRIPT),
        SRCSET(Attribute.SRCSET),
        HTML(Attribute.NONE),
        /** Changes what other attributes mean: a template may not choose it. */
        UNSAFE(Attribute.NONE);

        private final Attribute attribute;

        Type(Attribute attribute) {
            this.attribute = attribute;
        }

        Attribute attribute() {
            return attribute;
        }
    }

    private static final Set<String> URLS = Set.of(
            "action",
            "archive",
            "background",
            "cite",
            "classid",
            "codebase",
            "data",
            "formaction",
            "href",
            "icon",
            "longdesc",
            "manifest",
            "poster",
            "profile",
            "src",
            "usemap",
            "xmlns");
    private static final Set<String> UNSAFE = Set.of(
            "accept-charset",
            "async",
            "challenge",
            "charset",
            "content",
            "crossorigin",
            "defer",
            "enctype",
            "form",
            "formenctype",
            "formmethod",
            "formnovalidate",
            "http-equiv",
            "keytype",
            "language",
            "method",
            "novalidate",
            "pattern",
            "rel",
            "sandbox",
            "type",
            "value");
    /** Plain ones whose names look like a script's or a URL's. */
    private static final Set<String> PLAIN = Set.of("srclang");

    private HtmlAttributes() {}

    /** The name in small letters. */
    static Type typeOf(String name) {
        String bare = name;
        if (name.startsWith("data-")) {
            bare = name.substring(5);
        } else {
            int colon = name.indexOf(':');
            if (colon >= 0) {
                if (name.startsWith("xmlns:")) {
                    return Type.URL;
                }
                bare = name.substring(colon + 1);
            }
        }
        return switch (bare) {
            case "style" -> Type.STYLE;
            case "srcset" -> Type.SRCSET;
            case "srcdoc" -> Type.HTML;
            default -> byTable(bare);
        };
    }

    private static Type byTable(String name) {
        if (URLS.contains(name)) {
            return Type.URL;
        }
        if (UNSAFE.contains(name)) {
            return Type.UNSAFE;
        }
        if (PLAIN.contains(name)) {
            return Type.PLAIN;
        }
        if (name.startsWith("on")) {
            return Type.SCRIPT;
        }
        return name.contains("src") || name.contains("uri") || name.contains("url") ? Type.URL : Type.PLAIN;
    }
}
