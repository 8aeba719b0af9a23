package caretaker.agent.nvml;

/** The result of looking for a GPU: a code, and the handle when the code is 0. */
public record GpuLookup(int code, GpuHandle gpu) {
    public boolean found() {
        return code == 0;
    }
}
