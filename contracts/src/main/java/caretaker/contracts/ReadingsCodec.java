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

    private static final int MAX_TEXT = 256;
    private static final int MAX_COUNT = 1 << 20;

    private static final Column[] COLUMNS = Column.values();
    private static final FanColumn[] FANS = FanColumn.values();

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

    /** Values that {@link #decode} has left out so far because they were outside their column's range. */
    public long rejected() {
        return rejected;
    }

    public byte[] encode(Readings readings) {
        out.reset();
        out.number(1, FORMAT);
        out.text(2, readings.host());
        out.number(3, readings.timeUnixMillis());
        out.number(4, readings.intervalMillis());
        out.text(5, readings.agentId());
        out.number(6, readings.sequence());
        for (GpuReading gpu : readings.gpus()) {
            int start = out.open(7);
            encode(gpu);
            out.close(start);
        }
        count(8, readings.gpusExpected());
        count(9, readings.gpusVisible());
        count(10, readings.gpusOnPci());
        if (readings.info() != null) {
            texts(11, readings.info().values());
        }
        return out.toBytes();
    }

    private void encode(GpuReading gpu) {
        out.text(1, gpu.uuid());
        out.number(2, gpu.index());
        out.number(3, gpu.state().number());
        if (gpu.identity() != null) {
            texts(4, gpu.identity().values());
        }
        for (FanColumn column : FANS) {
            int[] byFan = gpu.fans(column);
            if (byFan.length > 0) {
                int start = out.open(column.field());
                for (int value : byFan) {
                    out.varint((value << 1) ^ (value >> 31));
                }
                out.close(start);
            }
        }
        for (Column column : COLUMNS) {
            if (gpu.has(column)) {
                out.number(column.field(), gpu.get(column));
            }
        }
    }

    private void texts(int field, List<String> values) {
        int start = out.open(field);
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).isEmpty()) {
                out.text(i + 1, values.get(i));
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
     * Reads a record's value into {@code into}, whose former content is lost whatever the answer.
     *
     * <p>Values outside their column's range are left out and counted in {@link #rejected}.
     */
    public Decoded decode(byte[] bytes, Readings into) {
        into.clear();
        in.reset(bytes);
        try {
            return decodeReadings(into);
        } catch (WireReader.Malformed e) {
            return new Decoded.Malformed(e.getMessage());
        }
    }

    private Decoded decodeReadings(Readings into) throws WireReader.Malformed {
        long format = 0;
        int gpus = 0;
        int expected = Readings.UNKNOWN;
        int visible = Readings.UNKNOWN;
        int onPci = Readings.UNKNOWN;
        boolean named = false;
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
                case 2 << 3 | LENGTH -> {
                    into.host(text(into.host()));
                    named = !into.host().isEmpty();
                }
                case 3 << 3 | VARINT -> into.timeUnixMillis(in.varint());
                case 4 << 3 | VARINT -> into.intervalMillis(count("interval_ms"));
                case 5 << 3 | LENGTH -> into.agentId(text(into.agentId()));
                case 6 << 3 | VARINT -> into.sequence(in.varint());
                case 7 << 3 | LENGTH -> {
                    if (gpus == MAX_GPUS) {
                        throw in.malformed("more than " + MAX_GPUS + " GPUs");
                    }
                    decodeGpu(into.pooled(gpus++));
                }
                case 8 << 3 | VARINT -> expected = count("gpus_expected");
                case 9 << 3 | VARINT -> visible = count("gpus_visible");
                case 10 << 3 | VARINT -> onPci = count("gpus_on_pci");
                case 11 << 3 | LENGTH -> into.info(HostInfo.ofValues(texts(HostInfo.FIELDS)));
                default -> in.skip(tag);
            }
        }
        if (format < 1 || !named) {
            return new Decoded.Malformed(format < 1 ? "no format number" : "no host");
        }
        into.gpuCount(gpus);
        into.gpuCounts(expected, visible, onPci);
        return KNOWN;
    }

    private void decodeGpu(GpuReading gpu) throws WireReader.Malformed {
        gpu.clear();
        int outer = in.enter();
        int end = in.end();
        boolean named = false;
        while (in.position() < end) {
            int tag = in.tag();
            int field = tag >>> 3;
            if ((tag & 7) == VARINT) {
                long value = in.varint();
                Column column = Column.ofField(field);
                if (column != null) {
                    if (!gpu.set(column, value)) {
                        rejected++;
                    }
                } else if (field == 2) {
                    gpu.index((int) Math.min(value & Long.MAX_VALUE, MAX_COUNT));
                } else if (field == 3) {
                    gpu.state(GpuState.ofNumber(value));
                }
            } else {
                switch (tag) {
                    case 1 << 3 | LENGTH -> {
                        gpu.uuid(text(gpu.uuid()));
                        named = !gpu.uuid().isEmpty();
                    }
                    case 4 << 3 | LENGTH -> gpu.identity(GpuIdentity.ofValues(texts(GpuIdentity.FIELDS)));
                    case 8 << 3 | LENGTH ->
                        gpu.fans(FanColumn.FAN_SPEED_PERCENTAGE, fans(FanColumn.FAN_SPEED_PERCENTAGE));
                    case 9 << 3 | LENGTH -> gpu.fans(FanColumn.FAN_SPEED_RPM, fans(FanColumn.FAN_SPEED_RPM));
                    default -> in.skip(tag);
                }
            }
        }
        in.leave(outer);
        if (!named) {
            throw in.malformed("a GPU without UUID");
        }
    }

    private int[] fans(FanColumn column) throws WireReader.Malformed {
        int outer = in.enter();
        int[] byFan = new int[FanColumn.MAX_FANS];
        int count = 0;
        while (in.position() < in.end()) {
            long zigzag = in.varint();
            long value = zigzag >>> 1 ^ -(zigzag & 1);
            if (count == FanColumn.MAX_FANS) {
                throw in.malformed("more than " + FanColumn.MAX_FANS + " fans");
            }
            boolean accepted = column.accepts(value);
            if (!accepted && value != -1) {
                rejected++;
            }
            byFan[count++] = accepted ? (int) value : -1;
        }
        in.leave(outer);
        return Arrays.copyOf(byFan, count);
    }

    private int count(String field) throws WireReader.Malformed {
        long value = in.varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw in.malformed(field + " is out of range");
        }
        return (int) value;
    }

    private String[] texts(int fields) throws WireReader.Malformed {
        var values = new String[fields];
        Arrays.fill(values, "");
        int outer = in.enter();
        while (in.position() < in.end()) {
            int tag = in.tag();
            int field = tag >>> 3;
            if ((tag & 7) == LENGTH && field >= 1 && field <= fields) {
                values[field - 1] = text("");
            } else {
                in.skip(tag);
            }
        }
        in.leave(outer);
        return values;
    }

    /** The next text; the very object {@code likely} when it says the same, which it nearly always does. */
    private String text(@Nullable String likely) throws WireReader.Malformed {
        return in.text(likely, MAX_TEXT);
    }
}
