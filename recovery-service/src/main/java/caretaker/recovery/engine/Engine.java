package caretaker.recovery.engine;

import caretaker.chassis.Logs;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung.Requirement;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Docker engine whose containers are repaired. Every call waits, within limits; any thread but an event loop's may
 * call, a virtual one is meant.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Engine.class);
    private static final String NOBODY = "caretaker-may-it-write";
    private static final int NOT_FOUND = 404;
    private static final int FORBIDDEN = 403;
    private static final int BAD_METHOD = 405;

    /** Of a list, so many at once: an answer takes a hundred times the memory of what is kept of it. */
    private static final int MAX_INSPECTIONS = 8;

    /** Listing many containers costs the engine tens of milliseconds, and there may be many looks a second. */
    private static final Duration RECENT = Duration.ofMillis(500);

    private static final Duration WRITABLE_FOR = Duration.ofMinutes(10);

    private final Vertx vertx;
    private final EngineSettings settings;
    private final InstantSource clock;
    private final EngineMetrics metrics;
    private final Daemon daemon;
    private final Census census;
    private final Web web;
    private final Stops stops = new Stops();
    private final LogTail logs;
    private final EvidenceStore evidence;
    private final ServiceProbe probes;
    private final Copies copies;
    private final Actions actions;
    private final Credentials credentials = new Credentials();
    private final FormerConfig configs;
    private final ExecutorService looks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("engine-look").factory());
    private final Semaphore inspections = new Semaphore(MAX_INSPECTIONS);
    private final AtomicReference<@Nullable EventWatch> watch = new AtomicReference<>();
    private volatile @Nullable String self;
    private volatile @Nullable Instant writable;
    private volatile Predicate<Sighting> inSyncReplicas = _ -> false;

    private Engine(
            Vertx vertx,
            EngineSettings settings,
            Path incidents,
            MeterRegistry registry,
            InstantSource clock,
            Recreation.Progress progress) {
        this.vertx = vertx;
        this.settings = settings;
        this.clock = clock;
        metrics = new EngineMetrics(registry);
        daemon = new Daemon(vertx, settings.address());
        census = new Census(daemon, metrics);
        web = new Web(vertx);
        logs = new LogTail(daemon, metrics);
        evidence = new EvidenceStore(incidents.toAbsolutePath(), settings.keptIncidents(), metrics);
        probes = new ServiceProbe(web, metrics);
        var recreation = new Recreation(daemon, census, progress);
        Path data = incidents.toAbsolutePath();
        copies = new Copies(data.resolveSibling("copies"));
        configs = new FormerConfig(daemon, census, web, data.resolveSibling("configs"), clock);
        long maxCopy = settings.maxCopy().count();
        var copyAside = new CopyAside(daemon, census, copies, maxCopy, clock, progress);
        var reload = new Reload(census, web, credentials);
        actions = new Actions(daemon, census, stops, recreation, copyAside, reload, configs, clock);
    }

    /**
     * Makes ready to ask; nothing is asked yet.
     *
     * @param incidents folder in which evidence is kept: {@code INCIDENT/evidence-N.json}; beside it are
     *     {@code copies} for what is copied of containers, and {@code configs} for good configurations
     */
    public static Engine connect(
            Vertx vertx, EngineSettings settings, Path incidents, MeterRegistry registry, InstantSource clock) {
        return connect(vertx, settings, incidents, registry, clock, _ -> {});
    }

    static Engine connect(
            Vertx vertx,
            EngineSettings settings,
            Path incidents,
            MeterRegistry registry,
            InstantSource clock,
            Recreation.Progress progress) {
        return new Engine(vertx, settings, incidents, registry, clock, progress);
    }

    /** Who says whether every partition of a broker has enough replicas in sync without it; without anybody: no. */
    public void inSyncReplicas(Predicate<Sighting> ask) {
        inSyncReplicas = ask;
    }

    /** Whose tokens there are; without them, nobody's. */
    public void credentials(List<Credentials.Credential> all) {
        credentials.use(all);
    }

    /** The engine's own id. */
    public String id() throws Unavailable {
        try {
            return daemon.get("/info", Daemon.QUICK).path("ID").asText("");
        } catch (Refusal e) {
            throw new Unavailable("the engine does not say who it is: " + e.why(), true);
        }
    }

    /** Why nothing can be changed by this connection, with a hint; empty if it can, or if nobody answers yet. */
    public Optional<String> refusesWrites() {
        Instant known = writable;
        if (known != null && clock.instant().isBefore(known.plus(WRITABLE_FOR))) {
            return Optional.empty(); // the engine logs each question as an error of its own
        }
        try {
            Optional<String> why = askWhetherItRefusesWrites();
            writable = why.isEmpty() ? clock.instant() : null;
            return why;
        } catch (Unavailable e) {
            return Optional.empty();
        }
    }

    private Optional<String> askWhetherItRefusesWrites() throws Unavailable {
        Optional<Path> socket = settings.address().socket();
        if (socket.isPresent()
                && Files.exists(socket.get())
                && (!Files.isReadable(socket.get()) || !Files.isWritable(socket.get()))) {
            return Optional.of("no permission to open " + socket.get() + "; add this user to the socket's group");
        }
        try {
            daemon.ask(Daemon.QUICK, docker -> docker.startContainerCmd(NOBODY).exec());
            return Optional.of("there is a container named " + NOBODY + "; remove it");
        } catch (Refusal e) {
            return switch (e.status()) {
                case NOT_FOUND -> Optional.empty();
                case FORBIDDEN, BAD_METHOD ->
                    Optional.of("the engine's proxy forbids changes (" + e.status() + ": " + e.getMessage()
                            + "); let it pass POST and DELETE of /containers, /networks and /exec");
                default -> Optional.of("the engine refuses changes (" + e.status() + ": " + e.getMessage() + ")");
            };
        }
    }

    /** All containers, stopped ones too; what vanishes meanwhile or cannot be represented is left out. */
    public List<Sighting> list() throws Unavailable {
        try {
            Roster roster = census.roster();
            List<Future<Optional<Sighting>>> asked = new ArrayList<>();
            for (Roster.Entry entry : roster.present()) {
                asked.add(looks.submit(() -> inTurn(entry, roster)));
            }
            List<Sighting> seen = new ArrayList<>();
            for (Future<Optional<Sighting>> each : asked) {
                each.get().ifPresent(seen::add);
            }
            return seen;
        } catch (Refusal e) {
            throw unanswered(e);
        } catch (Unavailable e) {
            throw unanswered(e);
        } catch (ExecutionException e) {
            throw unanswered(Objects.requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unanswered(e);
        }
    }

    private Optional<Sighting> inTurn(Roster.Entry entry, Roster roster) throws Unavailable, Refusal {
        inspections.acquireUninterruptibly();
        try {
            return sighting(entry, roster);
        } finally {
            inspections.release();
        }
    }

    private Unavailable unanswered(Throwable cause) {
        metrics.unanswered.increment();
        var unavailable = cause instanceof Unavailable already
                ? already
                : new Unavailable(Refusal.line(String.valueOf(cause.getMessage())), true);
        if (unavailable != cause) {
            unavailable.initCause(cause);
        }
        return unavailable;
    }

    private Optional<Sighting> sighting(Roster.Entry entry, Roster roster) throws Unavailable, Refusal {
        Optional<Inspection> inspected = census.inspect(entry.id());
        return inspected.isEmpty() ? Optional.empty() : sighting(inspected.get(), roster);
    }

    private Optional<Sighting> sighting(Inspection inspected, Roster roster) {
        Optional<Sighting> seen = inspected.sighting(roster, stops.wasStopped(inspected.id(), inspected.stopSignal()));
        if (seen.isEmpty()) {
            metrics.unrepresented.increment();
        }
        return seen;
    }

    /** {@link Input.Looked} or {@link Input.NotLooked}. Never throws. */
    public Input look(Effect.Look look) {
        return look(look, false);
    }

    /** The same where nothing is known to be wrong: that nobody listens at a port where nobody ever did is not told. */
    public Input lookAround(Effect.Look look) {
        return look(look, true);
    }

    private Input look(Effect.Look look, boolean around) {
        try {
            long now = System.nanoTime();
            Roster recent = census.roster(now - RECENT.toNanos());
            Input seen = lookNow(look, recent, around);
            if (seen instanceof Input.Looked looked && looked.sighting() == null) {
                Roster anew = census.roster(now);
                return anew == recent ? seen : lookNow(look, anew, around);
            }
            return seen;
        } catch (Refusal | Unavailable | RuntimeException e) {
            metrics.unanswered.increment();
            return new Input.NotLooked(look.question(), Refusal.line(String.valueOf(e.getMessage())));
        }
    }

    private Input lookNow(Effect.Look look, Roster roster, boolean around) throws Unavailable, Refusal {
        Optional<Roster.Entry> entry = roster.of(look.container().key());
        List<Sighting> needed = new ArrayList<>();
        for (String key : look.needs()) {
            Optional<Roster.Entry> other = roster.of(key);
            if (other.isPresent()) {
                sighting(other.get(), roster).ifPresent(needed::add);
            }
        }
        LogTail.Lines log = LogTail.Lines.NONE;
        if (entry.isPresent() && look.evidence()) {
            Optional<Inspection> before = census.inspect(entry.get().id());
            log = before.map(logs::of).orElse(log); // first of all: what is done next may end it
        }
        Optional<Inspection> inspected =
                entry.isEmpty() ? Optional.empty() : census.inspect(entry.get().id());
        Optional<Sighting> seen = inspected.flatMap(now -> sighting(now, roster));
        if (inspected.isEmpty() || seen.isEmpty()) {
            return new Input.Looked(
                    look.question(), null, ProbeAnswer.NONE, false, List.of(), null, needed, "", null, null);
        }
        Input.@Nullable Copy copy = copies.newest(
                        look.incident(), look.container().key())
                .map(Copies.Kept::told)
                .orElse(null);
        Instant former = look.requires() == Requirement.FORMER_CONFIG
                ? configs.keptAt(seen.get(), inspected.get()).orElse(null)
                : null;
        Evidence saved = look.evidence() ? save(look.incident(), inspected.get(), log.all()) : null;
        ServiceProbe.Said said = probe(look.probe(), seen.get(), inspected.get(), around);
        return new Input.Looked(
                look.question(),
                seen.get(),
                said.answer(),
                isAllowed(look.requires(), seen.get(), copy) || former != null,
                log.ofThisRun(),
                saved,
                needed,
                said.text(),
                copy,
                former);
    }

    /** Keeps the configuration of a Prometheus that is ready, if it is the one that it has read. Never throws. */
    public void keepConfig(Sighting seen) {
        try {
            Optional<Inspection> inspected = census.inspect(seen.identity().id());
            if (inspected.isPresent()) {
                Inspection network = census.network(inspected.get()).orElse(inspected.get());
                probes.metricsOfPrometheus(seen, network).ifPresent(metrics -> configs.keep(seen, metrics));
            }
        } catch (Refusal | Unavailable | RuntimeException e) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("reason", Refusal.line(String.valueOf(e.getMessage())))
                    .log("a good configuration could not be kept");
        }
    }

    /** The last lines of a container's log, without secrets; none if it is gone. */
    public List<String> log(ContainerIdentity container) {
        try {
            Optional<Roster.Entry> entry = census.roster().of(container.key());
            return entry.isEmpty()
                    ? List.of()
                    : census.inspect(entry.get().id())
                            .map(logs::of)
                            .orElse(LogTail.Lines.NONE)
                            .all();
        } catch (Refusal | Unavailable e) {
            return List.of("(the log cannot be read: " + e.getMessage() + ")");
        }
    }

    private @Nullable Evidence save(String incident, Inspection inspected, List<String> log) {
        byte[] bundle = Bundle.of(incident, clock.instant(), inspected, log, evidence.folder());
        return evidence.save(incident, bundle).orElse(null);
    }

    private ServiceProbe.Said probe(Probe probe, Sighting seen, Inspection inspected, boolean around) {
        return probe == Probe.NONE
                ? ServiceProbe.Said.NOTHING
                : probes.ask(probe, seen, census.network(inspected).orElse(inspected), around);
    }

    private boolean isAllowed(Requirement requires, Sighting seen, Input.@Nullable Copy copy) {
        return switch (requires) {
            case NOTHING -> true;
            case DAMAGED_COPY -> copy != null && copy.isDamaged();
            case CREDENTIALS -> credentials.has(seen);
            case FORMER_CONFIG -> false; // asked for with the date
            case IN_SYNC_REPLICAS -> {
                try {
                    yield inSyncReplicas.test(seen);
                } catch (RuntimeException e) {
                    LOGGER.atWarn().setCause(e).log("nobody knows whether the replicas are in sync");
                    yield false;
                }
            }
        };
    }

    /**
     * Does it, once. Never throws.
     *
     * @param mayPerform asked right before anything is changed
     */
    public Input.Result perform(Effect.Perform perform, BooleanSupplier mayPerform) {
        try {
            Input.Result result = actions.perform(perform, mayPerform);
            if (result instanceof Input.Result.Refused) {
                writable = null; // perhaps nothing may be changed any more
            }
            return result;
        } finally {
            census.changed();
        }
    }

    /** Begins to listen to the engine's events, once; without it nobody knows who was stopped by hand. */
    public void watch(Runnable changed) {
        var begun = new EventWatch(vertx, settings.address(), stops, metrics, clock, () -> {
            census.changed();
            changed.run();
        });
        if (!watch.compareAndSet(null, begun)) {
            begun.close();
            throw new IllegalStateException("the engine is watched already");
        }
        begun.start();
        try {
            actions.clear();
        } catch (Refusal | Unavailable e) {
            LOGGER.atDebug().setCause(e).log("what a former run may have left behind is looked for another time");
        }
    }

    /** Id of the container in which this process runs; empty if it runs in none. */
    public String selfId() {
        String known = self;
        if (known == null) {
            known = Self.id(Path.of("/proc")).or(this::byHostname).orElse("");
            self = known;
        }
        return known;
    }

    /** The engine names a container's host after its id, unless it was told otherwise. */
    private Optional<String> byHostname() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.matches("[0-9a-f]{12}")
                    ? census.inspect(name).map(Inspection::id).filter(id -> id.startsWith(name))
                    : Optional.empty();
        } catch (UnknownHostException | Refusal | Unavailable e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        EventWatch watching = watch.get();
        if (watching != null) {
            watching.close();
        }
        looks.shutdownNow();
        web.close();
        daemon.close();
    }
}
