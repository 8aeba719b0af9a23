package caretaker.contracts;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest values of one GPU, by {@link Column}. A value that was not offered is absent; absent is never zero.
 *
 * <p>Mutable and made to be used again and again, because a collector takes in hundreds of thousands a second. Not
 * thread-safe: one thread owns it, or hands it over whole.
 */
public final class GpuReading {
    private static final int[] NO_FANS = {};

    // Both by field number, which makes them a little larger than they need be and the decoder faster.
    // The decoder writes into them itself.
    final long[] values = new long[Column.FIELDS];
    final long[] present = new long[(Column.FIELDS + Long.SIZE - 1) / Long.SIZE];
    private int[] fanSpeedPercentage = NO_FANS;
    private int[] fanSpeedRpm = NO_FANS;
    private WireName uuid = WireName.NONE;
    private int index;
    private GpuState state = GpuState.OK;
    private @Nullable GpuIdentity identity;

    /** Forgets everything but the memory and the UUID. */
    public void clear() {
        Arrays.fill(present, 0);
        fanSpeedPercentage = NO_FANS;
        fanSpeedRpm = NO_FANS;
        index = 0;
        state = GpuState.OK;
        identity = null;
    }

    /** The driver's UUID: the identity of the GPU, a {@link WireName}. */
    public String uuid() {
        return uuid.text();
    }

    public GpuReading uuid(String uuid) {
        return this.uuid.text().equals(uuid) ? this : name(WireName.of(uuid));
    }

    WireName name() {
        return uuid;
    }

    GpuReading name(WireName uuid) {
        this.uuid = uuid;
        return this;
    }

    /** The driver's index, which may change with a reboot. */
    public int index() {
        return index;
    }

    public GpuReading index(int index) {
        this.index = index;
        return this;
    }

    public GpuState state() {
        return state;
    }

    public GpuReading state(GpuState state) {
        this.state = state;
        return this;
    }

    /** Null in the records between two that carry it. */
    public @Nullable GpuIdentity identity() {
        return identity;
    }

    public GpuReading identity(@Nullable GpuIdentity identity) {
        this.identity = identity;
        return this;
    }

    public boolean has(Column column) {
        int field = column.field();
        return (present[field >> 6] & 1L << field) != 0;
    }

    /** The travelling integer, in the unit of the field's name. Only where {@link #has} says so. */
    public long get(Column column) {
        return values[column.field()];
    }

    /**
     * Sets a value if it is within the column's range.
     *
     * @return false if it was refused, and the column is as it was
     */
    public boolean set(Column column, long value) {
        if (!column.accepts(value)) {
            return false;
        }
        int field = column.field();
        values[field] = value;
        present[field >> 6] |= 1L << field;
        return true;
    }

    public void remove(Column column) {
        int field = column.field();
        present[field >> 6] &= ~(1L << field);
    }

    /** By fan; -1 where a fan gives none. Not a copy: do not change it. */
    public int[] fans(FanColumn column) {
        return switch (column) {
            case FAN_SPEED_PERCENTAGE -> fanSpeedPercentage;
            case FAN_SPEED_RPM -> fanSpeedRpm;
        };
    }

    public GpuReading fans(FanColumn column, int[] byFan) {
        switch (column) {
            case FAN_SPEED_PERCENTAGE -> fanSpeedPercentage = byFan;
            case FAN_SPEED_RPM -> fanSpeedRpm = byFan;
        }
        return this;
    }

    /** How many columns have a value. */
    public int size() {
        int size = 0;
        for (long word : present) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /** Takes over all that another holds, its UUID included. */
    public void copyFrom(GpuReading other) {
        System.arraycopy(other.values, 0, values, 0, values.length);
        System.arraycopy(other.present, 0, present, 0, present.length);
        fanSpeedPercentage = other.fanSpeedPercentage;
        fanSpeedRpm = other.fanSpeedRpm;
        uuid = other.uuid;
        index = other.index;
        state = other.state;
        identity = other.identity;
    }
}
