package caretaker.agent.sampling;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which call into the driver is running, and since when. The poll thread writes it around every call; the watchdog
 * reads it, for a stuck thread cannot say so itself.
 */
public final class CurrentCall {
    /** Stands for no GPU in particular. */
    public static final String NO_GPU = "";

    /** A call that had not come back when it was looked at. */
    public record Running(String function, String gpu, long sinceNanos, long number) {}

    private final LongSupplier nanos;
    private String function = "";
    private String gpu = NO_GPU;
    private long sinceNanos;
    private volatile long number; // even: none runs; written after the fields above are, read before and after them

    /** Made for one poll thread. */
    public CurrentCall(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** To be called right before the driver is; {@code gpu} is a UUID or {@link #NO_GPU}. */
    public void begin(String function, String gpu) {
        this.function = function;
        this.gpu = gpu;
        sinceNanos = nanos.getAsLong();
        number = number | 1;
    }

    /** Returns how long the call took. */
    public long end() {
        number = (number | 1) + 1;
        return nanos.getAsLong() - sinceNanos;
    }

    public @Nullable Running running() {
        long before = number;
        var running = new Running(function, gpu, sinceNanos, before);
        return (before & 1) != 0 && before == number ? running : null;
    }
}
