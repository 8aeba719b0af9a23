package caretaker.agent.nvml;

/** What came of opening the library. */
public sealed interface Opening {
    /** The library is loaded; nothing was called yet. */
    record Opened(Nvml nvml) implements Opening {}

    /** No such library, or it is not NVML: the host has no NVIDIA driver, or the container was not given it. */
    record NoDriver(String library, String reason) implements Opening {}
}
