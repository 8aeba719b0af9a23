package caretaker.collector.exposition;

import caretaker.collector.state.Snapshot;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Metric;
import caretaker.contracts.Readings;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes every family of a snapshot, each once, in the order of {@link Metric}.
 *
 * <p>Made for one format and used again and again by one thread at a time: it keeps the memory of the labels.
 */
public final class Exposition {
    private static final Metric[] METRICS = Metric.values();
    private static final GpuState[] STATES = GpuState.values();
    private static final Family READING_AGE = new Family(
            "nvidia_gpu_collector_reading_age_seconds",
            Metric.Type.GAUGE,
            "seconds",
            "Time since the collector got the newest record of the host.");

    private final Format format;
    private final Map<Metric, List<Series>> series = new EnumMap<>(Metric.class);
    private final Map<Metric, List<VectorSeries>> vectors = new EnumMap<>(Metric.class);
    private final Labels hosts;
    private final GpuLabels gpus;
    private final PartSeries parts;
    private final Labels once; // labels of a single sample
    private final Labels none;
    private final Labels[] states = new Labels[STATES.length + 1];

    public Exposition(Format format) {
        this.format = format;
        hosts = new Labels(format);
        gpus = new GpuLabels(format);
        parts = new PartSeries(format);
        once = new Labels(format);
        none = Labels.of(format);
        for (GpuState state : STATES) {
            states[state.number()] = Labels.of(format, "state", state.label());
        }
        for (Metric metric : METRICS) {
            series.put(metric, Series.of(metric, format));
            vectors.put(metric, VectorSeries.of(metric, format));
        }
    }

    /**
     * Writes the snapshot in pieces of about 128 KiB. What follows on {@code out} must complete the document: in
     * OpenMetrics the {@code # EOF} is not written here.
     *
     * @return how many series there were
     */
    public long write(Snapshot snapshot, OutputStream out) throws IOException {
        var sink = new ByteSink(out);
        Encoder encoder = format == Format.PROTOBUF ? new ProtobufEncoder(sink) : new TextEncoder(sink, format);
        renderLabels(snapshot);
        for (Metric metric : METRICS) {
            Family family = Family.of(metric);
            for (int pass = 0; pass < encoder.passes(); pass++) {
                encoder.begin(family, pass);
                write(metric, snapshot, encoder);
            }
        }
        for (int pass = 0; pass < encoder.passes(); pass++) {
            encoder.begin(READING_AGE, pass);
            for (int i = 0; i < snapshot.hostCount(); i++) {
                encoder.sample(hosts, i, none, snapshot.host(i).ageMillis(), -3);
            }
        }
        sink.drain();
        return encoder.samples();
    }

    private void renderLabels(Snapshot snapshot) {
        hosts.clear();
        for (int i = 0; i < snapshot.hostCount(); i++) {
            hosts.add("instance", snapshot.host(i).name()).endRow();
        }
        gpus.render(snapshot);
        parts.render(snapshot);
    }

    private void write(Metric metric, Snapshot snapshot, Encoder encoder) throws IOException {
        switch (metric) {
            case INFO -> writeInfo(snapshot, encoder);
            case DRIVER_INFO, AGENT_INFO -> writeHostInfo(metric, snapshot, encoder);
            case EXPECTED, VISIBLE, PCI_PRESENT -> writeCount(metric, snapshot, encoder);
            case UP -> {
                for (int i = 0; i < snapshot.gpuCount(); i++) {
                    encoder.sample(gpus.all(), i, none, snapshot.gpu(i).up() ? 1 : 0, 0);
                }
            }
            case STATE -> {
                for (int i = 0; i < snapshot.gpuCount(); i++) {
                    if (!snapshot.host(snapshot.gpu(i).host()).heard()) {
                        continue; // an inventory does not say how a GPU is
                    }
                    GpuState state = snapshot.gpu(i).reading().state();
                    for (GpuState each : STATES) {
                        encoder.sample(gpus.all(), i, states[each.number()], each == state ? 1 : 0, 0);
                    }
                }
            }
            default -> {
                if (PartSeries.isOfPart(metric)) {
                    parts.write(metric, snapshot, gpus, encoder);
                    return;
                }
                writeColumns(metric, snapshot, encoder);
                writeVectors(vectors.getOrDefault(metric, List.of()), snapshot, encoder);
            }
        }
    }

    private void writeColumns(Metric metric, Snapshot snapshot, Encoder encoder) throws IOException {
        List<Series> all = series.getOrDefault(metric, List.of());
        if (all.isEmpty()) {
            return;
        }
        if (all.size() == 1 && all.getFirst() instanceof Series.Scaled(Column column, int exponent, Labels labels)) {
            for (int i = 0; i < snapshot.gpuCount(); i++) {
                GpuReading reading = snapshot.gpu(i).reading();
                if (reading.has(column)) {
                    encoder.sample(gpus.of(reading, column), i, labels, reading.get(column), exponent);
                }
            }
            return;
        }
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            GpuReading reading = snapshot.gpu(i).reading();
            for (int s = 0; s < all.size(); s++) {
                all.get(s).write(reading, gpus, i, encoder);
            }
        }
    }

    private void writeVectors(List<VectorSeries> all, Snapshot snapshot, Encoder encoder) throws IOException {
        if (all.isEmpty()) {
            return;
        }
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            for (int s = 0; s < all.size(); s++) {
                all.get(s).write(snapshot.gpu(i).reading(), gpus, i, encoder);
            }
        }
    }

    private void writeInfo(Snapshot snapshot, Encoder encoder) throws IOException {
        List<String> names = Metric.INFO.labels();
        for (int i = 0; i < snapshot.gpuCount(); i++) {
            GpuIdentity identity = snapshot.gpu(i).reading().identity();
            if (identity == null) {
                continue;
            }
            List<String> values = identity.values();
            once.clear();
            for (int label = 0; label < values.size(); label++) {
                once.add(names.get(3 + label), values.get(label)); // after instance, gpu and uuid
            }
            once.endRow();
            encoder.sample(gpus.all(), i, once, 1, 0);
        }
    }

    private void writeHostInfo(Metric metric, Snapshot snapshot, Encoder encoder) throws IOException {
        for (int i = 0; i < snapshot.hostCount(); i++) {
            HostInfo info = snapshot.host(i).info();
            Labels labels = info == null ? null : metric == Metric.AGENT_INFO ? agentLabels(info) : driverLabels(info);
            if (labels != null) {
                encoder.sample(hosts, i, labels, 1, 0);
            }
        }
    }

    private Labels agentLabels(HostInfo info) {
        once.clear();
        once.add("version", info.agentVersion())
                .add("backend", info.backend())
                .add("driver_loaded", Boolean.toString(!info.driverVersion().isEmpty()))
                .endRow();
        return once;
    }

    private @Nullable Labels driverLabels(HostInfo info) {
        if (info.driverVersion().isEmpty()) {
            return null;
        }
        once.clear();
        once.add("driver_version", info.driverVersion())
                .add("nvml_version", info.nvmlVersion())
                .add("cuda_version", info.cudaVersion())
                .add("gsp_firmware_version", info.gspFirmwareVersion())
                .endRow();
        return once;
    }

    private void writeCount(Metric metric, Snapshot snapshot, Encoder encoder) throws IOException {
        for (int i = 0; i < snapshot.hostCount(); i++) {
            Snapshot.HostRow host = snapshot.host(i);
            int count = metric == Metric.EXPECTED
                    ? host.expected()
                    : metric == Metric.VISIBLE ? host.visible() : host.onPci();
            if (count != Readings.UNKNOWN) {
                encoder.sample(hosts, i, none, count, 0);
            }
        }
    }
}
