package caretaker.recovery.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a service of a container answers.
 *
 * @param host an address of the container, or of this host where its port is published
 * @param path begins with a slash
 */
record Endpoint(String host, int port, String path) {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String HOST_NETWORK = "host";
    private static final int MAX_NETWORKS = 3;

    Endpoint withPath(String other) {
        return new Endpoint(host, port, other);
    }

    /** Those of {@link #of} at which nobody else can listen: addresses of its own networks. */
    static List<Endpoint> own(Inspection container, int port, String path) {
        List<Endpoint> own = new ArrayList<>();
        addresses(container).values().forEach(address -> own.add(new Endpoint(address, port, path)));
        return own;
    }

    private static Map<String, String> addresses(Inspection container) {
        Map<String, String> addresses = new TreeMap<>();
        container.raw().path("NetworkSettings").path("Networks").properties().forEach(network -> {
            String address = network.getValue().path("IPAddress").asText("");
            if (!address.isEmpty() && addresses.size() < MAX_NETWORKS) {
                addresses.put(network.getKey(), address);
            }
        });
        return addresses;
    }

    /** In the order in which they are to be tried: in the container's networks first. Empty if there is none now. */
    static List<Endpoint> of(Inspection container, int port, String path) {
        if (container.networkMode().equals(HOST_NETWORK)) {
            return List.of(new Endpoint(LOOPBACK, port, path));
        }
        List<Endpoint> all = own(container, port, path);
        JsonNode settings = container.raw().path("NetworkSettings");
        published(settings.path("Ports").path(port + "/tcp"), path).ifPresent(all::add);
        return all;
    }

    private static Optional<Endpoint> published(JsonNode bindings, String path) {
        for (JsonNode binding : bindings) {
            String port = binding.path("HostPort").asText("");
            if (port.matches("[1-9][0-9]{0,4}")) {
                String address = binding.path("HostIp").asText("");
                boolean isEverywhere = address.isEmpty() || address.equals("0.0.0.0") || address.equals("::");
                return Optional.of(new Endpoint(isEverywhere ? LOOPBACK : address, Integer.parseInt(port), path));
            }
        }
        return Optional.empty();
    }
}
