package caretaker.recovery.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a container is asked for that shall be what another one was: all of its configuration, volumes and networks.
 *
 * @param body of the request that creates it, with its first network
 * @param others by name of the network how it is connected to the others: engines before API 1.44 take one at a time
 */
record NewContainer(ObjectNode body, Map<String, ObjectNode> others) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String CONTAINER = "container:";
    private static final int SHORT_ID = 12;
    private static final int MAX_REPLACED = 5;

    /**
     * Made from what the engine says of the old one.
     *
     * @param image by which name or id it is found
     * @param hasEntrypoint whether the image has one, which none in the old container overrides
     */
    static NewContainer of(Inspection old, String image, boolean hasEntrypoint, Roster roster, String operation) {
        ObjectNode body = old.raw().path("Config") instanceof ObjectNode config ? config.deepCopy() : JSON.objectNode();
        ObjectNode host = old.raw().path("HostConfig") instanceof ObjectNode told ? told.deepCopy() : JSON.objectNode();
        body.put("Image", image);
        labels(body, old, operation);
        for (String namespace : List.of("NetworkMode", "IpcMode", "PidMode")) {
            String mode = host.path(namespace).asText("");
            if (mode.startsWith(CONTAINER)) {
                host.put(namespace, CONTAINER + now(mode.substring(CONTAINER.length()), roster));
            }
        }
        boolean sharesNetwork = host.path("NetworkMode").asText("").startsWith(CONTAINER);
        String hostname = body.path("Hostname").asText("");
        if (hostname.equals(shortId(old))
                || sharesNetwork
                || host.path("UTSMode").asText("").equals("host")) {
            body.remove("Hostname");
        }
        if (sharesNetwork) {
            body.remove("ExposedPorts"); // they came from the image, and the engine refuses to be told
        }
        if (hasEntrypoint && body.path("Entrypoint").isEmpty()) {
            body.putArray("Entrypoint").add(""); // none, rather than the image's
        }
        links(host, roster);
        volumes(host, old, roster);
        body.set("HostConfig", host);
        return new NewContainer(body, networks(body, host, old));
    }

    private static String shortId(Inspection old) {
        return old.id().substring(0, Math.min(SHORT_ID, old.id().length()));
    }

    private static void labels(ObjectNode body, Inspection old, String operation) {
        List<String> replaced = new ArrayList<>(List.of(old.id()));
        for (String older : old.labels().getOrDefault(Roster.REPLACES, "").split(",", -1)) {
            if (!older.isEmpty() && replaced.size() < MAX_REPLACED) {
                replaced.add(older);
            }
        }
        ObjectNode labels = body.path("Labels") instanceof ObjectNode known ? known : body.putObject("Labels");
        labels.put(Roster.OPERATION, operation).put(Roster.REPLACES, String.join(",", replaced));
    }

    private static String now(String word, Roster roster) {
        return roster.resolve(word).map(Roster.Entry::id).orElse(word);
    }

    /**
     * The engine tells {@code /db:/web/alias}, and wants {@code db:alias}. Of one that was created anew it tells what
     * its old half was called last.
     */
    private static void links(ObjectNode host, Roster roster) {
        if (host.path("Links") instanceof ArrayNode links) {
            ArrayNode wanted = JSON.arrayNode();
            for (JsonNode link : links) {
                String[] parts = link.asText("").split(":", 2);
                String told = parts[0].startsWith("/") ? parts[0].substring(1) : parts[0];
                String name = roster.resolve(told)
                        .map(entry -> entry.identity().name())
                        .orElse(told);
                String alias = parts.length < 2 ? told : parts[1].substring(parts[1].lastIndexOf('/') + 1);
                wanted.add(name + ":" + alias);
            }
            host.set("Links", wanted);
        }
    }

    /** Volumes without a name of the user's are carried over by the one that the engine gave them. */
    private static void volumes(ObjectNode host, Inspection old, Roster roster) {
        ArrayNode binds = host.path("Binds") instanceof ArrayNode known ? known : JSON.arrayNode();
        List<String> taken = new ArrayList<>();
        binds.forEach(bind -> taken.add(target(bind.asText(""))));
        Map<String, ObjectNode> nameless = new LinkedHashMap<>();
        for (JsonNode mount : host.path("Mounts")) {
            String target = mount.path("Target").asText("");
            boolean isNameless = mount.path("Type").asText("").equals("volume")
                    && mount.path("Source").asText("").isEmpty();
            if (isNameless && mount instanceof ObjectNode open) {
                nameless.put(target, open);
            } else {
                taken.add(target);
            }
        }
        for (JsonNode mount : old.raw().path("Mounts")) {
            String target = mount.path("Destination").asText("");
            String name = mount.path("Name").asText("");
            if (!mount.path("Type").asText("").equals("volume") || name.isEmpty() || taken.contains(target)) {
                continue;
            }
            ObjectNode open = nameless.get(target);
            if (open != null) {
                open.put("Source", name);
            } else {
                binds.add(name + ":" + target + (mount.path("RW").asBoolean(true) ? "" : ":ro"));
            }
        }
        if (!binds.isEmpty()) {
            host.set("Binds", binds);
        }
        if (host.path("VolumesFrom") instanceof ArrayNode from) {
            ArrayNode wanted = JSON.arrayNode();
            for (JsonNode each : from) {
                String[] parts = each.asText("").split(":", 2);
                wanted.add(now(parts[0], roster) + (parts.length < 2 ? "" : ":" + parts[1]));
            }
            host.set("VolumesFrom", wanted);
        }
    }

    /** Of {@code source:target} or {@code source:target:options}. */
    private static String target(String bind) {
        String[] parts = bind.split(":", -1);
        return parts.length < 2 ? bind : parts[1];
    }

    private static Map<String, ObjectNode> networks(ObjectNode body, ObjectNode host, Inspection old) {
        Map<String, ObjectNode> others = new LinkedHashMap<>();
        String mode = host.path("NetworkMode").asText("");
        if (mode.startsWith(CONTAINER)) {
            return others;
        }
        String wanted = mode.equals("default") ? "bridge" : mode;
        ObjectNode first = body.putObject("NetworkingConfig").putObject("EndpointsConfig");
        old.raw().path("NetworkSettings").path("Networks").properties().forEach(network -> {
            ObjectNode endpoint = endpoint(network.getValue(), shortId(old));
            boolean isFirst = network.getKey().equals(wanted)
                    || network.getValue().path("NetworkID").asText("").equals(wanted);
            if (isFirst && first.isEmpty()) {
                first.set(network.getKey(), endpoint);
            } else {
                others.put(network.getKey(), endpoint);
            }
        });
        return others;
    }

    /** What was asked for, without what the engine gave it for this one life. */
    private static ObjectNode endpoint(JsonNode network, String shortId) {
        ObjectNode endpoint = JSON.objectNode();
        for (String setting : List.of("IPAMConfig", "Links", "DriverOpts", "GwPriority")) {
            if (network.hasNonNull(setting)) {
                endpoint.set(setting, network.get(setting).deepCopy());
            }
        }
        ArrayNode aliases = JSON.arrayNode();
        for (JsonNode alias : network.path("Aliases")) {
            if (!alias.asText("").equals(shortId)) {
                aliases.add(alias);
            }
        }
        if (!aliases.isEmpty()) {
            endpoint.set("Aliases", aliases);
        }
        return endpoint;
    }
}
