package caretaker.alerts.builtin;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Severity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A built-in alert: one of each health condition, and one of each of the other troubles that are told.
 *
 * @param name what the settings call it: {@code gpu.lost}, {@code host.silent}
 * @param alertname the same as a label: {@code GpuLost}
 * @param severity unless the event or the settings know better
 * @param waits how long it must have lasted before it fires
 * @param lasts how long it fires where nothing ever says that it is over; null where something does
 * @param runbook file and section below the folder of the documentation
 */
public record Kind(
        String name,
        String alertname,
        Severity severity,
        Duration waits,
        @Nullable Duration lasts,
        String runbook) {

    /** For what has no duration: long enough to be seen, short enough to end. */
    static final Duration OCCURRED_LASTS = Duration.ofMinutes(15);

    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Duration A_DAY = Duration.ofDays(1);
    private static final String PAGE = "built-in-alerts.md#";
    private static final String HEALTH = "health.md#";

    static final Kind HOST_SILENT = lasting("host.silent", Severity.CRITICAL, "hosts");
    static final Kind RECOVERY_FAILED = passing("recovery.failed", Severity.WARNING, AN_HOUR, "recoveries");
    static final Kind RECOVERY_QUARANTINED = lasting("recovery.quarantined", Severity.CRITICAL, "recoveries");
    static final Kind RECOVERY_ESCALATED = passing("recovery.escalated", Severity.CRITICAL, A_DAY, "recoveries");
    static final Kind RECOVERY_FLAPPING = passing("recovery.flapping", Severity.WARNING, AN_HOUR, "recoveries");
    static final Kind RECOVERY_BREAKER_OPEN = lasting("recovery.breaker-open", Severity.CRITICAL, "recoveries");
    static final Kind RECOVERY_PAUSED = lasting("recovery.paused", Severity.INFO, "recoveries");
    static final Kind BACKUP_FAILED = lasting("backup.failed", Severity.WARNING, "backups");
    static final Kind BACKUP_PARTIAL = lasting("backup.partial", Severity.WARNING, "backups");
    static final Kind BACKUP_SUSPICIOUS = lasting("backup.suspicious", Severity.WARNING, "backups");
    static final Kind BACKUP_MISSING = lasting("backup.missing", Severity.CRITICAL, "backups");
    static final Kind BACKUP_VERIFICATION_FAILED = lasting("backup.verification-failed", Severity.CRITICAL, "backups");
    static final Kind BACKUP_PRUNING_FAILED = lasting("backup.pruning-failed", Severity.WARNING, "backups");
    static final Kind RESTORE_FAILED = passing("restore.failed", Severity.CRITICAL, A_DAY, "backups");
    static final Kind RESTORE_DRILL_FAILED = lasting("restore.drill-failed", Severity.CRITICAL, "backups");
    static final Kind NOTIFICATIONS_UNDELIVERED =
            lasting("notifications.undelivered", Severity.CRITICAL, "notifications");

    private static final Set<Condition> WITHOUT_DURATION =
            EnumSet.of(Condition.GPU_XID, Condition.GPU_SXID, Condition.GPU_MIG_CHANGED);

    /** What a service that is started anew mends by itself within a minute is told to nobody. */
    private static final Set<Condition> MENDED_SOON = EnumSet.of(
            Condition.CONTAINER_EXITED,
            Condition.CONTAINER_UNHEALTHY,
            Condition.PROBE_FAILED,
            Condition.DOCKER_UNAVAILABLE,
            Condition.GPU_EVENTS_UNAVAILABLE,
            Condition.DCGM_UNAVAILABLE);

    private static final Map<Condition, Kind> CONDITIONS = conditions();
    private static final List<Kind> ALL = all(CONDITIONS);
    private static final Map<String, Kind> BY_ALERTNAME = byAlertname(ALL);

    private static Kind lasting(String name, Severity severity, String section) {
        return new Kind(name, camelCase(name), severity, Duration.ZERO, null, PAGE + section);
    }

    private static Kind passing(String name, Severity severity, Duration lasts, String section) {
        return new Kind(name, camelCase(name), severity, Duration.ZERO, lasts, PAGE + section);
    }

    private static Map<Condition, Kind> conditions() {
        Map<Condition, Kind> kinds = new EnumMap<>(Condition.class);
        for (Condition condition : Condition.values()) {
            kinds.put(
                    condition,
                    new Kind(
                            condition.wire(),
                            camelCase(condition.wire()),
                            condition.severity(),
                            MENDED_SOON.contains(condition) ? A_MINUTE : Duration.ZERO,
                            WITHOUT_DURATION.contains(condition) ? OCCURRED_LASTS : null,
                            HEALTH + section(condition)));
        }
        return kinds;
    }

    /** The section of {@code docs/health.md}. */
    private static String section(Condition condition) {
        return switch (condition) {
            case GPU_XID, GPU_SXID, GPU_EVENTS_UNAVAILABLE, KERNEL_LOG_UNAVAILABLE -> "xids";
            case GPU_LOST,
                    GPU_HUNG,
                    GPU_RESET_REQUIRED,
                    GPU_DRIVER_GONE,
                    GPU_DRIVER_MISMATCH,
                    GPU_DEVICE_NODES_LOST,
                    GPU_POWER_CABLE,
                    GPU_INTERRUPTS -> "gpus-by-the-drivers-answers";
            case GPU_RECOVERY_ACTION,
                    GPU_COUNT_MISMATCH,
                    GPU_THERMAL_THROTTLING,
                    GPU_POWER_BRAKE,
                    GPU_ECC_UNCORRECTED,
                    GPU_SRAM_THRESHOLD,
                    GPU_PAGE_RETIREMENT_PENDING,
                    GPU_ROW_REMAP_PENDING,
                    GPU_ROW_REMAP_FAILURE,
                    GPU_REPAIR_PENDING,
                    GPU_MEMORY_UNREPAIRABLE,
                    GPU_INFOROM_CORRUPT,
                    GPU_PERSISTENCE_OFF,
                    GPU_NVLINK_DOWN,
                    GPU_FABRIC_UNHEALTHY,
                    GPU_PCIE_DEGRADED,
                    GPU_MIG_CHANGED -> "gpus-by-their-readings";
            case GPU_CONTAINER_LOST_GPU,
                    CONTAINER_EXITED,
                    CONTAINER_UNHEALTHY,
                    CONTAINER_OOM_KILLED,
                    CONTAINER_RESTART_LOOP,
                    DOCKER_UNAVAILABLE -> "containers";
            case PROBE_FAILED, DCGM_UNAVAILABLE -> "probes-and-other-sources";
        };
    }

    private static List<Kind> all(Map<Condition, Kind> conditions) {
        List<Kind> all = new ArrayList<>(conditions.values());
        all.addAll(List.of(
                HOST_SILENT,
                RECOVERY_FAILED,
                RECOVERY_QUARANTINED,
                RECOVERY_ESCALATED,
                RECOVERY_FLAPPING,
                RECOVERY_BREAKER_OPEN,
                RECOVERY_PAUSED,
                BACKUP_FAILED,
                BACKUP_PARTIAL,
                BACKUP_SUSPICIOUS,
                BACKUP_MISSING,
                BACKUP_VERIFICATION_FAILED,
                BACKUP_PRUNING_FAILED,
                RESTORE_FAILED,
                RESTORE_DRILL_FAILED,
                NOTIFICATIONS_UNDELIVERED));
        return List.copyOf(all);
    }

    private static Map<String, Kind> byAlertname(List<Kind> all) {
        Map<String, Kind> kinds = new HashMap<>();
        all.forEach(kind -> kinds.put(kind.alertname, kind));
        return Map.copyOf(kinds);
    }

    private static String camelCase(String name) {
        var words = new StringBuilder();
        for (String word : name.split("[.-]", -1)) {
            words.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
        }
        return words.toString();
    }

    /** Whether it is of a health condition. */
    boolean isCondition() {
        return runbook.startsWith(HEALTH);
    }

    static Kind of(Condition condition) {
        Kind kind = CONDITIONS.get(condition);
        if (kind == null) {
            throw new IllegalStateException("no alert of " + condition);
        }
        return kind;
    }

    /** The kind with that alertname, or null. */
    static @Nullable Kind ofAlertname(String alertname) {
        return BY_ALERTNAME.get(alertname);
    }

    /** Each of them, health conditions first. */
    public static List<Kind> all() {
        return ALL;
    }
}
