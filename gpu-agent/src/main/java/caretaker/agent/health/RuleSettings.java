package caretaker.agent.health;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The thresholds of {@link GpuRules}.
 *
 * @param changes by condition: what is other than {@link #defaults}
 * @param throttle how throttling is judged
 * @param pcieLoadPercent a PCIe link is judged while the GPU is at least that busy
 * @param nvlinks active NVLinks that each GPU should have; 0: those that its fabric needs, or that it had before;
 *     {@link #NO_NVLINKS}
 */
public record RuleSettings(Map<Condition, Change> changes, Throttle throttle, int pcieLoadPercent, int nvlinks) {
    /** None should be up, and those that were once are forgotten. */
    public static final int NO_NVLINKS = -1;

    /** As {@code docs/health.md} lists them. */
    public static final RuleSettings DEFAULT =
            new RuleSettings(Map.of(), new Throttle(Duration.ofMinutes(1), 20, 5), 50, 0);

    /** How long something has to be so before it is said. */
    public record Timing(Duration raiseAfter, Duration clearAfter) {}

    /** What somebody wants other than the default; null leaves it. */
    public record Change(
            boolean enabled,
            @Nullable Severity severity,
            @Nullable Duration raiseAfter,
            @Nullable Duration clearAfter) {}

    /** Throttling for so much of the window is raised, for so little of it is cleared. */
    public record Throttle(Duration window, int raisePercent, int clearPercent) {}

    private static final Duration NOW = Duration.ZERO;
    private static final Timing AT_ONCE = new Timing(NOW, NOW);

    private static final Map<Condition, Timing> DEFAULTS = times();

    /** The conditions that rules over readings raise, with the times that hold unless they are changed. */
    public static Map<Condition, Timing> defaults() {
        return DEFAULTS;
    }

    private static Map<Condition, Timing> times() {
        Map<Condition, Timing> defaults = new EnumMap<>(Condition.class);
        defaults.put(Condition.GPU_RECOVERY_ACTION, new Timing(NOW, Duration.ofSeconds(5)));
        defaults.put(Condition.GPU_COUNT_MISMATCH, new Timing(Duration.ofSeconds(10), Duration.ofSeconds(10)));
        defaults.put(Condition.GPU_THERMAL_THROTTLING, AT_ONCE);
        defaults.put(Condition.GPU_POWER_BRAKE, AT_ONCE);
        defaults.put(Condition.GPU_ECC_UNCORRECTED, new Timing(NOW, Duration.ofHours(24)));
        defaults.put(Condition.GPU_SRAM_THRESHOLD, AT_ONCE);
        defaults.put(Condition.GPU_PAGE_RETIREMENT_PENDING, AT_ONCE);
        defaults.put(Condition.GPU_ROW_REMAP_PENDING, AT_ONCE);
        defaults.put(Condition.GPU_ROW_REMAP_FAILURE, AT_ONCE);
        defaults.put(Condition.GPU_REPAIR_PENDING, AT_ONCE);
        defaults.put(Condition.GPU_MEMORY_UNREPAIRABLE, AT_ONCE);
        defaults.put(Condition.GPU_INFOROM_CORRUPT, AT_ONCE);
        defaults.put(Condition.GPU_PERSISTENCE_OFF, new Timing(Duration.ofMinutes(1), NOW));
        defaults.put(Condition.GPU_NVLINK_DOWN, new Timing(Duration.ofSeconds(30), Duration.ofSeconds(30)));
        defaults.put(Condition.GPU_FABRIC_UNHEALTHY, new Timing(Duration.ofSeconds(30), Duration.ofSeconds(30)));
        defaults.put(Condition.GPU_PCIE_DEGRADED, new Timing(Duration.ofMinutes(1), Duration.ofMinutes(1)));
        return Collections.unmodifiableMap(defaults);
    }

    /** The times of a condition. */
    Timing timing(Condition condition) {
        Timing timing = DEFAULTS.getOrDefault(condition, AT_ONCE);
        Change change = changes.get(condition);
        if (change == null) {
            return timing;
        }
        return new Timing(
                change.raiseAfter() == null ? timing.raiseAfter() : change.raiseAfter(),
                change.clearAfter() == null ? timing.clearAfter() : change.clearAfter());
    }

    boolean isEnabled(Condition condition) {
        Change change = changes.get(condition);
        return change == null || change.enabled();
    }

    /** The severity of a finding, unless somebody wants another one. */
    Severity severity(Condition condition, Severity found) {
        Change change = changes.get(condition);
        return change == null || change.severity() == null ? found : change.severity();
    }
}
