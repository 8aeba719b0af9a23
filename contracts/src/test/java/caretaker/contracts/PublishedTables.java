package caretaker.contracts;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The tables that are published for readers in other languages, as the code says they should be. */
final class PublishedTables {
    /** The published files, seen from this module. */
    static final Path FOLDER = Path.of("src/main/resources/caretaker/v1");

    private PublishedTables() {}

    /** By file. */
    static Map<Path, String> all() {
        Map<Path, String> tables = new LinkedHashMap<>();
        tables.put(FOLDER.resolve("metrics.csv"), metrics());
        tables.put(FOLDER.resolve("columns.csv"), columns());
        tables.put(FOLDER.resolve("parts.csv"), parts());
        tables.put(FOLDER.resolve("states.csv"), states());
        tables.put(Path.of("../docs/metrics.md"), document());
        return tables;
    }

    private static String metrics() {
        var csv = new StringBuilder();
        row(csv, "name", "type", "unit", "labels", "help");
        for (Metric metric : Metric.values()) {
            row(csv, metric.family(), word(metric.type()), metric.unit(), labels(metric, ","), metric.help());
        }
        return csv.toString();
    }

    private static String columns() {
        var csv = new StringBuilder();
        row(csv, "field", "name", "metric", "labels", "scale", "unit", "min", "max", "quantity", "tier");
        for (Column column : Column.values()) {
            row(
                    csv,
                    Integer.toString(column.field()),
                    column.fieldName(),
                    column.metric().family(),
                    String.join(";", column.labelValues()),
                    scale(column.quantity()),
                    column.metric().unit(),
                    Long.toString(column.min()),
                    Long.toString(column.max()),
                    word(column.quantity()),
                    word(column.tier()));
        }
        for (VectorColumn column : VectorColumn.values()) {
            List<String> labels = new ArrayList<>(List.of(column.by().label() + "=*"));
            labels.addAll(column.labelValues());
            row(
                    csv,
                    Integer.toString(column.field()),
                    column.fieldName(),
                    column.metric().family(),
                    String.join(";", labels),
                    scale(column.quantity()),
                    column.metric().unit(),
                    Long.toString(column.quantity().min()),
                    Long.toString(column.quantity().max()),
                    word(column.quantity()),
                    word(column.tier()));
        }
        return csv.toString();
    }

    private static String parts() {
        var csv = new StringBuilder();
        row(csv, "part", "most", "field", "name", "metric", "scale", "unit", "min", "max", "quantity", "tier");
        for (Part part : Part.values()) {
            String most = Integer.toString(part.max());
            for (int i = 0; i < part.identity().size(); i++) {
                String field = Integer.toString(i + 1);
                row(csv, part.fieldName(), most, field, part.identity().get(i), "", "", "", "", "", "text", "");
            }
            for (PartColumn column : PartColumn.of(part)) {
                row(
                        csv,
                        part.fieldName(),
                        most,
                        Integer.toString(column.field()),
                        column.fieldName(),
                        column.metric().family(),
                        scale(column.quantity()),
                        column.metric().unit(),
                        Long.toString(column.quantity().min()),
                        Long.toString(column.quantity().max()),
                        word(column.quantity()),
                        word(column.tier()));
            }
        }
        return csv.toString();
    }

    private static String scale(Column.Quantity quantity) {
        return BigDecimal.valueOf(quantity.scale()).stripTrailingZeros().toPlainString();
    }

    private static String states() {
        var csv = new StringBuilder();
        row(csv, "name", "kind", "number", "label", "value");
        for (GpuState state : GpuState.values()) {
            row(csv, "state", "choice", Integer.toString(state.number()), "state", state.label());
        }
        for (Column column : Column.values()) {
            List<String> names = StateNames.of(column);
            String kind = word(column.quantity());
            for (int number = 0; number < names.size(); number++) {
                row(
                        csv,
                        column.fieldName(),
                        kind,
                        Integer.toString(number),
                        StateNames.label(column),
                        names.get(number));
            }
        }
        return csv.toString();
    }

    private static String document() {
        var page = new StringBuilder("""
                # Metrics of a GPU host

                What the collector's `/metrics` shows of the readings. Made from the code in `contracts/`: do not edit it here.
                `instance` is the GPU host, `gpu` the driver's index, `uuid` the driver's UUID; every family has them unless it
                is about the host. A value that a GPU or its driver does not offer has no series. *Read*: `fast` is every
                interval (1 s by default), `slow` every 30 s, `rare` at the start, hourly and when the driver or the set of GPUs
                changes, `opt_in` only where the agent's settings ask for it, `event` when it happens. A value that came from a
                dcgm-exporter and not from the driver itself has the further label `source="dcgm"`; the error counters of links
                are then one number for all of them, `link="all"`, where the driver tells of none ([health](health.md)).

                | name | type | unit | further labels | read | what it says |
                |---|---|---|---|---|---|
                """);
        for (Metric metric : Metric.values()) {
            page.append("| `").append(metric.family()).append("` | ");
            page.append(word(metric.type())).append(" | ");
            page.append(metric.unit().equals("1") ? "" : metric.unit()).append(" | ");
            page.append(further(metric)).append(" | ").append(tiers(metric)).append(" | ");
            page.append(metric.help().replace("|", "\\|")).append(" |\n");
        }
        return page.toString();
    }

    /** Each label besides those of any GPU, with the values it can have where the code knows them. */
    private static String further(Metric metric) {
        List<String> said = new ArrayList<>();
        for (String label : metric.labels()) {
            if (!List.of("instance", "gpu", "uuid").contains(label)) {
                String values = String.join(", ", values(metric, label));
                said.add("`" + label + "`" + (values.isEmpty() ? "" : " (" + values + ")"));
            }
        }
        return String.join(", ", said);
    }

    private static List<String> values(Metric metric, String label) {
        Set<String> values = new LinkedHashSet<>();
        for (VectorColumn column : VectorColumn.values()) {
            if (column.metric() == metric && column.by().label().equals(label)) {
                values.add("its number");
            }
        }
        for (Column column : Column.values()) {
            if (column.metric() == metric) {
                List<String> found =
                        StateNames.of(column).isEmpty() ? fixed(column.labelValues(), label) : StateNames.of(column);
                values.addAll(found);
            }
        }
        for (VectorColumn column : VectorColumn.values()) {
            if (column.metric() == metric) {
                values.addAll(fixed(column.labelValues(), label));
            }
        }
        if (metric == Metric.STATE) {
            for (GpuState state : GpuState.values()) {
                values.add(state.label());
            }
        }
        return values.equals(Set.of("its number")) ? List.of() : List.copyOf(values);
    }

    private static List<String> fixed(List<String> labelValues, String label) {
        String start = label + "=";
        return labelValues.stream()
                .filter(value -> value.startsWith(start))
                .map(value -> value.substring(start.length()))
                .toList();
    }

    private static String tiers(Metric metric) {
        var tiers = new TreeSet<Column.Tier>();
        for (Column column : Column.values()) {
            if (column.metric() == metric) {
                tiers.add(column.tier());
            }
        }
        for (VectorColumn column : VectorColumn.values()) {
            if (column.metric() == metric) {
                tiers.add(column.tier());
            }
        }
        for (PartColumn column : PartColumn.values()) {
            if (column.metric() == metric) {
                tiers.add(column.tier());
            }
        }
        return tiers.stream().map(PublishedTables::word).collect(Collectors.joining(", "));
    }

    private static String labels(Metric metric, String separator) {
        return String.join(separator, metric.labels());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void row(StringBuilder csv, String... cells) {
        for (int i = 0; i < cells.length; i++) {
            boolean quoted = cells[i].contains(",") || cells[i].contains("\"");
            csv.append(i == 0 ? "" : ",");
            csv.append(quoted ? "\"" + cells[i].replace("\"", "\"\"") + "\"" : cells[i]);
        }
        csv.append('\n');
    }
}
