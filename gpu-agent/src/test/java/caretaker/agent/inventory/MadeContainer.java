package caretaker.agent.inventory;

import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A container as the engine tells of it. */
final class MadeContainer {
    private final String name;
    private final Map<String, String> labels = new HashMap<>();
    private final Map<String, String> addresses = new HashMap<>();
    private final List<Port> ports = new ArrayList<>();
    private List<String> gpus = List.of();
    private String image = "lab/train:7";
    private ContainerState.Phase phase = ContainerState.Phase.RUNNING;
    private Instant startedAt = Instant.parse("2026-10-01T11:00:00Z");

    private MadeContainer(String name) {
        this.name = name;
    }

    static MadeContainer of(String name) {
        return new MadeContainer(name);
    }

    MadeContainer label(String label, String value) {
        labels.put(label, value);
        return this;
    }

    MadeContainer image(String asked) {
        image = asked;
        return this;
    }

    MadeContainer gpus(String... given) {
        gpus = List.of(given);
        return this;
    }

    MadeContainer phase(ContainerState.Phase now) {
        phase = now;
        return this;
    }

    MadeContainer startedAt(String time) {
        startedAt = Instant.parse(time);
        return this;
    }

    MadeContainer onHostNetwork() {
        addresses.put(ContainerState.HOST_NETWORK, "");
        return this;
    }

    MadeContainer address(String network, String own) {
        addresses.put(network, own);
        return this;
    }

    MadeContainer port(int inside, int outside, String hostAddress) {
        ports.add(new Port(inside, outside, hostAddress, "tcp"));
        return this;
    }

    ContainerState made() {
        return new ContainerState(
                new ContainerInfo("id-" + name, name, image, "research", "train"),
                1,
                phase,
                ContainerState.Health.HEALTHY,
                0,
                startedAt,
                0,
                labels,
                ports,
                addresses,
                gpus);
    }
}
