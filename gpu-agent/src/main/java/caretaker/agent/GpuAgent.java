package caretaker.agent;

import caretaker.agent.containers.Containers;
import caretaker.agent.dcgm.DcgmEndpoint;
import caretaker.agent.dcgm.MergedSource;
import caretaker.agent.docker.DockerWatcher;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.kernel.KernelLog;
import caretaker.agent.nvml.Nvml;
import caretaker.agent.nvml.Opening;
import caretaker.agent.poll.HostListener;
import caretaker.agent.poll.HostPoll;
import caretaker.agent.poll.Intervals;
import caretaker.agent.poll.Poller;
import caretaker.agent.probe.Probes;
import caretaker.agent.sampling.CurrentCall;
import caretaker.agent.sampling.GpuSource;
import caretaker.agent.sampling.NvmlSource;
import caretaker.agent.simulated.FaultScript;
import caretaker.agent.simulated.SimulatedSource;
import caretaker.chassis.Closer;
import caretaker.chassis.HttpEndpoint;
import caretaker.chassis.Metrics;
import caretaker.chassis.Outbox;
import caretaker.chassis.Readiness;
import caretaker.chassis.TopicSpec;
import caretaker.chassis.Topics;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import caretaker.contracts.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A running agent. A test starts one the same way the process does. */
public final class GpuAgent implements AutoCloseable {
    private final Closer closer;
    private final HttpEndpoint http;
    private final Poller poller;
    private final Optional<DockerWatcher> docker;

    private GpuAgent(Closer closer, HttpEndpoint http, Poller poller, Optional<DockerWatcher> docker) {
        this.closer = closer;
        this.http = http;
        this.poller = poller;
        this.docker = docker;
    }

    /**
     * Starts to read and publish. Needs no broker yet.
     *
     * @throws NoDriverException if readings should come from a driver and there is none
     * @throws caretaker.chassis.DataDirectory.Unusable if the data folder cannot be written to, or is in use
     */
    public static GpuAgent start(GpuAgentConfig config) {
        return start(config, InstantSource.system(), System::nanoTime);
    }

    /** As {@link #start(GpuAgentConfig)} with the test's clocks. */
    static GpuAgent start(GpuAgentConfig config, InstantSource clock, LongSupplier nanos) {
        var closer = new Closer();
        try {
            return assemble(config, new HostPoll.Clocks(clock, nanos), closer);
        } catch (RuntimeException e) {
            closer.close(); // whatever was opened before the failure
            throw e;
        }
    }

    private static GpuAgent assemble(GpuAgentConfig config, HostPoll.Clocks clocks, Closer closer) {
        Optional<Nvml> driver = driver(config);
        List<String> hosts = config.hosts();
        FaultScript faults = config.simulated().script();
        var registry = Metrics.registry("gpu-agent", version());
        closer.opened("metrics", registry::close);
        var metrics = new AgentMetrics(registry, config.hostName(), clocks.wall(), clocks.nanos());
        var vertx = Vertx.vertx(small());
        closer.opened("vertx", () -> vertx.close().await());
        var persistence = Persistence.open(config, closer, metrics, vertx);
        var topics = closer.opened(
                "topics",
                Topics.ensure(
                        vertx,
                        config.kafka(),
                        List.of(spec(Topic.READINGS), spec(Topic.HEALTH), spec(Topic.INVENTORY)),
                        registry));
        var outbox = closer.opened(
                "outbox",
                Outbox.start(
                        vertx,
                        config.kafka(),
                        config.buffer().settings(hosts.size()),
                        Set.of(Topic.READINGS.fullName(), Topic.INVENTORY.fullName()),
                        registry,
                        clocks.wall()));
        metrics.buffered(outbox::queued);
        persistence.keepEvents(outbox, registry);
        var bus = new OutboxBus(outbox, metrics);
        Intervals intervals = config.intervals().intervals();
        String agentId = newAgentId();
        List<HostPoll.Publisher> publishers = new ArrayList<>();
        List<HealthLedger> ledgers = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            var publisher = new HostPoll.Publisher(hosts.get(i), hosts.size() == 1 ? agentId : agentId + "-" + (i + 1));
            publishers.add(publisher);
            ledgers.add(persistence.ledger(publisher, clocks.wall(), bus::event));
        }
        Optional<DockerWatcher> docker = docker(vertx, config, ledgers.getFirst(), registry, clocks)
                .map(watcher -> closer.opened("docker", watcher));
        Containers containers = docker.<Containers>map(watcher -> watcher).orElse(Containers.NONE);
        var gpus = new AtomicInteger(); // that the driver of the first host lists
        probe(config, vertx, containers, ledgers.getFirst(), gpus::get, registry, clocks)
                .ifPresent(probes -> closer.opened("probes", probes));
        var with = HostHealth.surroundings(config, containers, registry, clocks, vertx);
        var inventory = new InventoryRounds(config, publishers, ledgers, clocks, bus);
        var dcgm = new DcgmMetrics(registry, metrics, config.hostName());
        List<DcgmEndpoint> exporters = config.dcgm().stream()
                .map(each -> new DcgmEndpoint(vertx, each.endpoint(), ledgers.getFirst(), dcgm, clocks.nanos()))
                .toList();
        exporters.forEach(each -> closer.opened("dcgm-exporter", each));
        List<HostPoll> polls = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            var call = new CurrentCall(clocks.nanos());
            HostHealth health = HostHealth.of(hosts.get(i), ledgers.get(i), with);
            GpuSource source = switch (config.source()) {
                case NVML ->
                    nvml(
                            config,
                            driver.orElseThrow(),
                            call,
                            clocks,
                            new NvmlSource.Partners(metrics, health.driverEvents(), containers));
                case SIMULATED -> simulated(config, hosts.get(i), faults, clocks.wall(), metrics, health);
                case DCGM -> null;
            };
            if (source == null || (i == 0 && !exporters.isEmpty())) {
                source = new MergedSource(source, exporters, new MergedSource.Host(config.expectedGpus(), version()));
            }
            source.restore(ledgers.get(i).known());
            if (config.source() != GpuAgentConfig.Source.SIMULATED) {
                readKernelLog(config, persistence, health, clocks, closer);
            }
            HostListener inventoried = inventory.of(i);
            HostListener seen = i > 0 ? inventoried : counting(gpus, inventoried);
            var outlets = new HostPoll.Outlets(bus, ledgers.get(i), metrics, health, seen);
            polls.add(new HostPoll(publishers.get(i), source, outlets, intervals, clocks, call));
        }
        var poller = closer.opened("poller", new Poller(polls, intervals.fast(), clocks.nanos(), metrics));
        var readiness = new Readiness()
                .check("topics", topics::notReady)
                .check("driver", () -> poller.isWell() ? Optional.empty() : Optional.of("a driver call is stuck"));
        var http = closer.opened(
                "http", HttpEndpoint.start(vertx, config.http().settings(), registry, readiness, _ -> {}));
        inventory.start(containers, vertx, registry);
        exporters.forEach(DcgmEndpoint::start);
        poller.start();
        return new GpuAgent(closer, http, poller, docker);
    }

    private static void readKernelLog(
            GpuAgentConfig config, Persistence persistence, HostHealth health, HostPoll.Clocks clocks, Closer closer) {
        KernelLogConfig log = config.kernelLog();
        if (log.source() == KernelLogConfig.Source.NONE) {
            return;
        }
        var settings = new KernelLog.Settings(
                log.file(),
                log.source() == KernelLogConfig.Source.KMSG,
                persistence.file("kernel-log", config.hostName()),
                log.lookBack());
        closer.opened("kernel log", new KernelLog(settings, health.kernelLog(), clocks.nanos()))
                .start();
    }

    /** The driver's library, loaded but not yet called; none where readings come from elsewhere. */
    private static Optional<Nvml> driver(GpuAgentConfig config) {
        if (config.source() != GpuAgentConfig.Source.NVML) {
            return Optional.empty();
        }
        return switch (Nvml.open(config.nvml().library())) {
            case Opening.Opened opened -> Optional.of(opened.nvml());
            case Opening.NoDriver none -> throw new NoDriverException(none.reason());
        };
    }

    /** The watch of this host's containers; simulated hosts have none unless they were asked to. */
    private static Optional<DockerWatcher> docker(
            Vertx vertx, GpuAgentConfig config, HealthLedger ledger, MeterRegistry registry, HostPoll.Clocks clocks) {
        boolean watch = switch (config.docker().enabled()) {
            case TRUE -> true;
            case FALSE -> false;
            case AUTO -> config.source() != GpuAgentConfig.Source.SIMULATED;
        };
        if (!watch) {
            return Optional.empty();
        }
        var around = new DockerWatcher.Surroundings(
                config.hosts().getFirst(), ledger, registry, clocks.wall(), clocks.nanos());
        return Optional.of(DockerWatcher.start(vertx, config.docker(), around));
    }

    /** Probes of containers that are watched, and those that the operator asks for. */
    private static Optional<Probes> probe(
            GpuAgentConfig config,
            Vertx vertx,
            Containers containers,
            HealthLedger ledger,
            IntSupplier gpus,
            MeterRegistry registry,
            HostPoll.Clocks clocks) {
        if (containers.equals(Containers.NONE) && config.probes().isEmpty()) {
            return Optional.empty();
        }
        var around = new Probes.Surroundings(
                ledger, config.docker().rules()::watches, gpus, registry, clocks.wall(), clocks.nanos());
        return Optional.of(
                Probes.start(vertx, config.probes(), containers, config.docker().builtInProbes(), around));
    }

    /** Notes how many GPUs the driver lists, and tells the next. */
    private static HostListener counting(AtomicInteger gpus, HostListener next) {
        return new HostListener() {
            @Override
            public void seen(HostInfo info, Readings readings, List<@Nullable GpuIdentity> identities) {
                gpus.set(Math.max(0, readings.gpusVisible()));
                next.seen(info, readings, identities);
            }
        };
    }

    private static GpuSource nvml(
            GpuAgentConfig config, Nvml nvml, CurrentCall call, HostPoll.Clocks clocks, NvmlSource.Partners partners) {
        var host = new NvmlSource.Host(
                config.hostName(),
                config.expectedGpus(),
                config.nvml().pciRoot(),
                config.intervals().fast(),
                version());
        return new NvmlSource(nvml, host, config.nvml().options(), call, partners, clocks.wall(), clocks.nanos());
    }

    private static GpuSource simulated(
            GpuAgentConfig config,
            String host,
            FaultScript faults,
            InstantSource clock,
            AgentMetrics metrics,
            HostHealth health) {
        var simulated = config.simulated();
        return new SimulatedSource(
                new SimulatedSource.Host(
                        host,
                        simulated.gpus(),
                        simulated.seed(),
                        config.intervals().fast(),
                        faults,
                        version()),
                clock,
                metrics,
                health.kernelLog()::said);
    }

    /** One event loop and few threads beside it: the agent has little to do and must stay small. */
    private static VertxOptions small() {
        return new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }

    private static TopicSpec spec(Topic topic) {
        return new TopicSpec(topic.fullName(), topic.partitions(), topic.config());
    }

    private static String newAgentId() {
        byte[] id = new byte[8];
        new SecureRandom().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    static String version() {
        String version = GpuAgent.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    /** Where its metrics and health are served. */
    public int port() {
        return http.port();
    }

    /** Ends when polling or the watch of containers has ended by itself, which is a failure. */
    public CompletableFuture<Void> ended() {
        CompletableFuture<?> watching = docker.map(DockerWatcher::ended).orElseGet(CompletableFuture::new);
        return CompletableFuture.anyOf(poller.ended(), watching).thenAccept(_ -> {});
    }

    /** The containers of this host; none are known where nobody watches them. */
    public Containers containers() {
        return docker.<Containers>map(watcher -> watcher).orElse(Containers.NONE);
    }

    @Override
    public void close() {
        closer.close();
    }
}
