package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.Gpm;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.contracts.Column;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the profiling counters (GPM) of Hopper and later, where the settings ask for them: they cost the GPU's users
 * more than the rest, and one reader on a host is enough. Under MIG each GPU instance gives one of its own.
 */
final class ProfilingReader {
    private static final Map<Column, Integer> METRICS = metrics();
    private static final List<Integer> IDS = List.copyOf(METRICS.values());
    private static final List<Integer> OF_INSTANCE = List.of(Gpm.GRAPHICS_ACTIVE);
    private static final String SAMPLE = "nvmlGpmSampleGet";
    private static final String SAMPLE_OF_INSTANCE = "nvmlGpmMigSampleGet";
    static final String FREE = "nvmlGpmSampleFree";
    private static final String METRICS_GET = "nvmlGpmMetricsGet";
    private static final long MEBIBYTE = 1 << 20;

    private final Gpm gpm;
    private final DriverCalls calls;

    ProfilingReader(Nvml nvml, DriverCalls calls) {
        gpm = nvml.gpm();
        this.calls = calls;
    }

    private static Map<Column, Integer> metrics() {
        Map<Column, Integer> metrics = new EnumMap<>(Column.class);
        metrics.put(Column.SM_ACTIVE_MILLIONTHS, Gpm.SM_ACTIVE);
        metrics.put(Column.SM_OCCUPANCY_MILLIONTHS, Gpm.SM_OCCUPANCY);
        metrics.put(Column.GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, Gpm.GRAPHICS_ACTIVE);
        metrics.put(Column.TENSOR_ACTIVE_MILLIONTHS, Gpm.TENSOR_ACTIVE);
        metrics.put(Column.FP64_ACTIVE_MILLIONTHS, Gpm.FP64_ACTIVE);
        metrics.put(Column.FP32_ACTIVE_MILLIONTHS, Gpm.FP32_ACTIVE);
        metrics.put(Column.FP16_ACTIVE_MILLIONTHS, Gpm.FP16_ACTIVE);
        metrics.put(Column.INTEGER_ACTIVE_MILLIONTHS, Gpm.INTEGER_ACTIVE);
        metrics.put(Column.TENSOR_DFMA_ACTIVE_MILLIONTHS, Gpm.TENSOR_DFMA_ACTIVE);
        metrics.put(Column.TENSOR_HMMA_ACTIVE_MILLIONTHS, Gpm.TENSOR_HMMA_ACTIVE);
        metrics.put(Column.TENSOR_IMMA_ACTIVE_MILLIONTHS, Gpm.TENSOR_IMMA_ACTIVE);
        metrics.put(Column.DRAM_ACTIVE_MILLIONTHS, Gpm.DRAM_ACTIVE);
        metrics.put(Column.PROFILED_PCIE_TRANSMIT_BYTES_PER_SECOND, Gpm.PCIE_TRANSMIT);
        metrics.put(Column.PROFILED_PCIE_RECEIVE_BYTES_PER_SECOND, Gpm.PCIE_RECEIVE);
        metrics.put(Column.PROFILED_NVLINK_TRANSMIT_BYTES_PER_SECOND, Gpm.NVLINK_TRANSMIT);
        metrics.put(Column.PROFILED_NVLINK_RECEIVE_BYTES_PER_SECOND, Gpm.NVLINK_RECEIVE);
        return metrics;
    }

    /** Takes a sample and sets what has happened since the one before; the first sample of a GPU gives nothing yet. */
    NvmlReturn read(NvmlGpu gpu, long nowNanos) {
        ProfilingState state = gpu.profiling;
        if (!state.known) {
            calls.begin("nvmlGpmQueryDeviceSupport", gpu);
            long supported = gpm.supported(gpu.handle);
            calls.end();
            if (!Answer.isValue(supported) && DriverCalls.endsPoll(Answer.result(supported))) {
                return Answer.result(supported);
            }
            state.known = true;
            state.left = Answer.orElse(supported, 0) != 1;
        }
        if (state.left) {
            METRICS.keySet().forEach(gpu.reading::remove);
            return NvmlReturn.SUCCESS;
        }
        return gpu.migMode == 1 ? readInstances(gpu, nowNanos) : readWhole(gpu, nowNanos);
    }

    private NvmlReturn readWhole(NvmlGpu gpu, long nowNanos) {
        Gpm.Window window = gpu.profiling.whole;
        if (window == null) {
            window = gpm.window(Gpm.WHOLE_GPU);
            gpu.profiling.whole = window;
        }
        NvmlReturn result = take(gpu, window, SAMPLE, IDS, nowNanos);
        if (result != NvmlReturn.NOT_READY) {
            int row = 0;
            for (Column column : METRICS.keySet()) {
                long answer = result == NvmlReturn.SUCCESS ? gpm.thousandths(row++) : Answer.BLANK;
                put(gpu, column, answer);
            }
        }
        return result;
    }

    private void put(NvmlGpu gpu, Column column, long thousandths) {
        if (Answer.isValue(thousandths)) {
            boolean isRatio = column.quantity() == Column.Quantity.MILLIONTHS;
            calls.listener()
                    .set(gpu.reading, column, isRatio ? millionths(thousandths) : thousandths * MEBIBYTE / 1000);
        } else {
            gpu.reading.remove(column);
        }
    }

    /** Of thousandths of a percent. */
    private static long millionths(long thousandths) {
        return thousandths * 10;
    }

    private NvmlReturn readInstances(NvmlGpu gpu, long nowNanos) {
        METRICS.keySet().forEach(gpu.reading::remove);
        Set<Long> present =
                gpu.migDevices.stream().map(device -> device.gpuInstance).collect(Collectors.toSet());
        gpu.profiling.instances.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                calls.begin(FREE, gpu);
                entry.getValue().free();
                calls.end();
            }
            return gone;
        });
        for (long instance : present) {
            Gpm.Window window =
                    gpu.profiling.instances.computeIfAbsent(instance, number -> gpm.window(number.intValue()));
            NvmlReturn result = take(gpu, window, SAMPLE_OF_INSTANCE, OF_INSTANCE, nowNanos);
            if (DriverCalls.endsPoll(result)) {
                return result;
            }
            long answer = result == NvmlReturn.SUCCESS ? gpm.thousandths(0) : Answer.BLANK;
            for (MigDevice device : gpu.migDevices) {
                if (device.gpuInstance == instance) {
                    device.graphicsActiveMillionths = Answer.isValue(answer) ? millionths(answer) : Answer.BLANK;
                }
            }
        }
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn take(NvmlGpu gpu, Gpm.Window window, String call, List<Integer> metrics, long nowNanos) {
        calls.begin(call, gpu);
        NvmlReturn result = NvmlReturn.of(window.take(gpu.handle, nowNanos));
        calls.end();
        if (result == NvmlReturn.SUCCESS) {
            calls.begin(METRICS_GET, gpu);
            result = NvmlReturn.of(window.read(metrics));
            calls.end();
        }
        if (result != NvmlReturn.SUCCESS && result != NvmlReturn.NO_DATA && result != NvmlReturn.NOT_READY) {
            calls.failed(result, gpu);
        }
        return result;
    }
}
