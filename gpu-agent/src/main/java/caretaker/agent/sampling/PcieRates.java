package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.Pcie;
import caretaker.contracts.Column;
import caretaker.contracts.GpuState;
import java.time.Duration;
import java.util.List;

/**
 * Measures how much goes over PCIe. A measurement blocks for 20 ms, so there is one in a second at most: one direction
 * of one GPU, then the next. With 8 GPUs a value is 16 seconds old when it is measured again.
 */
final class PcieRates {
    private static final long GAP_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String FUNCTION = "nvmlDeviceGetPcieThroughput";
    private static final int DIRECTIONS = 2;
    private static final int KILO = 1000;

    private final Nvml nvml;
    private final DriverCalls calls;
    private long nextNanos;
    private boolean begun;
    private int next;

    PcieRates(Nvml nvml, DriverCalls calls) {
        this.nvml = nvml;
        this.calls = calls;
    }

    /** Measures one value, if it is time to. */
    NvmlReturn measure(List<NvmlGpu> gpus, long nowNanos) {
        if (gpus.isEmpty() || (begun && nextNanos - nowNanos > 0)) {
            return NvmlReturn.SUCCESS;
        }
        begun = true;
        nextNanos = nowNanos + GAP_NANOS;
        for (int tried = 0; tried < gpus.size() * DIRECTIONS; tried++) {
            int turn = next++ % (gpus.size() * DIRECTIONS);
            NvmlGpu gpu = gpus.get(turn / DIRECTIONS);
            if (gpu.state == GpuState.OK && !gpu.handle.equals(GpuHandle.NONE) && !gpu.throughputLeft) {
                return measure(gpu, turn % DIRECTIONS);
            }
        }
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn measure(NvmlGpu gpu, int direction) {
        Column column = direction == Pcie.TRANSMIT
                ? Column.PCIE_TRANSMIT_BYTES_PER_SECOND
                : Column.PCIE_RECEIVE_BYTES_PER_SECOND;
        calls.begin(FUNCTION, gpu);
        long answer = nvml.pcie().kilobytesPerSecond(gpu.handle, direction);
        calls.end();
        if (Answer.isValue(answer)) {
            calls.listener().set(gpu.reading, column, answer * KILO);
            return NvmlReturn.SUCCESS;
        }
        NvmlReturn result = Answer.result(answer);
        gpu.reading.remove(column);
        gpu.throughputLeft = DriverCalls.isLeftOut(result);
        calls.failed(result, gpu);
        return result;
    }
}
