package caretaker.alerts.template;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Data and templates that several tests share. */
final class Samples {
    private Samples() {}

    static final TemplateData TWO_ALERTS = new TemplateData(
            "team-gpu",
            "firing",
            List.of(
                    new TemplateData.Alert(
                            "firing",
                            Map.of(
                                    "alertname",
                                    "GpuHot",
                                    "instance",
                                    "n1:9400",
                                    "severity",
                                    "critical",
                                    "z",
                                    "<b>&'\""),
                            Map.of("summary", "GPU 3 of n1 is at 97 °C", "runbook_url", "https://x/y?a=b&c=d"),
                            Instant.parse("2026-01-31T05:09:08.123456789Z"),
                            null,
                            "http://prom:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
                            "56d967e608104d88"),
                    new TemplateData.Alert(
                            "resolved",
                            Map.of("alertname", "GpuHot", "instance", "n2:9400", "severity", "critical"),
                            Map.of("summary", "GPU 0 of n2"),
                            Instant.parse("2026-02-01T15:04:05.5Z"),
                            Instant.parse("2026-02-01T16:00:00Z"),
                            "",
                            "9a79410fb0c3f7bb")),
            Map.of("alertname", "GpuHot"),
            Map.of("alertname", "GpuHot", "severity", "critical"),
            Map.of(),
            "http://am.example.com:9093",
            "",
            Map.of());

    /** Firing alone, resolved alone, nothing in common, nothing at all. */
    static List<TemplateData> several() {
        TemplateData.Alert firing = TWO_ALERTS.alerts().getFirst();
        TemplateData.Alert resolved = TWO_ALERTS.alerts().getLast();
        var bare = new TemplateData.Alert(
                "firing", Map.of("a", "b c", "severity", "warning"), Map.of(), firing.startsAt(), null, "", "");
        Map<String, String> summary = Map.of("summary", "it's <hot> & \"bad\"", "description", "é +x");
        return List.of(
                TWO_ALERTS,
                data("firing", List.of(firing), firing.labels(), Map.of("alertname", "GpuHot"), summary),
                data(
                        "resolved",
                        List.of(resolved, resolved),
                        resolved.labels(),
                        Map.of("alertname", "GpuHot"),
                        summary),
                data("firing", List.of(firing, bare, resolved), Map.of(), Map.of(), Map.of()),
                data("firing", List.of(bare), bare.labels(), bare.labels(), Map.of()),
                data("resolved", List.of(), Map.of(), Map.of("x", ""), summary));
    }

    private static TemplateData data(
            String status,
            List<TemplateData.Alert> alerts,
            Map<String, String> common,
            Map<String, String> group,
            Map<String, String> annotations) {
        return new TemplateData("r\\.x/y z", status, alerts, group, common, annotations, "http://am/", "", Map.of());
    }

    /** The templates of a file, one a line, without its comments. */
    static List<String> lines(String resource) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("# "))
                    .map(line -> line.replace('␤', '\n'))
                    .toList();
        }
    }
}
