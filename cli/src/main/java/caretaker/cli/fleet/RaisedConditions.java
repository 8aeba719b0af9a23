package caretaker.cli.fleet;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is raised on all hosts, from the health events of the last fourteen days in their order.
 *
 * <p>A condition of an entity is raised until any run of its host's agent clears it: an agent with a data folder takes
 * over what its former run had raised and does not raise it again. Drills are apart, so that a drill can neither raise
 * nor clear what is real.
 */
public final class RaisedConditions {
    private record Key(String host, Condition condition, String entity, boolean drill) {}

    /** The latest XID of a GPU. */
    public record Xid(String code, Instant time) {}

    private final Map<Key, HealthEvent> raised = new LinkedHashMap<>();
    private final Map<String, Xid> lastXids = new HashMap<>();

    public void apply(HealthEvent event) {
        var key = new Key(event.host(), event.condition(), event.entity().id(), event.drill());
        switch (event.state()) {
            case RAISED -> raised.putIfAbsent(key, event);
            case CLEARED -> raised.remove(key);
            case OCCURRED -> {}
        }
        if (event.condition() == Condition.GPU_XID && event.state() != HealthEvent.State.CLEARED && !event.drill()) {
            lastXids.put(event.entity().id(), new Xid(event.code(), event.time()));
        }
    }

    /** Of one host: the worst first, then the oldest. */
    public List<HealthEvent> of(String host) {
        return raised.values().stream()
                .filter(event -> event.host().equals(host))
                .sorted(Comparator.comparing(HealthEvent::severity)
                        .reversed()
                        .thenComparing(HealthEvent::time)
                        .thenComparing(HealthEvent::id))
                .toList();
    }

    /** The latest XID of a GPU that an event told of. */
    public Optional<Xid> lastXid(String uuid) {
        return Optional.ofNullable(lastXids.get(uuid));
    }
}
