package caretaker.contracts;

import java.util.Locale;

/** A number that a GPU has once for each fan. */
public enum FanColumn {
    FAN_SPEED_PERCENTAGE(8, Metric.FAN_SPEED_PERCENTAGE, 300),
    FAN_SPEED_RPM(9, Metric.FAN_SPEED_RPM, 100_000);

    /** More fans than any board has; the bound of what a reader keeps. */
    public static final int MAX_FANS = 16;

    private final int field;
    private final Metric metric;
    private final int max;

    FanColumn(int field, Metric metric, int max) {
        this.field = field;
        this.metric = metric;
        this.max = max;
    }

    /** Number of the field in message {@code Gpu}. */
    public int field() {
        return field;
    }

    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Metric metric() {
        return metric;
    }

    /** How often an agent reads it. */
    public Column.Tier tier() {
        return Column.Tier.SLOW;
    }

    /** Greatest value that can be true; the least is 0, and -1 stands for none. */
    public int max() {
        return max;
    }

    public boolean accepts(long value) {
        return value >= 0 && value <= max;
    }
}
