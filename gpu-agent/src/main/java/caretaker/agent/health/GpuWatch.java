package caretaker.agent.health;

import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the rules remember of one GPU. Of the poll thread. */
final class GpuWatch {
    private static final long SW_THERMAL = 0x20;
    private static final long HW_THERMAL = 0x40;
    private static final long HW_POWER_BRAKE = 0x80;

    /** A GPU that was busy for so long has its link at full speed. */
    private static final long BUSY_NANOS = Duration.ofSeconds(10).toNanos();

    private final RuleSettings settings;
    private final Map<Condition, Hysteresis> states = new EnumMap<>(Condition.class);
    private final Share thermal;
    private final Share brake;
    private long lastNanos;
    private long thermalNanos = -1;
    private long busySince = Long.MIN_VALUE;
    private boolean busy;
    private long eccLast = -1;
    private long eccAccepted;
    private long eccRisen;
    private long mostNvlinks;
    private long migMode = -1;
    private long migInstances = -1;
    private boolean seen;

    GpuWatch(RuleSettings settings) {
        this.settings = settings;
        thermal = new Share(settings.throttle().window());
        brake = new Share(settings.throttle().window());
    }

    /** Goes on with what a former run knew. Fewer errors than were accepted then: there was a reset. */
    void restore(GpuMemory former) {
        eccAccepted = former.eccAccepted();
        eccLast = former.eccAccepted();
        mostNvlinks = former.nvlinks();
    }

    GpuMemory memory(String uuid) {
        return new GpuMemory(uuid, eccAccepted, mostNvlinks);
    }

    /** Adds what is raised now to {@code raised}, and what has no duration to {@code occurred}. */
    void look(GpuReading gpu, Tier tier, long nanos, List<Finding> raised, List<Finding> occurred) {
        see(Condition.GPU_RECOVERY_ACTION, RuleSight.recoveryAction(gpu), nanos, raised);
        if (gpu.state().answers()) {
            throttling(gpu, nanos, raised);
            see(Condition.GPU_NVLINK_DOWN, RuleSight.nvlinks(gpu, nvlinks(gpu)), nanos, raised);
            see(Condition.GPU_FABRIC_UNHEALTHY, RuleSight.fabric(gpu), nanos, raised);
            see(Condition.GPU_PCIE_DEGRADED, pcie(gpu, tier, nanos), nanos, raised);
            see(Condition.GPU_ECC_UNCORRECTED, ecc(gpu, nanos), nanos, raised);
            see(Condition.GPU_SRAM_THRESHOLD, flags(gpu, Condition.GPU_SRAM_THRESHOLD), nanos, raised);
            see(
                    Condition.GPU_PAGE_RETIREMENT_PENDING,
                    flags(gpu, Condition.GPU_PAGE_RETIREMENT_PENDING),
                    nanos,
                    raised);
            see(Condition.GPU_ROW_REMAP_PENDING, flags(gpu, Condition.GPU_ROW_REMAP_PENDING), nanos, raised);
            see(Condition.GPU_ROW_REMAP_FAILURE, flags(gpu, Condition.GPU_ROW_REMAP_FAILURE), nanos, raised);
            see(Condition.GPU_REPAIR_PENDING, flags(gpu, Condition.GPU_REPAIR_PENDING), nanos, raised);
            see(Condition.GPU_MEMORY_UNREPAIRABLE, flags(gpu, Condition.GPU_MEMORY_UNREPAIRABLE), nanos, raised);
            see(Condition.GPU_PERSISTENCE_OFF, flags(gpu, Condition.GPU_PERSISTENCE_OFF), nanos, raised);
            see(Condition.GPU_INFOROM_CORRUPT, flags(gpu, Condition.GPU_INFOROM_CORRUPT), nanos, raised);
            mig(gpu, occurred);
        } else {
            busy = false;
            thermalNanos = -1;
            states.values().forEach(state -> keep(state, nanos, raised));
        }
        lastNanos = nanos;
        seen = true;
    }

    /** A GPU that does not answer keeps what was raised, the recovery action aside, which was looked at. */
    private void keep(Hysteresis state, long nanos, List<Finding> raised) {
        Finding finding = state.see(Hysteresis.Sight.SILENT, nanos);
        if (finding != null && finding.condition() != Condition.GPU_RECOVERY_ACTION) {
            raised.add(finding);
        }
    }

    private void see(Condition condition, Hysteresis.Sight sight, long nanos, List<Finding> raised) {
        Hysteresis state = states.get(condition);
        if (state == null) {
            if (!(sight instanceof Hysteresis.Sight.Bad) || !settings.isEnabled(condition)) {
                return;
            }
            RuleSettings.Timing timing = settings.timing(condition);
            boolean ownTime = condition == Condition.GPU_ECC_UNCORRECTED; // counted from the last error, see ecc()
            state = new Hysteresis(timing.raiseAfter(), ownTime ? Duration.ZERO : timing.clearAfter());
            states.put(condition, state);
        }
        Finding finding = state.see(sight, nanos);
        if (finding != null) {
            raised.add(withSeverity(finding));
        }
    }

    private Finding withSeverity(Finding finding) {
        Severity wanted = settings.severity(finding.condition(), finding.severity());
        return wanted == finding.severity()
                ? finding
                : new Finding(
                        finding.condition(),
                        wanted,
                        finding.action(),
                        finding.entity(),
                        finding.code(),
                        finding.message(),
                        finding.evidence());
    }

    /** The bits say how it is now; the driver's clock of throttled time says what was between two polls. */
    private void throttling(GpuReading gpu, long nanos, List<Finding> raised) {
        if (!gpu.has(Column.CLOCK_EVENT_REASONS)) {
            see(Condition.GPU_THERMAL_THROTTLING, Hysteresis.Sight.SILENT, nanos, raised);
            see(Condition.GPU_POWER_BRAKE, Hysteresis.Sight.SILENT, nanos, raised);
            return;
        }
        long reasons = gpu.get(Column.CLOCK_EVENT_REASONS);
        long elapsed = seen ? Math.max(0, nanos - lastNanos) : 0;
        long hot = (reasons & (SW_THERMAL | HW_THERMAL)) != 0 ? elapsed : 0;
        if (gpu.has(Column.CLOCK_EVENT_THERMAL_NANOSECONDS)) {
            long total = gpu.get(Column.CLOCK_EVENT_THERMAL_NANOSECONDS);
            long more = thermalNanos < 0 ? 0 : Math.max(0, total - thermalNanos);
            hot = Math.max(hot, Math.min(elapsed, more));
            thermalNanos = total;
        }
        thermal.add(nanos, hot);
        brake.add(nanos, (reasons & HW_POWER_BRAKE) != 0 ? elapsed : 0);
        share(gpu, Condition.GPU_THERMAL_THROTTLING, thermal, "is slowed down by its temperature", nanos, raised);
        share(gpu, Condition.GPU_POWER_BRAKE, brake, "is slowed down by its power supply", nanos, raised);
    }

    private void share(GpuReading gpu, Condition condition, Share of, String what, long nanos, List<Finding> raised) {
        double percent = of.percent();
        Hysteresis state = states.get(condition);
        boolean isRaised = state != null && state.isRaised();
        Hysteresis.Sight sight = percent <= settings.throttle().clearPercent() || !isRaised
                ? Hysteresis.Sight.GOOD
                : Hysteresis.Sight.SILENT;
        if (percent >= settings.throttle().raisePercent()) {
            sight = RuleSight.bad(
                    gpu,
                    condition,
                    "",
                    what,
                    Map.of(
                            "percentOfWindow", String.format(Locale.ROOT, "%.0f", percent),
                            "window", settings.throttle().window().toSeconds() + " s",
                            "temperatureCelsius", RuleSight.text(gpu, Column.TEMPERATURE_CELSIUS),
                            "powerMilliwatts", RuleSight.text(gpu, Column.POWER_DRAW_MILLIWATTS),
                            "reasons", "0x" + Long.toHexString(gpu.get(Column.CLOCK_EVENT_REASONS))));
        }
        see(condition, sight, nanos, raised);
    }

    /**
     * How many NVLinks should be up. The driver counts the links that a GPU has, and a card without a bridge has as
     * many: they are expected only where there is a fabric, or after they were up.
     */
    private long nvlinks(GpuReading gpu) {
        if (settings.nvlinks() == RuleSettings.NO_NVLINKS) {
            mostNvlinks = 0; // whoever took the bridge out says so, and need not say it for ever
            return 0;
        }
        if (gpu.has(Column.NVLINK_ACTIVE)) {
            mostNvlinks = Math.max(mostNvlinks, gpu.get(Column.NVLINK_ACTIVE));
        }
        boolean hasFabric = gpu.has(Column.FABRIC_STATE) && gpu.get(Column.FABRIC_STATE) != 0;
        if (settings.nvlinks() > 0) {
            return settings.nvlinks();
        }
        return hasFabric && gpu.has(Column.NVLINK_EXPECTED)
                ? Math.max(mostNvlinks, gpu.get(Column.NVLINK_EXPECTED))
                : mostNvlinks;
    }

    private Hysteresis.Sight pcie(GpuReading gpu, Tier tier, long nanos) {
        boolean now = gpu.has(Column.UTILIZATION_PERCENTAGE)
                && gpu.get(Column.UTILIZATION_PERCENTAGE) >= settings.pcieLoadPercent();
        if (now && !busy) {
            busySince = nanos;
        }
        busy = now;
        boolean read = tier != Tier.FAST; // the link's state is of now, and not of half a minute ago
        return read && busy && nanos - busySince >= BUSY_NANOS ? RuleSight.pcie(gpu) : Hysteresis.Sight.SILENT;
    }

    /** Raised while there are errors that nobody has lived with for long enough; a reset begins the count again. */
    private Hysteresis.Sight ecc(GpuReading gpu, long nanos) {
        if (!gpu.has(Column.ECC_ERRORS_UNCORRECTED_VOLATILE)) {
            return Hysteresis.Sight.SILENT;
        }
        long count = gpu.get(Column.ECC_ERRORS_UNCORRECTED_VOLATILE);
        if (count < eccLast) {
            eccAccepted = 0;
        }
        if (count != eccLast) {
            eccRisen = nanos; // fewer: what there is came after the reset
        }
        eccLast = count;
        long patience =
                settings.timing(Condition.GPU_ECC_UNCORRECTED).clearAfter().toNanos();
        if (count > eccAccepted && nanos - eccRisen >= patience) {
            eccAccepted = count;
        }
        return count <= eccAccepted
                ? Hysteresis.Sight.GOOD
                : RuleSight.bad(
                        gpu,
                        Condition.GPU_ECC_UNCORRECTED,
                        "",
                        "has " + count + " uncorrectable memory errors since its driver was loaded or it was reset",
                        Map.of(
                                "volatile", Long.toString(count),
                                "aggregate", RuleSight.text(gpu, Column.ECC_ERRORS_UNCORRECTED_AGGREGATE)));
    }

    private static Hysteresis.Sight flags(GpuReading gpu, Condition condition) {
        return RuleSight.flags(gpu, condition);
    }

    private void mig(GpuReading gpu, List<Finding> occurred) {
        long mode = gpu.has(Column.MIG_MODE_CURRENT) ? gpu.get(Column.MIG_MODE_CURRENT) : migMode;
        long instances = gpu.has(Column.MIG_INSTANCES) ? gpu.get(Column.MIG_INSTANCES) : migInstances;
        boolean changed = (migMode >= 0 && mode != migMode) || (migInstances >= 0 && instances != migInstances);
        if (changed && settings.isEnabled(Condition.GPU_MIG_CHANGED)) {
            occurred.add(withSeverity(new Finding(
                    Condition.GPU_MIG_CHANGED,
                    Finding.gpu(gpu.uuid(), gpu.index()),
                    "",
                    "GPU " + gpu.index() + " is partitioned anew: MIG " + (mode == 1 ? "on" : "off") + ", "
                            + Math.max(0, instances) + " instances",
                    Map.of(
                            "mode", Long.toString(mode),
                            "instances", Long.toString(Math.max(0, instances)),
                            "modeBefore", Long.toString(migMode),
                            "instancesBefore", Long.toString(Math.max(0, migInstances))))));
        }
        migMode = mode;
        migInstances = instances;
    }
}
