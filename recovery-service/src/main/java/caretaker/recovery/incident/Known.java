package caretaker.recovery.incident;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Dependencies;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The containers of the engine: as they were seen last, and as they are remembered. */
final class Known {
    private final Scope scope;
    private final String self;
    private final Map<String, Sighting> seen = new TreeMap<>();
    private final Map<String, Managed> managed = new TreeMap<>();
    private Dependencies graph = new Dependencies(List.of());
    private int consenting;

    Known(Scope scope, String self) {
        this.scope = scope;
        this.self = self;
    }

    /** All that there are now. */
    void listed(List<Sighting> all) {
        seen.clear();
        all.forEach(each -> seen.put(each.key(), each));
        managed.values().forEach(each -> each.seen = seen.get(each.key()));
        seen.values().forEach(this::rename);
        counted();
    }

    /** One of them, or that it is gone. */
    void saw(String key, @Nullable Sighting sighting) {
        if (sighting == null) {
            seen.remove(key);
        } else {
            seen.put(key, sighting);
            rename(sighting);
        }
        Managed of = managed.get(key);
        if (of != null) {
            of.seen = sighting;
        }
        counted();
    }

    private void rename(Sighting sighting) {
        Managed of = managed.get(sighting.key());
        if (of != null) {
            of.identity = sighting.identity();
        }
    }

    private void counted() {
        graph = new Dependencies(seen.values(), oldHalves());
        consenting = (int) seen.values().stream()
                .filter(each -> consent(each) instanceof Consent.Given)
                .count();
    }

    /** What those are called meanwhile that are being created anew. */
    private Map<String, String> oldHalves() {
        Map<String, String> keys = new TreeMap<>();
        for (Managed each : managed.values()) {
            Operation last = each.operation;
            if (last != null && last.action() == Action.RECREATE) {
                keys.put(Operations.oldHalf(last.before().containerId()), each.key());
            }
        }
        return keys;
    }

    Consent consent(Sighting sighting) {
        return scope.of(sighting, self);
    }

    /** Whether it may be repaired, as far as is known. */
    boolean isGiven(@Nullable Sighting sighting) {
        return sighting != null && consent(sighting) instanceof Consent.Given;
    }

    int consenting() {
        return consenting;
    }

    Dependencies graph() {
        return graph;
    }

    Collection<Managed> managed() {
        return managed.values();
    }

    Collection<Sighting> seen() {
        return seen.values();
    }

    @Nullable Managed get(String key) {
        return managed.get(key);
    }

    @Nullable Sighting sighting(String key) {
        return seen.get(key);
    }

    @Nullable Sighting byId(String id) {
        return seen.values().stream()
                .filter(each -> each.identity().id().equals(id))
                .findFirst()
                .orElse(null);
    }

    Managed orNew(ContainerIdentity identity) {
        return managed.computeIfAbsent(identity.key(), key -> {
            var made = new Managed(identity);
            made.seen = seen.get(key);
            return made;
        });
    }

    void put(Managed of) {
        of.seen = seen.get(of.key());
        managed.put(of.key(), of);
    }

    void forget(String key) {
        managed.remove(key);
    }

    /** Those that a person means: by key, by name, by service, or all. */
    List<ContainerIdentity> find(String word) {
        List<ContainerIdentity> found = new ArrayList<>();
        for (Sighting each : seen.values()) {
            ContainerIdentity identity = each.identity();
            boolean isMeant = identity.key().equals(word)
                    || identity.name().equals(word)
                    || (identity.number() > 0 && identity.service().equals(word))
                    || (word.equals("all") && isGiven(each));
            if (isMeant) {
                found.add(identity);
            }
        }
        for (Managed each : managed.values()) {
            if (each.seen == null
                    && (each.key().equals(word) || each.identity.name().equals(word))) {
                found.add(each.identity);
            }
        }
        return found;
    }
}
