package caretaker.alerts.api;

import caretaker.alerts.state.Board;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/**
 * What {@code /api/v2/status} says of the process.
 *
 * @param name of this instance
 * @param address where it is reached
 * @param version ours
 */
public record Status(String name, String address, String version, Instant startedAt) {
    /** The version of Alertmanager whose API this is; amtool compares it with its own. */
    private static final String API_VERSION = "0.34.0";

    JsonObject json(Board board) {
        var peer = new JsonObject().put("address", address).put("name", name);
        return new JsonObject()
                .put(
                        "cluster",
                        new JsonObject()
                                .put("name", name)
                                .put("peers", new JsonArray().add(peer))
                                .put("status", board.isLive() ? "ready" : "settling"))
                .put("config", new JsonObject().put("original", board.config().original()))
                .put("uptime", ApiJson.time(startedAt))
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
