package caretaker.cli;

import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventoryCodec;
import caretaker.contracts.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A container as its host's inventory knows it: which one it is, and which run of it. */
record KnownContainer(HostInventory.Container container) {
    private static final int MOST_NAMED = 20;

    /** Reads the newest inventory of a host; the container is named by its name or its id. */
    static KnownContainer find(BusOptions bus, InstantSource clock, String host, String name) {
        HostInventory inventory = inventory(bus, clock, host);
        return inventory.containers().stream()
                .filter(each -> each.name().equals(name) || each.id().equals(name))
                .findFirst()
                .map(KnownContainer::new)
                .orElseThrow(() -> new CommandFailure(
                        Exit.NOT_FOUND,
                        "host " + host + " has no container " + name + "; there are: "
                                + inventory.containers().stream()
                                        .map(HostInventory.Container::name)
                                        .limit(MOST_NAMED)
                                        .collect(Collectors.joining(", "))));
    }

    private static HostInventory inventory(BusOptions bus, InstantSource clock, String host) {
        Map<String, @Nullable HostInventory> newest = new HashMap<>();
        try (var reader = new BusReader(bus, clock)) {
            Map<String, @Nullable Duration> whole = new HashMap<>();
            whole.put(Topic.INVENTORY.fullName(), null);
            if (reader.begin(whole) > 0) {
                reader.readToEnd(
                        host,
                        record -> newest.put(
                                host,
                                new HostInventoryCodec().decode(record.value())
                                                instanceof Decoded.Known(HostInventory known)
                                        ? known
                                        : null));
            }
        }
        HostInventory inventory = newest.get(host);
        if (inventory == null) {
            throw new CommandFailure(
                    Exit.NOT_FOUND,
                    "no inventory of host " + host + " at " + bus.kafka().bootstrap() + "; does its agent run?");
        }
        return inventory;
    }

    Entity entity() {
        return new Entity(Entity.Kind.CONTAINER, container.id(), container.name());
    }

    /** What an agent's event says of a container: the recovery service takes no other. */
    Map<String, String> evidence() {
        Map<String, String> evidence = new TreeMap<>();
        evidence.put("containerId", container.id());
        evidence.put("name", container.name());
        evidence.put("image", container.image());
        if (!container.project().isEmpty()) {
            evidence.put("composeProject", container.project());
            evidence.put("composeService", container.service());
            evidence.put("composeNumber", Integer.toString(container.number()));
        }
        if (container.startedAt() != null) {
            evidence.put("startedAt", container.startedAt().toString());
        }
        return evidence;
    }
}
