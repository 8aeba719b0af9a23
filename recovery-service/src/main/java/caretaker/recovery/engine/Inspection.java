package caretaker.recovery.engine;

import caretaker.contracts.ContainerIdentity;
import caretaker.docker.GpuRequests;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the engine says of one container. Anything may be absent: engines differ, and a proxy may hide some.
 *
 * @param raw as the engine said it
 */
record Inspection(JsonNode raw) {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_STOP = Duration.ofHours(1);
    private static final String CONTAINER = "container:";
    private static final List<String> NAMESPACES = List.of("NetworkMode", "IpcMode", "PidMode");

    String id() {
        return raw.path("Id").asText("");
    }

    /** Without the slash before it. */
    String name() {
        String name = raw.path("Name").asText("");
        return name.startsWith("/") ? name.substring(1) : name;
    }

    String image() {
        return raw.path("Config").path("Image").asText("");
    }

    Map<String, String> labels() {
        Map<String, String> labels = new TreeMap<>();
        raw.path("Config")
                .path("Labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText("")));
        return labels;
    }

    /** Empty for a state that is not known here. */
    Optional<State> state() {
        String word = raw.path("State").path("Status").asText("");
        for (State state : State.values()) {
            if (state.name().toLowerCase(Locale.ROOT).equals(word)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    @Nullable Instant startedAt() {
        return time(raw.path("State").path("StartedAt").asText(""));
    }

    String stopSignal() {
        return raw.path("Config").path("StopSignal").asText("");
    }

    /** The value of a flag of its command, {@code --name=value} or {@code --name value}; the last one counts. */
    Optional<String> flag(String name) {
        Optional<String> value = Optional.empty();
        boolean isNext = false;
        for (JsonNode each : raw.path("Args")) {
            String word = each.asText("");
            if (isNext) {
                value = Optional.of(word);
            } else if (word.startsWith(name + "=")) {
                value = Optional.of(word.substring(name.length() + 1));
            }
            isNext = word.equals(name);
        }
        return value;
    }

    /** Where its command begins to run; what is relative is so to that. */
    String workingDirectory() {
        String directory = raw.path("Config").path("WorkingDir").asText("");
        return directory.startsWith("/") ? directory : "/";
    }

    boolean isRemovedAtItsEnd() {
        return raw.path("HostConfig").path("AutoRemove").asBoolean(false);
    }

    Duration stopTimeout() {
        JsonNode seconds = raw.path("Config").path("StopTimeout");
        if (!seconds.isNumber()) {
            return STOP_TIMEOUT;
        }
        Duration timeout = Duration.ofSeconds(seconds.asLong());
        return timeout.isNegative() || timeout.compareTo(LONGEST_STOP) > 0 ? LONGEST_STOP : timeout;
    }

    String networkMode() {
        return raw.path("HostConfig").path("NetworkMode").asText("");
    }

    /** Whose namespaces it lives in, as the engine wrote it down: ids or names. */
    List<String> sharedWith() {
        List<String> words = new ArrayList<>();
        for (String namespace : NAMESPACES) {
            String mode = raw.path("HostConfig").path(namespace).asText("");
            if (mode.startsWith(CONTAINER)) {
                words.add(mode.substring(CONTAINER.length()));
            }
        }
        return words;
    }

    /** To whom it was linked on the default network, as the engine calls them now. */
    List<String> linkedTo() {
        List<String> words = new ArrayList<>();
        for (JsonNode link : raw.path("HostConfig").path("Links")) {
            String name = link.asText("").split(":", 2)[0];
            words.add(name.startsWith("/") ? name.substring(1) : name);
        }
        return words;
    }

    private static List<String> keys(List<String> words, Roster roster) {
        return words.stream()
                .map(roster::resolve)
                .flatMap(Optional::stream)
                .map(Roster.Entry::word)
                .distinct()
                .toList();
    }

    /**
     * None for a container that cannot be represented.
     *
     * @param stopped whether somebody asked it to stop by the engine's API
     */
    Optional<Sighting> sighting(Roster roster, boolean stopped) {
        Map<String, String> labels = labels();
        Optional<ContainerIdentity> identity = Roster.identity(id(), name(), image(), labels);
        Optional<State> state = state();
        if (identity.isEmpty() || state.isEmpty()) {
            return Optional.empty();
        }
        JsonNode told = raw.path("State");
        boolean isDown = state.get() == State.EXITED || state.get() == State.DEAD;
        return Optional.of(new Sighting(
                identity.get(),
                state.get(),
                health(told.path("Health").path("Status").asText("")),
                isDown ? told.path("ExitCode").asInt(0) : 0,
                told.path("OOMKilled").asBoolean(false),
                startedAt(),
                time(told.path("FinishedAt").asText("")),
                raw.path("RestartCount").asInt(0),
                told.path("Error").asText(""),
                stopped && isDown,
                labels,
                GpuRequests.of(raw),
                keys(sharedWith(), roster),
                keys(linkedTo(), roster),
                stopTimeout()));
    }

    private static Health health(String word) {
        return switch (word) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    /** Null for the engine's zero, by which it means never. */
    private static @Nullable Instant time(String text) {
        if (text.startsWith("0001-")) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
