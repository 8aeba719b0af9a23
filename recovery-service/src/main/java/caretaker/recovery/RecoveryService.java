package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.Closer;
import caretaker.chassis.DataDirectory;
import caretaker.chassis.DeadLetters;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.Lease;
import caretaker.chassis.Metrics;
import caretaker.chassis.Outbox;
import caretaker.chassis.OutboxSettings;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Readiness;
import caretaker.chassis.Topics;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.api.RecoveryApi;
import caretaker.recovery.bus.HealthReader;
import caretaker.recovery.bus.Replicas;
import caretaker.recovery.bus.StateReader;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Recoveries;
import caretaker.recovery.playbook.Playbooks;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** A running recovery service. A test starts one the same way the process does. */
public final class RecoveryService implements AutoCloseable {
    private static final Duration PERMISSION_LIMIT = Duration.ofSeconds(2);
    private static final Duration FINISH_LIMIT = Duration.ofSeconds(3);
    private static final String INSTANCE = "instance";

    /** Whoever acts reads under one name, so that its heir need not wait until the group has given it up. */
    private static final Map<String, String> ACTING = Map.of("group.instance.id", "acting");

    private final Closer closer;
    private final HttpEndpoint http;
    private final CompletableFuture<Void> ended;

    private RecoveryService(Closer closer, HttpEndpoint http, CompletableFuture<Void> ended) {
        this.closer = closer;
        this.http = http;
        this.ended = ended;
    }

    /**
     * Starts to read and serve. Needs neither a broker nor an engine yet.
     *
     * @throws caretaker.chassis.config.ConfigException with everything that is wrong in the file of playbooks
     * @throws DataDirectory.Unusable if another process has the data folder, or nothing can be written there
     */
    public static RecoveryService start(RecoveryServiceConfig config) {
        var closer = new Closer();
        try {
            return new Assembly(config, closer).start();
        } catch (RuntimeException e) {
            closer.close(); // whatever was opened before the failure
            throw e;
        }
    }

    /** How the parts are put together, from the bottom to the top. */
    private static final class Assembly {
        private final RecoveryServiceConfig config;
        private final Closer closer;
        private final InstantSource clock = InstantSource.system();
        private final Playbooks playbooks;
        private final DataDirectory data;
        private final String instance;
        private final PrometheusMeterRegistry registry;
        private final RecoveryMetrics metrics;
        private final Vertx vertx;
        private final Outbox outbox;
        private final Engine engine;
        private final IncidentFiles files;
        private final ExecutorService threads;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final AtomicReference<Errands> errands = new AtomicReference<>();
        private final AtomicReference<HealthReader> reader = new AtomicReference<>();
        private final AtomicBoolean stops = new AtomicBoolean();

        Assembly(RecoveryServiceConfig config, Closer closer) {
            this.config = config;
            this.closer = closer;
            playbooks = config.readPlaybooks();
            data = closer.opened("data", DataDirectory.open(config.dataDir()));
            instance = instance(data.resolve(INSTANCE));
            registry = Metrics.registry("recovery-service", version());
            closer.opened("metrics", registry::close);
            metrics = new RecoveryMetrics(registry, clock);
            vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(2));
            closer.opened("vertx", () -> vertx.close().await());
            Path incidents = data.resolve("incidents");
            engine = closer.opened("engine", Engine.connect(vertx, config.docker(), incidents, registry, clock));
            var replicas = new Replicas(config.kafka());
            engine.credentials(config.credentials());
            engine.inSyncReplicas(_ -> replicas.getAsBoolean());
            files = closer.opened("incidents", new IncidentFiles(incidents, registry));
            outbox = closer.opened(
                    "outbox", Outbox.start(vertx, config.kafka(), OutboxSettings.DEFAULTS, Set.of(), registry, clock));
            threads = Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("errand-", 0).factory());
            closer.opened("errands", threads::shutdownNow);
        }

        RecoveryService start() {
            var topics = closer.opened(
                    "topics",
                    Topics.ensure(vertx, config.kafka(), config.topics().specs(), registry));
            var states = new StateReader(
                    config.hostName(), config.topics(), config.rules().elsewhere(), clock);
            var stateLoop = closer.opened(
                    "state",
                    loop("recovery-state", () -> config.kafka().consumer(null))
                            .topics(List.of(
                                    config.topics().state(),
                                    config.topics().maintenance(),
                                    config.topics().recoveries()))
                            .fromStart()
                            .batches(states)
                            .partitions(states)
                            .start());
            var lease = closer.opened(
                    "lease",
                    Lease.start(
                            config.kafka(),
                            group(""),
                            instance,
                            config.http().host() + ":" + config.http().port(),
                            config.topics().maintenance(),
                            config.lease(),
                            registry,
                            ended::completeExceptionally));
            var shift = new Shift(
                    new Shift.Parts(
                            lease,
                            stateLoop,
                            states,
                            engine,
                            epoch -> desk(epoch, lease),
                            this::events,
                            new KillSwitch(config.stopFile()),
                            new Rounds(engine, threads, metrics, config.verifyEvery()),
                            config.docker().resync()),
                    ended::completeExceptionally);
            closer.opened("desk", shift::closeDesk);
            closer.opened("operations in hand", this::finish);
            closer.opened("shift", shift);
            shift.start();
            var readiness = new Readiness()
                    .check("topics", topics::notReady)
                    .check("shift", shift::notReady)
                    .check("lease", () -> lease.held() ? Optional.empty() : Optional.of("not held; is Kafka there?"))
                    .check("docker", shift::refused);
            var control = new ServiceControl(config, instance, shift, readiness, engine, files);
            var http = closer.opened(
                    "http",
                    HttpEndpoint.start(
                            vertx,
                            config.http().settings(),
                            registry,
                            readiness,
                            router -> new RecoveryApi(control, threads, registry).serve(router)));
            return new RecoveryService(closer, http, ended);
        }

        private PollLoop.Builder loop(String name, Supplier<Consumer<byte[], byte[]>> consumer) {
            return PollLoop.named(name, consumer)
                    .quarantine(new DeadLetters(outbox, config.topics().deadLetters(), "recovery-service"))
                    .registry(registry)
                    .clock(clock)
                    .onFailure(ended::completeExceptionally);
        }

        private Desk desk(long epoch, Lease lease) {
            var setup = new Recoveries.Setup(
                    config.hostName(),
                    engine.selfId(),
                    new RecoveryState.Writer(instance, epoch),
                    config.rules(),
                    config.scope(),
                    playbooks);
            var hands = new Errands(new Errands.Colleagues(
                    outbox,
                    config.topics(),
                    engine,
                    files,
                    Disks.of(config.dataDir()),
                    threads,
                    (eventId, why) -> {
                        HealthReader open = reader.get();
                        if (open != null) {
                            open.refused(eventId, why);
                        }
                    },
                    why -> ended.completeExceptionally(new IllegalStateException(why)),
                    metrics));
            var desk = new Desk(
                    new Recoveries(setup, new SecureRandom()), hands, clock, metrics, ended::completeExceptionally);
            var killSwitch = new KillSwitch(config.stopFile());
            hands.answerTo(
                    desk::tell,
                    perform -> !stops.get() && lease.held() && !killSwitch.isOn() && permitted(desk, perform));
            errands.set(hands);
            return desk;
        }

        /** asked right before the engine's call. What the desk does not answer at once is no. */
        private boolean permitted(Desk desk, Effect.Perform perform) {
            try {
                return desk.ask((recoveries, now) -> now.isBefore(
                                        perform.operation().deadline())
                                && recoveries.mayPerform(perform.operation().id(), now))
                        .get(PERMISSION_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private PollLoop events(Desk desk) {
            var health = new HealthReader(
                    config.hostName(),
                    new HealthReader.Desk() {
                        @Override
                        public void tell(Input input) throws InterruptedException {
                            if (input instanceof Input.Health of) {
                                metrics.age(of.event().time());
                            }
                            desk.tell(input);
                        }

                        @Override
                        public CompletableFuture<Void> written() throws InterruptedException {
                            return desk.written();
                        }
                    },
                    registry);
            reader.set(health);
            return loop("health", () -> config.kafka().consumer(group("-health"), ACTING))
                    .topics(List.of(config.topics().health()))
                    .batches(health)
                    .start();
        }

        private String group(String what) {
            return "caretaker-recovery-service-" + config.hostName() + what;
        }

        /** Begins nothing more, and waits for the engine's answers to what was begun. */
        private void finish() throws InterruptedException {
            stops.set(true);
            long deadline = System.nanoTime() + FINISH_LIMIT.toNanos();
            var never = new CountDownLatch(1);
            Errands hands = errands.get();
            while (hands != null && hands.atWork() > 0 && System.nanoTime() < deadline) {
                boolean _ = never.await(5, TimeUnit.MILLISECONDS);
            }
        }

        /** A name that stays with the data folder, so that a restart is no second instance. */
        private static String instance(Path file) {
            try {
                if (Files.exists(file)) {
                    String known = Files.readString(file).strip();
                    if (known.matches("[0-9a-f-]{36}")) {
                        return known;
                    }
                }
                String made = UUID.randomUUID().toString();
                Files.write(file, made.getBytes(UTF_8));
                return made;
            } catch (IOException e) {
                throw new UncheckedIOException("the name of this instance cannot be kept in " + file, e);
            }
        }
    }

    static String version() {
        return Optional.ofNullable(RecoveryService.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }

    public int port() {
        return http.port();
    }

    /** Completes with what ended it, if it fails by itself. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Stops within ten seconds. What the engine is doing then is found again by the next one. */
    @Override
    public void close() {
        closer.close();
    }
}
