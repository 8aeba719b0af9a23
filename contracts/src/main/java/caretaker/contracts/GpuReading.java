package caretaker.contracts;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest values of one GPU, by {@link Column}. A value that was not offered is absent; absent is never zero.
 *
 * <p>Mutable and made to be used again and again, because a collector takes in hundreds of thousands a second. Not
 * thread-safe: one thread owns it, or hands it over whole.
 */
public final class GpuReading {
    /** One more than the highest number of a {@link WireField}, in words of 64. */
    private static final int SOURCE_WORDS = 6;

    private static final int VECTORS = VectorColumn.values().length;
    private static final long[] NONE = {};

    // Both by field number, which makes them a little larger than they need be and the decoder faster.
    // The decoder writes into them itself.
    final long[] values = new long[Column.FIELDS];
    final long[] present = new long[(Column.FIELDS + Long.SIZE - 1) / Long.SIZE];
    private final long[][] vectors = new long[VECTORS][];
    private final long[][] vectorMemory = new long[VECTORS][];
    private final @Nullable PartList[] parts = new @Nullable PartList[Part.values().length];
    private final long[] fromDcgm = new long[SOURCE_WORDS];
    private boolean anyFromDcgm;
    private boolean anyVectorOrPart;
    private WireName uuid = WireName.NONE;
    private int index;
    private GpuState state = GpuState.OK;
    private @Nullable GpuIdentity identity;

    public GpuReading() {
        Arrays.fill(vectors, NONE);
        Arrays.fill(vectorMemory, NONE);
    }

    /** Forgets everything but the memory and the UUID. */
    public void clear() {
        Arrays.fill(present, 0);
        if (anyVectorOrPart) { // most GPUs have none, and this is called for every one of every record
            Arrays.fill(vectors, NONE);
            for (PartList list : parts) {
                if (list != null) {
                    list.clear();
                }
            }
            anyVectorOrPart = false;
        }
        if (anyFromDcgm) {
            Arrays.fill(fromDcgm, 0);
            anyFromDcgm = false;
        }
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
     * Sets a value if it is within the column's range. It is nobody's but the caller's: {@link #markFromDcgm} comes
     * after.
     *
     * @return false if it was refused, and the column is as it was
     */
    public boolean set(Column column, long value) {
        if (!put(column, value)) {
            return false;
        }
        unmark(column.field());
        return true;
    }

    private void unmark(int field) {
        if (anyFromDcgm) {
            fromDcgm[field >> 6] &= ~(1L << field);
        }
    }

    /** As {@link #set}, wherever it came from. */
    boolean put(Column column, long value) {
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

    /** By fan or link, -1 where one gives none; empty where the GPU has none. Not a copy: do not change or keep it. */
    public long[] vector(VectorColumn column) {
        return vectors[column.place()];
    }

    /** Takes over a copy of the values, at most as many as there may be. As with {@link #set}, marks come after. */
    public GpuReading vector(VectorColumn column, long[] values) {
        unmark(column.field());
        return vector(column, values, Math.min(values.length, column.by().max()));
    }

    GpuReading vector(VectorColumn column, long[] from, int length) {
        int place = column.place();
        if (vectorMemory[place].length != length) {
            vectorMemory[place] = new long[length];
        }
        System.arraycopy(from, 0, vectorMemory[place], 0, length);
        vectors[place] = vectorMemory[place];
        anyVectorOrPart = true;
        return this;
    }

    /** Every part of a kind. Not a copy: valid until the next change of this object. */
    public List<PartReading> parts(Part part) {
        PartList list = parts[part.place()];
        return list == null ? List.of() : list.view();
    }

    /**
     * One part more, without values. Set its identity before anything else is done with it: until then it has that of
     * a part that was there before.
     */
    public PartReading addPart(Part part) {
        return partList(part).add();
    }

    public void clearParts(Part part) {
        PartList list = parts[part.place()];
        if (list != null) {
            list.clear();
        }
    }

    PartList partList(Part part) {
        if (part.ofHost()) {
            throw new IllegalArgumentException(part + " is no part of a GPU");
        }
        PartList list = parts[part.place()];
        anyVectorOrPart = true;
        if (list == null) {
            list = new PartList(part);
            parts[part.place()] = list;
        }
        return list;
    }

    /** Whether the field's values came from a dcgm-exporter and not from the driver itself. */
    public boolean isFromDcgm(WireField field) {
        return anyFromDcgm && (fromDcgm[field.field() >> 6] & 1L << field.field()) != 0;
    }

    /** Whether any field's values did. */
    public boolean isAnyFromDcgm() {
        return anyFromDcgm;
    }

    public GpuReading markFromDcgm(WireField field) {
        return markFromDcgm(field.field());
    }

    GpuReading markFromDcgm(long field) {
        if (field >= 0 && field < SOURCE_WORDS * Long.SIZE) {
            fromDcgm[(int) field >> 6] |= 1L << field;
            anyFromDcgm = true;
        }
        return this;
    }

    long[] fromDcgm() {
        return fromDcgm;
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
        for (VectorColumn column : VectorColumn.values()) {
            long[] values = other.vector(column);
            if (values.length == 0) {
                vectors[column.place()] = NONE;
            } else {
                vector(column, values);
            }
        }
        for (Part part : Part.values()) {
            PartList list = other.parts[part.place()];
            if (list != null && list.count() > 0) {
                partList(part).copyFrom(list);
            } else {
                clearParts(part);
            }
        }
        System.arraycopy(other.fromDcgm, 0, fromDcgm, 0, fromDcgm.length);
        anyFromDcgm = other.anyFromDcgm;
        uuid = other.uuid;
        index = other.index;
        state = other.state;
        identity = other.identity;
    }
}
