package caretaker.agent.nvml;

import java.util.List;

/** A batch of fields that is read in one call: the cheapest way to many values. Rows are numbered as given. */
public final class FieldValues {
    private static final int TYPE_DOUBLE = 0;
    private static final int TYPE_UINT = 1;
    private static final int TYPE_SINT = 5;
    private static final int TYPE_USHORT = 6;
    private static final int TYPE_SLONGLONG = 4;
    private static final int NO_DATA = NvmlReturn.NO_DATA.code();

    private final NativeFunction read;
    private final List<Field> fields;
    private final int rowSize;
    private final int returnAt;
    private final int typeAt;
    private final int timeAt;
    private final int valueAt;
    private final Scratch rows;
    private int code = NvmlReturn.UNINITIALIZED.code();

    FieldValues(BoundLibrary library, List<Field> fields) {
        if (fields.isEmpty()) {
            throw new IllegalArgumentException("a batch of no fields");
        }
        this.fields = List.copyOf(fields);
        read = library.function("nvmlDeviceGetFieldValues", Shape.LIL);
        Struct row = library.struct("nvmlFieldValue_t");
        rowSize = row.size();
        returnAt = row.offsetOfInt("nvmlReturn");
        typeAt = row.offsetOfInt("valueType");
        timeAt = row.offsetOfLong("timestamp");
        valueAt = row.offsetOfLong("value");
        rows = new Scratch((long) rowSize * fields.size());
        for (int i = 0; i < fields.size(); i++) {
            rows.setInt(
                    (long) i * rowSize + row.offsetOfInt("fieldId"),
                    fields.get(i).id());
            rows.setInt(
                    (long) i * rowSize + row.offsetOfInt("scopeId"),
                    fields.get(i).scope());
        }
    }

    public int size() {
        return fields.size();
    }

    public Field field(int row) {
        return fields.get(row);
    }

    /** Reads all rows; the result is that of the call, each row has its own beside. */
    public int read(GpuHandle gpu) {
        for (int row = 0; row < fields.size(); row++) {
            rows.setInt((long) row * rowSize + returnAt, NO_DATA); // what a driver leaves out must not look fresh
        }
        code = read.call(gpu.address(), fields.size(), rows.at(0));
        return code;
    }

    /** A whole number; a fraction is rounded. */
    public long value(int row) {
        long at = (long) row * rowSize;
        int rowCode = code == 0 ? rows.getInt(at + returnAt) : code;
        return rowCode == 0 ? number(rows.getInt(at + typeAt), at + valueAt) : Answer.failed(rowCode);
    }

    /** The driver's type picks the member of the union; a signed number may be -1. */
    private long number(int type, long at) {
        return switch (type) {
            case TYPE_UINT -> Answer.ofUnsigned(0, rows.getInt(at));
            case TYPE_SINT -> rows.getInt(at);
            case TYPE_USHORT -> rows.getUnsignedShort(at);
            case TYPE_SLONGLONG -> rows.getLong(at);
            case TYPE_DOUBLE -> Double.isNaN(rows.getDouble(at)) ? Answer.BLANK : Math.round(rows.getDouble(at));
            default -> Answer.ofUnsigned(0, rows.getLong(at));
        };
    }

    /** When the driver measured it, in microseconds since 1970; 0 when it does not say. */
    public long timeUs(int row) {
        return rows.getLong((long) row * rowSize + timeAt);
    }
}
