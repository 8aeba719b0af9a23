package caretaker.alerts.template;

import java.util.List;

/** JSON as Go's encoder writes it: keys sorted, {@code < > &} escaped, times in RFC 3339. */
final class GoJson {
    private GoJson() {}

    static String encode(Run run, Object value) {
        BoundedText out = run.text();
        write(run, out, value);
        return out.toString();
    }

    private static void write(Run run, BoundedText out, Object value) {
        run.spend(1);
        switch (value) {
            case GoNil _ -> out.append("null");
            case String text -> text(out, text);
            case SafeText safe -> text(out, safe.text());
            case Boolean bool -> out.append(bool.toString());
            case Long number -> out.append(number.toString());
            case GoInt number -> out.append(Long.toString(number.value()));
            case Double number -> number(out, number);
            case GoTime time -> text(out, GoLayout.format(time, "2006-01-02T15:04:05.999999999Z07:00"));
            case GoList list -> list(run, out, list.items());
            case GoMap map -> map(run, out, map);
            case GoStruct struct -> struct(run, out, struct);
            default -> out.append("{}");
        }
    }

    private static void number(BoundedText out, double number) {
        if (!Double.isFinite(number)) {
            throw new GoError("json: unsupported value: " + GoFloats.shortest(number));
        }
        double size = Math.abs(number);
        boolean exponent = size != 0 && (size < 1e-6 || size >= 1e21);
        String text = GoFloats.format(number, exponent ? 'e' : 'f', -1);
        out.append(exponent ? text.replaceFirst("e-0(\\d)$", "e-$1") : text);
    }

    private static void list(Run run, BoundedText out, List<?> items) {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            out.append(i > 0 ? "," : "");
            write(run, out, items.get(i));
        }
        out.append(']');
    }

    private static void map(Run run, BoundedText out, GoMap map) {
        out.append('{');
        String separator = "";
        for (String key : map.sortedKeys()) {
            out.append(separator);
            text(out, key);
            out.append(':');
            write(run, out, map.get(key));
            separator = ",";
        }
        out.append('}');
    }

    private static void struct(Run run, BoundedText out, GoStruct struct) {
        out.append('{');
        for (int i = 0; i < struct.values().size(); i++) {
            out.append(i > 0 ? "," : "");
            text(out, struct.shape().json().get(i));
            out.append(':');
            write(run, out, struct.values().get(i));
        }
        out.append('}');
    }

    static void text(BoundedText out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '<', '>', '&', '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
                default -> out.append(c < 0x20 ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        out.append('"');
    }
}
