package caretaker.collector.exposition;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;

/** Prometheus text and OpenMetrics text: the same lines under different headers. */
final class TextEncoder implements Encoder {
    private final ByteSink sink;
    private final boolean openMetrics;
    private byte[] header = {};
    private byte[] name = {};
    private long samples;
    private long samplesBefore;

    TextEncoder(ByteSink sink, Format format) {
        this.sink = sink;
        this.openMetrics = format == Format.OPENMETRICS;
    }

    @Override
    public int passes() {
        return 1;
    }

    @Override
    public void begin(Family family, int pass) {
        header = openMetrics ? family.openMetricsHeader() : family.textHeader();
        name = (family.name() + "{").getBytes(US_ASCII);
        samplesBefore = samples;
    }

    @Override
    public void sample(Labels labels, int row, Labels more, long value, int exponent) throws IOException {
        if (samples == samplesBefore) {
            sink.write(header);
        }
        int from = labels.start(row);
        int length = labels.end(row) - from;
        int moreLength = more.end(0);
        sink.reserve(name.length + length + moreLength + Decimal.MAX_LENGTH + 4);
        byte[] to = sink.array();
        int at = sink.position();
        System.arraycopy(name, 0, to, at, name.length);
        at += name.length;
        System.arraycopy(labels.array(), from, to, at, length);
        at += length;
        if (moreLength > 0) {
            to[at++] = ',';
            System.arraycopy(more.array(), 0, to, at, moreLength);
            at += moreLength;
        }
        to[at++] = '}';
        to[at++] = ' ';
        at = Decimal.write(to, at, value, exponent);
        to[at++] = '\n';
        sink.position(at);
        samples++;
    }

    @Override
    public void end() {}

    @Override
    public long samples() {
        return samples;
    }
}
