package caretaker.agent.health;

import caretaker.contracts.Column.Tier;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.Readings;
import caretaker.contracts.WireName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a host's readings say is wrong with it. Every condition has a time that it must last before it is raised, and
 * one that it must be gone before it is cleared; {@code docs/health.md} lists them.
 *
 * <p>A value that is absent neither raises nor clears. A GPU that does not answer keeps what was raised. One thread
 * uses it.
 */
public final class GpuRules {
    /** GPUs that are remembered; a host has fewer. */
    private static final int MOST = 512;

    /**
     * What a poll has shown.
     *
     * @param occurred what has no duration
     */
    public record Judgement(List<Finding> raised, List<Finding> occurred) {}

    private final HealthEvent.Entity host;
    private final RuleSettings settings;
    private final Map<String, GpuWatch> gpus = new HashMap<>();
    private final Map<String, GpuMemory> memory = new TreeMap<>();
    private final Hysteresis count;

    public GpuRules(HealthEvent.Entity host, RuleSettings settings) {
        this.host = host;
        this.settings = settings;
        RuleSettings.Timing timing = settings.timing(Condition.GPU_COUNT_MISMATCH);
        count = new Hysteresis(timing.raiseAfter(), timing.clearAfter());
    }

    /** Goes on with what a former run knew of its GPUs. To be called before the first poll. */
    public void restore(List<GpuMemory> former) {
        former.forEach(gpu -> memory.put(gpu.uuid(), gpu));
    }

    /** What a later run should know, of GPUs that are away too. */
    public List<GpuMemory> memory() {
        gpus.forEach((uuid, watch) -> {
            GpuMemory now = watch.memory(uuid);
            boolean isWorth = now.eccAccepted() > 0 || now.nvlinks() > 0 || memory.containsKey(uuid);
            if (isWorth && WireName.isValid(uuid)) {
                memory.put(uuid, now);
            }
        });
        return List.copyOf(memory.values());
    }

    /**
     * Looks at the readings of one poll. A GPU that answers and about which a warning is raised becomes
     * {@link GpuState#DEGRADED}.
     *
     * @param found what the source of the readings has found by itself
     */
    public Judgement judge(Tier tier, Readings readings, List<Finding> found, long nanos) {
        List<Finding> raised = new ArrayList<>();
        List<Finding> occurred = new ArrayList<>();
        for (GpuReading gpu : readings.gpus()) {
            GpuWatch watch = gpus.get(gpu.uuid());
            if (watch == null && gpus.size() < MOST) {
                watch = new GpuWatch(settings);
                gpus.put(gpu.uuid(), watch);
                GpuMemory former = memory.get(gpu.uuid());
                if (former != null) {
                    watch.restore(former);
                }
            }
            if (watch != null) {
                int before = raised.size();
                watch.look(gpu, tier, nanos, raised, occurred);
                if (gpu.state() == GpuState.OK && isDegraded(raised.subList(before, raised.size()))) {
                    gpu.state(GpuState.DEGRADED);
                }
            }
        }
        Finding missing =
                settings.isEnabled(Condition.GPU_COUNT_MISMATCH) ? count.see(counts(readings, found), nanos) : null;
        if (missing != null) {
            raised.add(missing);
        }
        return new Judgement(raised, occurred);
    }

    private static boolean isDegraded(List<Finding> raised) {
        for (Finding finding : raised) {
            if (finding.severity() != Severity.INFO) {
                return true;
            }
        }
        return false;
    }

    /** Which of the three counts differ. A driver that does not answer at all is another matter, told elsewhere. */
    private Hysteresis.Sight counts(Readings readings, List<Finding> found) {
        int expected = readings.gpusExpected();
        int visible = readings.gpusVisible();
        int onPci = readings.gpusOnPci();
        boolean driverGone = found.stream().anyMatch(finding -> finding.entity().equals(host));
        if (driverGone || visible == Readings.UNKNOWN || expected == Readings.UNKNOWN) {
            return Hysteresis.Sight.SILENT;
        }
        String what = "";
        if (visible < expected) { // as many as are expected are enough, whatever else is on the bus
            what = onPci > visible
                    ? "the driver lists " + visible + " of " + onPci + " GPUs that are on the PCI bus"
                    : "the driver lists " + visible + " GPUs of " + expected + " expected ones"
                            + (onPci == visible ? ", and the PCI bus has no more" : "");
        } else if (visible > expected) {
            what = "the driver lists " + visible + " GPUs, more than the " + expected + " expected ones";
        }
        if (what.isEmpty()) {
            return Hysteresis.Sight.GOOD;
        }
        return new Hysteresis.Sight.Bad(new Finding(
                Condition.GPU_COUNT_MISMATCH,
                settings.severity(Condition.GPU_COUNT_MISMATCH, Condition.GPU_COUNT_MISMATCH.severity()),
                Condition.GPU_COUNT_MISMATCH.action(),
                host,
                expected + "/" + visible + "/" + onPci,
                what,
                Map.of(
                        "expected", Integer.toString(expected),
                        "visible", Integer.toString(visible),
                        "onPci", onPci == Readings.UNKNOWN ? "unknown" : Integer.toString(onPci))));
    }
}
