package caretaker.alerts.template;

import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up templates: mostly sound, some of them wrong in their types. */
final class Expressions {
    private static final List<String> TEXTS = List.of(
            ".Status",
            ".Receiver",
            ".CommonLabels.severity",
            ".CommonLabels.none",
            "\"a<b>&'\"",
            "`x y`",
            "\"\"",
            "(index .Alerts 0).Labels.instance",
            "(index .Alerts 1).Annotations.summary",
            "\"3.5 é\"",
            "$t",
            ".ExternalURL");
    private static final List<String> NUMBERS =
            List.of("0", "1", "-7", "42", "1e3", "2.5", "(len .Alerts)", "'a'", "$n", "0x1f");
    private static final List<String> LISTS = List.of(
            "(stringSlice \"b\" \"a\" \"c\")",
            ".CommonLabels.Values",
            ".GroupLabels.Names",
            "(index .Alerts 0).Labels.SortedPairs.Names");
    private static final List<String> VERBS = List.of(
            "%s",
            "%v", "%q", "%d", "%5d", "%-6v|", "%06.2f", "%x", "%+d", "%g", "%e", "%t", "%T", "%8s", "%.2s", "%X", "%c",
            "%U");

    private final RandomGenerator random;

    Expressions(RandomGenerator random) {
        this.random = random;
    }

    String template() {
        var out = new StringBuilder("{{ $t := .Status }}{{ $n := 3 }}");
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            out.append(statement(2));
        }
        return out.toString();
    }

    private String statement(int depth) {
        int kind = depth == 0 ? random.nextInt(3) : random.nextInt(8);
        return switch (kind) {
            case 0 -> "{{ " + text(2) + " }}";
            case 1 -> "{{ " + number(1) + " }}";
            case 2 -> "{{- " + value() + " -}} ";
            case 3 ->
                "{{ if " + bool(2) + " }}" + statement(depth - 1) + "{{ else }}" + statement(depth - 1) + "{{ end }}";
            case 4 -> "{{ range " + list() + " }}[{{ . }}" + text(depth - 1) + " }}]{{ else }}-{{ end }}";
            case 5 -> "{{ with " + value() + " }}<{{ . }}>{{ else }}none{{ end }}";
            case 6 -> "{{ $t = " + text(1) + " }}{{ $n = " + number(1) + " }}{{ $t }}{{ $n }}";
            default -> "{{ range $i, $v := " + list() + " }}{{ $i }}:{{ $v | " + filter() + " }},{{ end }}";
        };
    }

    private String text(int depth) {
        if (depth <= 0) {
            return any(TEXTS);
        }
        return switch (random.nextInt(9)) {
            case 0 -> "(" + text(depth - 1) + " | " + filter() + ")";
            case 1 -> "(printf \"" + any(VERBS) + " " + any(VERBS) + "\" " + value() + " " + value() + ")";
            case 2 -> "(join \"-\" " + list() + ")";
            case 3 -> "(reReplaceAll \"[a-f]+\" \"<$0>\" " + text(depth - 1) + ")";
            case 4 -> "(print " + value() + " " + value() + ")";
            case 5 -> "(slice " + text(depth - 1) + " 0 " + random.nextInt(4) + ")";
            case 6 -> "(index " + list() + " " + random.nextInt(3) + ")";
            case 7 -> "(or " + text(depth - 1) + " " + text(depth - 1) + ")";
            default -> any(TEXTS);
        };
    }

    private String number(int depth) {
        return depth > 0 && random.nextInt(3) == 0
                ? "(len " + (random.nextBoolean() ? text(1) : list()) + ")"
                : any(NUMBERS);
    }

    private String bool(int depth) {
        String other = random.nextInt(12) == 0 ? value() : number(1);
        return switch (random.nextInt(7)) {
            case 0 -> "(eq " + text(1) + " " + text(1) + " " + text(0) + ")";
            case 1 -> "(lt " + number(1) + " " + other + ")";
            case 2 -> "(match \"[a-m]{2}\" " + text(1) + ")";
            case 3 -> depth > 0 ? "(and " + bool(depth - 1) + " " + bool(depth - 1) + ")" : "true";
            case 4 -> depth > 0 ? "(not " + bool(depth - 1) + ")" : "false";
            case 5 -> "(ge " + text(1) + " " + text(1) + ")";
            default -> value();
        };
    }

    private String value() {
        return switch (random.nextInt(4)) {
            case 0 -> number(1);
            case 1 -> "(eq 1 " + random.nextInt(3) + ")";
            case 2 -> list();
            default -> text(1);
        };
    }

    private String filter() {
        return any(List.of(
                "toUpper",
                "toLower",
                "title",
                "html",
                "urlquery",
                "js",
                "printf \"%q\"",
                "len",
                "printf \"%x\"",
                "not"));
    }

    private String list() {
        return any(LISTS);
    }

    private String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
