package caretaker.contracts;

import static caretaker.contracts.WireReader.LENGTH;
import static caretaker.contracts.WireReader.VARINT;

import java.util.Arrays;
import java.util.List;

/**
 * Recognises a record that is as nearly all are, without storing a value of it: for {@link ReadingsCodec#check}.
 *
 * <p>It refuses nothing. Whatever is rare or wrong, such as a description of a GPU or a value out of range, is a reason
 * to have the record decoded, which then says what is to be said: there is one place alone that decides what is
 * malformed. Names and texts are compared by a hash of 64 bits; two that are equal are a reason as well. Not
 * thread-safe.
 */
final class RecordCheck {
    private static final Part[] PARTS = Part.values();

    private final WireReader in;
    private final long[] names = new long[ReadingsCodec.MAX_GPUS]; // of the GPUs so far, hashed
    private final long[][] parts = new long[PARTS.length][]; // the texts of each so far, hashed
    private final int[] partCounts = new int[PARTS.length];
    private boolean anyPart;

    RecordCheck(WireReader in) {
        this.in = in;
        for (Part part : PARTS) {
            parts[part.place()] = new long[part.max()];
        }
    }

    /**
     * Whether decoding the record would succeed with no value rejected.
     *
     * @param into gets what is said of the host, and how many GPUs there are; after false its content is undefined
     * @throws WireReader.Malformed means false
     */
    boolean passes(Readings into) throws WireReader.Malformed {
        long format = 0;
        int gpus = 0;
        int expected = Readings.UNKNOWN;
        int visible = Readings.UNKNOWN;
        int onPci = Readings.UNKNOWN;
        WireName host = WireName.NONE;
        WireName agent = WireName.NONE;
        int end = in.end();
        partCounts[Part.SXID.place()] = 0;
        while (in.position() < end) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> format = in.varint();
                case 2 << 3 | LENGTH -> host = in.name(into.hostName());
                case 3 << 3 | VARINT -> into.timeUnixMillis(in.varint());
                case 4 << 3 | VARINT -> into.intervalMillis(in.count("interval_ms"));
                case 5 << 3 | LENGTH -> agent = in.name(into.agentName());
                case 6 << 3 | VARINT -> into.sequence(in.varint());
                case 7 << 3 | LENGTH -> {
                    if (gpus == ReadingsCodec.MAX_GPUS || !passesGpu(gpus++)) {
                        return false;
                    }
                }
                case 8 << 3 | VARINT -> expected = in.count("gpus_expected");
                case 9 << 3 | VARINT -> visible = in.count("gpus_visible");
                case 10 << 3 | VARINT -> onPci = in.count("gpus_on_pci");
                case 11 << 3 | LENGTH -> {
                    return false; // what the host is made of: it is wanted as a whole
                }
                case 12 << 3 | LENGTH -> {
                    if (!passesPart(Part.SXID)) {
                        return false;
                    }
                }
                default -> in.skip(tag);
            }
            if (format != ReadingsCodec.FORMAT) { // writers put it first
                return false;
            }
        }
        into.hostName(host).agentName(agent).gpuCounts(expected, visible, onPci).gpuCount(gpus);
        return format == ReadingsCodec.FORMAT && ReadingsCodec.problem(into) == null;
    }

    private boolean passesGpu(int place) throws WireReader.Malformed {
        if (anyPart) {
            Arrays.fill(partCounts, 0, Part.SXID.place(), 0);
            anyPart = false;
        }
        int outer = in.enter();
        int end = in.end();
        boolean named = false;
        long vectors = 0; // those so far
        while (in.position() < end) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | LENGTH -> {
                    names[place] = in.nameHash();
                    if (named || isRepeated(names, place)) {
                        return false;
                    }
                    named = true;
                }
                case 2 << 3 | VARINT -> in.count("index");
                case 3 << 3 | VARINT -> in.varint();
                case 4 << 3 | LENGTH -> {
                    return false; // what the GPU is
                }
                case ReadingsCodec.FROM_DCGM << 3 | LENGTH -> passNumbers();
                default -> {
                    VectorColumn vector = VectorColumn.ofField(tag >>> 3);
                    if (vector == null ? !passesOther(tag) : !passesVector(vector, tag, vectors)) {
                        return false;
                    }
                    vectors |= vector == null ? 0 : 1L << vector.place();
                }
            }
            if (in.columns(null) > 0) {
                return false;
            }
        }
        in.leave(outer);
        return named;
    }

    private static boolean isRepeated(long[] hashes, int place) {
        for (int i = 0; i < place; i++) {
            if (hashes[i] == hashes[place]) {
                return true;
            }
        }
        return false;
    }

    private void passNumbers() throws WireReader.Malformed {
        int outer = in.enter();
        while (in.position() < in.end()) {
            in.varint();
        }
        in.leave(outer);
    }

    private boolean passesOther(int tag) throws WireReader.Malformed {
        Column column = (tag & 7) == VARINT ? Column.ofField(tag >>> 3) : null;
        Part part = (tag & 7) == LENGTH ? Part.ofField(tag >>> 3) : null;
        if (column != null) {
            return column.accepts(in.varint());
        }
        if (part != null) {
            anyPart = true;
            return passesPart(part);
        }
        in.skip(tag);
        return true;
    }

    /** Values as writers send them, in one piece. */
    private boolean passesVector(VectorColumn column, int tag, long former) throws WireReader.Malformed {
        if ((tag & 7) != LENGTH || (former & 1L << column.place()) != 0) {
            return false;
        }
        int outer = in.enter();
        int length = 0;
        while (in.position() < in.end()) {
            long value = in.zigzag();
            if (++length > column.by().max() || !(column.accepts(value) || value == -1)) {
                return false;
            }
        }
        in.leave(outer);
        return true;
    }

    /** Texts and values as writers send them: each once, in the order of their numbers, texts that are empty not. */
    private boolean passesPart(Part part) throws WireReader.Malformed {
        int kind = part.place();
        int place = partCounts[kind]++;
        if (place == part.max()) {
            return false;
        }
        List<PartColumn> columns = PartCodec.columns(part);
        long identity = 0;
        int former = 0;
        int outer = in.enter();
        while (in.position() < in.end()) {
            int tag = in.tag();
            int field = tag >>> 3;
            int column = field - PartColumn.FIRST_FIELD;
            if (field <= former) {
                return false;
            }
            if ((tag & 7) == LENGTH && field <= part.identity().size()) {
                identity = in.asciiHash(identity + field);
            } else if ((tag & 7) == VARINT && column >= 0 && column < columns.size()) {
                if (!columns.get(column).accepts(in.varint())) {
                    return false;
                }
            } else {
                in.skip(tag);
            }
            former = field;
        }
        in.leave(outer);
        parts[kind][place] = identity;
        return !isRepeated(parts[kind], place);
    }
}
