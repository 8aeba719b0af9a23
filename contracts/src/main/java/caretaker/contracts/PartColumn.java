package caretaker.contracts;

import static caretaker.contracts.Column.Quantity.BYTES;
import static caretaker.contracts.Column.Quantity.COUNT;
import static caretaker.contracts.Column.Quantity.MILLIONTHS;
import static caretaker.contracts.Column.Quantity.MILLIPERCENT;
import static caretaker.contracts.Column.Quantity.MILLISECONDS;
import static caretaker.contracts.Column.Tier.EVENT;
import static caretaker.contracts.Column.Tier.FAST;
import static caretaker.contracts.Column.Tier.OPT_IN;
import static caretaker.contracts.Column.Tier.SLOW;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One number of a {@link Part}: a field of its message and what it becomes in Prometheus. */
public enum PartColumn {
    // spotless:off
    MIG_MEMORY_USED_BYTES(Part.MIG, 10, Metric.MIG_MEMORY_USED_BYTES, FAST, BYTES),
    MIG_MEMORY_TOTAL_BYTES(Part.MIG, 11, Metric.MIG_MEMORY_TOTAL_BYTES, SLOW, BYTES),
    MIG_MULTIPROCESSORS(Part.MIG, 12, Metric.MIG_MULTIPROCESSORS, SLOW, COUNT),
    MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS(Part.MIG, 13, Metric.MIG_GRAPHICS_ENGINE_ACTIVE_RATIO, OPT_IN, MILLIONTHS),
    CONTAINER_MEMORY_USED_BYTES(Part.CONTAINER, 10, Metric.CONTAINER_MEMORY_USED_BYTES, SLOW, BYTES),
    CONTAINER_UTILIZATION_MILLIPERCENT(Part.CONTAINER, 11, Metric.CONTAINER_UTILIZATION_PERCENTAGE, SLOW, MILLIPERCENT),
    CONTAINER_PROCESSES(Part.CONTAINER, 12, Metric.CONTAINER_PROCESSES, SLOW, COUNT),
    PROCESS_MEMORY_USED_BYTES(Part.PROCESS, 10, Metric.PROCESS_MEMORY_USED_BYTES, OPT_IN, BYTES),
    XID_ERRORS(Part.XID, 10, Metric.XID_ERRORS_TOTAL, EVENT, COUNT),
    XID_LAST_UNIX_MILLISECONDS(Part.XID, 11, Metric.XID_LAST_TIMESTAMP_SECONDS, EVENT, MILLISECONDS),
    SXID_ERRORS(Part.SXID, 10, Metric.SXID_ERRORS_TOTAL, EVENT, COUNT);
    // spotless:on

    /** Field number of the first value of every part. Those below are for texts. */
    static final int FIRST_FIELD = 10;

    /** The most values of any part. */
    static final int MAX_VALUES = 4;

    private static final PartColumn[] VALUES = values();

    private final Part part;
    private final int field;
    private final Metric metric;
    private final Column.Tier tier;
    private final Column.Quantity quantity;

    PartColumn(Part part, int field, Metric metric, Column.Tier tier, Column.Quantity quantity) {
        this.part = part;
        this.field = field;
        this.metric = metric;
        this.tier = tier;
        this.quantity = quantity;
    }

    /** The values of a part, in the order of their fields. */
    public static List<PartColumn> of(Part part) {
        return Arrays.stream(VALUES).filter(column -> column.part == part).toList();
    }

    public Part part() {
        return part;
    }

    /** Number of the field in the part's message. */
    public int field() {
        return field;
    }

    /** Name of the field in the part's message. */
    public String fieldName() {
        String name = name().toLowerCase(Locale.ROOT);
        return name.substring(name.indexOf('_') + 1);
    }

    public Metric metric() {
        return metric;
    }

    /** How often an agent reads it. */
    public Column.Tier tier() {
        return tier;
    }

    public Column.Quantity quantity() {
        return quantity;
    }

    /** Whether a value can be true. */
    public boolean accepts(long value) {
        return quantity.accepts(value);
    }
}
