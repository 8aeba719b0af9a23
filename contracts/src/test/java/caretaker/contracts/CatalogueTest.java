package caretaker.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Holds the metrics to the catalogue of what can be read of a GPU, and to the rules of Prometheus. */
class CatalogueTest {
    private static final Set<String> TIERS =
            Set.of("fast", "slow", "start", "start+hourly", "start+reload", "on change", "opt-in", "event");

    /** How a name ends by its unit. */
    private static final Map<String, String> ENDS = Map.of(
            "percent", "_percentage",
            "bytes", "_bytes",
            "bytes/second", "_bytes_per_second",
            "celsius", "_celsius",
            "watts", "_watts",
            "joules", "_joules",
            "hertz", "_hertz",
            "seconds", "_seconds",
            "ratio", "_ratio",
            "rpm", "_rpm");

    private static final Set<String> COUNTED = Set.of("1", "lanes", "pages", "rows", "banks");

    /** What the catalogue has and the readings have not, with the reason. */
    private static final Map<String, String> EXCLUDED = excluded();

    private record Entry(String name, String type, String unit, List<String> labels, String tier) {}

    private static Map<String, String> excluded() {
        Map<String, String> reasons = new LinkedHashMap<>();
        String agent = "the agent shows it of itself, at its own /metrics";
        for (String name : List.of(
                "agent_last_success_timestamp_seconds",
                "agent_poll_duration_seconds",
                "agent_call_duration_seconds",
                "agent_call_errors_total",
                "agent_publish_total",
                "agent_publish_delay_seconds",
                "agent_buffered_messages",
                "agent_call_stuck",
                "agent_values_rejected_total")) {
            reasons.put("nvidia_gpu_" + name, agent);
        }
        reasons.put("nvidia_gpu_health_check", "the outcome of a check is an event on caretaker.health");
        return reasons;
    }

    @Test
    void everyMetricIsTheCatalogues() throws IOException {
        Set<List<Object>> facts = new HashSet<>();
        catalogue().forEach(entry -> facts.add(List.of(entry.name(), entry.type(), entry.unit(), entry.labels())));
        for (Metric metric : Metric.values()) {
            String type = metric.type().name().toLowerCase(Locale.ROOT);
            assertThat(facts).contains(List.of(metric.family(), type, metric.unit(), metric.labels()));
        }
    }

    @Test
    void whatTheCatalogueWantsIsThereOrLeftOutForAReason() throws IOException {
        Set<String> missing = new HashSet<>();
        catalogue().stream().filter(entry -> TIERS.contains(entry.tier())).forEach(entry -> missing.add(entry.name()));
        for (Metric metric : Metric.values()) {
            missing.remove(metric.family());
        }
        assertThat(missing).containsExactlyInAnyOrderElementsOf(EXCLUDED.keySet());
    }

    @Test
    void namesFollowPrometheus() {
        Set<String> names = new HashSet<>();
        for (Metric metric : Metric.values()) {
            String name = metric.family();
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(name).matches("nvidia_gpu(_[a-z0-9]+)+");
            assertThat(name.endsWith("_total")).as(name).isEqualTo(metric.type() == Metric.Type.COUNTER);
            String stem = name.replaceFirst("_total$", "");
            if (!COUNTED.contains(metric.unit())) {
                assertThat(stem).endsWith(ENDS.get(metric.unit()));
            }
            assertThat(metric.labels()).doesNotHaveDuplicates().allMatch(label -> label.matches("[a-z][a-z0-9_]*"));
            assertThat(metric.help()).endsWith(".").doesNotContain("\n");
        }
    }

    @Test
    void everyColumnFillsTheLabelsOfItsMetric() {
        Set<String> series = new HashSet<>();
        Set<Integer> fields = new HashSet<>();
        for (Column column : Column.values()) {
            List<String> filled = new ArrayList<>(List.of("instance", "gpu", "uuid"));
            column.labelValues().forEach(value -> filled.add(value.substring(0, value.indexOf('='))));
            if (!StateNames.of(column).isEmpty()) {
                filled.add(StateNames.label(column));
            }
            assertThat(filled).as(column.name()).isEqualTo(column.metric().labels());
            assertThat(fields.add(column.field())).as(column.name()).isTrue();
            // one mask says which bits are set, the other which can be: together they are one family
            if (column != Column.CLOCK_EVENT_REASONS_SUPPORTED) {
                assertThat(series.add(column.metric() + " " + column.labelValues()))
                        .as(column.name())
                        .isTrue();
            }
        }
    }

    @Test
    void everyVectorAndPartFillsTheLabelsOfItsMetric() {
        for (VectorColumn column : VectorColumn.values()) {
            List<String> filled = new ArrayList<>(
                    List.of("instance", "gpu", "uuid", column.by().label()));
            column.labelValues().forEach(value -> filled.add(value.substring(0, value.indexOf('='))));
            assertThat(filled).as(column.name()).isEqualTo(column.metric().labels());
            assertThat(column.by().max()).isLessThanOrEqualTo(VectorColumn.MAX_LENGTH);
        }
        for (Part part : Part.values()) {
            List<String> filled = new ArrayList<>(part.ofHost() ? List.of() : List.of("gpu", "uuid"));
            filled.addFirst("instance");
            filled.addAll(part.identity());
            List<PartColumn> columns = PartColumn.of(part);
            for (int i = 0; i < columns.size(); i++) {
                // a metric may leave out what its reader can join
                assertThat(filled)
                        .as(part.name())
                        .containsSubsequence(columns.get(i).metric().labels());
                assertThat(columns.get(i).field()).isEqualTo(PartColumn.FIRST_FIELD + i);
            }
            assertThat(columns).hasSizeLessThanOrEqualTo(PartColumn.MAX_VALUES);
        }
    }

    @Test
    void noTwoFieldsHaveTheSameNumber() {
        List<WireField> all = new ArrayList<>(List.of(Column.values()));
        all.addAll(List.of(VectorColumn.values()));
        all.addAll(Arrays.stream(Part.values()).filter(part -> !part.ofHost()).toList());
        assertThat(all.stream().map(WireField::field)).doesNotHaveDuplicates();
        assertThat(all.stream().map(WireField::fieldName)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(VectorColumn.values()).map(VectorColumn::place))
                .containsExactlyElementsOf(
                        IntStream.range(0, VectorColumn.values().length).boxed().toList());
        assertThat(Arrays.stream(Part.values()).map(Part::place))
                .containsExactlyElementsOf(
                        IntStream.range(0, Part.values().length).boxed().toList());
    }

    private static List<Entry> catalogue() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/catalogue.csv")).stream()
                .skip(1)
                .map(CatalogueTest::entry)
                .toList();
    }

    /** The labels are the only cell that may be quoted; where we say instance it says host. */
    private static Entry entry(String line) {
        String[] quoted = line.split("\"", -1);
        String[] head = quoted[0].split(",", -1);
        boolean single = quoted.length == 1;
        String labels = single ? head[3] : quoted[1];
        String tier = single ? head[4] : quoted[2].substring(1);
        List<String> ours = Arrays.stream(labels.split(",", -1))
                .map(label -> label.equals("host") ? "instance" : label)
                .toList();
        return new Entry(head[0], head[1], head[2], ours, tier);
    }
}
