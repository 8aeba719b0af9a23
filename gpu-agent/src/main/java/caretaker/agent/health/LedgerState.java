package caretaker.agent.health;

import caretaker.contracts.HealthEvent;
import java.util.List;

/**
 * What one run of the agent knows of its host when it ends, however it ends.
 *
 * @param agentId of that run, or of the last one before it that said something
 * @param sequence of the last event of that one; 0 if there was none
 * @param raised what it had raised and not cleared
 * @param gpus what it had learnt of GPUs
 * @param known the GPUs that its host had
 * @param xids how often they had which XID
 */
public record LedgerState(
        String agentId,
        long sequence,
        List<Raised> raised,
        List<GpuMemory> gpus,
        List<KnownGpu> known,
        List<CountedXid> xids) {
    /** Where there was no run. */
    static final LedgerState NONE = new LedgerState("", 0, List.of(), List.of(), List.of(), List.of());

    /**
     * A condition that is raised.
     *
     * @param watcher who raised it
     * @param event the event that said so
     */
    public record Raised(String watcher, HealthEvent event) {}

    public LedgerState {
        raised = List.copyOf(raised);
        gpus = List.copyOf(gpus);
        known = List.copyOf(known);
        xids = List.copyOf(xids);
    }
}
