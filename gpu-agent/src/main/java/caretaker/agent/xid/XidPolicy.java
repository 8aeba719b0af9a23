package caretaker.agent.xid;

import caretaker.agent.xid.XidTable.Entry;
import caretaker.agent.xid.XidTable.Escalation;
import caretaker.agent.xid.XidTable.Scope;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table, with what an operator has decided otherwise. */
public final class XidPolicy {
    /** What an operator says of one code; null leaves the table's word. His word is not escalated. */
    public record Decision(
            @Nullable Severity severity, @Nullable Action action) {}

    private final XidTable table;
    private final LinkErrors links = new LinkErrors();
    private final Map<Integer, Decision> overrides;

    public XidPolicy(XidTable table, Map<Integer, Decision> overrides) {
        this.table = table;
        this.overrides = Map.copyOf(overrides);
    }

    public XidTable table() {
        return table;
    }

    /** What holds for a code. */
    Entry entry(int code) {
        Entry entry = table.entry(code);
        Decision override = overrides.get(code);
        if (override == null) {
            return entry;
        }
        Action action = override.action() == null ? entry.action() : override.action();
        return new Entry(
                code,
                entry.name(),
                entry.kind(),
                entry.fatal(),
                override.severity() == null ? entry.severity() : override.severity(),
                action,
                override.action() == null ? entry.scope() : scope(action),
                entry.follows(),
                Escalation.NEVER,
                Action.NONE,
                entry.live(),
                entry.note());
    }

    /** Whether an operator has decided on a code's action: then neither the line nor the error word has a say. */
    boolean isDecided(int code) {
        Decision override = overrides.get(code);
        return override != null && override.action() != null;
    }

    LinkErrors links() {
        return links;
    }

    private static Scope scope(Action action) {
        return switch (action) {
            case NONE -> Scope.NONE;
            case RESTART_APP -> Scope.PROCESS;
            case RESTART_CONTAINER, RECREATE_CONTAINER -> Scope.CONTAINER;
            case RESET_GPU, CONTACT_SUPPORT -> Scope.GPU;
            case RESTART_AGENT, REBOOT_NODE -> Scope.NODE;
        };
    }
}
