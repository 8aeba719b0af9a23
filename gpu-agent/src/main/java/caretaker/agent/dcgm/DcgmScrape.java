package caretaker.agent.dcgm;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Links;
import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.VectorColumn;
import caretaker.contracts.WireName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes readings of the samples of one answer of a dcgm-exporter. */
final class DcgmScrape implements DcgmText.Sink {
    private static final String GPU_INSTANCE = "gpuiid";
    private static final String PROFILE = "gpuiprofile";

    /** In the order in which the driver's mask has them. */
    private static final List<Column> FABRIC_CHECKS = List.of(
            Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH,
            Column.FABRIC_HEALTH_ROUTE_RECOVERY,
            Column.FABRIC_HEALTH_ROUTE_UNHEALTHY,
            Column.FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY,
            Column.FABRIC_HEALTH_INCORRECT_CONFIGURATION);

    /** Called for a value that cannot be true. */
    interface Rejected {
        void value(String family);
    }

    private final Rejected rejected;
    private final Map<String, Gpu> gpus = new LinkedHashMap<>();
    private String driverVersion = "";

    private static final class Gpu {
        private final GpuReading reading = new GpuReading();
        private String name = "";
        private String pciBusId = "";
        private String serial = "";
        private String vbiosVersion = "";
        private String minorNumber = "";
        private boolean sliced;
    }

    DcgmScrape(Rejected rejected) {
        this.rejected = rejected;
    }

    /** What there was in the text, all of it marked as DCGM's. */
    DcgmReadings result(long nanos) {
        List<GpuReading> readings = new ArrayList<>();
        List<GpuIdentity> identities = new ArrayList<>();
        for (Gpu gpu : gpus.values()) {
            if (gpu.sliced) {
                gpu.reading.remove(Column.UTILIZATION_PERCENTAGE); // of a slice, or of nothing that has a meaning
            } else {
                addTotal(gpu.reading);
            }
            readings.add(gpu.reading);
            identities.add(new GpuIdentity(
                    gpu.name, gpu.pciBusId, gpu.serial, "", gpu.vbiosVersion, "", "", gpu.minorNumber, "", ""));
        }
        return new DcgmReadings(List.copyOf(readings), List.copyOf(identities), driverVersion, nanos);
    }

    /** Exporters rarely show the size of the memory, which is what is used, free and reserved. */
    private static void addTotal(GpuReading gpu) {
        if (!gpu.has(Column.MEMORY_TOTAL_BYTES)
                && gpu.has(Column.MEMORY_USED_BYTES)
                && gpu.has(Column.MEMORY_FREE_BYTES)
                && gpu.has(Column.MEMORY_RESERVED_BYTES)) {
            long total = gpu.get(Column.MEMORY_USED_BYTES)
                    + gpu.get(Column.MEMORY_FREE_BYTES)
                    + gpu.get(Column.MEMORY_RESERVED_BYTES);
            if (gpu.set(Column.MEMORY_TOTAL_BYTES, total)) {
                gpu.markFromDcgm(Column.MEMORY_TOTAL_BYTES);
            }
        }
    }

    @Override
    public void sample(String name, Map<String, String> labels, String value) {
        DcgmNames.Target target = DcgmNames.of(name);
        boolean fan = name.equals(DcgmNames.FAN_SPEED);
        boolean fabric = name.equals(DcgmNames.FABRIC_HEALTH);
        if (target == null && !fan && !fabric) {
            return;
        }
        double number = Blanks.number(value);
        Gpu gpu = gpu(labels);
        if (gpu == null || Double.isNaN(number)) {
            return;
        }
        String instance = labels.getOrDefault(GPU_INSTANCE, "");
        if (fan) {
            setFan(gpu.reading, Blanks.scaled(value, number, 1));
        } else if (fabric) {
            setFabric(gpu.reading, Math.round(number));
        } else if (target != null && number <= target.last()) {
            long scaled = Blanks.scaled(value, number, target.factor());
            if (instance.isEmpty()) {
                set(gpu.reading, target.column(), scaled);
            } else {
                gpu.sliced = true;
                setOfInstance(gpu.reading, target.column(), instance, labels.getOrDefault(PROFILE, ""), scaled);
            }
        }
    }

    /** The GPU of a sample; null where it says none that can be told from others. */
    private @Nullable Gpu gpu(Map<String, String> labels) {
        String uuid = labels.getOrDefault("uuid", "");
        if (!WireName.isValid(uuid) || uuid.startsWith("MIG-")) {
            return null;
        }
        Gpu gpu = gpus.get(uuid);
        if (gpu == null) {
            if (gpus.size() == ReadingsCodec.MAX_GPUS) {
                return null;
            }
            gpu = new Gpu();
            gpu.reading.uuid(uuid).state(GpuState.OK).index(index(labels, gpus.size()));
            gpus.put(uuid, gpu);
        }
        gpu.name = labels.getOrDefault("modelname", gpu.name);
        gpu.pciBusId = labels.getOrDefault("pcibusid", gpu.pciBusId);
        gpu.serial = labels.getOrDefault("dcgmfidevserial", labels.getOrDefault("dcgmfidevboardserial", gpu.serial));
        gpu.vbiosVersion = labels.getOrDefault("dcgmfidevvbiosversion", gpu.vbiosVersion);
        gpu.minorNumber = labels.getOrDefault(
                "dcgmfidevminornumber", labels.getOrDefault("dcgmfidevgpuminornumber", gpu.minorNumber));
        driverVersion = labels.getOrDefault("dcgmfidriverversion", driverVersion);
        return gpu;
    }

    private static int index(Map<String, String> labels, int otherwise) {
        String text = labels.getOrDefault("gpu", "");
        return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : otherwise;
    }

    private void set(GpuReading gpu, Column column, long value) {
        if (gpu.set(column, value)) {
            gpu.markFromDcgm(column);
        } else {
            rejected.value(column.metric().family());
        }
    }

    private void setFan(GpuReading gpu, long value) {
        VectorColumn column = VectorColumn.FAN_SPEED_PERCENTAGE;
        if (column.accepts(value)) {
            gpu.vector(column, new long[] {value}).markFromDcgm(column);
        } else {
            rejected.value(column.metric().family());
        }
    }

    private void setFabric(GpuReading gpu, long mask) {
        for (int check = 0; check < FABRIC_CHECKS.size(); check++) {
            long bad = Links.fabricBad(mask, check);
            if (Answer.isValue(bad)) {
                set(gpu, FABRIC_CHECKS.get(check), bad);
            }
        }
    }

    /** What an instance has of its own; sensors of the board stand beside every instance and mean the board. */
    private void setOfInstance(GpuReading gpu, Column column, String instance, String profile, long value) {
        switch (column) {
            case MEMORY_USED_BYTES -> setOfPart(gpu, PartColumn.MIG_MEMORY_USED_BYTES, instance, profile, value);
            case MEMORY_TOTAL_BYTES -> setOfPart(gpu, PartColumn.MIG_MEMORY_TOTAL_BYTES, instance, profile, value);
            case GRAPHICS_ENGINE_ACTIVE_MILLIONTHS ->
                setOfPart(gpu, PartColumn.MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, instance, profile, value);
            default -> {
                boolean ofBoard = switch (column.quantity()) {
                    case BYTES, MILLIONTHS, BYTES_PER_SECOND, PERCENT -> false;
                    default -> true;
                };
                if (ofBoard) {
                    set(gpu, column, value);
                }
            }
        }
    }

    private void setOfPart(GpuReading gpu, PartColumn column, String instance, String profile, long value) {
        PartReading part = part(gpu, instance, profile);
        if (part == null || !part.set(column, value)) {
            rejected.value(column.metric().family());
        }
    }

    /** Null where there are more than a GPU can have. */
    private static @Nullable PartReading part(GpuReading gpu, String instance, String profile) {
        for (PartReading part : gpu.parts(Part.MIG)) {
            if (part.text(0).equals(instance) && part.text(2).equals(profile)) {
                return part;
            }
        }
        if (gpu.parts(Part.MIG).size() == Part.MIG.max()) {
            return null;
        }
        gpu.markFromDcgm(Part.MIG);
        return gpu.addPart(Part.MIG).identity(instance, "", profile);
    }
}
