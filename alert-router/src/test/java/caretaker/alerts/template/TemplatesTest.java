package caretaker.alerts.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1.14: sets of templates, the mail, mistakes and where they are. */
class TemplatesTest {
    @TempDir
    Path folder;

    private static Templates of(TemplateFile... files) throws TemplateException {
        return Templates.parse(List.of(files), Limits.DEFAULT, InstantSource.system());
    }

    private static String text(Templates templates, String template) throws TemplateException {
        return templates.text(template, Samples.TWO_ALERTS);
    }

    @Test
    void filesReplaceTheBuiltInTemplates() throws TemplateException {
        Templates templates = of(
                new TemplateFile("a.tmpl", "{{ define \"slack.default.title\" }}mine{{ end }}"),
                new TemplateFile(
                        "b.tmpl",
                        "{{ define \"__subject\" }}S{{ end }}{{ define \"slack.default.title\" }}\n{{ end }}"));
        assertThat(text(templates, "{{ template \"slack.default.title\" . }}")).isEqualTo("mine");
        assertThat(text(templates, "{{ template \"email.default.subject\" . }}"))
                .isEqualTo("S");
        assertThat(text(of(), "{{ template \"__subject\" . }}")).isEqualTo("[FIRING:1] GpuHot (critical)");
    }

    @Test
    void aFilesOwnTextHasTheFilesName() throws TemplateException {
        assertThat(text(of(new TemplateFile("a.tmpl", "<{{ .Status }}>")), "{{ template \"a.tmpl\" . }}"))
                .isEqualTo("<firing>");
    }

    @Test
    void anInlineTextMayDefineForItselfOnly() throws TemplateException {
        Templates templates = of();
        assertThat(text(templates, "{{ define \"__subject\" }}x{{ end }}{{ template \"slack.default.title\" . }}"))
                .isEqualTo("x");
        assertThat(text(templates, "{{ template \"slack.default.title\" . }}")).startsWith("[FIRING");
        assertThat(text(templates, "")).isEmpty();
        assertThat(text(templates, " ")).isEqualTo(" ");
    }

    @Test
    void patternsFindFilesRelativeToTheConfiguration() throws IOException {
        // L5
        Files.createDirectories(folder.resolve("t/deep"));
        for (String name : List.of("t/b.tmpl", "t/a.tmpl", "t/c.txt", "t/deep/d.tmpl", "e{1}.tmpl")) {
            Files.writeString(folder.resolve(name), name);
        }
        assertThat(names("t/*.tmpl")).containsExactly("a.tmpl", "b.tmpl");
        assertThat(names(folder + "/t/[bc].*", "t/d*/?.tmpl")).containsExactly("b.tmpl", "c.txt", "d.tmpl");
        assertThat(names("none/*.tmpl", "none.tmpl")).isEmpty();
        assertThat(names("e{1}*")).containsExactly("e{1}.tmpl");
    }

    private List<String> names(String... patterns) throws IOException {
        return TemplateFile.find(folder, List.of(patterns)).stream()
                .map(TemplateFile::name)
                .toList();
    }

    @Test
    void aMistakeNamesFileAndLine() {
        var wrong = new TemplateFile("mail.tmpl", "{{ define \"x\" }}\nline\n{{ if }}{{ end }}{{ end }}");
        TemplateException parse = catchThrowableOfType(TemplateException.class, () -> of(wrong));
        assertThat(parse).hasMessage("template: mail.tmpl:3: missing value for if");
        assertThat(parse.file()).isEqualTo("mail.tmpl");
        assertThat(parse.line()).isEqualTo(3);

        var failing = new TemplateFile("mail.tmpl", "{{ define \"x\" }}\né {{ .Foo }}{{ end }}");
        TemplateException run =
                catchThrowableOfType(TemplateException.class, () -> text(of(failing), "{{ template \"x\" . }}"));
        assertThat(run)
                .hasMessage("template: mail.tmpl:2:6: executing \"x\" at <.Foo>: "
                        + "can't evaluate field Foo in type template.Data");
        assertThat(run.line()).isEqualTo(2);
    }

    @Test
    void checkFindsWhatARunWouldFindTooLate() throws TemplateException {
        Templates templates = of();
        templates.check("{{ template \"slack.default.title\" . }}", false);
        templates.check("{{ template \"email.default.html\" . }}", true);
        assertThatThrownBy(() -> templates.check("{{ if .X }}{{ template \"slack.tittle\" . }}{{ end }}", false))
                .isInstanceOf(TemplateException.class)
                .hasMessage("template \"slack.tittle\" not defined");
        assertThatThrownBy(() -> templates.check("{{ .X | nosuch }}", false))
                .hasMessage("template: :1: function \"nosuch\" not defined");
        assertThatThrownBy(() -> templates.check("<a href='{{ if .X }}{{ template \"no\" }}{{ end }}'>", true))
                .hasMessageContaining("no such template \"no\"");
    }

    @Test
    void everyBuiltInTemplateIsSound() throws TemplateException {
        // L4
        Templates templates = of();
        for (String name : templates.names()) {
            templates.check("{{ template " + GoQuote.quote(name) + " . }}", false);
            templates.check("{{ template " + GoQuote.quote(name) + " . }}", true);
        }
        assertThat(templates.names()).hasSizeGreaterThan(60);
    }

    @Test
    void theMailEscapesWhatLabelsSay() throws TemplateException {
        String mail = of().html("{{ template \"email.default.html\" . }}", Samples.TWO_ALERTS);
        assertThat(mail)
                .contains("<title>[FIRING:1] GpuHot (critical)</title>")
                .contains("2 alerts for alertname=GpuHot</div>")
                .contains("[1] Firing")
                .contains("[1] Resolved")
                .contains("&lt;b&gt;&amp;&#39;&#34;")
                .contains("<a href=\"http://am.example.com:9093/#/alerts?receiver=team-gpu\"")
                .contains("<a href=\"http://prom:9090/graph?g0.expr=up&#43;%3D%3D&#43;0&amp;g0.tab=1\"")
                .doesNotContain("<b>&");
    }

    @Test
    void aValueIsEscapedForItsPlaceInHtml() throws TemplateException {
        assertThat(of().html(
                                "<a href=\"{{ \"javascript:x\" }}\" title='{{ \"a'b\" }}'"
                                        + " id={{ \"a b\" }} style=\"{{ \"x:y\" }}\">{{ \"<\" }}</a>"
                                        + "<script>f({{ \"</script>\" }})</script>",
                                Samples.TWO_ALERTS))
                .isEqualTo("<a href=\"#ZgotmplZ\" title='a&#39;b' id=a&#32;b style=\"x:y\">&lt;</a>"
                        + "<script>f(\"\\u003c/script\\u003e\")</script>");
    }

    @Test
    void aWarmSlackTitleTakesFarLessThanAMillisecond() throws TemplateException {
        Templates templates = of();
        var processor = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long start = processor.getCurrentThreadCpuTime(); // a clock would count what others do meanwhile
            for (int i = 0; i < 2000; i++) {
                text(templates, "{{ template \"slack.default.fallback\" . }}");
            }
            best = Math.min(best, (processor.getCurrentThreadCpuTime() - start) / 2000);
        }
        assertThat(best).as("nanoseconds for one").isLessThan(1_000_000);
    }
}
