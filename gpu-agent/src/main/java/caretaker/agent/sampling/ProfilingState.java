package caretaker.agent.sampling;

import caretaker.agent.nvml.Gpm;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The samples of one GPU's profiling counters. */
final class ProfilingState {
    Gpm.@Nullable Window whole;

    /** By GPU instance. */
    final Map<Long, Gpm.Window> instances = new HashMap<>();

    boolean left;
    boolean known;

    void retest() {
        left = false;
        known = false;
    }

    /** Gives all samples back, which must be done before the driver is shut down. */
    void free() {
        Gpm.Window window = whole;
        if (window != null) {
            window.free();
        }
        instances.values().forEach(Gpm.Window::free);
        instances.clear();
        known = false;
    }
}
