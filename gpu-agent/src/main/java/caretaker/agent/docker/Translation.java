package caretaker.agent.docker;

import caretaker.agent.containers.ContainerEvent;
import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerState.Health;
import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.containers.ContainerState.Port;
import caretaker.agent.containers.ContainerWatch;
import caretaker.agent.containers.Inspection;
import caretaker.agent.containers.Words;
import caretaker.docker.GpuRequests;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** From the engine's words to ours. Anything may be absent: engines differ, and a proxy may hide some. */
final class Translation {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern EXITED = Pattern.compile("Exited \\((-?[0-9]{1,9})\\).*");
    private static final Pattern INSIDE = Pattern.compile("([0-9]{1,5})(?:/([a-z]{1,8}))?");
    private static final String PROJECT = "com.docker.compose.project";
    private static final String SERVICE = "com.docker.compose.service";
    private static final String NUMBER = "com.docker.compose.container-number";
    private static final String OURS = "caretaker.";

    private Translation() {}

    /** An event and what it tells of a container that is not known yet. */
    record Heard(ContainerEvent event, ContainerState ifNew) {}

    /** None if the event is of no interest here. */
    static Optional<Heard> event(JsonNode event) {
        Map<String, String> attributes = strings(event.path("Actor").path("Attributes"));
        boolean ofContainer = text(event.path("Type")).equals("container");
        String id = switch (text(event.path("Type"))) {
            case "container" -> text(event.path("Actor").path("ID"));
            case "network" -> attributes.getOrDefault("container", "");
            default -> "";
        };
        ContainerEvent.Kind kind = kind(text(event.path("Action")));
        if (!ID.matcher(id).matches() || kind == null) {
            return Optional.empty();
        }
        long nanos = event.path("timeNano").asLong(event.path("time").asLong(0) * 1_000_000_000L);
        ContainerInfo info = ofContainer
                ? info(id, attributes.getOrDefault("name", ""), attributes.getOrDefault("image", ""), attributes)
                : new ContainerInfo(id, "", "", "", "");
        return Optional.of(new Heard(
                new ContainerEvent(id, kind, nanos, attributes),
                ContainerWatch.unseen(info, number(attributes), labels(attributes))));
    }

    private static ContainerEvent.@Nullable Kind kind(String action) {
        return switch (action) {
            case "create" -> ContainerEvent.Kind.CREATE;
            case "start" -> ContainerEvent.Kind.START;
            case "kill" -> ContainerEvent.Kind.KILL;
            case "die" -> ContainerEvent.Kind.DIE;
            case "stop" -> ContainerEvent.Kind.STOP;
            case "oom" -> ContainerEvent.Kind.OOM;
            case "destroy" -> ContainerEvent.Kind.DESTROY;
            case "rename" -> ContainerEvent.Kind.RENAME;
            case "pause" -> ContainerEvent.Kind.PAUSE;
            case "unpause" -> ContainerEvent.Kind.UNPAUSE;
            case "health_status: starting" -> ContainerEvent.Kind.STARTING;
            case "health_status: healthy" -> ContainerEvent.Kind.HEALTHY;
            case "health_status: unhealthy" -> ContainerEvent.Kind.UNHEALTHY;
            case "update", "connect", "disconnect" -> ContainerEvent.Kind.CHANGED;
            default -> null;
        };
    }

    /** One row of the list; what it does not tell is empty until an inspection tells. */
    static Optional<ContainerState> listed(JsonNode container) {
        String id = text(container.path("Id"));
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Map<String, String> labels = strings(container.path("Labels"));
        String status = text(container.path("Status"));
        Matcher exited = EXITED.matcher(status);
        List<Port> ports = new ArrayList<>();
        for (JsonNode port : container.path("Ports")) {
            if (port.path("PrivatePort").canConvertToInt()) {
                ports.add(new Port(
                        port.path("PrivatePort").asInt(),
                        port.path("PublicPort").asInt(0),
                        text(port.path("IP")),
                        text(port.path("Type"))));
            }
        }
        return Optional.of(new ContainerState(
                info(id, ownName(container.path("Names")), text(container.path("Image")), labels),
                number(labels),
                phase(text(container.path("State"))),
                status.contains("(unhealthy)")
                        ? Health.UNHEALTHY
                        : status.contains("(healthy)")
                                ? Health.HEALTHY
                                : status.contains("(health: starting)") ? Health.STARTING : Health.NONE,
                exited.matches() ? Integer.parseInt(exited.group(1)) : 0,
                null,
                0,
                labels(labels),
                ports,
                addresses(container.path("NetworkSettings")),
                List.of()));
    }

    /** A linked container has other containers' names for it too; its own has one slash. */
    private static String ownName(JsonNode names) {
        for (JsonNode name : names) {
            if (text(name).indexOf('/', 1) < 0) {
                return bare(text(name));
            }
        }
        return bare(text(names.path(0)));
    }

    static Inspection inspected(JsonNode answer) {
        JsonNode config = answer.path("Config");
        JsonNode state = answer.path("State");
        JsonNode host = answer.path("HostConfig");
        JsonNode network = answer.path("NetworkSettings");
        Map<String, String> labels = strings(config.path("Labels"));
        var known = new ContainerState(
                info(text(answer.path("Id")), bare(text(answer.path("Name"))), text(config.path("Image")), labels),
                number(labels),
                phase(text(state.path("Status"))),
                health(state.path("Health")),
                (int) state.path("ExitCode").asLong(0),
                time(text(state.path("StartedAt"))),
                answer.path("RestartCount").asInt(0),
                labels(labels),
                ports(network.path("Ports")),
                addresses(network),
                GpuRequests.of(answer));
        return new Inspection(
                known,
                state.path("Pid").asLong(0),
                time(text(state.path("FinishedAt"))),
                state.path("OOMKilled").asBoolean(false),
                text(state.path("Error")),
                lastCheck(state.path("Health")),
                text(host.path("RestartPolicy").path("Name")),
                host.path("AutoRemove").asBoolean(false),
                text(config.path("StopSignal")),
                host.path("Memory").asLong(0));
    }

    private static ContainerInfo info(String id, String name, String image, Map<String, String> labels) {
        return new ContainerInfo(
                id,
                name,
                Words.line(image, ContainerState.MAX_LABEL),
                Words.line(labels.getOrDefault(PROJECT, ""), ContainerState.MAX_LABEL),
                Words.line(labels.getOrDefault(SERVICE, ""), ContainerState.MAX_LABEL));
    }

    private static int number(Map<String, String> labels) {
        String number = labels.getOrDefault(NUMBER, "");
        return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0;
    }

    private static Map<String, String> labels(Map<String, String> all) {
        Map<String, String> ours = new TreeMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(OURS) && name.length() <= 256 && ours.size() < 64) {
                ours.put(name, Words.line(value, ContainerState.MAX_LABEL));
            }
        });
        return ours;
    }

    private static Phase phase(String word) {
        try {
            return Phase.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException fromANewerEngine) {
            return Phase.UNKNOWN;
        }
    }

    private static Health health(JsonNode health) {
        return switch (text(health.path("Status"))) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    private static Inspection.@Nullable Check lastCheck(JsonNode health) {
        JsonNode log = health.path("Log");
        if (log.isEmpty()) {
            return null;
        }
        JsonNode last = log.path(log.size() - 1);
        return new Inspection.Check(
                health.path("FailingStreak").asInt(0), last.path("ExitCode").asLong(0), text(last.path("Output")));
    }

    private static Map<String, String> addresses(JsonNode network) {
        Map<String, String> addresses = new TreeMap<>();
        network.path("Networks").properties().forEach(entry -> {
            String address = text(entry.getValue().path("IPAddress"));
            if (!address.isEmpty() || entry.getKey().equals(ContainerState.HOST_NETWORK)) {
                addresses.put(entry.getKey(), address);
            }
        });
        return addresses;
    }

    /** From {@code "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}; null for a port that is not published. */
    private static List<Port> ports(JsonNode bindings) {
        List<Port> ports = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : bindings.properties()) {
            Matcher inside = INSIDE.matcher(entry.getKey());
            if (!inside.matches()) {
                continue;
            }
            int port = Integer.parseInt(inside.group(1));
            String protocol = inside.group(2) == null ? "tcp" : inside.group(2);
            if (entry.getValue().isEmpty()) {
                ports.add(new Port(port, 0, "", protocol));
            }
            for (JsonNode binding : entry.getValue()) {
                String number = text(binding.path("HostPort"));
                int outside = number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : 0;
                ports.add(new Port(port, outside, text(binding.path("HostIp")), protocol));
            }
        }
        return ports;
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

    private static String bare(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    /** The values that are texts, numbers, or true or false. */
    private static Map<String, String> strings(JsonNode object) {
        Map<String, String> strings = new TreeMap<>();
        object.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                strings.put(entry.getKey(), text(entry.getValue()));
            }
        });
        return strings;
    }

    /** Empty where there is none. */
    private static String text(JsonNode node) {
        return node.isNull() ? "" : node.asText("");
    }
}
