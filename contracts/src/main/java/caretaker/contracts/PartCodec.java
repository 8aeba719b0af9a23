package caretaker.contracts;

import static caretaker.contracts.WireReader.LENGTH;
import static caretaker.contracts.WireReader.VARINT;

import java.util.List;

/** The messages of {@link Part}s, for {@link ReadingsCodec}. Not thread-safe. */
final class PartCodec {
    /** The columns of each part, by {@link Part#place}, in the order of their fields. */
    private static final List<List<PartColumn>> COLUMNS = columns();

    private final WireWriter out;
    private final WireReader in;
    private long leftOut;
    private long rejected;

    PartCodec(WireWriter out, WireReader in) {
        this.out = out;
        this.in = in;
    }

    private static List<List<PartColumn>> columns() {
        return List.of(Part.values()).stream().map(PartColumn::of).toList();
    }

    /** The columns of a part, in the order of their fields, which follow each other. */
    static List<PartColumn> columns(Part part) {
        return COLUMNS.get(part.place());
    }

    /** Parts that {@link #encode} has not written. */
    long leftOut() {
        return leftOut;
    }

    /** Values that {@link #decode} has left out, and parts with the identity of another. */
    long rejected() {
        return rejected;
    }

    void encode(PartList list) {
        int written = 0;
        for (int i = 0; i < list.count(); i++) {
            PartReading part = list.get(i);
            if (written == part.part().max() || isRepeated(list, i)) {
                leftOut++;
                continue;
            }
            int start = out.open(part.part().field());
            encode(part);
            out.close(start);
            written++;
        }
    }

    private void encode(PartReading part) {
        for (int i = 0; i < part.part().identity().size(); i++) {
            if (!part.text(i).isEmpty()) {
                out.text(i + 1, part.wireText(i));
            }
        }
        for (PartColumn column : columns(part.part())) {
            if (part.has(column)) {
                out.number(column.field(), part.get(column));
            }
        }
    }

    private static boolean isRepeated(PartList list, int place) {
        for (int i = 0; i < place; i++) {
            if (list.get(i).sameIdentity(list.get(place))) {
                return true;
            }
        }
        return false;
    }

    /** Reads the message that is next. */
    void decode(Part part, PartList into) throws WireReader.Malformed {
        if (into.count() == part.max()) {
            throw in.malformed("more than " + part.max() + " " + part.fieldName());
        }
        PartReading reading = into.add();
        List<PartColumn> columns = columns(part);
        int texts = part.identity().size();
        int seen = 0;
        int outer = in.enter();
        while (in.position() < in.end()) {
            int tag = in.tag();
            int field = tag >>> 3;
            int column = field - PartColumn.FIRST_FIELD;
            if ((tag & 7) == LENGTH && field <= texts) {
                reading.wireText(field - 1, in.text(reading.wireText(field - 1)));
                seen |= 1 << field;
            } else if ((tag & 7) == VARINT && column >= 0 && column < columns.size()) {
                if (!reading.set(columns.get(column), in.varint())) {
                    rejected++;
                }
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        for (int i = 0; i < texts; i++) {
            if ((seen & 1 << (i + 1)) == 0) {
                reading.wireText(i, WireText.EMPTY); // that of the part before
            }
        }
        if (isRepeated(into, into.count() - 1)) {
            into.removeLast();
            rejected++;
        }
    }
}
