package caretaker.agent.health;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is raised on one host. Makes events of findings: the same condition on the same entity is raised once and
 * cleared once, whoever found it and however often.
 *
 * <p>Several watchers find at the same time: each settles what it raised itself, under a name of its own. Any thread
 * may call; events go out under the ledger's lock, so that they leave in the order of their sequence numbers.
 */
public final class HealthLedger {
    private record Key(Condition condition, String entity) {
        static Key of(Finding finding) {
            return new Key(finding.condition(), finding.entity().id());
        }
    }

    private record Raised(String watcher, Finding finding) {}

    private final String host;
    private final String agentId;
    private final InstantSource clock;
    private final Consumer<HealthEvent> outlet;
    private final Map<Key, Raised> raised = new LinkedHashMap<>();
    private long sequence;

    /** @param outlet takes each event, in order; must not wait */
    public HealthLedger(String host, String agentId, InstantSource clock, Consumer<HealthEvent> outlet) {
        this.host = host;
        this.agentId = agentId;
        this.clock = clock;
        this.outlet = outlet;
    }

    /** Takes all that a watcher finds wrong now; what it had raised and does not find any more is cleared. */
    public synchronized void settle(String watcher, List<Finding> findings) {
        if (findings.isEmpty() && raised.isEmpty()) {
            return;
        }
        Set<Key> present = new HashSet<>();
        findings.forEach(finding -> present.add(Key.of(finding)));
        for (Iterator<Map.Entry<Key, Raised>> each = raised.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Key, Raised> entry = each.next();
            if (entry.getValue().watcher().equals(watcher) && !present.contains(entry.getKey())) {
                each.remove();
                publish(entry.getValue().finding(), State.CLEARED);
            }
        }
        findings.forEach(finding -> raise(watcher, finding));
    }

    /** Adds one finding to what is raised already. */
    public synchronized void raise(String watcher, Finding finding) {
        if (raised.putIfAbsent(Key.of(finding), new Raised(watcher, finding)) == null) {
            publish(finding, State.RAISED);
        }
    }

    /** Ends one condition of one entity, if it is raised. */
    public synchronized void clear(Condition condition, String entityId) {
        Raised over = raised.remove(new Key(condition, entityId));
        if (over != null) {
            publish(over.finding(), State.CLEARED);
        }
    }

    /** Says something that has no duration. */
    public synchronized void occurred(Finding finding) {
        publish(finding, State.OCCURRED);
    }

    /** Whether a condition of an entity is raised. */
    public synchronized boolean isRaised(Condition condition, String entityId) {
        return raised.containsKey(new Key(condition, entityId));
    }

    /** Whether any of these conditions is raised, whatever the entity. */
    public synchronized boolean isAnyRaised(Set<Condition> conditions) {
        return raised.keySet().stream().anyMatch(key -> conditions.contains(key.condition()));
    }

    private void publish(Finding finding, State state) {
        boolean over = state == State.CLEARED;
        outlet.accept(new HealthEvent(
                host,
                agentId,
                ++sequence,
                clock.instant(),
                finding.condition(),
                state,
                over ? Severity.INFO : finding.severity(),
                finding.entity(),
                finding.code(),
                over ? "over: " + finding.message() : finding.message(),
                over ? Action.NONE : finding.action(),
                finding.evidence(),
                false));
    }
}
