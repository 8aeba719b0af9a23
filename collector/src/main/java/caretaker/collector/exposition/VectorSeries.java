package caretaker.collector.exposition;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Metric;
import caretaker.contracts.VectorColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What one column by fan or link becomes: a series for each that has a value. */
record VectorSeries(VectorColumn column, int exponent, List<Labels> places) {
    /** The series of a family, in the order of the columns. */
    static List<VectorSeries> of(Metric metric, Format format) {
        List<VectorSeries> series = new ArrayList<>();
        for (VectorColumn column : VectorColumn.values()) {
            if (column.metric() == metric) {
                series.add(new VectorSeries(column, Series.exponent(column.quantity()), places(column, format)));
            }
        }
        return List.copyOf(series);
    }

    private static List<Labels> places(VectorColumn column, Format format) {
        List<Labels> places = new ArrayList<>();
        for (int place = 0; place < column.by().max(); place++) {
            List<String> labels = new ArrayList<>(List.of(column.by().label() + "=" + place));
            labels.addAll(column.labelValues());
            places.add(Series.labels(labels, format));
        }
        return List.copyOf(places);
    }

    void write(GpuReading reading, GpuLabels gpus, int gpu, Encoder encoder) throws IOException {
        long[] values = reading.vector(column);
        Labels rows = gpus.of(reading, column);
        for (int place = 0; place < values.length; place++) {
            long value = values[place];
            if (value < 0) {
                continue;
            }
            if (column.quantity() == Column.Quantity.MANTISSA_EXPONENT) {
                encoder.sample(rows, gpu, places.get(place), value >> 8, -(int) (value & 0xFF));
            } else {
                encoder.sample(rows, gpu, places.get(place), value, exponent);
            }
        }
    }
}
