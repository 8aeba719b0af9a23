package caretaker.collector.exposition;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Metric;
import caretaker.contracts.StateNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What one column of a GPU becomes: one series, or one for each word of an enumeration or bit of a mask. */
sealed interface Series {
    void write(GpuReading reading, GpuLabels gpus, int gpu, Encoder encoder) throws IOException;

    /** The series of a family, in the order of the columns. */
    static List<Series> of(Metric metric, Format format) {
        List<Series> series = new ArrayList<>();
        for (Column column : Column.values()) {
            if (column.metric() == metric && column != Column.CLOCK_EVENT_REASONS_SUPPORTED) {
                series.add(
                        switch (column.quantity()) {
                            case CHOICE -> Choice.of(column, format);
                            case MASK -> Mask.of(column, format);
                            default ->
                                new Scaled(column, exponent(column.quantity()), labels(column.labelValues(), format));
                        });
            }
        }
        return List.copyOf(series);
    }

    /** The power of ten that a quantity is scaled by. */
    static int exponent(Column.Quantity quantity) {
        int exponent = (int) Math.round(Math.log10(quantity.scale()));
        if (quantity.scale() != Double.parseDouble("1e" + exponent)) {
            throw new IllegalStateException(quantity + " is scaled by " + quantity.scale() + ", no power of ten");
        }
        return exponent;
    }

    /** Labels that never change, each given as {@code name=value}. */
    static Labels labels(List<String> namesAndValues, Format format) {
        List<String> labels = new ArrayList<>();
        for (String label : namesAndValues) {
            int equals = label.indexOf('=');
            labels.add(label.substring(0, equals));
            labels.add(label.substring(equals + 1));
        }
        return Labels.of(format, labels.toArray(String[]::new));
    }

    /** A plain number. */
    record Scaled(Column column, int exponent, Labels labels) implements Series {
        @Override
        public void write(GpuReading reading, GpuLabels gpus, int gpu, Encoder encoder) throws IOException {
            if (reading.has(column)) {
                encoder.sample(gpus.of(reading, column), gpu, labels, reading.get(column), exponent);
            }
        }
    }

    /** One of an enumeration: its word is 1, every other 0. A number without a word is {@code value_N}. */
    record Choice(Column column, List<Labels> words, List<Labels> others) implements Series {
        static Choice of(Column column, Format format) {
            String label = StateNames.label(column);
            List<String> names = StateNames.of(column);
            List<Labels> words =
                    names.stream().map(name -> Labels.of(format, label, name)).toList();
            List<Labels> others = new ArrayList<>();
            for (int value = names.size(); column.accepts(value); value++) {
                others.add(Labels.of(format, label, "value_" + value));
            }
            return new Choice(column, words, others);
        }

        @Override
        public void write(GpuReading reading, GpuLabels gpus, int gpu, Encoder encoder) throws IOException {
            if (!reading.has(column)) {
                return;
            }
            int value = (int) reading.get(column);
            for (int i = 0; i < words.size(); i++) {
                encoder.sample(gpus.of(reading, column), gpu, words.get(i), i == value ? 1 : 0, 0);
            }
            if (value >= words.size()) {
                encoder.sample(gpus.of(reading, column), gpu, others.get(value - words.size()), 1, 0);
            }
        }
    }

    /**
     * Bits: 1 or 0 for each that the GPU supports, and 1 for any other that is set. A GPU that does not say which it
     * supports has all that have names.
     */
    record Mask(Column column, long named, List<Labels> bits) implements Series {
        static Mask of(Column column, Format format) {
            String label = StateNames.label(column);
            List<Labels> bits = new ArrayList<>();
            for (int bit = 0; bit < Long.SIZE; bit++) {
                bits.add(Labels.of(format, label, StateNames.bit(column, bit)));
            }
            return new Mask(column, (1L << StateNames.of(column).size()) - 1, List.copyOf(bits));
        }

        @Override
        public void write(GpuReading reading, GpuLabels gpus, int gpu, Encoder encoder) throws IOException {
            if (!reading.has(column)) {
                return;
            }
            long set = reading.get(column);
            long supported = reading.has(Column.CLOCK_EVENT_REASONS_SUPPORTED)
                    ? reading.get(Column.CLOCK_EVENT_REASONS_SUPPORTED)
                    : named;
            for (long left = set | supported; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                encoder.sample(gpus.of(reading, column), gpu, bits.get(bit), set >>> bit & 1, 0);
            }
        }
    }
}
