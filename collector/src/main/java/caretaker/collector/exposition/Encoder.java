package caretaker.collector.exposition;

import java.io.IOException;

/** Writes families of samples in one format. A family's header comes with its first sample. */
sealed interface Encoder permits TextEncoder, ProtobufEncoder {
    /** How often the samples of a family must be gone through, each time between {@link #begin} and {@link #end}. */
    int passes();

    void begin(Family family, int pass);

    /**
     * Adds a sample.
     *
     * @param labels a row of these come first
     * @param more its only row comes after; may be empty
     * @param value with {@code exponent}, the value is {@code value × 10^exponent}
     */
    void sample(Labels labels, int row, Labels more, long value, int exponent) throws IOException;

    void end() throws IOException;

    /** How many samples were written so far. */
    long samples();
}
