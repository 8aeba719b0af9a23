package caretaker.alerts;

import caretaker.alerts.api.ApiV2;
import caretaker.alerts.api.Census;
import caretaker.alerts.api.DeliveryApi;
import caretaker.alerts.api.Operations;
import caretaker.alerts.api.Peer;
import caretaker.alerts.api.Status;
import caretaker.alerts.bus.Intake;
import caretaker.alerts.bus.Ledger;
import caretaker.alerts.bus.Reception;
import caretaker.alerts.delivery.Deliveries;
import caretaker.alerts.news.BoardDesk;
import caretaker.alerts.news.News;
import caretaker.alerts.state.Board;
import caretaker.alerts.state.Desk;
import caretaker.chassis.Closer;
import caretaker.chassis.DeadLetters;
import caretaker.chassis.GroupMembers;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.KafkaBus;
import caretaker.chassis.Lease;
import caretaker.chassis.Metrics;
import caretaker.chassis.Outbox;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Readiness;
import caretaker.chassis.TopicSpec;
import caretaker.chassis.Topics;
import caretaker.chassis.config.ConfigException;
import caretaker.contracts.NotificationEventCodec;
import caretaker.contracts.Topic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running alert router. A test starts one the same way the process does. */
public final class AlertRouter implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(AlertRouter.class);
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(3);
    private static final Duration LOOK_FOR_PEERS = Duration.ofSeconds(5);

    /**
     * A notification of 200,000 alerts is large. Most are one small record that somebody waits for: to compress it
     * would take a tenth of a millisecond and some 200 KiB of garbage, here and at the broker.
     */
    private static final OutboxSettings OUTBOX = OutboxSettings.DEFAULTS.withProducer(Map.of(
            "compression.type",
            "none",
            "max.request.size",
            Integer.toString(NotificationEventCodec.MAX_BYTES),
            "buffer.memory",
            Integer.toString(2 * NotificationEventCodec.MAX_BYTES)));

    /** Between two reads of the topics: so much later is known here what another instance was told. */
    private static final Duration READ = Duration.ofMillis(10);

    private static final Duration READ_ALONE = Duration.ofMillis(100);

    private static final long COUNT_EVERY_MILLIS = 5_000;

    private final Closer closer;
    private final HttpEndpoint http;
    private final Reload reload;
    private final CompletableFuture<Void> ended;

    private AlertRouter(Closer closer, HttpEndpoint http, Reload reload, CompletableFuture<Void> ended) {
        this.closer = closer;
        this.http = http;
        this.reload = reload;
        this.ended = ended;
    }

    /**
     * Starts to read and serve. Needs no broker yet.
     *
     * @throws ConfigException with everything that is wrong in Alertmanager's file
     */
    public static AlertRouter start(AlertRouterConfig config) {
        return start(config, new KafkaBus(config.kafka(), OUTBOX));
    }

    /**
     * As {@link #start(AlertRouterConfig)}, with another way to write to the same bus.
     *
     * @param bus closed with the router
     */
    public static AlertRouter start(AlertRouterConfig config, Outbox.Bus bus) {
        var closer = new Closer();
        try {
            return assemble(config, bus, InstantSource.system(), closer);
        } catch (RuntimeException e) {
            closer.close(); // whatever was opened before the failure
            throw e;
        }
    }

    private static AlertRouter assemble(AlertRouterConfig config, Outbox.Bus bus, InstantSource clock, Closer closer) {
        var alerting = config.alerting();
        var file = AlertFile.load(alerting, clock);
        var registry = Metrics.registry("alert-router", version());
        closer.opened("metrics", registry::close);
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2));
        closer.opened("vertx", () -> vertx.close().await());
        var topics = closer.opened("topics", Topics.ensure(vertx, config.kafka(), topics(config), registry));
        var ended = new CompletableFuture<Void>();
        var lease = closer.opened(
                "lease",
                Lease.start(
                        config.kafka(),
                        alerting.group(),
                        instance(config),
                        config.http().host() + ":" + config.http().port(),
                        config.topics().silences(),
                        Lease.SESSION,
                        registry,
                        ended::completeExceptionally));
        var outbox = closer.opened("outbox", new Outbox(vertx, bus, OUTBOX, Set.of(), registry, clock));
        var ledger = new Ledger(outbox, config.topics().ledger());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        closer.opened("requests", threads::shutdownNow);

        var stops = new AtomicBoolean();
        var couriers = closer.opened(
                "couriers",
                new Couriers(
                        file,
                        ledger,
                        threads,
                        () -> lease.held() && !stops.get(),
                        clock,
                        config.http().externalUrl(),
                        alerting.options(),
                        registry));
        var board = new Board(
                file.config(),
                alerting.matchers().names(),
                alerting.limits(),
                clock.instant().plus(alerting.startDelay()),
                alerting.options());
        var metrics = new DeliveryMetrics(registry);
        var deliveries = new Deliveries(board, couriers, metrics, alerting.deliveries(), new SecureRandom());
        metrics.show(deliveries, board);
        var read = new ReadBus();
        var shift = new Shift(board, ledger, deliveries, alerting.forgetEvery(), read, lease::held);
        var desk = closer.opened("desk", new Desk(board, clock, shift, ended::completeExceptionally));
        couriers.answerTo(desk);
        var loop = closer.opened(
                "intake",
                PollLoop.named("alerts", () -> config.kafka().consumer(null))
                        .topics(List.of(
                                config.topics().alerts(),
                                config.topics().silences(),
                                config.topics().notifications()))
                        .fromStart()
                        .onlyAtStart(alerting.alone() ? List.of(config.topics().alerts()) : List.of())
                        .restAfterBatch(alerting.alone() ? READ_ALONE : READ)
                        .batches(new Intake(desk, ledger, config.topics().ledger(), clock))
                        .quarantine(new DeadLetters(outbox, config.topics().deadLetters(), "alert-router"))
                        .registry(registry)
                        .clock(clock)
                        .onFailure(ended::completeExceptionally)
                        .start());
        read.of(loop);
        desk.start();
        if (config.builtIn().enabled()) {
            var reception = new Reception(desk, ledger, registry);
            var router = new BoardDesk(desk, reception, shift::isLeading, board::undelivered);
            var news = new News(config.topics().news(), config.builtIn(), router, clock, registry);
            closer.opened(
                    "news",
                    PollLoop.named("news", () -> config.kafka().consumer(null))
                            .topics(config.topics().news().all())
                            .fromStart()
                            .batches(news)
                            .partitions(news)
                            .quarantine(new DeadLetters(outbox, config.topics().deadLetters(), "alert-router"))
                            .registry(registry)
                            .clock(clock)
                            .onFailure(ended::completeExceptionally)
                            .start());
        }
        closer.opened("letters in hand", () -> finish(deliveries, stops));

        var reload = new Reload(alerting, file.config(), desk, deliveries, couriers, registry, clock);
        var members =
                closer.opened("members", GroupMembers.watch(vertx, config.kafka(), alerting.group(), LOOK_FOR_PEERS));
        var peers = new Peers(
                new Peer(
                        instance(config),
                        config.http().host() + ":" + config.http().port()),
                members);
        var status = new Status(peers.self().name(), version(), clock.instant(), peers::all);
        status.show(registry);
        var census = new Census(desk, registry);
        vertx.setPeriodic(COUNT_EVERY_MILLIS, _ -> {
            if (!threads.isShutdown()) {
                threads.execute(census::count);
            }
        });
        var limits = new ApiV2.Limits(
                config.http().getConcurrency(), alerting.maxAlert().count());
        var api = new ApiV2(desk, ledger, status, alerting.matchers(), limits, threads, registry);
        var deliveryApi = new DeliveryApi(desk, deliveries, couriers, threads);
        var readiness = new Readiness()
                .check("topics", topics::notReady)
                .check("alerts", () -> shift.isLive() ? Optional.empty() : Optional.of("the bus is not read yet"));
        var operations = new Operations(readiness, reload::now, threads);
        show(board, desk, registry);
        String prefix = prefix(config.http().routePrefix());
        var http = closer.opened(
                "http", HttpEndpoint.start(vertx, config.http().settings(), registry, readiness, router -> {
                    operations.serve(router, prefix);
                    deliveryApi.serve(router, prefix);
                    api.serve(router, prefix);
                }));
        return new AlertRouter(closer, http, reload, ended);
    }

    private record Peers(Peer self, GroupMembers members) {
        /** Every instance that lives, this one always included. */
        List<Peer> all() {
            Map<String, Peer> all = new TreeMap<>(Map.of(self.name(), self));
            members.now().forEach(each -> all.putIfAbsent(each.instance(), new Peer(each.instance(), each.client())));
            return List.copyOf(all.values());
        }
    }

    /** Sends nothing more, and waits for the answers to what was sent. */
    private static void finish(Deliveries deliveries, AtomicBoolean stops) throws InterruptedException {
        stops.set(true);
        long deadline = System.nanoTime() + FINISH_LIMIT.toNanos();
        var never = new CountDownLatch(1);
        while (deliveries.busy() > 0 && System.nanoTime() < deadline) {
            boolean _ = never.await(5, TimeUnit.MILLISECONDS);
        }
    }

    /** How far the bus is read, by a loop that starts later. */
    private static final class ReadBus implements Shift.Bus {
        private volatile @Nullable PollLoop loop;

        void of(PollLoop started) {
            loop = started;
        }

        @Override
        public boolean caughtUp() {
            PollLoop started = loop;
            return started != null && started.caughtUp();
        }

        @Override
        public void catchUpAnew() {
            PollLoop started = loop;
            if (started != null) {
                started.catchUpAnew();
            }
        }
    }

    private static String instance(AlertRouterConfig config) {
        String given = config.alerting().instance();
        if (given != null) {
            return given;
        }
        int port = config.http().port();
        String host = hostName();
        return (host + "-" + (port == 0 ? ProcessHandle.current().pid() : port)).replaceAll("[^A-Za-z0-9._-]", "_");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "alert-router";
        }
    }

    private static void show(Board board, Desk desk, MeterRegistry registry) {
        gauge("alertmanager.dispatcher.aggregation.groups", () -> board.groups().size(), registry);
        FunctionCounter.builder("caretaker.alert.router.groups.refused", board, Board::leftOut)
                .description("How often an alert found no room for a group of its own, so that nobody is told of it")
                .register(registry);
        FunctionCounter.builder("caretaker.alert.router.alerts.refused", board, Board::refused)
                .description("How often an alert was refused since there was no room for it")
                .register(registry);
        gauge("caretaker.alert.router.kept.bytes", () -> board.budget().used(), registry);
        gauge("caretaker.alert.router.kept.limit.bytes", () -> board.budget().limit(), registry);
        gauge("caretaker.alert.router.alerts.known", () -> board.alerts().size(), registry);
        gauge("caretaker.alert.router.desk.alive", () -> desk.isAlive() ? 1 : 0, registry);
    }

    private static void gauge(String name, java.util.function.Supplier<Number> value, MeterRegistry registry) {
        Gauge.builder(name, value).strongReference(true).register(registry);
    }

    private static List<TopicSpec> topics(AlertRouterConfig config) {
        var names = config.topics();
        List<TopicSpec> topics = new ArrayList<>(List.of(
                spec(names.alerts(), Topic.ALERTS),
                spec(names.silences(), Topic.SILENCES),
                spec(names.notifications(), Topic.NOTIFICATIONS),
                spec(names.deadLetters(), Topic.DEAD_LETTERS)));
        if (config.builtIn().enabled()) {
            topics.addAll(List.of(
                    spec(names.readings(), Topic.READINGS),
                    spec(names.health(), Topic.HEALTH),
                    spec(names.inventory(), Topic.INVENTORY),
                    spec(names.recoveries(), Topic.RECOVERIES),
                    spec(names.backups(), Topic.BACKUPS)));
        }
        return topics;
    }

    private static TopicSpec spec(String name, Topic topic) {
        return new TopicSpec(name, topic.partitions(), topic.config());
    }

    private static String prefix(String given) {
        String stripped = given.replaceAll("/+$", "");
        return stripped.isEmpty() || stripped.startsWith("/") ? stripped : "/" + stripped;
    }

    static String version() {
        String version = AlertRouter.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    public int port() {
        return http.port();
    }

    /**
     * Serves the same at one more address.
     *
     * @param port 0 for a free one
     * @return the port on which it listens
     * @throws HttpEndpoint.Unavailable if it cannot listen there
     */
    public int listenAlso(String host, int port) {
        return http.listenAlso(host, port);
    }

    /** Reads Alertmanager's file again; a bad one changes nothing and is logged. */
    public void reload() {
        reload.now()
                .ifPresent(why -> LOGGER.atError()
                        .addKeyValue("reason", why)
                        .log("the configuration is not taken, the old one stays"));
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
