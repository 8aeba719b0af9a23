package caretaker.agent.containers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a container is and how it is, as the engine told it last. Never holds its environment or its arguments.
 *
 * @param composeNumber which instance of its compose service, from 1; 0 outside of compose
 * @param exitCode of the last run that ended; 0 while it runs and if it never ran
 * @param startedAt when its last run began, by the host's clock; null if it never ran or is not known yet
 * @param restartCount how often the engine has started it again by its restart policy
 * @param labels only those that begin with {@code caretaker.}; values are cut to {@link #MAX_LABEL}
 * @param ports those that can be reached from outside of the container
 * @param addresses its address in each network by the network's name; empty while it does not run
 * @param gpus what it was given when it was made: {@code all}, UUIDs, indices, or {@code count=N}; empty: no GPU
 */
public record ContainerState(
        ContainerInfo info,
        int composeNumber,
        Phase phase,
        Health health,
        int exitCode,
        @Nullable Instant startedAt,
        int restartCount,
        Map<String, String> labels,
        List<Port> ports,
        Map<String, String> addresses,
        List<String> gpus) {

    /** UTF-16 units of a label's value. */
    public static final int MAX_LABEL = 1024;

    private static final int MAX_WORD = 256;

    /** The network in which a container has the host's addresses: its own address there is empty. */
    public static final String HOST_NETWORK = "host";

    public ContainerState {
        labels = Map.copyOf(labels);
        ports = List.copyOf(ports);
        addresses = Map.copyOf(addresses);
        gpus = List.copyOf(gpus);
    }

    /**
     * Which run of which container it is, as an event's evidence: enough for another service to find it, and to see
     * whether it is the same run still.
     */
    public Map<String, String> identity() {
        Map<String, String> evidence = new TreeMap<>();
        evidence.put("containerId", info.id());
        evidence.put("name", Words.line(info.name(), MAX_WORD));
        evidence.put("image", Words.line(info.image(), MAX_WORD));
        if (!info.composeProject().isEmpty()) {
            evidence.put("composeProject", Words.line(info.composeProject(), MAX_WORD));
            evidence.put("composeService", Words.line(info.composeService(), MAX_WORD));
            evidence.put("composeNumber", Integer.toString(composeNumber));
        }
        if (startedAt != null) {
            evidence.put("startedAt", startedAt.toString());
        }
        evidence.put("restartCount", Integer.toString(restartCount));
        return evidence;
    }

    /** Whether its processes exist: a paused one's do. */
    public boolean isAlive() {
        return phase == Phase.RUNNING || phase == Phase.PAUSED;
    }

    ContainerState with(ContainerInfo other) {
        return new ContainerState(
                other, composeNumber, phase, health, exitCode, startedAt, restartCount, labels, ports, addresses, gpus);
    }

    ContainerState with(Phase other) {
        return new ContainerState(
                info, composeNumber, other, health, exitCode, startedAt, restartCount, labels, ports, addresses, gpus);
    }

    ContainerState with(Health other) {
        return new ContainerState(
                info, composeNumber, phase, other, exitCode, startedAt, restartCount, labels, ports, addresses, gpus);
    }

    ContainerState started(Instant at) {
        return new ContainerState(
                info,
                composeNumber,
                Phase.RUNNING,
                health == Health.NONE ? Health.NONE : Health.STARTING,
                0,
                at,
                restartCount,
                labels,
                ports,
                addresses,
                gpus);
    }

    ContainerState ended(int code) {
        return new ContainerState(
                info,
                composeNumber,
                Phase.EXITED,
                health,
                code,
                startedAt,
                restartCount,
                labels,
                ports,
                Map.of(),
                gpus);
    }

    /** Docker's own states, see its {@code /containers/json}. */
    public enum Phase {
        CREATED,
        RUNNING,
        PAUSED,
        RESTARTING,
        REMOVING,
        EXITED,
        DEAD,
        /** A word that this version does not know. */
        UNKNOWN
    }

    /** What its health check says. */
    public enum Health {
        /** It has no health check. */
        NONE,
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /**
     * A port of the container.
     *
     * @param inside the number that the container listens on
     * @param outside the number on the host; 0 if it is not published
     * @param hostAddress where the host listens: empty, {@code 0.0.0.0} or {@code ::} for everywhere
     * @param protocol {@code tcp}, {@code udp} or {@code sctp}
     */
    public record Port(int inside, int outside, String hostAddress, String protocol) {}
}
