package caretaker.agent.sampling;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is raised on one host. Makes events of findings: the same condition on the same entity is raised once and
 * cleared once, whoever found it and however often.
 *
 * <p>Used by the poll thread and by the watchdog; each call is one step.
 */
public final class HealthLedger {
    private record Key(Condition condition, String entity) {
        static Key of(Finding finding) {
            return new Key(finding.condition(), finding.entity().id());
        }
    }

    private final String host;
    private final String agentId;
    private final Map<Key, Finding> raised = new LinkedHashMap<>();
    private long sequence;

    public HealthLedger(String host, String agentId) {
        this.host = host;
        this.agentId = agentId;
    }

    /** Takes all that is wrong now; what was raised and is not among it is cleared. */
    public synchronized List<HealthEvent> settle(List<Finding> findings, Instant now) {
        if (findings.isEmpty() && raised.isEmpty()) {
            return List.of();
        }
        List<HealthEvent> events = new ArrayList<>();
        Set<Key> present = new HashSet<>();
        findings.forEach(finding -> present.add(Key.of(finding)));
        for (Iterator<Map.Entry<Key, Finding>> each = raised.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Key, Finding> entry = each.next();
            if (!present.contains(entry.getKey())) {
                events.add(event(entry.getValue(), State.CLEARED, now));
                each.remove();
            }
        }
        for (Finding finding : findings) {
            if (raised.putIfAbsent(Key.of(finding), finding) == null) {
                events.add(event(finding, State.RAISED, now));
            }
        }
        return events;
    }

    /** Adds one finding to what is raised already. */
    public synchronized List<HealthEvent> raise(Finding finding, Instant now) {
        return raised.putIfAbsent(Key.of(finding), finding) == null
                ? List.of(event(finding, State.RAISED, now))
                : List.of();
    }

    private HealthEvent event(Finding finding, State state, Instant now) {
        boolean over = state == State.CLEARED;
        return new HealthEvent(
                host,
                agentId,
                ++sequence,
                now,
                finding.condition(),
                state,
                over ? Severity.INFO : severity(finding.condition()),
                finding.entity(),
                finding.code(),
                over ? "over: " + finding.message() : finding.message(),
                over ? Action.NONE : action(finding.condition()),
                finding.evidence(),
                false);
    }

    private static Severity severity(Condition condition) {
        return switch (condition) {
            case GPU_THERMAL_THROTTLING, GPU_POWER_BRAKE, GPU_PCIE_DEGRADED, GPU_COUNT_MISMATCH -> Severity.WARNING;
            default -> Severity.CRITICAL;
        };
    }

    private static Action action(Condition condition) {
        return switch (condition) {
            case GPU_LOST, GPU_HUNG, GPU_DRIVER_GONE -> Action.REBOOT_NODE;
            case GPU_RESET_REQUIRED -> Action.RESET_GPU;
            case GPU_DRIVER_MISMATCH -> Action.RESTART_AGENT;
            case GPU_ROW_REMAP_FAILURE -> Action.CONTACT_SUPPORT;
            default -> Action.NONE;
        };
    }
}
