package caretaker.contracts;

import java.util.Arrays;

/**
 * One {@link Part}: its texts and its newest values. A value that was not offered is absent; absent is never zero.
 *
 * <p>Mutable and reused, like {@link GpuReading}, whose it is. Not thread-safe.
 */
public final class PartReading {
    private final Part part;
    private final WireText[] texts;
    private final long[] values = new long[PartColumn.MAX_VALUES];
    private int present;

    PartReading(Part part) {
        this.part = part;
        texts = new WireText[part.identity().size()];
        Arrays.fill(texts, WireText.EMPTY);
    }

    public Part part() {
        return part;
    }

    /** A text of its identity, by its place in {@link Part#identity}; empty where it is not known. */
    public String text(int place) {
        return texts[place].text();
    }

    /** Sets all texts, in the order of {@link Part#identity}. Those that are missing at the end are empty. */
    public PartReading identity(String... values) {
        for (int i = 0; i < texts.length; i++) {
            String value = i < values.length ? values[i] : "";
            if (!texts[i].text().equals(value)) {
                texts[i] = WireText.of(value);
            }
        }
        return this;
    }

    WireText wireText(int place) {
        return texts[place];
    }

    void wireText(int place, WireText text) {
        texts[place] = text;
    }

    /** Whether readers could not tell the two apart. */
    boolean sameIdentity(PartReading other) {
        for (int i = 0; i < texts.length; i++) {
            if (!texts[i].same(other.texts[i])) {
                return false;
            }
        }
        return true;
    }

    public boolean has(PartColumn column) {
        return (present & 1 << place(column)) != 0;
    }

    /** The travelling integer, in the unit of the field's name. Only where {@link #has} says so. */
    public long get(PartColumn column) {
        return values[place(column)];
    }

    /**
     * Sets a value if it is within the column's range.
     *
     * @return false if it was refused, and the column is as it was
     */
    public boolean set(PartColumn column, long value) {
        if (!column.accepts(value)) {
            return false;
        }
        int place = place(column);
        values[place] = value;
        present |= 1 << place;
        return true;
    }

    private int place(PartColumn column) {
        if (column.part() != part) {
            throw new IllegalArgumentException(column + " is no value of " + part);
        }
        return column.field() - PartColumn.FIRST_FIELD;
    }

    /** Forgets the values; the texts stay for whoever comes next, which is nearly always the same. */
    void clearValues() {
        present = 0;
    }

    /** Takes over the texts and values of another of the same kind. */
    public void copyFrom(PartReading other) {
        System.arraycopy(other.texts, 0, texts, 0, texts.length);
        System.arraycopy(other.values, 0, values, 0, values.length);
        present = other.present;
    }
}
