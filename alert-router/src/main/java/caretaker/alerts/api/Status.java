package caretaker.alerts.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What {@code /api/v2/status} says of the process.
 *
 * @param name of this instance
 * @param version ours
 * @param peers every live instance, this one included; asked on any thread, answers at once
 */
public record Status(String name, String version, Instant startedAt, Supplier<List<Peer>> peers) {
    /** The version of Alertmanager whose API this is; amtool compares it with its own. */
    static final String API_VERSION = "0.34.0";

    JsonObject json(String config, boolean isLive) {
        var all = new JsonArray();
        peers.get().stream()
                .sorted(Comparator.comparing(Peer::name))
                .map(peer -> new JsonObject().put("address", peer.address()).put("name", peer.name()))
                .forEach(all::add);
        return new JsonObject()
                .put(
                        "cluster",
                        new JsonObject()
                                .put("name", name)
                                .put("peers", all)
                                .put("status", isLive ? "ready" : "settling"))
                .put("config", new JsonObject().put("original", config))
                .put("uptime", ApiTime.format(startedAt))
                .put(
                        "versionInfo",
                        new JsonObject()
                                .put("branch", "caretaker")
                                .put("buildDate", "")
                                .put("buildUser", "")
                                .put("goVersion", "")
                                .put("revision", version)
                                .put("version", API_VERSION));
    }
}
