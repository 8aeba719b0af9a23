package caretaker.recovery.report;

import caretaker.recovery.playbook.LogPatterns.Meaning;
import java.util.List;
import java.util.Map;

/**
 * What was found of a container besides what the events say. Everything is redacted when it is rendered.
 *
 * @param log the last lines, oldest first
 * @param metrics by name their values at the time
 * @param environment as the engine shows it, {@code NAME=value}
 * @param configuration by name: image, restart policy, mounts, limits
 * @param meanings what lines of the log mean
 * @param never what nobody but a person does to such a container
 */
public record Findings(
        List<String> log,
        Map<String, String> metrics,
        List<String> environment,
        Map<String, String> configuration,
        List<Meaning> meanings,
        List<String> never) {
    public static final Findings NONE = new Findings(List.of(), Map.of(), List.of(), Map.of(), List.of(), List.of());

    public Findings {
        log = List.copyOf(log);
        metrics = Map.copyOf(metrics);
        environment = List.copyOf(environment);
        configuration = Map.copyOf(configuration);
        meanings = List.copyOf(meanings);
        never = List.copyOf(never);
    }
}
