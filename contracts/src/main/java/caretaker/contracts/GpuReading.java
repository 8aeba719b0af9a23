package caretaker.contracts;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
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
    private final long[] values = new long[Column.FIELDS];
    private final long[] present = new long[(Column.FIELDS + Long.SIZE - 1) / Long.SIZE];
    private final Map<FanColumn, int[]> fans = new EnumMap<>(FanColumn.class);
    private String uuid = "";
    private int index;
    private GpuState state = GpuState.OK;
    private @Nullable GpuIdentity identity;

    /** Forgets everything but the memory. */
    public void clear() {
        Arrays.fill(present, 0);
        fans.clear();
        index = 0;
        state = GpuState.OK;
        identity = null;
    }

    /** The driver's UUID: the identity of the GPU. */
    public String uuid() {
        return uuid;
    }

    public GpuReading uuid(String uuid) {
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
        return fans.getOrDefault(column, NO_FANS);
    }

    public GpuReading fans(FanColumn column, int[] byFan) {
        fans.put(column, byFan);
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
        fans.clear();
        fans.putAll(other.fans);
        uuid = other.uuid;
        index = other.index;
        state = other.state;
        identity = other.identity;
    }
}
