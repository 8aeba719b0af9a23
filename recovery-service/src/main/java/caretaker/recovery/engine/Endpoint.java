package caretaker.recovery.engine;

import com.fasterxml.jackson.databind.JsonNode;
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

    Endpoint withPath(String other) {
        return new Endpoint(host, port, other);
    }

    /** None if the container cannot be reached at this moment. */
    static Optional<Endpoint> of(Inspection container, int port, String path) {
        if (container.networkMode().equals(HOST_NETWORK)) {
            return Optional.of(new Endpoint(LOOPBACK, port, path));
        }
        JsonNode settings = container.raw().path("NetworkSettings");
        Map<String, String> addresses = new TreeMap<>();
        settings.path("Networks").properties().forEach(network -> {
            String address = network.getValue().path("IPAddress").asText("");
            if (!address.isEmpty()) {
                addresses.put(network.getKey(), address);
            }
        });
        if (!addresses.isEmpty()) {
            return Optional.of(new Endpoint(addresses.values().iterator().next(), port, path));
        }
        for (JsonNode binding : settings.path("Ports").path(port + "/tcp")) {
            String published = binding.path("HostPort").asText("");
            if (published.matches("[1-9][0-9]{0,4}")) {
                String address = binding.path("HostIp").asText("");
                boolean isEverywhere = address.isEmpty() || address.equals("0.0.0.0") || address.equals("::");
                return Optional.of(new Endpoint(isEverywhere ? LOOPBACK : address, Integer.parseInt(published), path));
            }
        }
        return Optional.empty();
    }
}
