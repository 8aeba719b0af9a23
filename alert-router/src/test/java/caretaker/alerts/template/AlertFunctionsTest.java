package caretaker.alerts.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 1.14, what is newer than Debian's amtool: the functions since 0.25, and how labels print. */
class AlertFunctionsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T06:10:10.123456789Z");

    private final Templates templates;

    AlertFunctionsTest() throws TemplateException {
        templates = Templates.parse(List.of(), Limits.DEFAULT, InstantSource.fixed(NOW));
    }

    private String text(String template) throws TemplateException {
        return templates.text(template, Samples.TWO_ALERTS);
    }

    private String first(String pipeline) throws TemplateException {
        return text("{{ with index .Alerts 0 }}{{ " + pipeline + " }}{{ end }}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "trimSpace \"  a b\\n\"                              | a b",
                "urlUnescape \"a%20b+c%2f\"                          | a b c/",
                "base64encode \"a?>é\"                               | YT8-w6k=",
                "base64decode \"YT8-w6k=\"                           | a?>é",
                "list 1 \"a\" | printf \"%v %T\"                     | printf \"%v %T\"",
                "join \"-\" (stringSlice \"a\")                      | a",
                "len (append (list 1) 2 3)                           | 3",
                "append (list) \"a\"                                 | [a]",
                "(dict \"a\" 1 \"b\" \"x\").b                        | x",
                "dict \"b\" 1 \"a\" (list 2)                         | map[a:[2] b:1]",
                "humanizeDuration 0                                  | 0s",
                "humanizeDuration 93784.5                            | 1d 2h 3m 4s",
                "humanizeDuration -3661                              | -1h 1m 1s",
                "humanizeDuration \"90\"                             | 1m 30s",
                "humanizeDuration 12.3456                            | 12.35s",
                "humanizeDuration .02                                | 20ms",
                "humanizeDuration .0000012                           | 1.2us",
                "(toDate \"2006-01-02\" \"2026-03-04\").Year         | 2026",
                "(toDate \"2006-01-02\" \"nonsense\").IsZero         | true",
                "mustToDate \"02/01/2006 15:04\" \"05/03/2026 07:08\" | 2026-03-05 07:08:00 +0000 UTC",
                "(mustToDate \"Jan 2, 2006 3:04PM -0700\" \"Mar 5, 2026 7:08PM +0200\").Unix | 1772730480",
                "routeLabels \"none\"                                | ^^",
                "safeUrl \"javascript:x\" | printf \"%T\"             | printf \"%T\"",
            })
    void functionsGiveWhatAlertmanagersGive(String pipeline, String expected) throws TemplateException {
        if (expected.startsWith("printf")) {
            assertThat(text("{{ " + pipeline + " | " + expected + " }}")).isNotEmpty();
        } else {
            assertThat(text("{{ " + pipeline + " }}")).isEqualTo(expected.equals("^^") ? "" : expected);
        }
    }

    @Test
    void timesAreShownInTheirZone() throws TemplateException {
        // L3
        assertThat(first(".StartsAt | tz \"Europe/Paris\" | date \"15:04:05 MST -0700\""))
                .isEqualTo("06:09:08 CET +0100");
        assertThat(first(".StartsAt | tz \"America/New_York\" | date \"2006-01-02 15:04 MST\""))
                .isEqualTo("2026-01-31 00:09 EST");
        assertThat(first(".StartsAt | tz \"Asia/Kolkata\" | date \"15:04 Z07:00\""))
                .isEqualTo("10:39 +05:30");
        assertThat(ZoneNames.find("America/Sao_Paulo", -10_800, false)).isIn(null, "-03");
        assertThat(ZoneNames.find("Europe/Paris", 7200, true)).isIn(null, "CEST");
        assertThat(ZoneNames.find("../../../etc/passwd", 0, false)).isNull();
        assertThat(first(".StartsAt | tz \"\" | date \"MST\"")).isEqualTo("UTC");
        assertThatThrownBy(() -> first(".StartsAt | tz \"Mars/Olympus\""))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("error calling tz: unknown time zone Mars/Olympus");
    }

    @Test
    void sinceAndNowAreTheClocks() throws TemplateException {
        assertThat(text("{{ now }}")).isEqualTo("2026-01-31 06:10:10.123456789 +0000 UTC");
        assertThat(first("since .StartsAt")).isEqualTo("1h1m2s");
        assertThat(first("since .StartsAt | humanizeDuration")).isEqualTo("1h 1m 2s");
    }

    @Test
    void jsonHasAlertmanagersNames() throws TemplateException {
        assertThat(text("{{ toJson .Alerts.Resolved }}"))
                .isEqualTo("[{\"status\":\"resolved\",\"labels\":{\"alertname\":\"GpuHot\",\"instance\":\"n2:9400\","
                        + "\"severity\":\"critical\"},\"annotations\":{\"summary\":\"GPU 0 of n2\"},"
                        + "\"startsAt\":\"2026-02-01T15:04:05.5Z\",\"endsAt\":\"2026-02-01T16:00:00Z\","
                        + "\"generatorURL\":\"\",\"fingerprint\":\"9a79410fb0c3f7bb\"}]");
        assertThat(text("{{ toJson .CommonLabels.SortedPairs }}"))
                .isEqualTo("[{\"Name\":\"alertname\",\"Value\":\"GpuHot\"},"
                        + "{\"Name\":\"severity\",\"Value\":\"critical\"}]");
        assertThat(text("{{ toJson \"<a>&\\u2028\" }} {{ toJson 1.0 }} {{ toJson 1e21 }} {{ toJson nil }}"))
                .isEqualTo("\"\\u003ca\\u003e\\u0026\\u2028\" 1 1e+21 null");
    }

    @Test
    void labelsPrintAsPairsSince026() throws TemplateException {
        assertThat(text("{{ .CommonLabels }}|{{ .CommonLabels.SortedPairs }}|{{ .GroupLabels.String }}"))
                .isEqualTo("alertname=GpuHot, severity=critical|alertname=GpuHot, severity=critical|alertname=GpuHot");
    }

    @Test
    void newerLanguageThanGo119() throws TemplateException {
        assertThat(text("{{ range 3 }}{{ . }}{{ end }}"
                        + "{{ range $i := 2 }}{{ $i }}{{ end }}{{ range 0 }}x{{ else }}-{{ end }}"))
                .isEqualTo("01201-");
        assertThat(text("{{ with .CommonLabels.none }}a{{ else with .Status }}{{ . }}{{ else }}c{{ end }}"))
                .isEqualTo("firing");
    }

    @Test
    void newFieldsOfTheData() throws TemplateException {
        // L3
        var data = new TemplateData(
                "r",
                "firing",
                List.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                "",
                "first notification",
                Map.of("team", "gpu"));
        assertThat(templates.text("{{ .NotificationReason }} {{ .RouteLabels.team }} {{ routeLabels \"team\" }}", data))
                .isEqualTo("first notification gpu gpu");
    }

    @Test
    void safeUrlIsTakenAsItIs() throws TemplateException {
        assertThat(templates.html(
                        "<a href=\"{{ safeUrl \"tel:123\" }}\">{{ safeUrl \"a&b\" }}</a>", Samples.TWO_ALERTS))
                .isEqualTo("<a href=\"tel:123\">a&amp;b</a>");
    }

    @Test
    void pushesInMarkdownAndJirasPriority() throws TemplateException {
        assertThat(text("{{ template \"jira.default.priority\" . }}")).isEqualTo("High");
        assertThat(text("{{ template \"msteamsv2.default.text\" . }}"))
                .startsWith("\n\n# Alerts Firing:\n\nLabels:\n  - alertname = GpuHot\n")
                .contains("\n\nAnnotations:\n  - runbook_url = ")
                .contains("\n# Alerts Resolved:\n\nLabels:\n")
                .endsWith("\nSource: \n\n\n\n");
    }
}
