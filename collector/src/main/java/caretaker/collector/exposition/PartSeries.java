package caretaker.collector.exposition;

import caretaker.collector.state.Snapshot;
import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Metric;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.XidCodes;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The families whose series are told apart by texts: MIG devices, containers, processes, XIDs. */
final class PartSeries {
    private static final int GPU_INSTANCE = Part.MIG.identity().indexOf("gpu_instance");
    private static final int PROFILE = Part.MIG.identity().indexOf("profile");
    private static final Map<Metric, PartColumn> COLUMNS = new EnumMap<>(Metric.class);

    static {
        for (PartColumn column : PartColumn.values()) {
            COLUMNS.put(column.metric(), column);
        }
    }

    private final Map<Part, Labels> rows = new EnumMap<>(Part.class); // GPU after GPU, part after part
    private final List<Labels> codes;
    private final Labels once;
    private final Labels none;

    PartSeries(Format format) {
        for (Part part : Part.values()) {
            rows.put(part, new Labels(format));
        }
        codes = XidCodes.FROM_THE_START.stream()
                .map(code -> Labels.of(format, "xid", code))
                .toList();
        once = new Labels(format);
        none = Labels.of(format);
    }

    static boolean isOfPart(Metric metric) {
        return metric == Metric.MIG_INSTANCE_INFO || COLUMNS.containsKey(metric);
    }

    void render(Snapshot snapshot) {
        rows.forEach((part, labels) -> {
            labels.clear();
            if (part.ofHost()) {
                renderOfHosts(snapshot, labels);
            } else {
                render(part, snapshot, labels);
            }
        });
    }

    private static void renderOfHosts(Snapshot snapshot, Labels labels) {
        for (int i = 0; i < snapshot.hostCount(); i++) {
            for (PartReading sxid : snapshot.host(i).sxids()) {
                labels.add("instance", snapshot.host(i).name());
                addIdentity(labels, sxid);
                labels.endRow();
            }
        }
    }

    private static void render(Part part, Snapshot snapshot, Labels labels) {
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            GpuReading gpu = snapshot.gpu(i).reading();
            for (PartReading reading : gpu.parts(part)) {
                GpuLabels.add(labels, snapshot, i);
                addIdentity(labels, reading);
                if (gpu.isFromDcgm(part)) {
                    GpuLabels.addSource(labels);
                }
                labels.endRow();
            }
        }
    }

    private static void addIdentity(Labels labels, PartReading part) {
        List<String> names = part.part().identity();
        for (int i = 0; i < names.size(); i++) {
            labels.add(names.get(i), part.text(i));
        }
    }

    void write(Metric metric, Snapshot snapshot, GpuLabels gpus, Encoder encoder) throws IOException {
        PartColumn column = COLUMNS.get(metric);
        if (column == null) {
            writeInfo(encoder);
        } else if (column.part().ofHost()) {
            writeOfHosts(column, snapshot, encoder);
        } else if (metric == Metric.MIG_GRAPHICS_ENGINE_ACTIVE_RATIO) {
            writeGraphicsEngines(column, snapshot, gpus, encoder);
        } else {
            write(column, snapshot, gpus, encoder);
        }
    }

    private void writeInfo(Encoder encoder) throws IOException {
        Labels labels = labels(Part.MIG);
        for (int row = 0; row < labels.rows(); row++) {
            encoder.sample(labels, row, none, 1, 0);
        }
    }

    private void writeOfHosts(PartColumn column, Snapshot snapshot, Encoder encoder) throws IOException {
        int row = 0;
        for (int i = 0; i < snapshot.hostCount(); i++) {
            for (PartReading sxid : snapshot.host(i).sxids()) {
                write(column, sxid, row++, encoder);
            }
        }
    }

    private void write(PartColumn column, Snapshot snapshot, GpuLabels gpus, Encoder encoder) throws IOException {
        boolean xids = column == PartColumn.XID_ERRORS;
        if (!xids && labels(column.part()).rows() == 0) {
            return;
        }
        int row = 0;
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            GpuReading gpu = snapshot.gpu(i).reading();
            List<PartReading> parts = gpu.parts(column.part());
            for (int p = 0; p < parts.size(); p++) {
                write(column, parts.get(p), row++, encoder);
            }
            // who counts XIDs says which was the last, or that there was none; a dcgm-exporter does not count them
            if (xids && gpu.has(Column.XID_LAST) && !gpu.isFromDcgm(Column.XID_LAST)) {
                writeUnseenCodes(parts, gpus.all(), i, encoder);
            }
        }
    }

    private void write(PartColumn column, PartReading part, int row, Encoder encoder) throws IOException {
        if (part.has(column)) {
            int exponent = Series.exponent(column.quantity());
            encoder.sample(labels(column.part()), row, none, part.get(column), exponent);
        }
    }

    /** Counters at 0 of the codes that matter, so that whoever looks for an increase sees the first error. */
    private void writeUnseenCodes(List<PartReading> seen, Labels gpus, int gpu, Encoder encoder) throws IOException {
        for (int code = 0; code < codes.size(); code++) {
            if (!isSeen(XidCodes.FROM_THE_START.get(code), seen)) {
                encoder.sample(gpus, gpu, codes.get(code), 0, 0);
            }
        }
    }

    private static boolean isSeen(String code, List<PartReading> seen) {
        for (int i = 0; i < seen.size(); i++) {
            if (seen.get(i).text(0).equals(code) && seen.get(i).has(PartColumn.XID_ERRORS)) {
                return true;
            }
        }
        return false;
    }

    /** By GPU instance: where several of its compute instances have a value, the first one's. */
    private void writeGraphicsEngines(PartColumn column, Snapshot snapshot, GpuLabels gpus, Encoder encoder)
            throws IOException {
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            GpuReading gpu = snapshot.gpu(i).reading();
            List<PartReading> parts = gpu.parts(Part.MIG);
            for (int p = 0; p < parts.size(); p++) {
                PartReading part = parts.get(p);
                if (part.has(column) && isFirstOfInstance(column, parts, p)) {
                    once.clear();
                    once.add("gpu_instance", part.text(GPU_INSTANCE)).add("profile", part.text(PROFILE));
                    once.endRow();
                    Labels rowsOfGpu = gpus.of(gpu, Part.MIG);
                    encoder.sample(rowsOfGpu, i, once, part.get(column), Series.exponent(column.quantity()));
                }
            }
        }
    }

    private static boolean isFirstOfInstance(PartColumn column, List<PartReading> parts, int place) {
        for (int i = 0; i < place; i++) {
            if (parts.get(i).has(column)
                    && parts.get(i).text(GPU_INSTANCE).equals(parts.get(place).text(GPU_INSTANCE))
                    && parts.get(i).text(PROFILE).equals(parts.get(place).text(PROFILE))) {
                return false;
            }
        }
        return true;
    }

    private Labels labels(Part part) {
        Labels labels = rows.get(part);
        if (labels == null) {
            throw new IllegalStateException(part + " has no labels");
        }
        return labels;
    }
}
