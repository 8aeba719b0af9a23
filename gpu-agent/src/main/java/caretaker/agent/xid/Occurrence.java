package caretaker.agent.xid;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One XID, as far as its sources have told. Guarded by the watch's lock. */
final class Occurrence {
    /** The driver's event for an XID whose code it does not say. */
    static final int UNSAID = 999;

    private static final int FALLEN_OFF = 79;

    final long atNanos;
    final Instant at;
    int code;
    KernelMessage.@Nullable Xid line;
    boolean byDriver;
    boolean told;
    boolean old; // from before the agent looked: its process may be another one by now

    Occurrence(int code, long atNanos, Instant at) {
        this.code = code;
        this.atNanos = atNanos;
        this.at = at;
    }

    int pid() {
        KernelMessage.Xid known = line;
        return known == null ? 0 : known.pid();
    }

    /** Whether a line tells of this XID: its own line, or the same process again. */
    boolean isOf(KernelMessage.Xid other) {
        boolean sameCode = code == other.code() || (code == UNSAID && line == null);
        return sameCode && isOfSameGpu(other) && (line == null || pid() == other.pid() || code == FALLEN_OFF);
    }

    /** GPUs that nobody knows are told apart by where they sit. */
    boolean isOfSameGpu(KernelMessage.@Nullable Xid other) {
        KernelMessage.Xid known = line;
        return known == null || other == null || known.pci().equals(other.pci());
    }

    boolean isLoss() {
        return code == FALLEN_OFF;
    }

    String sources() {
        return line == null ? "nvml" : byDriver ? "nvml, kernel-log" : "kernel-log";
    }
}
