package caretaker.agent.docker;

import caretaker.agent.containers.CgroupLookup;
import caretaker.agent.containers.ContainerInfo;
import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.ContainerWatch;
import caretaker.agent.containers.Containers;
import caretaker.agent.containers.GpuDevices;
import caretaker.agent.containers.Inspection;
import caretaker.agent.containers.LostGpu;
import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.chassis.Backoff;
import caretaker.contracts.Condition;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches the containers of one engine: its event stream, a full list now and then, and an inspection of what has
 * changed. Findings go to the host's ledger.
 *
 * <p>One thread of its own decides; it never waits for the engine, whose answers come to it by a bounded queue. A cut
 * stream is reopened after the last event; then everything is inspected once, because the engine remembers few events.
 */
public final class DockerWatcher implements Containers, AutoCloseable {
    private static final String NAME = "containers";
    private static final Set<Condition> OF_AN_ENGINE = EnumSet.of(
            Condition.CONTAINER_EXITED,
            Condition.CONTAINER_UNHEALTHY,
            Condition.CONTAINER_OOM_KILLED,
            Condition.CONTAINER_RESTART_LOOP,
            Condition.GPU_CONTAINER_LOST_GPU,
            Condition.DOCKER_UNAVAILABLE);

    private static final int MAX_WAITING = 10_000;
    private static final int MAX_INSPECTIONS = 3;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final Duration OVERDUE_CHECK = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(3);

    /**
     * Whom the watch tells and asks.
     *
     * @param hostName the entity of the condition that the engine is away
     */
    public record Surroundings(
            String hostName, HealthLedger ledger, MeterRegistry registry, InstantSource clock, LongSupplier nanos) {}

    private final Vertx vertx;
    private final DockerSettings settings;
    private final Surroundings around;
    private final DockerMetrics metrics;
    private final ContainerWatch watch;
    private final CgroupLookup lookup;
    private final GpuDevices gpuDevices;
    private final Replays replays = new Replays();
    private final Backoff retries = new Backoff(FIRST_RETRY, LONGEST_RETRY);
    private final BlockingQueue<News> news = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean overflown = new AtomicBoolean();
    private final ExecutorService calls = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("docker-call").factory());
    private final List<Consumer<Snapshot>> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("docker").daemon().unstarted(this::run);
    private volatile Snapshot snapshot = new Snapshot(false, List.of());
    private volatile Map<String, ContainerInfo> infos = Map.of();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean running = true;

    private @Nullable Connection connection;
    private boolean wasThere;
    private boolean askAll = true;
    private boolean isListed;
    private boolean isKnown;
    private boolean untold;
    private long listDue;
    private long connectDue;

    private DockerWatcher(Vertx vertx, DockerSettings settings, Surroundings around) {
        this.vertx = vertx;
        this.settings = settings;
        this.around = around;
        metrics = new DockerMetrics(around.registry());
        watch = new ContainerWatch(settings.rules(), () -> LostGpu.isHostWell(around.ledger()), metrics);
        watch.remembering(id -> around.ledger().isRaised(Condition.CONTAINER_EXITED, id));
        lookup = new CgroupLookup(settings.procRoot(), id -> Optional.ofNullable(infos.get(id)));
        gpuDevices = new GpuDevices(lookup, settings.cgroupRoot());
        connectDue = around.nanos().getAsLong();
    }

    /** Starts to watch. Needs no engine yet. */
    public static DockerWatcher start(Vertx vertx, DockerSettings settings, Surroundings around) {
        var watcher = new DockerWatcher(vertx, settings, around);
        watcher.thread.start();
        return watcher;
    }

    @Override
    public Membership of(int pid) {
        return lookup.of(pid);
    }

    @Override
    public Snapshot snapshot() {
        return snapshot;
    }

    @Override
    public void onChange(Consumer<Snapshot> listener) {
        listeners.add(listener);
    }

    private void run() {
        try {
            while (running) {
                News first = news.poll(pause(around.nanos().getAsLong()), TimeUnit.NANOSECONDS);
                int taken = 0;
                for (News each = first; each != null && taken < MAX_WAITING; each = news.poll()) {
                    take(each);
                    taken++;
                }
                turn(around.nanos().getAsLong());
                tell();
            }
            ended.complete(null);
        } catch (InterruptedException | RuntimeException | Error e) {
            ended.completeExceptionally(e);
        } finally {
            disconnect();
        }
    }

    /** Ends when the watch has ended, with its error if it had one. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Nanoseconds until something is due by itself. */
    private long pause(long now) {
        long due = connection == null ? connectDue : isListed ? listDue : now + OVERDUE_CHECK.toNanos();
        if (connection != null && connection.asked() > 0) {
            due = Math.min(due, now + OVERDUE_CHECK.toNanos());
        }
        Instant watchDue = watch.due();
        if (watchDue.isBefore(Instant.MAX)) {
            Duration left = Duration.between(around.clock().instant(), watchDue);
            long most = settings.resync().toNanos();
            long nanos = left.compareTo(settings.resync()) > 0 ? most : Math.max(left.toNanos(), 0) + 1_000_000;
            due = Math.min(due, now + nanos);
        }
        return Math.max(due - now, 0);
    }

    private void take(News each) {
        switch (each) {
            case News.Opened(Connection of) when of == connection -> opened(of);
            case News.Heard(Connection of, Translation.Heard heard) when of == connection -> heard(heard);
            case News.Ended(Connection of, String reason) when of == connection -> lost(reason);
            case News.Listed(Connection of, List<ContainerState> containers)
            when of == connection -> listed(of, containers);
            case News.Inspected(Connection of, String id, Optional<Inspection> answer)
            when of == connection -> inspected(of, id, answer);
            case News.Failed(Connection of, String id, String reason) when of == connection -> failed(of, id, reason);
            default -> {} // of a connection that is no more
        }
    }

    private void opened(Connection of) {
        of.answered(Connection.LIST);
        metrics.opened.increment();
        list(of);
    }

    private void heard(Translation.Heard heard) {
        if (!replays.isNew(heard.event())) {
            metrics.repeated.increment();
            return;
        }
        metrics.events.increment();
        watch.happened(heard.event(), heard.ifNew(), around.clock().instant());
    }

    private void listed(Connection of, List<ContainerState> containers) {
        of.answered(Connection.LIST);
        isListed = true;
        metrics.lists.increment();
        watch.listed(containers, askAll);
        gpuDevices.look(watch);
        askAll = false;
        isKnown = true;
        retries.succeeded();
        metrics.available(true);
        metrics.imitations(watch.imitations());
        around.ledger().clear(Condition.DOCKER_UNAVAILABLE, around.hostName());
    }

    private void inspected(Connection of, String id, Optional<Inspection> answer) {
        of.answered(id);
        metrics.inspections.increment();
        answer.ifPresentOrElse(
                inspection -> watch.inspected(inspection, around.clock().instant()), () -> {
                    metrics.gone.increment();
                    watch.gone(id);
                });
    }

    private void failed(Connection of, String id, String reason) {
        of.answered(id);
        metrics.unanswered.increment();
        if (id.equals(Connection.LIST)) {
            lost(reason);
        } else {
            watch.unanswered(id);
        }
    }

    private void turn(long now) {
        if (connection == null) {
            if (now - connectDue >= 0) {
                connect(now);
            }
            return;
        }
        Connection of = connection;
        for (String id : of.overdue(now, ANSWER_LIMIT)) {
            failed(of, id, "no answer within " + ANSWER_LIMIT.toSeconds() + " s");
            if (connection != of) {
                return;
            }
        }
        if (overflown.getAndSet(false)) {
            askAll = true;
            listDue = now;
        }
        if (isListed && now - listDue >= 0) {
            list(of);
        }
        int free = MAX_INSPECTIONS - of.asked();
        for (String id : free > 0 ? watch.takeWanted(free) : List.<String>of()) {
            of.inspect(id, now);
        }
    }

    private void list(Connection of) {
        long now = around.nanos().getAsLong();
        listDue = now + settings.resync().toNanos();
        if (of.list(now)) {
            watch.listAsked();
        }
    }

    private void connect(long now) {
        // what a former run has raised of containers, it saw at an engine
        wasThere |= around.ledger().isAnyRaised(OF_AN_ENGINE);
        if (!wasThere && settings.isIdle()) {
            connectDue = now + settings.resync().toNanos();
            return;
        }
        wasThere = true;
        Engine engine;
        try {
            engine = Engine.connect(vertx, settings.host());
        } catch (RuntimeException e) {
            lost(Unavailable.reason(Optional.of(e)));
            return;
        }
        var of = new Connection(engine, calls, this::post);
        connection = of;
        isListed = false;
        of.open(replays.since(), now);
    }

    /** Events beyond the bound are left out: a full list makes up for them. */
    private void post(News each) {
        if (each instanceof News.Heard) {
            if (!news.offer(each)) {
                metrics.dropped.increment();
                overflown.set(true);
            }
            return;
        }
        try {
            news.put(each); // few: one for each question
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lost(String reason) {
        disconnect();
        askAll = true;
        connectDue = around.nanos().getAsLong() + retries.failed().toNanos();
        unavailable(reason);
    }

    private void unavailable(String reason) {
        isKnown = false;
        metrics.available(false);
        Finding finding = Unavailable.finding(around.hostName(), settings, reason);
        around.ledger().raise("docker", finding);
    }

    private void disconnect() {
        Connection of = connection;
        connection = null;
        if (of == null) {
            return;
        }
        of.close().forEach(watch::unanswered);
    }

    /** Events, then the snapshot. */
    private void tell() {
        List<Finding> findings = watch.findings(around.clock().instant());
        if (watch.isComplete()) {
            around.ledger().settle(NAME, findings);
        } else {
            findings.forEach(finding -> around.ledger().raise(NAME, finding));
        }
        var now = new Snapshot(isKnown, watch.states());
        if (!now.equals(snapshot)) {
            untold = true;
            Map<String, ContainerInfo> byId = new HashMap<>();
            now.containers().forEach(state -> byId.put(state.info().id(), state.info()));
            infos = Map.copyOf(byId);
            snapshot = now;
            metrics.containers(now.containers().size());
        }
        if (untold && (connection == null || connection.asked() == 0)) {
            untold = false;
            listeners.forEach(listener -> listener.accept(now));
        }
    }

    @Override
    public void close() {
        running = false;
        news.offer(new News.Closed()); // or there is other news that wakes it
        try {
            thread.join(DRAIN_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.shutdown();
    }
}
