package caretaker.agent.nvml;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which native call one thread is in. That thread writes, any other may read: a watchdog that finds the same call
 * {@link #number} in {@link #current} twice knows that this call has lasted at least as long as it waited between.
 */
public final class CallWatch {
    private final AtomicLong number = new AtomicLong();
    private final AtomicReference<@Nullable String> current = new AtomicReference<>();

    /** The function that runs now, or null. */
    public @Nullable String current() {
        return current.getAcquire();
    }

    /** How many calls were begun so far. */
    public long number() {
        return number.getAcquire();
    }

    void enter(String function) {
        number.setRelease(number.getPlain() + 1);
        current.setRelease(function);
    }

    void leave() {
        current.setRelease(null);
    }
}
