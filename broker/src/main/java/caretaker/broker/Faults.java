package caretaker.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.server.fault.FaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Kafka does instead of ending the process. Kafka halts its JVM when a fault leaves it no way on; here it shares
 * the JVM with others, so the fault is logged and kept, and whoever runs the broker decides.
 */
final class Faults {
    private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedBroker.class);

    /** The broker that a call to {@link Exit} is put down to: Kafka does not say which one it came from. */
    private static final AtomicReference<@Nullable Faults> LATEST = new AtomicReference<>();

    private final CompletableFuture<Throwable> first = new CompletableFuture<>();

    static Faults install() {
        var faults = new Faults();
        LATEST.set(faults);
        Exit.setExitProcedure(Faults::refuse);
        Exit.setHaltProcedure(Faults::refuse);
        return faults;
    }

    FaultHandler handler(String name, boolean fatal, Runnable action) {
        return (message, cause) -> {
            var fault = new IllegalStateException(name + ": " + message, cause);
            if (fatal) {
                record(fault);
            } else {
                LOGGER.atWarn().setCause(cause).addKeyValue("component", name).log(message);
            }
            action.run();
            return fault;
        };
    }

    /** Completes with the first fault that leaves no way on. */
    CompletableFuture<Throwable> first() {
        return first;
    }

    private void record(Throwable fault) {
        if (first.complete(fault)) {
            LOGGER.atError().setCause(fault).log("the broker failed");
        }
    }

    /** Must not return: the callers count on never coming back. */
    private static void refuse(int status, @Nullable String message) {
        var fault = new IllegalStateException(
                "Kafka wanted to end the process with status " + status + (message == null ? "" : ": " + message));
        Faults faults = LATEST.get();
        if (faults != null) {
            faults.record(fault);
        }
        throw fault;
    }
}
