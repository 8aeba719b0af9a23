package caretaker.contracts;

import static caretaker.contracts.WireReader.LENGTH;
import static caretaker.contracts.WireReader.VARINT;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns {@link Readings} into bytes on the topic and back: message {@code caretaker.v1.Readings}.
 *
 * <p>Written by hand because a collector decodes hundreds of thousands a second into memory it already has; a test
 * holds it to the published schema with Protobuf's own code. Not thread-safe.
 */
public final class ReadingsCodec {
    /** The newest format this code reads, and the one it writes. */
    public static final int FORMAT = 1;

    /** A host has fewer; the bound of what a reader keeps. */
    public static final int MAX_GPUS = 256;

    /** Bytes of a text that is not a {@link WireName}. Writers cut longer ones, readers refuse them. */
    public static final int MAX_TEXT = 256;

    /** The last millisecond of the year 9999. */
    public static final long MAX_TIME = 253_402_300_799_999L;

    private static final Column[] COLUMNS = Column.values();
    private static final VectorColumn[] VECTORS = VectorColumn.values();
    private static final Part[] PARTS = Part.values();

    /** Field of message {@code Gpu} with the numbers of those whose values came from a dcgm-exporter. */
    static final int FROM_DCGM = 360;

    /** What came out of a record's value. */
    public sealed interface Decoded {
        /** The readings are filled in. */
        record Known() implements Decoded {}

        /** Made by a writer newer than this reader. */
        record Newer(long format) implements Decoded {}

        /** Bytes no retry can fix. */
        record Malformed(String reason) implements Decoded {}
    }

    private static final Decoded KNOWN = new Decoded.Known();

    private final WireWriter out = new WireWriter();
    private final WireReader in = new WireReader();
    private long rejected;
    private long leftOut;
    private final PartCodec parts = new PartCodec(out, in);
    private final RecordCheck check = new RecordCheck(in);
    private final long[] vector = new long[VectorColumn.MAX_LENGTH]; // the one in hand

    /** Values that {@link #decode} has left out so far because they were outside their column's range. */
    public long rejected() {
        return rejected + parts.rejected();
    }

    /**
     * GPUs that {@link #encode} has left out so far because readers would refuse the record for them: their UUID is no
     * {@link WireName} or stands twice, or there are more than {@link #MAX_GPUS}.
     */
    public long leftOut() {
        return leftOut;
    }

    /**
     * Parts that {@link #encode} has left out so far: there are more than {@link Part#max}, or another has the same
     * identity.
     */
    public long partsLeftOut() {
        return parts.leftOut();
    }

    /**
     * The record of these readings, whatever they are: readers refuse it where there is a {@link #problem}. Texts that
     * are too long are cut.
     */
    public byte[] encode(Readings readings) {
        out.reset();
        out.number(1, FORMAT);
        out.name(2, readings.hostName());
        out.number(3, readings.timeUnixMillis());
        out.number(4, readings.intervalMillis());
        out.name(5, readings.agentName());
        out.number(6, readings.sequence());
        List<GpuReading> gpus = readings.gpus();
        for (int i = 0; i < gpus.size(); i++) {
            if (i >= MAX_GPUS || !gpus.get(i).name().valid() || isRepeated(gpus, i)) {
                leftOut++;
                continue;
            }
            int start = out.open(7);
            encode(gpus.get(i));
            out.close(start);
        }
        count(8, readings.gpusExpected());
        count(9, readings.gpusVisible());
        count(10, readings.gpusOnPci());
        if (readings.info() != null) {
            texts(11, readings.info().values());
        }
        parts.encode(readings.sxidList());
        return out.toBytes();
    }

    /**
     * Why readers would refuse a record of these readings as a whole, or null if they would take it: they could not
     * tell its host, its agent, its place or its time.
     */
    public static @Nullable String problem(Readings readings) {
        if (!readings.hostName().valid()) {
            return "no host";
        }
        if (!readings.agentName().valid()) {
            return "no agent id";
        }
        if (readings.sequence() < 1) {
            return "no sequence number";
        }
        if (readings.timeUnixMillis() < 1 || readings.timeUnixMillis() > MAX_TIME) {
            return "no time";
        }
        return readings.intervalMillis() < 1 ? "no interval" : null;
    }

    private static boolean isRepeated(List<GpuReading> gpus, int place) {
        WireName name = gpus.get(place).name();
        for (int i = 0; i < place; i++) {
            if (gpus.get(i).name().same(name)) {
                return true;
            }
        }
        return false;
    }

    private void encode(GpuReading gpu) {
        out.name(1, gpu.name());
        out.number(2, Math.max(0, gpu.index()));
        out.number(3, gpu.state().number());
        if (gpu.identity() != null) {
            texts(4, gpu.identity().values());
        }
        for (VectorColumn column : VECTORS) {
            long[] values = gpu.vector(column);
            if (values.length > 0) {
                int start = out.open(column.field());
                for (long value : values) {
                    out.zigzag(column.accepts(value) ? value : -1);
                }
                out.close(start);
            }
        }
        for (Column column : COLUMNS) {
            if (gpu.has(column)) {
                out.number(column.field(), gpu.get(column));
            }
        }
        for (Part part : PARTS) {
            if (!gpu.parts(part).isEmpty()) {
                parts.encode(gpu.partList(part));
            }
        }
        if (gpu.isAnyFromDcgm()) {
            sources(gpu.fromDcgm());
        }
    }

    private void sources(long[] fields) {
        int start = out.open(FROM_DCGM);
        for (int word = 0; word < fields.length; word++) {
            for (long left = fields[word]; left != 0; left &= left - 1) {
                out.varint(word * Long.SIZE + Long.numberOfTrailingZeros(left));
            }
        }
        out.close(start);
    }

    private void texts(int field, List<String> values) {
        int start = out.open(field);
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).isEmpty()) {
                out.text(i + 1, values.get(i), MAX_TEXT);
            }
        }
        out.close(start);
    }

    private void count(int field, int value) {
        if (value >= 0) {
            out.number(field, value);
        }
    }

    /**
     * Reads a record's value, null in one that only deletes, into {@code into}, whose former content is lost whatever
     * the answer.
     *
     * <p>Values outside their column's range are left out and counted in {@link #rejected}.
     */
    public Decoded decode(byte @Nullable [] bytes, Readings into) {
        into.clear();
        if (bytes == null) {
            return new Decoded.Malformed("no value");
        }
        in.reset(bytes);
        try {
            return decodeReadings(into);
        } catch (WireReader.Malformed e) {
            return new Decoded.Malformed(e.getMessage());
        }
    }

    /**
     * Answers and counts exactly as {@link #decode}, at less cost, for who wants the values of few of many records.
     *
     * <p>What {@code into} gets: host, agent, times, sequence and counts, and as many GPUs as there are. What else it
     * holds is undefined, unless {@link Readings#info} is there: then it is all as decoded.
     */
    public Decoded check(byte @Nullable [] bytes, Readings into) {
        return bytes != null && passes(bytes, into) ? KNOWN : decode(bytes, into);
    }

    /** Whether the record is one of the many with nothing in it that {@link #decode} must look at. */
    boolean passes(byte[] bytes, Readings into) {
        into.clear();
        in.reset(bytes);
        try {
            return check.passes(into);
        } catch (WireReader.Malformed _) {
            return false; // decoding says in its own words what is wrong
        }
    }

    private Decoded decodeReadings(Readings into) throws WireReader.Malformed {
        long format = 0;
        int gpus = 0;
        int expected = Readings.UNKNOWN;
        int visible = Readings.UNKNOWN;
        int onPci = Readings.UNKNOWN;
        WireName host = WireName.NONE;
        WireName agent = WireName.NONE;
        int end = in.end();
        while (in.position() < end) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | VARINT -> {
                    format = in.varint();
                    if (format > FORMAT) {
                        return new Decoded.Newer(format);
                    }
                }
                case 2 << 3 | LENGTH -> host = in.name(into.hostName());
                case 3 << 3 | VARINT -> into.timeUnixMillis(in.varint());
                case 4 << 3 | VARINT -> into.intervalMillis(in.count("interval_ms"));
                case 5 << 3 | LENGTH -> agent = in.name(into.agentName());
                case 6 << 3 | VARINT -> into.sequence(in.varint());
                case 7 << 3 | LENGTH -> {
                    if (gpus == MAX_GPUS) {
                        throw in.malformed("more than " + MAX_GPUS + " GPUs");
                    }
                    decodeGpu(into.pooled(gpus++));
                }
                case 8 << 3 | VARINT -> expected = in.count("gpus_expected");
                case 9 << 3 | VARINT -> visible = in.count("gpus_visible");
                case 10 << 3 | VARINT -> onPci = in.count("gpus_on_pci");
                case 11 << 3 | LENGTH -> into.info(HostInfo.ofValues(texts(HostInfo.FIELDS)));
                case 12 << 3 | LENGTH -> parts.decode(Part.SXID, into.sxidList());
                default -> in.skip(tag);
            }
        }
        if (format < 1) {
            return new Decoded.Malformed("no format number");
        }
        String problem = problem(into.hostName(host).agentName(agent));
        if (problem != null) {
            return new Decoded.Malformed(problem);
        }
        into.gpuCounts(expected, visible, onPci);
        List<GpuReading> decoded = into.gpuCount(gpus);
        for (int i = 1; i < gpus; i++) {
            if (isRepeated(decoded, i)) {
                return new Decoded.Malformed(
                        "two GPUs with UUID " + decoded.get(i).uuid());
            }
        }
        return KNOWN;
    }

    private void decodeGpu(GpuReading gpu) throws WireReader.Malformed {
        gpu.clear();
        int outer = in.enter();
        int end = in.end();
        WireName uuid = WireName.NONE;
        long state = 0; // what Protobuf leaves out is 0
        while (in.position() < end) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 | LENGTH -> uuid = in.name(gpu.name());
                case 2 << 3 | VARINT -> gpu.index(in.count("index"));
                case 3 << 3 | VARINT -> state = in.varint();
                case 4 << 3 | LENGTH -> gpu.identity(GpuIdentity.ofValues(texts(GpuIdentity.FIELDS)));
                case FROM_DCGM << 3 | LENGTH -> sources(gpu);
                case FROM_DCGM << 3 | VARINT -> gpu.markFromDcgm(in.varint());
                default -> other(gpu, tag);
            }
            rejected += in.columns(gpu);
        }
        in.leave(outer);
        gpu.name(uuid).state(GpuState.ofNumber(state));
        if (!uuid.valid()) {
            throw in.malformed("a GPU without UUID");
        }
    }

    private void other(GpuReading gpu, int tag) throws WireReader.Malformed {
        int field = tag >>> 3;
        int type = tag & 7;
        Column column = type == VARINT ? Column.ofField(field) : null;
        VectorColumn byPlace = type == VARINT || type == LENGTH ? VectorColumn.ofField(field) : null;
        Part part = type == LENGTH ? Part.ofField(field) : null;
        if (column != null) {
            if (!gpu.put(column, in.varint())) {
                rejected++;
            }
        } else if (byPlace != null) {
            vector(gpu, byPlace, type == LENGTH);
        } else if (part != null) {
            parts.decode(part, gpu.partList(part));
        } else {
            in.skip(tag);
        }
    }

    /** Values as writers send them; whoever reads Protobuf must take them one by one as well, and in several parts. */
    private void vector(GpuReading gpu, VectorColumn column, boolean packed) throws WireReader.Malformed {
        long[] former = gpu.vector(column);
        System.arraycopy(former, 0, vector, 0, former.length);
        int length = former.length;
        int outer = packed ? in.enter() : -1;
        do {
            if (packed && in.position() == in.end()) {
                break;
            }
            if (length == column.by().max()) {
                throw in.malformed(
                        "more than " + length + " values by " + column.by().label());
            }
            long value = in.zigzag();
            boolean accepted = column.accepts(value);
            if (!accepted && value != -1) {
                rejected++;
            }
            vector[length++] = accepted ? value : -1;
        } while (packed);
        if (packed) {
            in.leave(outer);
        }
        if (length > 0) {
            gpu.vector(column, vector, length);
        }
    }

    private void sources(GpuReading gpu) throws WireReader.Malformed {
        int outer = in.enter();
        while (in.position() < in.end()) {
            gpu.markFromDcgm(in.varint());
        }
        in.leave(outer);
    }

    private String[] texts(int fields) throws WireReader.Malformed {
        var values = new String[fields];
        Arrays.fill(values, "");
        int outer = in.enter();
        while (in.position() < in.end()) {
            int tag = in.tag();
            int field = tag >>> 3;
            if ((tag & 7) == LENGTH && field >= 1 && field <= fields) {
                values[field - 1] = in.text(MAX_TEXT);
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return values;
    }
}
