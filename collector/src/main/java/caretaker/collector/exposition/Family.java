package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Metric;

/** A metric family as its header says it. */
record Family(String name, Metric.Type type, String unit, String help) {
    private static final String TOTAL = "_total";

    static Family of(Metric metric) {
        return new Family(metric.family(), metric.type(), metric.unit(), metric.help());
    }

    /** OpenMetrics calls a counter's family by the name without {@code _total}, its samples by the whole name. */
    private String openMetricsName() {
        return type == Metric.Type.COUNTER && name.endsWith(TOTAL)
                ? name.substring(0, name.length() - TOTAL.length())
                : name;
    }

    /** The unit, where the name ends in it; elsewhere OpenMetrics forbids to say it. */
    String saidUnit() {
        return openMetricsName().endsWith("_" + unit) ? unit : "";
    }

    private String typeWord() {
        return switch (type) {
            case GAUGE -> "gauge";
            case COUNTER -> "counter";
        };
    }

    byte[] textHeader() {
        String escaped = help.replace("\\", "\\\\").replace("\n", "\\n");
        return ("# HELP " + name + " " + escaped + "\n# TYPE " + name + " " + typeWord() + "\n").getBytes(UTF_8);
    }

    byte[] openMetricsHeader() {
        String family = openMetricsName();
        String escaped = help.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"");
        String unitLine = saidUnit().isEmpty() ? "" : "# UNIT " + family + " " + saidUnit() + "\n";
        return ("# TYPE " + family + " " + typeWord() + "\n" + unitLine + "# HELP " + family + " " + escaped + "\n")
                .getBytes(UTF_8);
    }
}
