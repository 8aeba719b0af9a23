package caretaker.agent.sampling;

import caretaker.agent.nvml.Answer;
import caretaker.agent.nvml.GpuHandle;

/** One of the parts that MIG makes of a GPU; its values are {@link Answer}s. */
final class MigDevice {
    final GpuHandle handle;
    final long gpuInstance;
    final long computeInstance;
    final String profile;
    final String uuid;
    long memoryTotalBytes = Answer.BLANK;
    long memoryUsedBytes = Answer.BLANK;
    long multiprocessors = Answer.BLANK;
    long graphicsActiveMillionths = Answer.BLANK;

    MigDevice(GpuHandle handle, long gpuInstance, long computeInstance, String profile, String uuid) {
        this.handle = handle;
        this.gpuInstance = gpuInstance;
        this.computeInstance = computeInstance;
        this.profile = profile;
        this.uuid = uuid;
    }
}
