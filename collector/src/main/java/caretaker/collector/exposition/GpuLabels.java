package caretaker.collector.exposition;

import caretaker.collector.state.Snapshot;
import caretaker.contracts.GpuReading;
import caretaker.contracts.WireField;

/** The labels that every series of a GPU begins with: a row for each GPU of a snapshot. */
final class GpuLabels {
    private final Labels read;
    private final Labels fromDcgm;

    GpuLabels(Format format) {
        read = new Labels(format);
        fromDcgm = new Labels(format);
    }

    void render(Snapshot snapshot) {
        read.clear();
        fromDcgm.clear();
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            add(read, snapshot, i).endRow();
            if (snapshot.gpu(i).reading().isAnyFromDcgm()) {
                addSource(add(fromDcgm, snapshot, i));
            }
            fromDcgm.endRow();
        }
    }

    /** Adds who a GPU is to a row that is not ended yet. */
    static Labels add(Labels to, Snapshot snapshot, int gpu) {
        Snapshot.GpuRow row = snapshot.gpu(gpu);
        return to.add("instance", snapshot.host(row.host()).name())
                .add("gpu", Integer.toString(row.reading().index()))
                .add("uuid", row.reading().uuid());
    }

    /** Says that the values are a dcgm-exporter's. */
    static void addSource(Labels to) {
        to.add("source", "dcgm");
    }

    Labels all() {
        return read;
    }

    /** The rows for series of a field: they say where its values came from, if not from the driver. */
    Labels of(GpuReading reading, WireField field) {
        return reading.isFromDcgm(field) ? fromDcgm : read;
    }
}
