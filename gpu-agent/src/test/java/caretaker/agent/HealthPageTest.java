package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.health.RuleSettings;
import caretaker.agent.xid.XidTable;
import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** {@code docs/health.md} says what is so. */
class HealthPageTest {
    private final List<String> page = Files.readAllLines(Path.of("../docs/health.md"));

    HealthPageTest() throws IOException {}

    private String row(String name) {
        List<String> rows = page.stream()
                .filter(line -> line.startsWith("| `" + name + "` |"))
                .toList();
        assertThat(rows).as(name).hasSize(1);
        return rows.getFirst();
    }

    @Test
    void everyConditionIsThereWithItsSeverityAndItsAction() {
        for (Condition condition : Condition.values()) {
            String cell = row(condition.wire()).split("\\|", -1)[2];
            if (condition != Condition.GPU_XID
                    && condition != Condition.GPU_SXID
                    && condition != Condition.GPU_RECOVERY_ACTION) {
                assertThat(cell.strip())
                        .as(condition.wire())
                        .isEqualTo(word(condition.severity()) + ", " + word(condition.action()));
            }
        }
    }

    @Test
    void everyRuleOverReadingsIsThereWithItsTimes() {
        RuleSettings.defaults().forEach((condition, timing) -> {
            String[] cells = row(condition.wire()).split("\\|", -1);
            assertThat(cells[4].strip()).as(condition.wire()).isEqualTo(text(timing.raiseAfter()));
            assertThat(cells[6].strip()).as(condition.wire()).isEqualTo(text(timing.clearAfter()));
            assertThat(cells[7].strip()).as("source of " + condition.wire()).isNotEmpty();
        });
    }

    @Test
    void everyConditionHasTheSourceOfItsRule() {
        for (Condition condition : Condition.values()) {
            String row = row(condition.wire());
            int at = page.indexOf(row);
            while (!page.get(at).startsWith("| condition |")) {
                at--;
            }
            String[] head = page.get(at).split("\\|", -1);
            String[] cells = row.split("\\|", -1);
            assertThat(cells).as(condition.wire()).hasSameSizeAs(head);
            assertThat(head[head.length - 2].strip()).isEqualTo("source of the rule");
            assertThat(cells[cells.length - 2].strip())
                    .as("source of " + condition.wire())
                    .isNotEmpty()
                    .isNotEqualTo("–");
        }
    }

    @Test
    void everySettingIsThereWithItsDefault() {
        settings("health", Config.render(Config.defaults(HealthConfig.class)));
        settings("kernel-log", Config.render(Config.defaults(KernelLogConfig.class)));
        row("kernel-log.path");
    }

    private void settings(String section, String rendered) {
        assertThat(rendered).isNotBlank();
        rendered.lines().forEach(line -> {
            String[] entry = line.split(": ", 2);
            String cell = row(section + "." + entry[0]).split("\\|", -1)[2].strip();
            assertThat(cell.replace("`", "").replace("24h", "1d")).as(entry[0]).isEqualTo(entry[1].replace("\"", ""));
        });
    }

    @Test
    void theEditionOfTheXidTableIsThere() {
        String text = String.join(" ", page);
        for (String edition : XidTable.load().version().split(", ", -1)) {
            assertThat(text).contains(edition.substring(0, edition.indexOf(' ')));
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        return duration.toHours() > 0
                ? duration.toHours() + "h"
                : duration.toMinutes() > 0 ? duration.toMinutes() + "m" : duration.toSeconds() + "s";
    }
}
