package caretaker.recovery.report;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The error report of one incident in Markdown: summary, steps, diagnosis, resolution, follow-up. */
public final class ErrorReport {
    private static final int MOST_LINES = 200;
    private static final int MOST_STEPS = 100;
    private static final int LONGEST_LINE = 1000;
    private static final String NOT_SAVED = "nothing was saved";

    private final List<RecoveryEvent> events;
    private final Findings findings;
    private final StringBuilder text = new StringBuilder();

    private ErrorReport(List<RecoveryEvent> events, Findings findings) {
        this.events = events;
        this.findings = findings;
    }

    /**
     * Writes it.
     *
     * @param events those of the incident, in any order, perhaps some twice; at least one
     */
    public static String of(List<RecoveryEvent> events, Findings findings) {
        Map<String, RecoveryEvent> unique = new TreeMap<>();
        events.forEach(event -> unique.putIfAbsent(event.id(), event));
        if (unique.isEmpty()) {
            throw new IllegalArgumentException("an incident has events");
        }
        List<RecoveryEvent> sorted = unique.values().stream()
                .sorted(Comparator.comparing(RecoveryEvent::time))
                .toList();
        return new ErrorReport(sorted, findings).render();
    }

    private String render() {
        text.append("# Error Report\n");
        summary();
        steps();
        diagnosis();
        resolution();
        followUp();
        return text.toString();
    }

    private void summary() {
        RecoveryEvent first = events.getFirst();
        section("Summary");
        RecoveryEvent.Incident incident = incident();
        item("Issue", name(first.container(), first.host()) + " on " + first.host() + ": " + first.message());
        item("Impact", impact());
        if (incident != null) {
            String code = incident.code().isEmpty() ? "" : ", code " + incident.code();
            item(
                    "Incident",
                    incident.id() + ", " + incident.condition() + code + ", "
                            + incident.severity().name().toLowerCase(Locale.ROOT)
                            + (incident.drill() ? ", a drill" : ""));
        }
        item("Time", first.time() + " to " + events.getLast().time());
    }

    private RecoveryEvent.@Nullable Incident incident() {
        return events.stream()
                .map(RecoveryEvent::incident)
                .filter(incident -> incident != null)
                .findFirst()
                .orElse(null);
    }

    private static String name(@Nullable ContainerIdentity container, String host) {
        return container == null ? host : container.name();
    }

    private String impact() {
        Set<String> names = new LinkedHashSet<>();
        events.forEach(event -> names.add(name(event.container(), event.host())));
        RecoveryEvent end = end();
        Duration took = end.took();
        String what = String.join(", ", names);
        return switch (end.kind()) {
            case SUCCEEDED -> what + (took == null ? "" : " for " + seconds(took)) + "; over";
            case QUARANTINED -> what + "; goes on, and nothing is tried any more";
            case ESCALATED -> what + "; goes on until somebody acts on the host";
            case SKIPPED -> what + "; nothing was done";
            default -> what + "; not over";
        };
    }

    private static String seconds(Duration took) {
        return "%d.%03d s".formatted(took.toSeconds(), took.toMillisPart());
    }

    /** The last event that says how it stands. */
    private RecoveryEvent end() {
        return events.getLast();
    }

    private void steps() {
        section("Steps to Reproduce");
        RecoveryEvent first = events.getFirst();
        Snapshot before = events.stream()
                .map(RecoveryEvent::before)
                .filter(snapshot -> snapshot != null)
                .findFirst()
                .orElse(null);
        ContainerIdentity container = first.container();
        List<String> steps = new ArrayList<>();
        if (container != null) {
            String image = container.image().isEmpty() ? "" : " from " + container.image();
            steps.add("Run " + container.name() + image + " on " + first.host() + ".");
        }
        if (before != null && before.startedAt() != null) {
            steps.add("Its run of " + before.startedAt() + " lasts until it fails.");
        }
        steps.add(first.time() + ": " + first.message());
        if (before != null) {
            steps.add("See: " + state(before) + ".");
        }
        for (int i = 0; i < steps.size(); i++) {
            text.append(i + 1).append(". ").append(line(steps.get(i))).append('\n');
        }
    }

    private static String state(Snapshot of) {
        return of.state()
                + (of.health().isEmpty() ? "" : ", " + of.health())
                + (of.state().equals("exited") ? ", exit code " + of.exitCode() : "")
                + (of.oomKilled() ? ", killed for want of memory" : "")
                + (of.restartCount() > 0 ? ", restarted " + of.restartCount() + " times by the engine" : "");
    }

    private void diagnosis() {
        section("Diagnosis");
        text.append("- **Logs**:");
        List<String> log = findings.log();
        if (log.isEmpty()) {
            text.append(' ').append(NOT_SAVED).append('\n');
        } else {
            block(log.subList(Math.max(0, log.size() - MOST_LINES), log.size()));
        }
        findings.meanings().forEach(meaning -> item("Meaning", meaning.cause() + "; " + meaning.remedy()));
        list("Metrics", findings.metrics());
        Map<String, String> configuration = new TreeMap<>(findings.configuration());
        Redaction.environment(findings.environment()).forEach((name, gone) -> configuration.put("env " + name, gone));
        list("Configuration", configuration);
        events.stream()
                .map(RecoveryEvent::evidence)
                .filter(evidence -> evidence != null)
                .distinct()
                .forEach(evidence -> item(
                        "Evidence",
                        evidence.path() + ", " + evidence.bytes() + " bytes, SHA-256 " + evidence.sha256()));
    }

    private void list(String title, Map<String, String> values) {
        List<String> all = new ArrayList<>();
        new TreeMap<>(values).forEach((name, value) -> all.add("`" + code(name + "=" + value) + "`"));
        text.append("- **").append(title).append("**: ");
        text.append(all.isEmpty() ? NOT_SAVED : String.join(", ", all)).append('\n');
    }

    /** A block of code that no line can end. */
    private void block(List<String> lines) {
        int longest = lines.stream().mapToInt(ErrorReport::backticks).max().orElse(0);
        String fence = "`".repeat(Math.max(3, longest + 1));
        text.append("\n\n  ").append(fence).append("text\n");
        for (String each : lines) {
            text.append("  ").append(plain(each)).append('\n');
        }
        text.append("  ").append(fence).append("\n\n");
    }

    private static int backticks(String line) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < line.length(); i++) {
            run = line.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    private void resolution() {
        section("Resolution");
        text.append("- **Steps Taken**:\n");
        List<RecoveryEvent> shown = events.subList(Math.max(0, events.size() - MOST_STEPS), events.size());
        if (shown.size() < events.size()) {
            text.append("  - ").append(events.size() - shown.size()).append(" earlier ones are not shown\n");
        }
        for (RecoveryEvent event : shown) {
            text.append("  - ").append(line(step(event))).append('\n');
        }
        RecoveryEvent end = end();
        Snapshot after = end.after();
        item("Outcome", outcome(end) + (after == null ? "" : "; the container is " + state(after)));
    }

    private static String step(RecoveryEvent event) {
        RecoveryEvent.Operation operation = event.operation();
        String what = word(event.kind()) + (event.dryRun() ? " (dry run)" : "");
        String which = operation == null ? "" : " " + word(operation.action()) + ", attempt " + operation.attempt();
        String reason = event.reason() == RecoveryEvent.Reason.NONE ? "" : " (" + word(event.reason()) + ")";
        return event.time() + " " + name(event.container(), event.host()) + ": " + what + which + reason + " by "
                + event.actor() + ": " + event.message();
    }

    private static String outcome(RecoveryEvent end) {
        Duration took = end.took();
        return switch (end.kind()) {
            case SUCCEEDED -> "repaired and proven" + (took == null ? "" : " after " + seconds(took));
            case FAILED -> "not repaired yet: " + end.message();
            case QUARANTINED -> "given up: " + end.message();
            case ESCALATED -> "waits for a person: " + end.message();
            case SKIPPED -> "nothing was done: " + end.message();
            default -> word(end.kind()) + ": " + end.message();
        };
    }

    private static String word(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void followUp() {
        section("Follow-Up");
        Set<String> todo = new LinkedHashSet<>();
        findings.meanings().forEach(meaning -> todo.add(meaning.remedy()));
        events.stream()
                .filter(event -> event.reason() == RecoveryEvent.Reason.REPORT_ONLY)
                .forEach(event -> todo.add(event.message()));
        RecoveryEvent end = end();
        if (end.kind() == Kind.QUARANTINED) {
            ContainerIdentity container = end.container();
            todo.add("When the cause is mended: caretaker recovery release "
                    + (container == null ? "NAME" : container.name()));
        }
        if (end.kind() == Kind.ESCALATED || end.kind() == Kind.SKIPPED) {
            todo.add(end.message());
        }
        Snapshot before = end.before();
        if (before != null && before.oomKilled()) {
            todo.add("Raise the memory limit, or find what takes the memory");
        }
        findings.never().forEach(never -> todo.add("Only a person may " + never));
        if (todo.isEmpty()) {
            todo.add("Read the log above for the cause: a repair mends the symptom");
        }
        todo.forEach(each -> text.append("- ").append(line(each)).append('\n'));
    }

    private void section(String title) {
        text.append("\n## ").append(title).append('\n');
    }

    private void item(String name, String value) {
        text.append("- **").append(name).append("**: ").append(line(value)).append('\n');
    }

    /** In running text: no secret, no line end, nothing that is markup. */
    private static String line(String value) {
        return plain(value).replace("<", "&lt;").replace("](", "] (").strip();
    }

    private static String code(String value) {
        return plain(value).replace('`', '\'');
    }

    private static String plain(String value) {
        String redacted = Redaction.text(value).replaceAll("\\p{Cntrl}", " ");
        return redacted.length() <= LONGEST_LINE ? redacted : redacted.substring(0, LONGEST_LINE) + "...";
    }
}
