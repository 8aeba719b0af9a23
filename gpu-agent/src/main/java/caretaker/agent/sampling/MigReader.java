package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.GpuHandle;
import caretaker.agent.nvml.GpuLookup;
import caretaker.agent.nvml.Mig;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.nvml.TextAnswer;
import caretaker.agent.nvml.Treatment;
import caretaker.agent.sampling.RejectedValues.Reason;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import java.util.Locale;

/**
 * Reads the MIG devices of a GPU. They are looked for in each slow poll and when the GPU reports a change; one that
 * gives no answer is left out and keeps no other from being read.
 */
final class MigReader {
    private static final String NAME_BEFORE_PROFILE = " MIG ";
    private static final String DEVICE = "nvmlDeviceGetMigDeviceHandleByIndex";
    private static final String MEMORY = "nvmlDeviceGetMemoryInfo_v2";
    private static final String IDENTITY = "nvmlDeviceGetGpuInstanceId and its like";

    private final Nvml nvml;
    private final DriverCalls calls;

    MigReader(Nvml nvml, DriverCalls calls) {
        this.nvml = nvml;
        this.calls = calls;
    }

    /**
     * Reads the mode in a slow poll, and when the GPU has reported a change.
     *
     * @return whether it is another than before
     */
    boolean hasNewMode(NvmlGpu gpu, Tier tier) {
        if (tier == Tier.FAST && !gpu.migChanged) {
            return false;
        }
        calls.begin("nvmlDeviceGetMigMode", gpu);
        var _ = nvml.modes().mig(gpu.handle);
        calls.end();
        long mode = nvml.modes().migMode();
        set(gpu.reading, Column.MIG_MODE_CURRENT, mode);
        set(gpu.reading, Column.MIG_MODE_PENDING, nvml.modes().migModePending());
        if (!Answer.isValue(mode) || mode == gpu.migMode) {
            return false;
        }
        boolean first = gpu.migMode < 0;
        gpu.migMode = mode;
        return !first;
    }

    private static void set(GpuReading reading, Column column, long answer) {
        if (!Answer.isValue(answer) || !reading.set(column, answer)) {
            reading.remove(column);
        }
    }

    /** Reads the devices: all about them in a slow poll or after a change, else only the memory they use. */
    NvmlReturn read(NvmlGpu gpu, Tier tier) {
        NvmlReturn result = NvmlReturn.SUCCESS;
        if (tier != Tier.FAST || gpu.migChanged) {
            gpu.migChanged = false;
            result = scan(gpu);
        } else {
            for (int i = 0; i < gpu.migDevices.size() && !DriverCalls.endsPoll(result); i++) {
                result = readMemory(gpu, gpu.migDevices.get(i));
            }
        }
        if (DriverCalls.endsPoll(result)) {
            return result;
        }
        write(gpu);
        return NvmlReturn.SUCCESS;
    }

    private NvmlReturn scan(NvmlGpu gpu) {
        gpu.migDevices.clear();
        if (gpu.migMode != 1) {
            return NvmlReturn.SUCCESS;
        }
        Mig mig = nvml.mig();
        calls.begin("nvmlDeviceGetMaxMigDeviceCount", gpu);
        long most = Math.min(Answer.orElse(mig.mostDevices(gpu.handle), 0), Part.MIG.max());
        calls.end();
        for (int index = 0; index < most; index++) {
            calls.begin(DEVICE, gpu);
            GpuLookup found = mig.device(gpu.handle, index);
            calls.end();
            NvmlReturn result = NvmlReturn.of(found.code());
            if (DriverCalls.endsPoll(result)) {
                calls.failed(result, gpu);
                return result;
            }
            if (result.treatment() == Treatment.BAD_ARGUMENT || DriverCalls.isLeftOut(result)) {
                break;
            }
            if (found.found()) {
                identify(gpu, found.gpu());
            } else if (result.treatment() != Treatment.NOTHING) { // a hole
                calls.failed(result, gpu);
            }
        }
        return NvmlReturn.SUCCESS;
    }

    private void identify(NvmlGpu gpu, GpuHandle handle) {
        Mig mig = nvml.mig();
        calls.begin(IDENTITY, gpu);
        long gpuInstance = mig.gpuInstance(handle);
        long computeInstance = mig.computeInstance(handle);
        TextAnswer uuid = nvml.identity().uuid(handle);
        TextAnswer name = nvml.identity().name(handle);
        boolean hasAttributes = mig.attributes(handle) == 0;
        calls.end();
        if (!Answer.isValue(gpuInstance) || uuid.code() != 0) {
            calls.failed(Answer.isValue(gpuInstance) ? NvmlReturn.of(uuid.code()) : Answer.result(gpuInstance), gpu);
            return;
        }
        String profile = profile(name.orElse(""), hasAttributes);
        var device = new MigDevice(handle, gpuInstance, computeInstance, profile, uuid.text());
        device.multiprocessors = hasAttributes ? mig.multiprocessors() : Answer.BLANK;
        gpu.migDevices.add(device);
        NvmlReturn result = readMemory(gpu, device);
        if (result != NvmlReturn.SUCCESS) {
            calls.failed(result, gpu);
        }
    }

    /** As it stands in the device's name, else made of what the device has. */
    private String profile(String name, boolean hasAttributes) {
        int before = name.lastIndexOf(NAME_BEFORE_PROFILE);
        if (before >= 0) {
            return name.substring(before + NAME_BEFORE_PROFILE.length());
        }
        if (!hasAttributes) {
            return "";
        }
        Mig mig = nvml.mig();
        String whole = String.format(
                Locale.ROOT, "%dg.%dgb", mig.gpuSlices(), Math.round((double) mig.memoryMebibytes() / 1024));
        return mig.computeSlices() == mig.gpuSlices() ? whole : mig.computeSlices() + "c." + whole;
    }

    private NvmlReturn readMemory(NvmlGpu gpu, MigDevice device) {
        calls.begin(MEMORY, gpu);
        NvmlReturn result = NvmlReturn.of(nvml.load().memory(device.handle));
        calls.end();
        device.memoryTotalBytes = result == NvmlReturn.SUCCESS ? nvml.load().memoryTotalBytes() : Answer.BLANK;
        device.memoryUsedBytes = result == NvmlReturn.SUCCESS ? nvml.load().memoryUsedBytes() : Answer.BLANK;
        if (result.treatment() == Treatment.BAD_ARGUMENT) {
            gpu.migChanged = true; // it is gone: the next poll looks again
        }
        return result;
    }

    private void write(NvmlGpu gpu) {
        gpu.reading.clearParts(Part.MIG);
        if (gpu.reading.has(Column.MIG_MODE_CURRENT)) {
            gpu.reading.set(Column.MIG_INSTANCES, gpu.migDevices.size());
        } else {
            gpu.reading.remove(Column.MIG_INSTANCES);
        }
        for (MigDevice device : gpu.migDevices) {
            PartReading part = gpu.reading
                    .addPart(Part.MIG)
                    .identity(number(device.gpuInstance), number(device.computeInstance), device.profile, device.uuid);
            set(part, PartColumn.MIG_MEMORY_TOTAL_BYTES, device.memoryTotalBytes);
            set(part, PartColumn.MIG_MEMORY_USED_BYTES, device.memoryUsedBytes);
            set(part, PartColumn.MIG_MULTIPROCESSORS, device.multiprocessors);
            set(part, PartColumn.MIG_GRAPHICS_ENGINE_ACTIVE_MILLIONTHS, device.graphicsActiveMillionths);
        }
    }

    private static String number(long answer) {
        return Answer.isValue(answer) ? Long.toString(answer) : "";
    }

    private void set(PartReading part, PartColumn column, long answer) {
        if (Answer.isValue(answer) && !part.set(column, answer)) {
            calls.listener().rejected(column.metric().family(), Reason.OUT_OF_RANGE);
        }
    }
}
