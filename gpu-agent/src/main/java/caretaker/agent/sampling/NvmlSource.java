package caretaker.agent.sampling;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.health.Finding;
import caretaker.agent.health.KnownGpu;
import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.GpuLookup;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.TextAnswer;
import caretaker.agent.nvml.Treatment;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The GPUs of this machine through NVML.
 *
 * <p>GPUs are known by their UUID and ordered by the driver's index. One that is lost, or that the driver lists no
 * more, keeps its place and is looked for again with growing pauses. A driver that goes away is initialized again
 * with growing pauses, and its GPUs are found again. NVML stays open in between, so that a GPU without persistence
 * mode is not woken up by each poll.
 */
public final class NvmlSource implements GpuSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(NvmlSource.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A driver lists a GPU that came back only when it is initialized again. */
    private static final Duration REINIT_FOR_LOST = Duration.ofMinutes(5);

    private static final Duration LONGEST_REINIT_FOR_LOST = Duration.ofHours(1);

    /**
     * What there is to know of the host.
     *
     * @param expectedGpus 0: the most that were ever seen
     * @param interval between two polls
     */
    public record Host(String name, int expectedGpus, Path pciRoot, Duration interval, String agentVersion) {}

    /** Who is told what, and who knows whose a process is. */
    public record Partners(DriverListener calls, DriverEventListener events, ContainerLookup containers) {}

    private final Nvml nvml;
    private final Host host;
    private final NvmlOptions options;
    private final CurrentCall call;
    private final LongSupplier nanos;
    private final DriverCalls calls;
    private final GpuReader reader;
    private final GpuEvents events;
    private final PcieRates pcieRates;
    private final NvmlFindings findings;
    private final IdentityReader identities;
    private final PciScan pci;
    private final Backoff init;
    private final Backoff reinitForLost = new Backoff(REINIT_FOR_LOST, LONGEST_REINIT_FOR_LOST);
    private final List<NvmlGpu> gpus = new ArrayList<>();
    private final Map<Integer, NvmlReturn> inaccessible = new TreeMap<>();
    private final Backoff profiling;
    private boolean open;
    private boolean reinitialized; // and no GPU has answered since
    private @Nullable Finding trouble;
    private HostInfo info;
    private int visible = Readings.UNKNOWN;
    private int onPci = Readings.UNKNOWN;
    private int mostSeen;
    private int formerCount;

    /** Calls nothing yet: the first poll initializes the driver, on the poll thread. */
    public NvmlSource(
            Nvml nvml,
            Host host,
            NvmlOptions options,
            CurrentCall call,
            Partners partners,
            InstantSource wall,
            LongSupplier nanos) {
        this.nvml = nvml;
        this.host = host;
        this.options = options;
        this.call = call;
        this.nanos = nanos;
        calls = new DriverCalls(call, partners.calls());
        reader = new GpuReader(nvml, calls, partners.containers(), options, wall, nanos, host.interval());
        events = new GpuEvents(nvml, call, partners.events(), nanos, options.eventWait());
        pcieRates = new PcieRates(nvml, calls);
        findings = new NvmlFindings(host.name(), new DeviceNodes(options.deviceRoot()));
        identities = new IdentityReader(nvml, call);
        pci = new PciScan(host.pciRoot());
        init = new Backoff(host.interval(), LONGEST_PAUSE);
        Duration sampled = options.profiling() == null ? LONGEST_PAUSE : options.profiling();
        profiling = new Backoff(sampled, sampled);
        info = new HostInfo("", "", "", "", host.agentVersion(), "nvml");
    }

    /**
     * Nobody answers for the GPUs of a former run until the driver has listed them. Those that it does not list are
     * lost, unless it lists as many as there were: then they were replaced.
     */
    @Override
    public void restore(List<KnownGpu> former) {
        former.forEach(known -> gpus.add(NvmlGpu.of(known)));
        formerCount = former.size();
    }

    @Override
    public List<KnownGpu> known() {
        return gpus.stream().map(NvmlGpu::known).toList();
    }

    @Override
    public List<Finding> poll(Tier tier, Readings readings) {
        Tier due = tier;
        if (!open && init.isDue(nanos.getAsLong())) {
            connect();
            due = Tier.RARE;
        }
        if (open) {
            pollDriver(due);
        }
        if (due != Tier.FAST) {
            onPci = pci.gpus();
        }
        mostSeen = Math.max(mostSeen, Math.max(gpus.size(), Math.max(visible, onPci)));
        fill(readings);
        return findings();
    }

    /** Whether the profiling counters are to be sampled at this poll. */
    private boolean profiles() {
        long now = nanos.getAsLong();
        boolean due = options.profiling() != null && profiling.isDue(now);
        if (due) {
            profiling.failed(now);
        }
        return due;
    }

    private void pollDriver(Tier tier) {
        if (tier != Tier.FAST) {
            NvmlReturn result = recount();
            if (DriverCalls.concernsHost(result.treatment())) {
                disconnect(result);
                return;
            }
        }
        events.tend(gpus);
        boolean someLost = false;
        boolean profile = profiles();
        for (NvmlGpu gpu : gpus) {
            NvmlReturn result = pollGpu(gpu, tier, profile);
            if (DriverCalls.concernsHost(result.treatment())) {
                disconnect(result);
                return;
            }
            someLost |= gpu.isLost();
        }
        if (options.pcieThroughput()) {
            NvmlReturn result = pcieRates.measure(gpus, nanos.getAsLong());
            if (DriverCalls.concernsHost(result.treatment())) {
                disconnect(result);
                return;
            }
        }
        if (tier == Tier.RARE) {
            info = identities.host(anyHandle(), host.agentVersion());
        }
        reinitIfLost(someLost);
    }

    private GpuHandle anyHandle() {
        return gpus.stream()
                .map(gpu -> gpu.handle)
                .filter(handle -> !handle.equals(GpuHandle.NONE))
                .findFirst()
                .orElse(GpuHandle.NONE);
    }

    private void reinitIfLost(boolean someLost) {
        long now = nanos.getAsLong();
        if (!someLost) {
            reinitForLost.reset();
        } else if (reinitForLost.isDue(now)) {
            boolean justLost = reinitForLost.isIdle();
            reinitForLost.failed(now);
            if (!justLost) {
                shutdown();
                connect();
            }
        }
    }

    /** The driver's own list only changes when it is initialized, or not even then. */
    private NvmlReturn recount() {
        call.begin("nvmlDeviceGetCount_v2", CurrentCall.NO_GPU);
        long count = nvml.gpuCount();
        call.end();
        if (Answer.isValue(count) && (count != visible || !inaccessible.isEmpty())) {
            attach();
        }
        return Answer.isValue(count) ? NvmlReturn.SUCCESS : Answer.result(count);
    }

    private NvmlReturn pollGpu(NvmlGpu gpu, Tier tier, boolean profile) {
        if (gpu.handle.equals(GpuHandle.NONE) && !find(gpu)) {
            return NvmlReturn.SUCCESS;
        }
        Tier due = gpu.complete ? tier : Tier.RARE;
        NvmlReturn result = reader.read(gpu, due, profile);
        switch (result.treatment()) {
            case RESET_REQUIRED -> {
                gpu.silence(GpuState.RESET_REQUIRED, result, calls.last());
                reader.readRecoveryAction(gpu);
            }
            case OK -> {
                if (due == Tier.RARE) {
                    gpu.identity = identities.gpu(gpu.uuid, gpu.handle);
                }
                reinitialized = false;
                gpu.lookup.reset();
                gpu.state = GpuState.OK;
                gpu.complete = true;
            }
            case REINITIALIZE, DRIVER_GONE, DRIVER_CHANGED -> {}
            default -> lose(gpu, result, calls.last()); // lost, or not one call was answered
        }
        return result;
    }

    private void lose(NvmlGpu gpu, NvmlReturn code, String function) {
        if (!gpu.isLost()) {
            LOGGER.atError()
                    .addKeyValue("gpu", gpu.uuid)
                    .addKeyValue("call", function)
                    .addKeyValue("code", code)
                    .log("GPU lost");
            gpu.silence(GpuState.LOST, code, function);
        }
        gpu.handle = GpuHandle.NONE;
        gpu.registered = false;
        if (NvmlFindings.tellsWhy(code)) {
            gpu.trouble = code;
            gpu.troubledCall = function;
        }
        gpu.lookup.failed(nanos.getAsLong());
    }

    /** Looks for a GPU that was lost, if it is time to. */
    private boolean find(NvmlGpu gpu) {
        if (!gpu.lookup.isDue(nanos.getAsLong())) {
            return false;
        }
        call.begin("nvmlDeviceGetHandleByUUID", gpu.uuid);
        GpuLookup found = nvml.gpuByUuid(gpu.uuid);
        call.end();
        if (!found.found()) {
            lose(gpu, NvmlReturn.of(found.code()), "nvmlDeviceGetHandleByUUID");
            return false;
        }
        gpu.handle = found.gpu();
        return true;
    }

    private void connect() {
        call.begin("nvmlInit_v2", CurrentCall.NO_GPU);
        NvmlReturn result = NvmlReturn.of(nvml.init());
        call.end();
        if (result.treatment() == Treatment.OK) {
            if (trouble != null) {
                LOGGER.atInfo().addKeyValue("host", host.name()).log("the driver answers again");
            }
            open = true;
            trouble = null;
            init.reset();
            attach();
        } else {
            init.failed(nanos.getAsLong());
            trouble(result);
        }
    }

    /** Finds all GPUs that the driver lists: those that are known by their UUID, and new ones. */
    private void attach() {
        call.begin("nvmlDeviceGetCount_v2", CurrentCall.NO_GPU);
        long count = nvml.gpuCount();
        call.end();
        visible = Answer.isValue(count) ? (int) Math.min(count, 256) : Readings.UNKNOWN;
        Set<NvmlGpu> listed = new HashSet<>();
        inaccessible.clear();
        for (int index = 0; index < visible; index++) {
            NvmlGpu gpu = attach(index);
            if (gpu != null) {
                listed.add(gpu);
            }
        }
        forgetReplaced(listed);
        gpus.sort(Comparator.<NvmlGpu>comparingInt(gpu -> gpu.index).thenComparing(gpu -> gpu.uuid));
        for (NvmlGpu gpu : gpus) {
            if (!listed.contains(gpu) && !gpu.isLost()) {
                lose(gpu, NvmlReturn.GPU_NOT_FOUND, "nvmlDeviceGetHandleByIndex_v2");
            }
        }
    }

    private void forgetReplaced(Set<NvmlGpu> listed) {
        int enough = host.expectedGpus() > 0 ? host.expectedGpus() : formerCount;
        if (listed.size() >= enough) {
            gpus.removeIf(gpu -> gpu.former);
        }
    }

    private @Nullable NvmlGpu attach(int index) {
        call.begin("nvmlDeviceGetHandleByIndex_v2", CurrentCall.NO_GPU);
        GpuLookup found = nvml.gpuByIndex(index);
        TextAnswer uuid = found.found() ? nvml.identity().uuid(found.gpu()) : new TextAnswer(found.code(), "");
        call.end();
        if (uuid.code() != 0) {
            inaccessible.put(index, NvmlReturn.of(uuid.code()));
            LOGGER.atWarn()
                    .addKeyValue("index", index)
                    .addKeyValue("code", NvmlReturn.of(uuid.code()))
                    .log("the driver lists a GPU that it gives no access to");
            return null;
        }
        NvmlGpu gpu = gpus.stream()
                .filter(known -> known.uuid.equals(uuid.text()))
                .findFirst()
                .orElseGet(() -> add(new NvmlGpu(uuid.text(), index)));
        gpu.former = false;
        gpu.index = index;
        gpu.handle = found.gpu();
        return gpu;
    }

    private NvmlGpu add(NvmlGpu gpu) {
        gpus.add(gpu);
        return gpu;
    }

    /** Gives the driver up for now; when it only forgot us, it is taken up again at once. */
    private void disconnect(NvmlReturn why) {
        shutdown();
        if (why.treatment() == Treatment.REINITIALIZE && !reinitialized) {
            reinitialized = true;
            connect();
        } else {
            init.failed(nanos.getAsLong());
            trouble(why);
        }
    }

    private void shutdown() {
        open = false;
        if (!events.release()) {
            LOGGER.atError().log("the event thread is stuck in the driver; its session is left open");
            gpus.forEach(NvmlGpu::unbind);
            return;
        }
        for (NvmlGpu gpu : gpus) {
            call.begin(ProfilingReader.FREE, gpu.uuid);
            gpu.profiling.free();
            call.end();
        }
        gpus.forEach(NvmlGpu::unbind);
        call.begin("nvmlShutdown", CurrentCall.NO_GPU);
        NvmlReturn result = NvmlReturn.of(nvml.shutdown());
        call.end();
        if (result != NvmlReturn.SUCCESS) {
            LOGGER.atDebug().addKeyValue("code", result).log("nvmlShutdown");
        }
    }

    private void trouble(NvmlReturn code) {
        trouble = findings.driver(code, gpus.size());
        visible = 0;
        inaccessible.clear();
        for (NvmlGpu gpu : gpus) {
            if (!gpu.isLost() && gpu.state != GpuState.RESET_REQUIRED) { // which a driver that is away does not mend
                gpu.silence(GpuState.UNBOUND, code, "nvmlInit_v2");
            }
        }
    }

    private void fill(Readings readings) {
        List<GpuReading> into = readings.gpuCount(gpus.size());
        for (int i = 0; i < gpus.size(); i++) {
            NvmlGpu gpu = gpus.get(i);
            gpu.reading.uuid(gpu.uuid).index(gpu.index).state(gpu.state);
            into.get(i).copyFrom(gpu.reading);
        }
        readings.gpuCounts(host.expectedGpus() > 0 ? host.expectedGpus() : mostSeen, visible, onPci);
    }

    private List<Finding> findings() {
        List<Finding> found = new ArrayList<>();
        if (trouble != null) {
            found.add(trouble);
        }
        findings.inaccessible(inaccessible, found);
        gpus.forEach(gpu -> findings.gpu(gpu, found));
        return found;
    }

    @Override
    public HostInfo info() {
        return info;
    }

    @Override
    public @Nullable GpuIdentity identity(int place) {
        return gpus.get(place).identity;
    }

    @Override
    public void close() {
        if (open) {
            shutdown();
        }
        events.close();
    }
}
