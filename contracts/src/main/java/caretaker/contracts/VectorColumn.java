package caretaker.contracts;

import static caretaker.contracts.Column.Quantity.COUNT;
import static caretaker.contracts.Column.Quantity.FAN_PERCENT;
import static caretaker.contracts.Column.Quantity.FLAG;
import static caretaker.contracts.Column.Quantity.MANTISSA_EXPONENT;
import static caretaker.contracts.Column.Quantity.MEGABYTES_PER_SECOND;
import static caretaker.contracts.Column.Quantity.RPM;
import static caretaker.contracts.Column.Tier.FAST;
import static caretaker.contracts.Column.Tier.SLOW;
import static caretaker.contracts.VectorColumn.By.C2C;
import static caretaker.contracts.VectorColumn.By.FAN;
import static caretaker.contracts.VectorColumn.By.NVLINK;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A number that a GPU has once for each of its fans or links: a repeated field of the {@code Gpu} message, in the order
 * of the driver's numbers from 0, with -1 where one gives none.
 */
public enum VectorColumn implements WireField {
    // spotless:off
    FAN_SPEED_PERCENTAGE(8, Metric.FAN_SPEED_PERCENTAGE, FAN, SLOW, FAN_PERCENT),
    FAN_SPEED_RPM(9, Metric.FAN_SPEED_RPM, FAN, SLOW, RPM),
    NVLINK_UP(300, Metric.NVLINK_UP, NVLINK, SLOW, FLAG),
    NVLINK_SPEED_MEGABYTES_PER_SECOND(301, Metric.NVLINK_SPEED_BYTES_PER_SECOND, NVLINK, SLOW, MEGABYTES_PER_SECOND),
    NVLINK_TRANSMIT_BYTES(302, Metric.NVLINK_TRANSMIT_BYTES_TOTAL, NVLINK, FAST, COUNT),
    NVLINK_RECEIVE_BYTES(303, Metric.NVLINK_RECEIVE_BYTES_TOTAL, NVLINK, FAST, COUNT),
    NVLINK_ERRORS_REPLAY(304, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=replay"),
    NVLINK_ERRORS_RECOVERY(305, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=recovery"),
    NVLINK_ERRORS_CRC_FLIT(306, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=crc_flit"),
    NVLINK_ERRORS_CRC_DATA(307, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=crc_data"),
    NVLINK_ERRORS_ECC_DATA(308, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=ecc_data"),
    NVLINK_ERRORS_MALFORMED(309, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=malformed"),
    NVLINK_ERRORS_OVERRUN(310, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=overrun"),
    NVLINK_ERRORS_RECEIVE(311, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=receive"),
    NVLINK_ERRORS_REMOTE(312, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=remote"),
    NVLINK_ERRORS_GENERAL(313, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=general"),
    NVLINK_ERRORS_INTEGRITY(314, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=integrity"),
    NVLINK_ERRORS_DISCARD(315, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=discard"),
    NVLINK_ERRORS_RECOVERY_OK(316, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=recovery_ok"),
    NVLINK_ERRORS_RECOVERY_FAILED(317, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=recovery_failed"),
    NVLINK_ERRORS_EFFECTIVE(318, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=effective"),
    NVLINK_ERRORS_SYMBOL(319, Metric.NVLINK_ERRORS_TOTAL, NVLINK, SLOW, COUNT, "type=symbol"),
    NVLINK_BIT_ERROR_RATIO_EFFECTIVE(320, Metric.NVLINK_BIT_ERROR_RATIO, NVLINK, SLOW, MANTISSA_EXPONENT, "kind=effective"),
    NVLINK_BIT_ERROR_RATIO_SYMBOL(321, Metric.NVLINK_BIT_ERROR_RATIO, NVLINK, SLOW, MANTISSA_EXPONENT, "kind=symbol"),
    C2C_LINK_UP(322, Metric.C2C_LINK_UP, C2C, SLOW, FLAG),
    C2C_ERRORS_CRC(323, Metric.C2C_ERRORS_TOTAL, C2C, SLOW, COUNT, "type=crc"),
    C2C_ERRORS_REPLAY(324, Metric.C2C_ERRORS_TOTAL, C2C, SLOW, COUNT, "type=replay"),
    C2C_ERRORS_REPLAY_BACK_TO_BACK(325, Metric.C2C_ERRORS_TOTAL, C2C, SLOW, COUNT, "type=replay_back_to_back");
    // spotless:on

    /** What there are several of. */
    public enum By {
        FAN("fan", 16),
        NVLINK("link", 36),
        /** Links between a GPU and its CPU. */
        C2C("link", 20);

        private final String label;
        private final int max;

        By(String label, int max) {
            this.label = label;
            this.max = max;
        }

        /** The metric's label that has the number. */
        public String label() {
            return label;
        }

        /** More than any GPU has; the bound of what a reader keeps. */
        public int max() {
            return max;
        }
    }

    private static final int FIRST_FAN_FIELD = 8;
    private static final int FAN_FIELDS = 2;
    private static final int FIRST_LINK_FIELD = 300;

    /** The most of anything. */
    static final int MAX_LENGTH = 36;

    private static final @Nullable VectorColumn[] BY_FIELD = byField();

    private final int field;
    private final Metric metric;
    private final By by;
    private final Column.Tier tier;
    private final Column.Quantity quantity;
    private final List<String> labelValues;

    VectorColumn(int field, Metric metric, By by, Column.Tier tier, Column.Quantity quantity, String... labelValues) {
        this.field = field;
        this.metric = metric;
        this.by = by;
        this.tier = tier;
        this.quantity = quantity;
        this.labelValues = List.of(labelValues);
    }

    @Override
    public int field() {
        return field;
    }

    @Override
    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its place among all of them, from 0. */
    int place() {
        return field < FIRST_LINK_FIELD ? field - FIRST_FAN_FIELD : field - FIRST_LINK_FIELD + FAN_FIELDS;
    }

    public Metric metric() {
        return metric;
    }

    public By by() {
        return by;
    }

    /** How often an agent reads it. */
    public Column.Tier tier() {
        return tier;
    }

    public Column.Quantity quantity() {
        return quantity;
    }

    /** Fixed labels besides instance, gpu, uuid and the number's, each as {@code name=value}. */
    public List<String> labelValues() {
        return labelValues;
    }

    /** Whether a value can be true; -1 stands for none. */
    public boolean accepts(long value) {
        return quantity.accepts(value);
    }

    /** The column of a field number, or null where this version knows none. */
    static @Nullable VectorColumn ofField(int field) {
        return field >= 0 && field < BY_FIELD.length ? BY_FIELD[field] : null;
    }

    private static @Nullable VectorColumn[] byField() {
        int last = 0;
        for (VectorColumn column : values()) {
            last = Math.max(last, column.field);
        }
        var byField = new @Nullable VectorColumn[last + 1];
        for (VectorColumn column : values()) {
            byField[column.field] = column;
        }
        return byField;
    }
}
