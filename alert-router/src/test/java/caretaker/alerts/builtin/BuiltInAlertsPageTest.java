package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.Events.T0;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEvent.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/built-in-alerts.md} says what is so. */
class BuiltInAlertsPageTest {
    private static final Path DOCS = Path.of("../docs");

    private final List<String> page = Files.readAllLines(DOCS.resolve("built-in-alerts.md"));

    BuiltInAlertsPageTest() throws IOException {}

    private String[] row(String first) {
        List<String> rows = page.stream()
                .filter(line -> line.startsWith("| `" + first + "` |"))
                .toList();
        assertThat(rows).as(first).hasSize(1);
        return rows.getFirst().split("\\|", -1);
    }

    @Test
    void everyAlertIsThereWithItsNameSeverityAndTimes() {
        for (Kind kind : Kind.all()) {
            String[] cells = row(kind.alertname());
            assertThat(cells[2].strip()).isEqualTo("`" + kind.name() + "`");
            assertThat(cells[3].strip())
                    .as(kind.name())
                    .isEqualTo(kind.severity().name().toLowerCase(Locale.ROOT));
            assertThat(cells[4].strip()).as(kind.name()).isEqualTo(text(kind.waits()));
            Duration lasts = kind.lasts();
            assertThat(cells[5].strip()).as(kind.name()).isEqualTo(lasts == null ? "–" : text(lasts));
        }
        assertThat(page.stream().filter(line -> line.matches("\\| `[A-Z].*"))).hasSameSizeAs(Kind.all());
    }

    @Test
    void everyRunbookIsASectionThatIsThereAndHasTheAlert() throws IOException {
        for (Kind kind : Kind.all()) {
            String[] parts = kind.runbook().split("#", -1);
            List<String> section = section(Files.readAllLines(DOCS.resolve(parts[0])), parts[1]);
            String wanted = kind.isCondition() ? kind.name() : kind.alertname();
            assertThat(section).as(kind.runbook()).anyMatch(line -> line.startsWith("| `" + wanted + "` |"));
        }
    }

    /** Its lines, by the anchor that a browser of the repository makes of its title. */
    private static List<String> section(List<String> lines, String anchor) {
        List<String> section = new ArrayList<>();
        boolean isInside = false;
        for (String line : lines) {
            if (line.startsWith("## ")) {
                String title = line.substring(3).toLowerCase(Locale.ROOT);
                isInside = title.replaceAll("[^a-z0-9 -]", "").replace(' ', '-').equals(anchor);
            } else if (isInside) {
                section.add(line);
            }
        }
        return section;
    }

    @Test
    void everySettingIsThereWithItsDefault() {
        Config.render(BuiltInSettings.DEFAULTS).lines().forEach(line -> {
            String[] entry = line.split(": ", 2);
            assertThat(row("built-in." + entry[0])[2].strip()).as(entry[0]).isEqualTo(entry[1]);
        });
    }

    @Test
    void everyLabelOfAConditionIsNamed() {
        Map<Entity, String> entities = Map.of(
                Events.GPU_3,
                "GpuXid",
                new Entity(Entity.Kind.CONTAINER, "c0ffee", "grafana"),
                "ContainerExited",
                new Entity(Entity.Kind.SERVICE, "http://x", "dcgm-exporter"),
                "DcgmUnavailable",
                new Entity(Entity.Kind.HOST, "n1", "n1"),
                "GpuSxid");
        entities.forEach((entity, alert) -> {
            String code = row(alert)[6].contains("`code`") ? "7" : "";
            var evidence = Map.of("container", entity.kind() == Entity.Kind.GPU ? "job" : "");
            var event = Events.of("n1", "a", Condition.GPU_LOST, State.RAISED, entity, code, T0, 2, evidence, false);
            var fold = new Fold(BuiltInSettings.DEFAULTS);
            HealthNews.of(event, T0).forEach(change -> fold.take(change, T0));
            List<String> usual = List.of("alertname", "severity", "source", "host");
            fold.firing(T0).getFirst().labels().asMap().keySet().stream()
                    .filter(label -> !usual.contains(label))
                    .forEach(label -> assertThat(row(alert)[6]).as(alert).contains("`" + label + "`"));
        });
    }

    private static String text(Duration duration) {
        return duration.isZero()
                ? "0s"
                : duration.toDays() > 0
                        ? duration.toDays() + "d"
                        : duration.toHours() > 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
    }
}
