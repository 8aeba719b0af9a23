package caretaker.alerts.template;

import java.util.List;
import java.util.random.RandomGenerator;

/** Makes up HTML templates from pieces that change the context: tags, quotes, scripts, comments, branches. */
final class Markup {
    private static final List<String> PIECES = List.of(
            "<a href=\"",
            "\">",
            "<p title='",
            "'>",
            "<p x=",
            " ",
            ">",
            "</a>",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "x = ",
            "\"",
            "'",
            "/",
            "//",
            "/*",
            "*/",
            "<!--",
            "-->",
            "url(",
            ")",
            "<textarea>",
            "</textarea>",
            "<",
            "&amp;",
            "{{ \"a<'b&\" }}",
            "{{ .Status }}",
            "{{ 5 }}",
            "{{ \"javascript:x\" }}",
            "onclick=\"",
            "style=\"",
            "\n",
            "\\",
            "?",
            "#",
            "{{- 1 -}}",
            "{{ safeHtml \"<b>'\" }}",
            "{{ \"x\" | html }}",
            "color: ",
            ";",
            "a.b",
            "http://x/",
            "srcset=\"",
            "<title>",
            "</title>",
            "[",
            "]",
            "`",
            "=",
            "+",
            "++",
            "return ",
            "{{ if true }}",
            "{{ range .Alerts }}",
            "{{ with \"\" }}",
            "{{ else }}",
            "{{ end }}");

    private Markup() {}

    static String template(RandomGenerator random) {
        var text = new StringBuilder();
        int open = 0;
        for (int i = random.nextInt(1, 14); i > 0; i--) {
            String piece = PIECES.get(random.nextInt(PIECES.size()));
            boolean opens = piece.startsWith("{{ if") || piece.startsWith("{{ range") || piece.startsWith("{{ with");
            boolean ends = piece.equals("{{ end }}");
            if (open == 0 && (ends || piece.equals("{{ else }}"))) {
                continue;
            }
            open += opens ? 1 : ends ? -1 : 0;
            text.append(piece);
        }
        return text.append("{{ end }}".repeat(open)).toString();
    }
}
