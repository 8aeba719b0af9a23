package caretaker.alerts.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
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

    private static final String BRANCH = "caretaker";

    /** Shows what runs here and the cluster under Alertmanager's names. */
    public void show(MeterRegistry registry) {
        Gauge.builder("alertmanager.build.info", () -> 1)
                .description("What runs here; always 1")
                .tag("branch", BRANCH)
                .tag("goarch", System.getProperty("os.arch", ""))
                .tag("goos", System.getProperty("os.name", "").toLowerCase(Locale.ROOT))
                .tag("goversion", "")
                .tag("revision", version)
                .tag("version", API_VERSION)
                .register(registry);
        cluster("enabled", "1, since instances share what they know", () -> 1, registry);
        cluster(
                "members",
                "Live instances, this one included",
                () -> peers.get().size(),
                registry);
        cluster("failed.peers", "Always 0: an instance that is gone is no peer", () -> 0, registry);
        cluster("health.score", "Always 0, which is well", () -> 0, registry);
    }

    private static void cluster(String name, String description, Supplier<Number> value, MeterRegistry registry) {
        Gauge.builder("alertmanager.cluster." + name, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

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
                                .put("branch", BRANCH)
                                .put("buildDate", "")
                                .put("buildUser", "")
                                .put("goVersion", "")
                                .put("revision", version)
                                .put("version", API_VERSION));
    }
}
