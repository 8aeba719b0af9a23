package caretaker.agent.sampling;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.containers.ContainerLookup.Membership;
import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Processes;
import caretaker.agent.sampling.RejectedValues.Reason;
import caretaker.contracts.Column;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what runs on a GPU, and whose it is. Each process counts for exactly one part: its container, {@code host} for
 * one that was started on the host itself, or {@code unknown} where it cannot be told; so the parts add up to all that
 * the driver lists. The last two have no container id, which no container can imitate.
 *
 * <p>Memory is that of the processes whose memory the driver knows. Utilization is the share of the SMs, the mean of
 * the driver's samples since the last slow poll; under MIG the driver has none, and it stays absent.
 */
final class ProcessReader {
    private static final String[] FUNCTIONS = {
        "nvmlDeviceGetComputeRunningProcesses_v3",
        "nvmlDeviceGetGraphicsRunningProcesses_v3",
        "nvmlDeviceGetMPSComputeRunningProcesses_v3"
    };
    private static final Column[] COUNTS = {Column.PROCESSES_COMPUTE, Column.PROCESSES_GRAPHICS, Column.PROCESSES_MPS};
    private static final String UTILIZATION = "nvmlDeviceGetProcessUtilization";
    private static final String HOST = "host";
    private static final String UNKNOWN = "unknown";
    private static final int SHORT_ID = 12;
    private static final int WHOLE_MILLIPERCENT = 100_000;
    private static final int NAME_LENGTH = 64;

    /** A process in one part of the GPU; it may be in the lists of several kinds. */
    private record Place(int pid, long gpuInstance, long computeInstance) {}

    private static final class Use {
        long memoryBytes = Answer.BLANK;
        long milliPercent;
        long processes;

        void addMemory(long bytes) {
            if (Answer.isValue(bytes)) {
                memoryBytes = Answer.orElse(memoryBytes, 0) + bytes;
            }
        }
    }

    private final Processes processes;
    private final DriverCalls calls;
    private final ContainerLookup containers;
    private final NvmlOptions.Processes settings;

    ProcessReader(Nvml nvml, DriverCalls calls, ContainerLookup containers, NvmlOptions.Processes settings) {
        processes = nvml.processes();
        this.calls = calls;
        this.containers = containers;
        this.settings = settings;
    }

    /** Reads all, the samples of how busy processes are from where they were last seen. */
    NvmlReturn read(NvmlGpu gpu) {
        Map<Place, Long> memory = new LinkedHashMap<>();
        boolean whole = true;
        boolean offered = false;
        for (int kind = Processes.COMPUTE; kind <= Processes.MPS; kind++) {
            if (gpu.processes.left[kind]) {
                continue;
            }
            NvmlReturn result = list(gpu, kind, memory);
            if (DriverCalls.endsPoll(result)) {
                return result;
            }
            offered |= result == NvmlReturn.SUCCESS;
            whole &= result == NvmlReturn.SUCCESS || gpu.processes.left[kind];
        }
        gpu.reading.clearParts(Part.CONTAINER);
        gpu.reading.clearParts(Part.PROCESS);
        if (!offered || !whole) {
            return NvmlReturn.SUCCESS; // a part of the processes would be taken for all of them
        }
        Map<Integer, Use> byPid = new LinkedHashMap<>();
        memory.forEach((place, bytes) ->
                byPid.computeIfAbsent(place.pid(), _ -> new Use()).addMemory(bytes));
        boolean utilized = readUtilization(gpu, byPid);
        write(gpu, byPid, utilized);
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn list(NvmlGpu gpu, int kind, Map<Place, Long> memory) {
        calls.begin(FUNCTIONS[kind], gpu);
        NvmlReturn result = NvmlReturn.of(processes.list(gpu.handle, kind));
        calls.end();
        if (result != NvmlReturn.SUCCESS) {
            calls.failed(result, gpu);
            gpu.processes.left[kind] = DriverCalls.isLeftOut(result);
            gpu.reading.remove(COUNTS[kind]);
            if (processes.isTooLong()) {
                calls.listener().rejected(COUNTS[kind].metric().family(), Reason.TOO_MANY);
            }
            return result;
        }
        gpu.reading.set(COUNTS[kind], processes.count());
        for (int row = 0; row < processes.count(); row++) {
            var place = new Place(processes.pid(row), processes.gpuInstance(row), processes.computeInstance(row));
            memory.merge(place, processes.memoryBytes(row), Math::max); // a blank is less than any value
        }
        return result;
    }

    /** Sets what each process had of the SMs; false where the driver does not tell. */
    private boolean readUtilization(NvmlGpu gpu, Map<Integer, Use> byPid) {
        ProcessState state = gpu.processes;
        if (state.utilizationLeft) {
            return false;
        }
        long seenUs = state.seenUs;
        calls.begin(UTILIZATION, gpu);
        NvmlReturn result = NvmlReturn.of(processes.utilization(gpu.handle, seenUs));
        calls.end();
        state.seenUs = processes.newestUs();
        if (result == NvmlReturn.NOT_FOUND) {
            return true; // none was busy
        }
        if (result != NvmlReturn.SUCCESS) {
            calls.failed(result, gpu);
            state.utilizationLeft = DriverCalls.isLeftOut(result);
            return false;
        }
        Map<Integer, Integer> samples = new HashMap<>();
        for (int row = 0; row < processes.samples(); row++) {
            Use use = byPid.get(processes.samplePid(row));
            long percent = processes.smPercent(row);
            if (use != null && Answer.isValue(percent) && processes.sampleTimeUs(row) > seenUs) {
                use.milliPercent += percent * 1000;
                samples.merge(processes.samplePid(row), 1, Integer::sum);
            }
        }
        samples.forEach((pid, count) -> {
            Use use = byPid.get(pid);
            if (use != null) {
                use.milliPercent /= count;
            }
        });
        return true;
    }

    private void write(NvmlGpu gpu, Map<Integer, Use> byPid, boolean utilized) {
        Map<List<String>, Use> byContainer = new LinkedHashMap<>();
        List<String> unknown = List.of(UNKNOWN, "", "", "", "");
        Map<Integer, String> names = new HashMap<>();
        byPid.forEach((pid, use) -> {
            List<String> identity = identity(containers.of(pid));
            if (!byContainer.containsKey(identity)
                    && !identity.equals(unknown)
                    && byContainer.size() >= Part.CONTAINER.max() - 1) {
                calls.listener().rejected(Column.PROCESSES_COMPUTE.metric().family(), Reason.TOO_MANY);
                identity = unknown;
            }
            names.put(pid, identity.getFirst());
            Use all = byContainer.computeIfAbsent(identity, _ -> new Use());
            all.addMemory(use.memoryBytes);
            all.milliPercent += use.milliPercent;
            all.processes++;
        });
        byContainer.forEach((identity, use) -> {
            PartReading part = gpu.reading.addPart(Part.CONTAINER).identity(identity.toArray(String[]::new));
            if (Answer.isValue(use.memoryBytes)) {
                set(part, PartColumn.CONTAINER_MEMORY_USED_BYTES, use.memoryBytes);
            }
            if (utilized) {
                set(
                        part,
                        PartColumn.CONTAINER_UTILIZATION_MILLIPERCENT,
                        Math.min(use.milliPercent, WHOLE_MILLIPERCENT));
            }
            set(part, PartColumn.CONTAINER_PROCESSES, use.processes);
        });
        if (settings.series()) {
            writeSeries(gpu, byPid, names);
        }
    }

    private static List<String> identity(Membership membership) {
        return switch (membership) {
            case Membership.Inside(ContainerInfo container) ->
                List.of(
                        container.name().isEmpty() ? shortId(container.id()) : container.name(),
                        container.id(),
                        container.image(),
                        container.composeProject(),
                        container.composeService());
            case Membership.OnHost() -> List.of(HOST, "", "", "", "");
            case Membership.Unknown(String _) -> List.of(UNKNOWN, "", "", "", "");
        };
    }

    private static String shortId(String id) {
        return id.substring(0, Math.min(SHORT_ID, id.length()));
    }

    /** A series for each process, those with the most memory first. */
    private void writeSeries(NvmlGpu gpu, Map<Integer, Use> byPid, Map<Integer, String> names) {
        List<Map.Entry<Integer, Use>> known = byPid.entrySet().stream()
                .filter(entry -> Answer.isValue(entry.getValue().memoryBytes))
                .sorted(Comparator.comparingLong((Map.Entry<Integer, Use> entry) -> entry.getValue().memoryBytes)
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        int most = Math.min(settings.mostSeries(), Part.PROCESS.max());
        for (Map.Entry<Integer, Use> entry : known.subList(0, Math.min(most, known.size()))) {
            int pid = entry.getKey();
            PartReading part = gpu.reading
                    .addPart(Part.PROCESS)
                    .identity(Integer.toString(pid), name(pid), names.getOrDefault(pid, UNKNOWN));
            set(part, PartColumn.PROCESS_MEMORY_USED_BYTES, entry.getValue().memoryBytes);
        }
        for (int i = most; i < known.size(); i++) {
            calls.listener()
                    .rejected(PartColumn.PROCESS_MEMORY_USED_BYTES.metric().family(), Reason.TOO_MANY);
        }
    }

    private String name(int pid) {
        try {
            String name = Files.readString(
                            settings.procRoot().resolve(Integer.toString(pid)).resolve("comm"))
                    .strip();
            return name.substring(0, Math.min(NAME_LENGTH, name.length()));
        } catch (IOException ended) {
            return "";
        }
    }

    private void set(PartReading part, PartColumn column, long value) {
        if (!part.set(column, value)) {
            calls.listener().rejected(column.metric().family(), Reason.OUT_OF_RANGE);
        }
    }
}
