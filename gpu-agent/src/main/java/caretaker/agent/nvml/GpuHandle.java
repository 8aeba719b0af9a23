package caretaker.agent.nvml;

/** NVML's handle of one GPU: good from {@link Nvml#init} to {@link Nvml#shutdown}; find the GPU again by its UUID. */
public record GpuHandle(long address) {
    /** What a failed look-up carries. */
    public static final GpuHandle NONE = new GpuHandle(0);
}
