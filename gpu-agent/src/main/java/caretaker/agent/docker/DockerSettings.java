package caretaker.agent.docker;

import caretaker.agent.containers.WatchRules;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import caretaker.docker.EngineAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How containers are watched.
 *
 * @param enabled {@code auto}: on a real host, from the moment that the engine's socket is there
 * @param host the engine: {@code unix:///path} or {@code tcp://address:port}
 * @param resync how often all containers are listed, whatever the event stream says
 * @param restarts that make a restart loop when they are within {@code restartWindow}
 * @param restartWindow also how long a container must run before a loop or a lack of memory is over
 * @param newsAge a container that failed longer ago than this before the agent first saw it is not reported
 * @param projects compose projects that are watched; empty: all, and containers outside of compose
 * @param ignoredProjects compose projects that are not
 * @param builtInProbes whether programs that are known by their image are probed without being asked to
 * @param procRoot the host's {@code /proc}
 * @param cgroupRoot the host's {@code /sys/fs/cgroup}
 */
public record DockerSettings(
        @Default("auto") Enabled enabled,
        @Default("unix:///var/run/docker.sock") String host,
        @Default("60s") @Range(min = "1s", max = "1h") Duration resync,
        @Default("3") @Range(min = "2", max = "100") int restarts,
        @Default("10m") @Range(min = "10s", max = "1d") Duration restartWindow,
        @Default("1d") @Range(min = "0s", max = "365d") Duration newsAge,
        List<String> projects,
        List<String> ignoredProjects,
        @Default("true") boolean builtInProbes,
        @Default("/proc") Path procRoot,
        @Default("/sys/fs/cgroup") Path cgroupRoot) {

    public DockerSettings {
        projects = List.copyOf(projects);
        ignoredProjects = List.copyOf(ignoredProjects);
        try {
            EngineAddress.of(host);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("docker.host " + e.getMessage(), e);
        }
    }

    /** Whether containers are watched. */
    public enum Enabled {
        AUTO,
        TRUE,
        FALSE
    }

    /** When something of a container is worth an event. */
    public WatchRules rules() {
        return new WatchRules(
                restarts,
                restartWindow,
                newsAge,
                WatchRules.DEFAULT.checkWait(),
                Set.copyOf(projects),
                Set.copyOf(ignoredProjects));
    }

    /** The file of the engine's socket; none for an engine behind TCP. */
    Optional<Path> socket() {
        return EngineAddress.of(host).socket();
    }

    /** Whether there is no engine here that could be watched, and none was asked for. */
    boolean isIdle() {
        return enabled == Enabled.AUTO && socket().map(Files::notExists).orElse(false);
    }
}
