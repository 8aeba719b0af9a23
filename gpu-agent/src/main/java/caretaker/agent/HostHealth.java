package caretaker.agent;

import caretaker.agent.containers.ContainerLookup;
import caretaker.agent.health.Finding;
import caretaker.agent.health.GpuRules;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.health.LostGpus;
import caretaker.agent.kernel.KernelLogListener;
import caretaker.agent.nvml.EventSet;
import caretaker.agent.nvml.NvmlReturn;
import caretaker.agent.poll.HostPoll;
import caretaker.agent.poll.Judge;
import caretaker.agent.sampling.DriverEventListener;
import caretaker.agent.xid.KernelMessage;
import caretaker.agent.xid.KernelMessages;
import caretaker.agent.xid.XidCounts;
import caretaker.agent.xid.XidListener;
import caretaker.agent.xid.XidTable;
import caretaker.agent.xid.XidWatch;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The health of one host's GPUs: what its readings, its driver's events and its kernel's log say goes through the rules
 * and the XID watch into the ledger. Called by the poll thread, the event thread and the kernel log's thread.
 */
final class HostHealth implements Judge {
    static final String RULES = "rules";

    private final HealthLedger ledger;
    private final XidSources sources;
    private final GpuRules rules;
    private final LostGpus lost;
    private final XidCounts counts;
    private final XidWatch watch;
    private final KernelLogMetrics metrics;
    private final LongSupplier nanos;
    private final KernelLogInput kernelLog = new KernelLogInput();

    // Of the poll thread.
    private final List<XidWatch.Gpu> gpus = new ArrayList<>();

    private HostHealth(
            HealthLedger ledger,
            XidSources sources,
            GpuRules rules,
            LostGpus lost,
            XidCounts counts,
            XidWatch watch,
            KernelLogMetrics metrics,
            LongSupplier nanos) {
        this.ledger = ledger;
        this.sources = sources;
        this.rules = rules;
        this.lost = lost;
        this.counts = counts;
        this.watch = watch;
        this.metrics = metrics;
        this.nanos = nanos;
    }

    /**
     * What it works with, the same for every host of a process.
     *
     * @param hasDriver whether there is a driver here whose events could be asked for
     * @param readsLog whether the kernel's log is to be read
     */
    record Surroundings(
            HealthConfig config,
            boolean hasDriver,
            boolean readsLog,
            XidTable table,
            ContainerLookup containers,
            XidListener xidMetrics,
            KernelLogMetrics logMetrics,
            HostPoll.Clocks clocks,
            XidWatch.Later later) {}

    static Surroundings surroundings(
            GpuAgentConfig config,
            ContainerLookup containers,
            MeterRegistry registry,
            HostPoll.Clocks clocks,
            Vertx vertx) {
        XidTable table = XidTable.load();
        boolean one = config.hosts().size() == 1; // many made-up hosts would be a hundred series for each of their GPUs
        return new Surroundings(
                config.health(),
                config.source() == GpuAgentConfig.Source.NVML,
                config.kernelLog().source() != KernelLogConfig.Source.NONE,
                table,
                containers,
                one ? new XidMetrics(registry, config.hostName(), table) : XidListener.NONE,
                new KernelLogMetrics(registry, config.hostName()),
                clocks,
                (delay, task) -> vertx.setTimer(Math.max(1, delay.toMillis()), _ -> task.run()));
    }

    static HostHealth of(String name, HealthLedger ledger, Surroundings with) {
        HealthEvent.Entity host = Finding.host(name);
        var lost = new LostGpus(ledger);
        var counts = new XidCounts(with.xidMetrics());
        counts.restore(ledger.xids());
        ledger.countedBy(counts::counted);
        var outlet = new XidWatch.Outlet() {
            @Override
            public void occurred(Finding finding) {
                ledger.occurred(finding);
            }

            @Override
            public void lost(Finding finding) {
                if (finding.entity().kind() == HealthEvent.Entity.Kind.GPU) {
                    lost.lost(finding);
                }
            }
        };
        var watch = new XidWatch(
                with.config().xids(),
                new XidWatch.Surroundings(host, with.config().policy(with.table()), with.containers(), outlet, counts),
                with.clocks().wall(),
                with.clocks().nanos(),
                with.later());
        var rules = new GpuRules(host, with.config().rules());
        rules.restore(ledger.gpus());
        return new HostHealth(
                ledger,
                new XidSources(host, ledger, with.hasDriver(), with.readsLog()),
                rules,
                lost,
                counts,
                watch,
                with.logMetrics(),
                with.clocks().nanos());
    }

    @Override
    public void polled(Tier tier, Readings readings, List<@Nullable GpuIdentity> identities, List<Finding> found) {
        gpus.clear();
        List<GpuReading> all = readings.gpus();
        for (int i = 0; i < all.size(); i++) {
            GpuReading gpu = all.get(i);
            GpuIdentity identity = i < identities.size() ? identities.get(i) : null;
            gpus.add(new XidWatch.Gpu(gpu.uuid(), gpu.index(), identity == null ? "" : identity.pciBusId()));
        }
        watch.gpus(gpus);
        for (GpuReading gpu : all) {
            if (gpu.has(Column.RECOVERY_ACTION)) {
                watch.recoveryAction(gpu.uuid(), gpu.get(Column.RECOVERY_ACTION));
            }
        }
        counts.write(readings);
        if (counts.hasChanged()) {
            ledger.counted();
        }
        long now = nanos.getAsLong();
        GpuRules.Judgement judgement = rules.judge(tier, readings, found, now);
        ledger.heard(all);
        ledger.settle(RULES, judgement.raised());
        judgement.occurred().forEach(ledger::occurred);
        if (tier != Tier.FAST) {
            ledger.learnt(rules.memory());
        }
        lost.polled(readings, now);
    }

    /** What the driver tells by itself, on the event thread. */
    DriverEventListener driverEvents() {
        return new DriverEventListener() {
            @Override
            public void event(String uuid, int gpuIndex, long eventType, long data) {
                if (eventType == EventSet.XID && data >= 1 && data <= XidTable.MAX_CODE) {
                    watch.driver(uuid, gpuIndex, (int) data);
                }
            }

            @Override
            public void lost(String uuid, int gpuIndex) {
                if (!uuid.isEmpty()) {
                    lost.lost(new Finding(
                            Condition.GPU_LOST,
                            Finding.gpu(uuid, gpuIndex),
                            Integer.toString(NvmlReturn.GPU_IS_LOST.code()),
                            "GPU " + gpuIndex + " is lost, says an event of the driver",
                            Map.of("source", "nvml")));
                }
            }

            @Override
            public void unavailable(String reason) {
                sources.events(reason);
            }

            @Override
            public void available() {
                sources.events(null);
            }
        };
    }

    KernelLogInput kernelLog() {
        return kernelLog;
    }

    /** What the kernel says: of the kernel log's thread, or of the thread that makes it up. */
    final class KernelLogInput implements KernelLogListener {
        private final KernelMessages messages = new KernelMessages();

        /** Something that was said now. */
        void said(String text) {
            message(text, Duration.ZERO);
        }

        @Override
        public void message(String text, Duration age) {
            metrics.read();
            for (KernelMessage message : messages.parse(text)) {
                watch.kernel(message, age);
            }
        }

        @Override
        public void available() {
            metrics.available(true);
            watch.linesExpected(true);
            sources.kernelLog(null);
        }

        @Override
        public void unavailable(String reason) {
            metrics.available(false);
            watch.linesExpected(false);
            sources.kernelLog(reason);
        }

        @Override
        public void lost(long messages) {
            metrics.lost(messages);
        }

        @Override
        public void garbage(long lines) {
            metrics.garbage(lines);
        }
    }
}
