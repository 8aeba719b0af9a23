package caretaker.alerts.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.testkit.Cases;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No template runs for ever, fills the memory or overflows the stack: it ends with an error that says why. */
@Timeout(60)
class TemplateLimitsTest {
    private static final Limits SMALL = new Limits(100_000, 200_000, 100, Duration.ofSeconds(10));

    /** The processor's time that this thread took: a clock would count what others do meanwhile. */
    private static final InstantSource PROCESSOR =
            () -> Instant.EPOCH.plusNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());

    private static Templates templates(Limits limits) {
        try {
            return Templates.parse(List.of(), limits, PROCESSOR);
        } catch (TemplateException e) {
            throw new AssertionError(e);
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> failure(String template) {
        return assertThatThrownBy(() -> templates(SMALL).text(template, Samples.TWO_ALERTS))
                .isInstanceOf(TemplateException.class);
    }

    @Test
    void aTemplateThatCallsItselfEnds() {
        // L6
        failure("{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}")
                .hasMessageContaining("exceeded maximum template depth (100)");
        failure("a{{ template \"\" . }}").hasMessageContaining("exceeded maximum template depth (100)");
        assertThatThrownBy(() -> templates(SMALL)
                        .html(
                                "<b>{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}",
                                Samples.TWO_ALERTS))
                .hasMessageContaining("exceeded maximum template depth (100)");
    }

    @Test
    void aLoopThatIsTooLongEnds() {
        failure("{{ range 1000000000 }}{{ end }}").hasMessageContaining("more than 200000 steps");
        failure("{{ range 1000 }}{{ range 1000 }}{{ end }}{{ end }}").hasMessageContaining("more than 200000 steps");
    }

    @Test
    void aCallTreeThatDoublesEnds() {
        var text = new StringBuilder("{{ define \"t0\" }}{{ end }}");
        for (int i = 1; i < 60; i++) {
            String below = "{{ template \"t" + (i - 1) + "\" . }}";
            text.append("{{ define \"t")
                    .append(i)
                    .append("\" }}")
                    .append(below)
                    .append(below)
                    .append("x{{ end }}");
        }
        failure(text + "{{ template \"t59\" . }}").hasMessageContaining("template ran for more than 200000 steps");
    }

    @Test
    void aResultThatIsTooLongEnds() {
        failure("{{ range 1000 }}0123456789 0123456789 0123456789 0123456789 0123456789 0123456789"
                        + " 0123456789 0123456789 0123456789 0123456789{{ end }}")
                .hasMessageContaining("text of more than 100000 characters");
    }

    @Test
    void aTextThatDoublesEnds() {
        failure("{{ $x := \"abc\" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}")
                .hasMessageContaining("more than 100000 characters");
        failure("{{ $x := \"abc\" }}{{ range 100 }}{{ $x = reReplaceAll \".\" \"$0$0\" $x }}{{ end }}")
                .hasMessageContaining("more than");
        failure("{{ $x := list }}{{ range 1000 }}{{ $x = append $x (printf \"%99999d\" 1) }}{{ end }}")
                .hasMessageContaining("more than 400000 characters");
        failure("{{ printf \"%999999d\" 1 }}").hasMessageContaining("more than 100000 characters");
    }

    @Test
    void aRegexThatBacktrackersHangOnIsQuick() throws TemplateException {
        String text = "a".repeat(5000) + "!";
        assertThat(templates(Limits.DEFAULT).text("{{ match \"^(a+)+$\" \"" + text + "\" }}", Samples.TWO_ALERTS))
                .isEqualTo("false");
        for (String large : List.of(
                "(((a{100}){100}){100})",
                "((((a{0,9}){0,9}){0,9}){9,9}){9}",
                "(a{999}[^]x]{999}){999}",
                "(\\\\Q[" + "x".repeat(900) + "\\\\E){100}")) {
            failure("{{ match \"" + large + "\" \"a\" }}")
                    .hasMessageContaining("error calling match: error parsing regexp: expression");
        }
        assertThat(RegexSize.of("a{100}b|[c]{2}(d\\\\{3}){2,}").steps()).isBetween(100L, 130L);
        failure("{{ $x := printf \"%90000d\" 1 }}{{ range 100 }}"
                        + "{{ $y := match \"(x+x+)+y|(x+x+)+z|(x*)*w\" $x }}{{ end }}")
                .hasMessageContaining("steps");
    }

    @Test
    void timeRunsOut() throws TemplateException {
        // L6
        var ticks = new AtomicLong();
        InstantSource fast = () -> Instant.ofEpochSecond(ticks.getAndIncrement());
        var templates = Templates.parse(List.of(), Limits.DEFAULT, fast);
        assertThatThrownBy(() -> templates.text("{{ range 1000000 }}{{ end }}", Samples.TWO_ALERTS))
                .hasMessageContaining("template ran for longer than 10000 ms");
    }

    @Test
    void nestingHasABound() {
        failure("{{ if 1 }}".repeat(5000)).hasMessageContaining("nested more than 200 deep");
        failure("{{ if 1 }}a{{ else if 2 }}".repeat(1) + "{{ else if 2 }}".repeat(5000) + "{{ end }}")
                .hasMessageContaining("nested more than 200 deep");
        failure("{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}").hasMessageContaining("parentheses nested");
        failure("{{ $x := list }}{{ range 20000 }}{{ $x = list $x }}{{ end }}{{ $x }}")
                .hasMessageContaining("nested too deep");
        failure("{{ " + "9".repeat(100_000) + " }}").hasMessageContaining("integer overflow");
    }

    @Test
    void aLongChainOfTemplatesIsRefusedNotThrown() {
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append("{{ define \"t" + i + "\" }}{{ template \"t" + (i + 1) + "\" . }}{{ end }}");
        }
        text.append("{{ template \"t0\" . }}");
        Templates templates = templates(SMALL);
        for (boolean html : List.of(false, true)) {
            assertThatThrownBy(() -> templates.check(text.toString(), html)).isInstanceOf(TemplateException.class);
        }
    }

    @Test
    void garbageIsRefusedNeverThrown() {
        Templates templates = templates(SMALL);
        String alphabet = "{{}}{{ }} .$|()\"`'-/*:=,<>&a1\\ifend range with template else % <a href=\" <script> é\n";
        Cases.forEach(
                random -> {
                    var text = new StringBuilder();
                    for (int i = random.nextInt(60); i > 0; i--) {
                        int at = random.nextInt(alphabet.length());
                        text.append(alphabet, at, Math.min(alphabet.length(), at + random.nextInt(1, 6)));
                    }
                    return text.toString();
                },
                template -> {
                    for (boolean html : List.of(false, true)) {
                        try {
                            String ignored = html
                                    ? templates.html(template, Samples.TWO_ALERTS)
                                    : templates.text(template, Samples.TWO_ALERTS);
                            assertThat(ignored).isNotNull();
                        } catch (TemplateException e) {
                            assertThat(e).hasMessageContaining("template");
                        }
                    }
                });
    }

    @Test
    void tenThousandAlertsMakeAMail() throws TemplateException {
        var alerts = java.util.Collections.nCopies(
                10_000, Samples.TWO_ALERTS.alerts().getFirst());
        TemplateData two = Samples.TWO_ALERTS;
        var many = new TemplateData(
                "r",
                "firing",
                alerts,
                two.groupLabels(),
                two.commonLabels(),
                two.commonAnnotations(),
                "",
                "",
                two.routeLabels());
        assertThat(templates(Limits.DEFAULT).html("{{ template \"email.default.html\" . }}", many))
                .contains("10000 alerts for");
    }
}
