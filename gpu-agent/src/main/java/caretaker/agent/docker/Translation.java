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
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.HealthStateLog;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.api.model.Ports;
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
    private static final String PROJECT = "com.docker.compose.project";
    private static final String SERVICE = "com.docker.compose.service";
    private static final String NUMBER = "com.docker.compose.container-number";
    private static final String OURS = "caretaker.";

    private Translation() {}

    /** An event and what it tells of a container that is not known yet. */
    record Heard(ContainerEvent event, ContainerState ifNew) {}

    /** None if the event is of no interest here. */
    static Optional<Heard> event(Event event) {
        if (event.getActor() == null || event.getType() == null || event.getAction() == null) {
            return Optional.empty();
        }
        Map<String, String> attributes = event.getActor().getAttributes() == null
                ? Map.of()
                : event.getActor().getAttributes();
        String id = switch (event.getType()) {
            case CONTAINER -> event.getActor().getId();
            case NETWORK -> attributes.get("container");
            default -> null;
        };
        ContainerEvent.Kind kind = kind(event.getAction());
        if (id == null || !ID.matcher(id).matches() || kind == null) {
            return Optional.empty();
        }
        long nanos = event.getTimeNano() != null
                ? event.getTimeNano()
                : event.getTime() == null ? 0 : event.getTime() * 1_000_000_000L;
        Map<String, String> kept = new TreeMap<>(attributes);
        kept.values().removeIf(value -> value == null);
        boolean ofContainer = event.getType() == com.github.dockerjava.api.model.EventType.CONTAINER;
        ContainerInfo info = ofContainer
                ? info(id, text(kept.get("name")), text(kept.get("image")), kept)
                : new ContainerInfo(id, "", "", "", "");
        return Optional.of(new Heard(
                new ContainerEvent(id, kind, nanos, kept), ContainerWatch.unseen(info, number(kept), labels(kept))));
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
    static Optional<ContainerState> listed(Container container) {
        String id = container.getId();
        if (id == null || !ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Map<String, String> labels = container.getLabels() == null ? Map.of() : container.getLabels();
        String[] names = container.getNames();
        String name = names == null || names.length == 0 ? "" : ownName(names);
        String status = text(container.getStatus());
        Matcher exited = EXITED.matcher(status);
        List<Port> ports = new ArrayList<>();
        for (ContainerPort port : container.getPorts() == null ? new ContainerPort[0] : container.getPorts()) {
            if (port.getPrivatePort() != null) {
                ports.add(new Port(
                        port.getPrivatePort(),
                        port.getPublicPort() == null ? 0 : port.getPublicPort(),
                        text(port.getIp()),
                        text(port.getType())));
            }
        }
        return Optional.of(new ContainerState(
                info(id, name, text(container.getImage()), labels),
                number(labels),
                phase(text(container.getState())),
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
                addresses(
                        container.getNetworkSettings() == null
                                ? null
                                : container.getNetworkSettings().getNetworks()),
                List.of()));
    }

    /** A linked container has other containers' names for it too; its own has one slash. */
    private static String ownName(String[] names) {
        for (String name : names) {
            if (name.indexOf('/', 1) < 0) {
                return bare(name);
            }
        }
        return bare(names[0]);
    }

    static Inspection inspected(InspectContainerResponse answer) {
        Map<String, String> labels =
                answer.getConfig() == null || answer.getConfig().getLabels() == null
                        ? Map.of()
                        : answer.getConfig().getLabels();
        String image = answer.getConfig() == null ? "" : text(answer.getConfig().getImage());
        InspectContainerResponse.ContainerState state = answer.getState();
        HostConfig host = answer.getHostConfig();
        NetworkSettings network = answer.getNetworkSettings();
        Phase phase = state == null ? Phase.UNKNOWN : phase(text(state.getStatus()));
        Health health = state == null ? Health.NONE : health(state.getHealth());
        var known = new ContainerState(
                info(answer.getId(), bare(text(answer.getName())), image, labels),
                number(labels),
                phase,
                health,
                state == null || state.getExitCodeLong() == null
                        ? 0
                        : state.getExitCodeLong().intValue(),
                state == null ? null : time(state.getStartedAt()),
                answer.getRestartCount() == null ? 0 : answer.getRestartCount(),
                labels(labels),
                network == null || network.getPorts() == null ? List.of() : ports(network.getPorts()),
                addresses(network == null ? null : network.getNetworks()),
                host == null ? List.of() : GpuRequests.of(host, environment(answer)));
        return new Inspection(
                known,
                state == null || state.getPidLong() == null ? 0 : state.getPidLong(),
                state == null ? null : time(state.getFinishedAt()),
                state != null && Boolean.TRUE.equals(state.getOOMKilled()),
                state == null ? "" : text(state.getError()),
                state == null ? null : lastCheck(state.getHealth()),
                host == null || host.getRestartPolicy() == null
                        ? ""
                        : text(host.getRestartPolicy().getName()),
                host != null && Boolean.TRUE.equals(host.getAutoRemove()),
                answer.getConfig() != null
                                && answer.getConfig().getRawValues().get("StopSignal") instanceof String signal
                        ? signal
                        : "",
                host == null || host.getMemory() == null ? 0 : host.getMemory());
    }

    private static String[] environment(InspectContainerResponse answer) {
        return answer.getConfig() == null || answer.getConfig().getEnv() == null
                ? new String[0]
                : answer.getConfig().getEnv();
    }

    private static ContainerInfo info(String id, String name, String image, Map<String, String> labels) {
        return new ContainerInfo(
                id,
                name,
                Words.line(image, ContainerState.MAX_LABEL),
                Words.line(text(labels.get(PROJECT)), ContainerState.MAX_LABEL),
                Words.line(text(labels.get(SERVICE)), ContainerState.MAX_LABEL));
    }

    private static int number(Map<String, String> labels) {
        String number = text(labels.get(NUMBER));
        return number.matches("[0-9]{1,9}") ? Integer.parseInt(number) : 0;
    }

    private static Map<String, String> labels(Map<String, String> all) {
        Map<String, String> ours = new TreeMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(OURS) && name.length() <= 256 && value != null && ours.size() < 64) {
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

    private static Health health(@Nullable HealthState health) {
        return switch (health == null ? "" : text(health.getStatus())) {
            case "starting" -> Health.STARTING;
            case "healthy" -> Health.HEALTHY;
            case "unhealthy" -> Health.UNHEALTHY;
            default -> Health.NONE;
        };
    }

    private static Inspection.@Nullable Check lastCheck(@Nullable HealthState health) {
        List<HealthStateLog> log = health == null ? null : health.getLog();
        if (health == null || log == null || log.isEmpty()) {
            return null;
        }
        HealthStateLog last = log.getLast();
        return new Inspection.Check(
                health.getFailingStreak() == null ? 0 : health.getFailingStreak(),
                last.getExitCodeLong() == null ? 0 : last.getExitCodeLong(),
                text(last.getOutput()));
    }

    private static Map<String, String> addresses(@Nullable Map<String, ContainerNetwork> networks) {
        Map<String, String> addresses = new TreeMap<>();
        if (networks != null) {
            networks.forEach((name, network) -> {
                String address = network == null ? "" : text(network.getIpAddress());
                if (!address.isEmpty() || name.equals(ContainerState.HOST_NETWORK)) {
                    addresses.put(name, address);
                }
            });
        }
        return addresses;
    }

    private static List<Port> ports(Ports bindings) {
        List<Port> ports = new ArrayList<>();
        for (Map.Entry<ExposedPort, Ports.Binding[]> entry :
                bindings.getBindings().entrySet()) {
            String protocol = entry.getKey().getProtocol().toString();
            Ports.Binding[] outside = entry.getValue();
            if (outside == null || outside.length == 0) {
                ports.add(new Port(entry.getKey().getPort(), 0, "", protocol));
                continue;
            }
            for (Ports.Binding binding : outside) {
                String number = text(binding.getHostPortSpec());
                int port = number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : 0;
                ports.add(new Port(entry.getKey().getPort(), port, text(binding.getHostIp()), protocol));
            }
        }
        return ports;
    }

    /** Null for the engine's zero, by which it means never. */
    private static @Nullable Instant time(@Nullable String text) {
        if (text == null || text.startsWith("0001-")) {
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

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
