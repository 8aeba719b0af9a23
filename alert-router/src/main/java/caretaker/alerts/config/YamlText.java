package caretaker.alerts.config;

import java.util.regex.Pattern;

/** Writes single values so that YAML 1.1 and 1.2 both read them back as the same text. */
final class YamlText {
    private static final Pattern SAFE = Pattern.compile("[A-Za-z_./<][A-Za-z0-9_./@<>-]*(:[A-Za-z0-9_./@-]+)*");
    private static final Pattern WORD =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|~|\\.nan|[-+]?\\.inf|\\.?[0-9].*");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e\\u00a1-\\ud7ff\\ue000-\\ufffd]*");

    private YamlText() {}

    static String scalar(String text) {
        if (SAFE.matcher(text).matches() && !WORD.matcher(text).matches()) {
            return text;
        }
        return PRINTABLE.matcher(text).matches() ? "'" + text.replace("'", "''") + "'" : quoted(text);
    }

    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c >= 0x20 && c < 0x7f) {
                        out.append((char) c);
                    } else if (c < 0x100) {
                        out.append(String.format("\\x%02x", c));
                    } else if (c < 0x10000) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.append(String.format("\\U%08x", c));
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
