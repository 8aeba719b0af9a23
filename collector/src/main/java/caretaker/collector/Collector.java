package caretaker.collector;

import caretaker.chassis.Closer;
import caretaker.chassis.DeadLetters;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.Metrics;
import caretaker.chassis.Outbox;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Readiness;
import caretaker.chassis.TopicSpec;
import caretaker.chassis.Topics;
import caretaker.collector.discovery.Inventories;
import caretaker.collector.discovery.TargetLists;
import caretaker.collector.ingest.Intake;
import caretaker.collector.ingest.InventoryIntake;
import caretaker.collector.scrape.DiscoveryHandler;
import caretaker.collector.scrape.MetricsHandler;
import caretaker.collector.scrape.OwnMetrics;
import caretaker.collector.scrape.ScrapeLimits;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.SteadyClock;
import caretaker.contracts.Topic;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A running collector. A test starts one the same way the process does. */
public final class Collector implements AutoCloseable {
    /** Offsets are for those who watch the lag; where to read from is decided by time. */
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);

    private static final String METRICS = "/metrics";
    private static final Duration CLOCK_TICK = Duration.ofSeconds(1);

    /**
     * The group notices within the session timeout that a collector was killed. Fetches are large enough for
     * throughput and bounded so that what is in flight fits a small heap.
     */
    private static final Map<String, String> CONSUMER = Map.of(
            "session.timeout.ms",
            "6000",
            "heartbeat.interval.ms",
            "2000",
            "max.poll.records",
            "4000",
            "fetch.max.bytes",
            Integer.toString(16 << 20),
            "max.partition.fetch.bytes",
            Integer.toString(2 << 20),
            "receive.buffer.bytes",
            Integer.toString(1 << 20));

    private final Closer closer;
    private final HttpEndpoint http;
    private final CompletableFuture<Void> ended;

    private Collector(Closer closer, HttpEndpoint http, CompletableFuture<Void> ended) {
        this.closer = closer;
        this.http = http;
        this.ended = ended;
    }

    /** Starts to read and serve. Needs no broker yet. */
    public static Collector start(CollectorConfig config) {
        return start(config, InstantSource.system());
    }

    /** What its consumer is told beyond what every consumer is, for those who measure against a bare one. */
    public static Map<String, String> consumerSettings() {
        return CONSUMER;
    }

    /** As {@link #start(CollectorConfig)} with a test's clock. */
    static Collector start(CollectorConfig config, InstantSource wall) {
        var closer = new Closer();
        try {
            return assemble(config, wall, closer);
        } catch (RuntimeException e) {
            closer.close(); // whatever was opened before the failure
            throw e;
        }
    }

    private static Collector assemble(CollectorConfig config, InstantSource wall, Closer closer) {
        var readings = config.readings();
        var registry = Metrics.registry("collector", version());
        closer.opened("metrics", registry::close);
        var clock = new SteadyClock(wall);
        var fleet = new Fleet(readings.limits());
        showFleet(fleet, clock, registry);

        var vertx = Vertx.vertx(options());
        closer.opened("vertx", () -> vertx.close().await());
        vertx.setPeriodic(CLOCK_TICK.toMillis(), _ -> clock.millis());
        var topics = closer.opened("topics", Topics.ensure(vertx, config.kafka(), topics(config), registry));
        var outbox = closer.opened(
                "outbox", Outbox.start(vertx, config.kafka(), OutboxSettings.DEFAULTS, Set.of(), registry, wall));

        var intake = new Intake(
                fleet, wall, clock, readings.lookback(), readings.maxRecord().count(), registry);
        var ended = new CompletableFuture<Void>();
        var loop = closer.opened(
                "intake",
                PollLoop.named("readings", () -> config.kafka().consumer(readings.group(), CONSUMER))
                        .topics(List.of(readings.topic()))
                        .batches(intake)
                        .partitions(intake)
                        .commitEvery(COMMIT_EVERY)
                        .quarantine(new DeadLetters(outbox, readings.deadLetters(), "collector"))
                        .registry(registry)
                        .clock(wall)
                        .onFailure(ended::completeExceptionally)
                        .start());
        fleet.responsibleFor(intake::answersFor);

        var inventories = new Inventories(readings.maxHosts(), readings.forgetAfter());
        var inventoryIntake = new InventoryIntake(inventories, fleet, wall, clock, registry);
        var inventoryLoop = closer.opened(
                "inventory",
                PollLoop.named("inventory", () -> config.kafka().consumer(null))
                        .topics(List.of(config.inventory().topic()))
                        .fromStart()
                        .each(inventoryIntake)
                        .partitions(inventoryIntake)
                        .quarantine(new DeadLetters(outbox, readings.deadLetters(), "collector"))
                        .registry(registry)
                        .clock(wall)
                        .onFailure(ended::completeExceptionally)
                        .start());
        var lists = new TargetLists(inventories, config.inventory().maxTargetsPerHost());
        var discovery = new DiscoveryHandler(lists, inventories, () -> unread(inventoryLoop), registry);

        var metrics = closer.opened(
                "scrapes", new MetricsHandler(fleet, wall, clock, own(registry), ScrapeLimits.DEFAULT, registry));
        var readiness = new Readiness()
                .check("topics", topics::notReady)
                .check("intake", loop::notReady)
                .check("catch-up", () -> catchUp(loop, intake))
                .check("inventory", () -> unread(inventoryLoop));
        var http = closer.opened(
                "http", HttpEndpoint.start(vertx, config.http().settings(), registry, readiness, router -> {
                    serve(router, metrics);
                    discovery.serve(router);
                }));
        return new Collector(closer, http, ended);
    }

    /** In place of the endpoint's own {@code /metrics}, which knows only the process. */
    private static void serve(Router router, MetricsHandler metrics) {
        for (Route route : List.copyOf(router.getRoutes())) {
            if (METRICS.equals(route.getPath())) {
                route.remove();
            }
        }
        router.route(METRICS).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(metrics);
    }

    private static Optional<String> catchUp(PollLoop loop, Intake intake) {
        return loop.caughtUp()
                ? Optional.empty()
                : Optional.of(intake.behind() + " partitions are being caught up with");
    }

    /** Why not every host's inventory is known; once they are, they stay so while the broker is away. */
    private static Optional<String> unread(PollLoop loop) {
        if (!loop.isAlive()) {
            return loop.notReady();
        }
        return loop.caughtUp() ? Optional.empty() : Optional.of("the inventory topic has not been read to its end yet");
    }

    private static void showFleet(Fleet fleet, SteadyClock clock, PrometheusMeterRegistry registry) {
        Gauge.builder("caretaker.collector.hosts", fleet, known -> known.hosts() + known.unheardHosts(clock.millis()))
                .description("Hosts that are known, silent ones included")
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.collector.hosts.silent", fleet, known -> silent(known, clock.millis()))
                .description("Hosts that are known but no longer heard of")
                .strongReference(true)
                .register(registry);
    }

    private static double silent(Fleet fleet, long nowMillis) {
        return fleet.silentHosts(nowMillis) + fleet.unheardHosts(nowMillis);
    }

    private static OwnMetrics own(PrometheusMeterRegistry registry) {
        return (format, out) -> registry.scrape(out, format.contentType());
    }

    private static List<TopicSpec> topics(CollectorConfig config) {
        return List.of(
                spec(config.readings().topic(), Topic.READINGS),
                spec(config.inventory().topic(), Topic.INVENTORY),
                spec(config.readings().deadLetters(), Topic.DEAD_LETTERS));
    }

    private static TopicSpec spec(String name, Topic topic) {
        return new TopicSpec(name, topic.partitions(), topic.config());
    }

    private static VertxOptions options() {
        return new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    static String version() {
        String version = Collector.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    public int port() {
        return http.port();
    }

    /** Completes with what ended it, if it fails by itself. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Stops within ten seconds. */
    @Override
    public void close() {
        closer.close();
    }
}
