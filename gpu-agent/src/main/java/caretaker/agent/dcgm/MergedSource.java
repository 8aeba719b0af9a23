package caretaker.agent.dcgm;

import caretaker.agent.health.Finding;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.sampling.GpuSource;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Part;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.VectorColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of a driver together with those of dcgm-exporters, joined by UUID. What the driver says wins; the rest is
 * marked as DCGM's. Works without a driver too.
 *
 * <p>A GPU that only DCGM knows stays known when its exporter falls silent: then nobody answers for it.
 */
public final class MergedSource implements GpuSource {
    private static final Column[] COLUMNS = Column.values();
    private static final VectorColumn[] VECTORS = VectorColumn.values();

    private final @Nullable GpuSource driver;
    private final List<DcgmEndpoint> endpoints;
    private final Host host;
    private final Readings own = new Readings(); // the driver's, as it wants to find them again
    private final Map<String, Known> known = new LinkedHashMap<>(); // GPUs that only DCGM has told of
    private List<@Nullable GpuIdentity> identities = List.of();
    private String driverVersion = "";
    private final Set<String> former = new HashSet<>(); // known from a former run and not heard of since
    private int formerCount;

    /**
     * The host as a whole.
     *
     * @param expectedGpus 0 if that is not known; only where there is no driver to ask
     */
    public record Host(int expectedGpus, String agentVersion) {}

    private record Known(int index, GpuIdentity identity) {}

    /** @param driver null where there are only exporters */
    public MergedSource(@Nullable GpuSource driver, List<DcgmEndpoint> endpoints, Host host) {
        this.driver = driver;
        this.endpoints = List.copyOf(endpoints);
        this.host = host;
    }

    @Override
    public void restore(List<KnownGpu> gpus) {
        if (driver == null) {
            gpus.forEach(gpu -> known.put(gpu.uuid(), new Known(gpu.index(), gpu.identity())));
            former.addAll(known.keySet());
            formerCount = gpus.size();
        } else {
            driver.restore(gpus);
        }
    }

    @Override
    public List<KnownGpu> known() {
        return driver != null
                ? driver.known()
                : known.entrySet().stream()
                        .map(gpu -> new KnownGpu(
                                gpu.getKey(),
                                gpu.getValue().index(),
                                gpu.getValue().identity()))
                        .toList();
    }

    @Override
    public List<Finding> poll(Tier tier, Readings readings) {
        List<Finding> findings = List.of();
        if (driver != null) {
            findings = driver.poll(tier, own);
        }
        Map<String, GpuReading> merged = copyOwn(readings);
        Map<String, GpuReading> others = fromEndpoints(merged);
        if (driver == null) {
            forgetReplaced(others.keySet());
            int visible =
                    others.isEmpty() ? Readings.UNKNOWN : others.size(); // exporters that are silent count nothing
            readings.gpuCounts(Math.max(host.expectedGpus(), known.size()), visible, Readings.UNKNOWN);
        } else {
            readings.gpuCounts(own.gpusExpected(), own.gpusVisible(), own.gpusOnPci());
        }
        addOthers(readings, others);
        return findings;
    }

    /** Where there are as many GPUs as in the former run, those of it that are not among them were replaced. */
    private void forgetReplaced(Set<String> there) {
        former.removeAll(there);
        if (there.size() >= formerCount) {
            known.keySet().removeAll(former);
            former.clear();
        }
    }

    private Map<String, GpuReading> copyOwn(Readings readings) {
        List<GpuReading> from = own.gpus();
        List<GpuReading> into = readings.gpuCount(from.size());
        Map<String, GpuReading> merged = new LinkedHashMap<>();
        List<@Nullable GpuIdentity> identified = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            into.get(i).copyFrom(from.get(i));
            merged.put(from.get(i).uuid(), into.get(i));
            identified.add(driver == null ? null : driver.identity(i));
        }
        identities = identified;
        return merged;
    }

    /** Adds to the driver's GPUs what they lack; returns those that it does not know. */
    private Map<String, GpuReading> fromEndpoints(Map<String, GpuReading> merged) {
        Map<String, GpuReading> others = new LinkedHashMap<>();
        for (DcgmEndpoint endpoint : endpoints) {
            DcgmReadings newest = endpoint.newest();
            if (!newest.driverVersion().isEmpty()) {
                driverVersion = newest.driverVersion();
            }
            for (int i = 0; i < newest.gpus().size(); i++) {
                GpuReading gpu = newest.gpus().get(i);
                GpuReading ours = merged.get(gpu.uuid());
                if (ours != null) {
                    if (ours.state().answers()) {
                        addMissing(ours, gpu);
                    }
                } else if ((known.containsKey(gpu.uuid()) || known.size() < ReadingsCodec.MAX_GPUS)
                        && others.putIfAbsent(gpu.uuid(), gpu) == null) {
                    known.put(
                            gpu.uuid(),
                            new Known(gpu.index(), newest.identities().get(i)));
                }
            }
        }
        known.keySet().removeAll(merged.keySet());
        return others;
    }

    private void addOthers(Readings readings, Map<String, GpuReading> others) {
        int place = readings.gpus().size();
        int count = Math.min(place + known.size(), ReadingsCodec.MAX_GPUS);
        List<GpuReading> into = readings.gpuCount(count);
        for (Map.Entry<String, Known> entry : known.entrySet()) {
            if (place == count) {
                return;
            }
            GpuReading gpu = into.get(place++);
            GpuReading from = others.get(entry.getKey());
            if (from == null) {
                gpu.clear();
                gpu.uuid(entry.getKey()).index(entry.getValue().index()).state(GpuState.UNBOUND);
            } else {
                gpu.copyFrom(from);
            }
            identities.add(entry.getValue().identity());
        }
    }

    private static void addMissing(GpuReading ours, GpuReading theirs) {
        for (Column column : COLUMNS) {
            // who reads the driver counts its XIDs as well, and better
            if (!ours.has(column) && theirs.has(column) && column != Column.XID_LAST && !isByLink(ours, column)) {
                ours.set(column, theirs.get(column));
                ours.markFromDcgm(column);
            }
        }
        for (VectorColumn column : VECTORS) {
            if (ours.vector(column).length == 0 && theirs.vector(column).length > 0) {
                ours.vector(column, theirs.vector(column)).markFromDcgm(column);
            }
        }
        if (ours.parts(Part.MIG).isEmpty()) {
            for (PartReading part : theirs.parts(Part.MIG)) {
                ours.addPart(Part.MIG).copyFrom(part);
                ours.markFromDcgm(Part.MIG);
            }
        }
    }

    /** One number for all links must not stand beside the numbers of each: their sum would count twice. */
    private static boolean isByLink(GpuReading gpu, Column column) {
        if (!column.labelValues().contains("link=all")) {
            return false;
        }
        for (VectorColumn vector : VECTORS) {
            if (vector.metric() == column.metric() && gpu.vector(vector).length > 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public HostInfo info() {
        return driver == null ? new HostInfo(driverVersion, "", "", "", host.agentVersion(), "dcgm") : driver.info();
    }

    @Override
    public @Nullable GpuIdentity identity(int place) {
        return place < identities.size() ? identities.get(place) : null;
    }

    @Override
    public void close() {
        if (driver != null) {
            driver.close();
        }
    }
}
