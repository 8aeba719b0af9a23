package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Metric;
import java.io.IOException;

/** Messages after their lengths. A family's length must be known before its first sample, hence the two passes. */
final class ProtobufEncoder implements Encoder {
    private static final int MEASURE = 0;
    private static final int VALUE_SIZE = 1 + Double.BYTES;
    private static final double[] POWERS = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

    private final ByteSink sink;
    private byte[] header = {};
    private int valueTag;
    private boolean measuring;
    private int metricsSize;
    private boolean open;
    private long samples;

    ProtobufEncoder(ByteSink sink) {
        this.sink = sink;
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public void begin(Family family, int pass) {
        measuring = pass == MEASURE;
        if (!measuring) {
            return;
        }
        metricsSize = 0;
        open = false;
        boolean counter = family.type() == Metric.Type.COUNTER;
        valueTag = counter ? Wire.METRIC_COUNTER : Wire.METRIC_GAUGE;
        header = header(family, counter ? Wire.TYPE_COUNTER : Wire.TYPE_GAUGE);
    }

    private static byte[] header(Family family, int type) {
        byte[] name = family.name().getBytes(UTF_8);
        byte[] help = family.help().getBytes(UTF_8);
        byte[] unit = family.saidUnit().getBytes(UTF_8);
        int unitSize = unit.length == 0 ? 0 : Wire.textSize(unit.length);
        var header = new byte[Wire.textSize(name.length) + Wire.textSize(help.length) + 2 + unitSize];
        int at = text(header, 0, Wire.FAMILY_NAME, name);
        at = text(header, at, Wire.FAMILY_HELP, help);
        header[at++] = Wire.FAMILY_TYPE;
        header[at++] = (byte) type;
        if (unit.length > 0) {
            text(header, at, Wire.FAMILY_UNIT, unit);
        }
        return header;
    }

    private static int text(byte[] to, int at, int tag, byte[] utf8) {
        int start = Wire.header(to, at, tag, utf8.length);
        System.arraycopy(utf8, 0, to, start, utf8.length);
        return start + utf8.length;
    }

    @Override
    public void sample(Labels labels, int row, Labels more, long value, int exponent) throws IOException {
        int from = labels.start(row);
        int length = labels.end(row) - from;
        int moreLength = more.end(0);
        int metric = length + moreLength + Wire.textSize(VALUE_SIZE);
        if (measuring) {
            metricsSize = Math.addExact(metricsSize, Wire.textSize(metric));
            return;
        }
        if (!open) {
            open();
        }
        sink.reserve(metric + 8);
        byte[] to = sink.array();
        int at = Wire.header(to, sink.position(), Wire.FAMILY_METRIC, metric);
        System.arraycopy(labels.array(), from, to, at, length);
        at += length;
        System.arraycopy(more.array(), 0, to, at, moreLength);
        at += moreLength;
        at = Wire.header(to, at, valueTag, VALUE_SIZE);
        to[at++] = Wire.VALUE;
        sink.position(Wire.fixed64(to, at, Double.doubleToRawLongBits(scaled(value, exponent))));
        samples++;
    }

    private void open() throws IOException {
        open = true;
        sink.reserve(8);
        sink.position(Wire.varint(sink.array(), sink.position(), Math.addExact(header.length, metricsSize)));
        sink.write(header);
    }

    /** Divides rather than multiplies by a fraction, which no double holds: 7 mW are 0.007 W and no neighbour of it. */
    private static double scaled(long value, int exponent) {
        if (exponent < -9) {
            return Double.parseDouble(value + "e" + exponent);
        }
        return exponent < 0 ? value / POWERS[-exponent] : value * POWERS[exponent];
    }

    @Override
    public void end() {}

    @Override
    public long samples() {
        return samples;
    }
}
