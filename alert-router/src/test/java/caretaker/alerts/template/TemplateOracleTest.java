package caretaker.alerts.template;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules of 1.14: the same template and data give what Debian's amtool gives. */
class TemplateOracleTest {
    private static final Path DEBIAN_TEMPLATES = Path.of("/usr/share/prometheus/alertmanager/default.tmpl");
    private static final String BETWEEN = "\u241e";

    @TempDir
    Path folder;

    private final Templates templates;

    TemplateOracleTest() throws TemplateException {
        templates = Templates.parse(List.of(), Limits.DEFAULT, InstantSource.system());
    }

    @Test
    void textTemplatesGiveWhatAmtoolGives() throws IOException {
        // L1
        Amtool amtool = Amtool.with(folder, Samples.TWO_ALERTS, "none");
        var softly = new SoftAssertions();
        for (String template : Samples.lines("text-cases.txt")) {
            compare(softly, template, amtool.text(template), ours(template, false));
        }
        softly.assertAll();
    }

    @Test
    void htmlTemplatesGiveWhatAmtoolGives() throws IOException {
        // L2
        Amtool amtool = Amtool.with(folder, Samples.TWO_ALERTS, "none");
        var softly = new SoftAssertions();
        for (String template : Samples.lines("html-cases.txt")) {
            compare(softly, template, amtool.html(template), ours(template, true));
        }
        softly.assertAll();
    }

    @Test
    void madeUpTemplatesGiveWhatAmtoolGives() throws IOException {
        Amtool amtool = Amtool.with(folder, Samples.TWO_ALERTS, "none");
        var softly = new SoftAssertions();
        List<String> fine = new ArrayList<>();
        for (long seed = 0; seed < 300; seed++) {
            String template = new Expressions(Cases.random(seed)).template();
            Amtool.Result ours = ours(template, false);
            if (ours.fine()) {
                fine.add("{{ if true }}" + template + "{{ end }}");
            } else {
                compare(softly, template, amtool.text(template), ours);
            }
        }
        String all = String.join(BETWEEN, fine);
        Amtool.Result theirs = amtool.text(all);
        if (!theirs.equals(ours(all, false))) {
            fine.forEach(template -> compare(softly, template, amtool.text(template), ours(template, false)));
        }
        compare(softly, "all of them as HTML", amtool.html(all), ours(all, true));
        softly.assertAll();
        assertThat(fine).hasSizeGreaterThan(100);
    }

    @Test
    void madeUpMarkupIsEscapedAsAmtoolDoes() throws IOException {
        Amtool amtool = Amtool.with(folder, Samples.TWO_ALERTS, "none");
        var softly = new SoftAssertions();
        for (long seed = 0; seed < 200; seed++) {
            String template = Markup.template(Cases.random(seed));
            compare(softly, template, amtool.html(template), ours(template, true));
        }
        softly.assertAll();
    }

    @Test
    void builtInTemplatesGiveTheResultsOfAlertmanagersOwn() throws IOException {
        // L4
        Assumptions.assumeTrue(Files.exists(DEBIAN_TEMPLATES), "Debian's default.tmpl is not there");
        var softly = new SoftAssertions();
        for (TemplateData data : Samples.several()) {
            Amtool amtool = Amtool.with(folder, data, DEBIAN_TEMPLATES.getParent() + "/*.tmpl");
            String all = everyBuiltIn();
            compare(softly, all, amtool.text(all), new Amtool.Result(true, rendered(all, data, false)));
            compare(softly, all, amtool.html(all), new Amtool.Result(true, rendered(all, data, true)));
        }
        softly.assertAll();
    }

    /** A call of each template that Debian's version has, except the mail's body, whose design is ours. */
    private String everyBuiltIn() throws IOException {
        String theirs = Files.readString(DEBIAN_TEMPLATES);
        List<String> calls = new ArrayList<>();
        for (String name : templates.names()) {
            if (theirs.contains("define \"" + name + "\"") || name.equals("email.default.subject")) {
                boolean list = name.equals("__text_alert_list") || name.equals("pagerduty.default.instances");
                calls.add(name + "={{ template \"" + name + "\" " + (list ? ".Alerts" : ".") + " }}");
            }
        }
        assertThat(calls).hasSizeGreaterThan(35);
        return String.join(BETWEEN, calls);
    }

    private static void compare(SoftAssertions softly, String template, Amtool.Result theirs, Amtool.Result ours) {
        softly.assertThat(ours.fine())
                .as("%s%namtool: %s%nours: %s", template, theirs, ours)
                .isEqualTo(theirs.fine());
        if (theirs.fine() && ours.fine()) {
            softly.assertThat(ours.text()).as(template).isEqualTo(theirs.text());
        }
    }

    private Amtool.Result ours(String template, boolean html) {
        try {
            return new Amtool.Result(true, render(template, Samples.TWO_ALERTS, html));
        } catch (TemplateException e) {
            return new Amtool.Result(false, String.valueOf(e.getMessage()));
        }
    }

    private String rendered(String template, TemplateData data, boolean html) {
        try {
            return render(template, data, html);
        } catch (TemplateException e) {
            throw new AssertionError(template, e);
        }
    }

    private String render(String template, TemplateData data, boolean html) throws TemplateException {
        return html ? templates.html(template, data) : templates.text(template, data);
    }
}
