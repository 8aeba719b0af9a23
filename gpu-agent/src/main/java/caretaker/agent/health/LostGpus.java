package caretaker.agent.health;

import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.Readings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * GPUs that the kernel log or the driver's events call lost. That is raised at once, without waiting for the next poll,
 * and cleared when the GPU answers again: at once if a poll has found it lost in between, else when it has answered for
 * {@link #PATIENCE}. Safe for any thread.
 */
public final class LostGpus {
    /** A GPU that answers for so long is not lost, whatever was said. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    /** The name under which it raises. */
    public static final String WATCHER = "kernel";

    private static final class Said {
        private boolean seenLost;
        private boolean answers;
        private long answersSince;
    }

    private final HealthLedger ledger;
    private final Map<String, Said> said = new HashMap<>();

    /** @param ledger with what a former run has raised */
    public LostGpus(HealthLedger ledger) {
        this.ledger = ledger;
        ledger.raised(Condition.GPU_LOST).forEach(uuid -> said.put(uuid, new Said()));
    }

    /** Somebody says that a GPU is lost. */
    public synchronized void lost(Finding finding) {
        if (said.putIfAbsent(finding.entity().id(), new Said()) == null) {
            ledger.raise(WATCHER, finding);
        }
    }

    /** What a poll has found. */
    public synchronized void polled(Readings readings, long nanos) {
        if (said.isEmpty()) {
            return;
        }
        for (GpuReading gpu : readings.gpus()) {
            Said of = said.get(gpu.uuid());
            if (of != null && isBack(of, gpu.state(), nanos)) {
                said.remove(gpu.uuid());
                ledger.clear(Condition.GPU_LOST, gpu.uuid());
            }
        }
    }

    private static boolean isBack(Said of, GpuState state, long nanos) {
        of.seenLost |= state == GpuState.LOST;
        if (!state.answers()) {
            of.answers = false;
            return false;
        }
        if (!of.answers) {
            of.answers = true;
            of.answersSince = nanos;
        }
        return of.seenLost || nanos - of.answersSince >= PATIENCE.toNanos();
    }
}
