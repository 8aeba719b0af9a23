package caretaker.alerts.builtin;

import caretaker.alerts.builtin.Change.Content;
import caretaker.contracts.HealthEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a health event means for the alerts. */
public final class HealthNews {
    private static final Pattern GPU = Pattern.compile("GPU (\\d{1,5})");
    private static final int MAX_SUMMARY = 256;

    private HealthNews() {}

    /**
     * Changes of one event.
     *
     * @param saidAt when the broker took it; a host's clock may be anywhere
     */
    public static List<Change> of(HealthEvent event, Instant saidAt) {
        List<Change> changes = new ArrayList<>();
        if (event.sequence() == 1 && !event.drill() && !event.evidence().containsKey("previousAgentId")) {
            changes.add(new Change.StartedAfresh(event.host(), event.agentId(), saidAt));
        }
        Instant since = event.time().isAfter(saidAt) ? saidAt : event.time();
        changes.add(
                switch (event.state()) {
                    case RAISED -> new Change.Raised(subject(event), since, event.agentId(), content(event));
                    case CLEARED -> new Change.Cleared(subject(event));
                    case OCCURRED -> new Change.Occurred(subject(event), since, saidAt, content(event));
                });
        return changes;
    }

    private static Subject subject(HealthEvent event) {
        String entity = word(event.entity().kind()) + "/" + event.entity().id();
        boolean isOfCode =
                event.state() == HealthEvent.State.OCCURRED && !event.code().isEmpty();
        return new Subject(
                Kind.of(event.condition()),
                event.host(),
                isOfCode ? entity + "/" + event.code() : entity,
                event.drill());
    }

    private static Content content(HealthEvent event) {
        String name = event.entity().name().isBlank()
                ? event.entity().id()
                : event.entity().name();
        String said = event.message().isBlank() ? event.condition().wire() + ": " + name : event.message();
        return new Content(
                event.severity(),
                labels(event),
                line(event.host() + ": " + said),
                description(event, name),
                action(event));
    }

    private static Map<String, String> labels(HealthEvent event) {
        Map<String, String> labels = new TreeMap<>();
        HealthEvent.Entity entity = event.entity();
        String name = entity.name().isBlank() ? entity.id() : entity.name();
        labels.put("container", event.evidence().getOrDefault("container", ""));
        labels.put("service", event.evidence().getOrDefault("composeService", ""));
        switch (entity.kind()) {
            case HOST -> {}
            case GPU -> {
                Matcher gpu = GPU.matcher(entity.name());
                labels.put("gpu", gpu.matches() ? gpu.group(1) : "");
                labels.put("uuid", entity.id());
            }
            case CONTAINER -> labels.put("container", name);
            case SERVICE -> labels.put("service", name);
        }
        labels.put("code", event.code());
        labels.values().removeIf(String::isBlank);
        return labels;
    }

    private static String description(HealthEvent event, String name) {
        var text = new StringBuilder(event.message().isBlank() ? "" : event.message() + "\n")
                .append(event.condition().wire())
                .append(event.code().isEmpty() ? "" : " " + event.code())
                .append(", ")
                .append(word(event.entity().kind()))
                .append(' ')
                .append(name);
        if (!name.equals(event.entity().id())) {
            text.append(" (").append(event.entity().id()).append(')');
        }
        text.append(" of ").append(event.host());
        String line = event.evidence().getOrDefault("line", "");
        return line.isBlank() ? text.toString() : text.append('\n').append(line).toString();
    }

    private static String action(HealthEvent event) {
        return switch (event.action()) {
            case NONE -> "";
            case RESTART_APP -> "Start the program anew.";
            case RESTART_CONTAINER -> "Start the container anew.";
            case RECREATE_CONTAINER -> "Create the container anew: to start it again does not help.";
            case RESTART_AGENT -> "Start the agent of the host anew.";
            case RESET_GPU -> "Reset the GPU once nothing uses it.";
            case REBOOT_NODE -> "Reboot the host.";
            case CONTACT_SUPPORT -> "Ask the vendor's support: it will not mend.";
        };
    }

    /** One line of bounded length. */
    static String line(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        if (line.length() <= MAX_SUMMARY) {
            return line;
        }
        int end = Character.isHighSurrogate(line.charAt(MAX_SUMMARY - 2)) ? MAX_SUMMARY - 2 : MAX_SUMMARY - 1;
        return line.substring(0, end) + "\u2026";
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
