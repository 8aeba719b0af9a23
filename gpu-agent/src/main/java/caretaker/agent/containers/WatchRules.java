package caretaker.agent.containers;

import java.time.Duration;
import java.util.Set;

/**
 * When something of a container is worth an event.
 *
 * @param restarts that make a restart loop when they are within {@code restartWindow}
 * @param restartWindow also how long a container must run before a loop or a lack of memory is over
 * @param newsAge what ended longer ago than this before the agent first saw it is not reported
 * @param checkWait how long the report of an unhealthy container may wait for the output of its health check
 * @param projects compose projects that are watched; empty: all, and containers outside of compose
 * @param ignoredProjects compose projects that are not
 */
public record WatchRules(
        int restarts,
        Duration restartWindow,
        Duration newsAge,
        Duration checkWait,
        Set<String> projects,
        Set<String> ignoredProjects) {

    public static final WatchRules DEFAULT =
            new WatchRules(3, Duration.ofMinutes(10), Duration.ofDays(1), Duration.ofMillis(500), Set.of(), Set.of());

    public WatchRules {
        projects = Set.copyOf(projects);
        ignoredProjects = Set.copyOf(ignoredProjects);
    }

    /** By which a container's owner says that no event should be made of it. */
    public static final String WATCH_LABEL = "caretaker.watch";

    /** Whether events may be made of a container; a label that says neither yes nor no is not heeded. */
    public boolean watches(ContainerState container) {
        String word = container.labels().getOrDefault(WATCH_LABEL, "true");
        String project = container.info().composeProject();
        return Words.yesOrNo(word).orElse(true)
                && (projects.isEmpty() || projects.contains(project))
                && !ignoredProjects.contains(project);
    }
}
