package caretaker.agent.health;

import caretaker.contracts.Column;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.Severity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the values of one moment say of a condition, where no time before it matters. */
final class RuleSight {
    /** A value that is one or the other. */
    private record Flag(Condition condition, Column column, long bad, String what) {}

    private static final List<Flag> FLAGS = List.of(
            new Flag(
                    Condition.GPU_SRAM_THRESHOLD,
                    Column.SRAM_ECC_THRESHOLD_EXCEEDED,
                    1,
                    "has more SRAM errors than its maker allows"),
            new Flag(
                    Condition.GPU_PAGE_RETIREMENT_PENDING,
                    Column.RETIRED_PAGES_PENDING,
                    1,
                    "has memory pages that are taken out at the next reset"),
            new Flag(
                    Condition.GPU_ROW_REMAP_PENDING,
                    Column.ROW_REMAP_PENDING,
                    1,
                    "has a memory row that is replaced at the next reset"),
            new Flag(
                    Condition.GPU_ROW_REMAP_FAILURE,
                    Column.ROW_REMAP_FAILURE,
                    1,
                    "could not replace a bad memory row: no spare one is left"),
            new Flag(
                    Condition.GPU_REPAIR_PENDING,
                    Column.REPAIR_PENDING_CHANNEL,
                    1,
                    "has a memory channel that is repaired at the next reset"),
            new Flag(
                    Condition.GPU_REPAIR_PENDING,
                    Column.REPAIR_PENDING_TPC,
                    1,
                    "has a processor cluster that is repaired at the next reset"),
            new Flag(
                    Condition.GPU_MEMORY_UNREPAIRABLE,
                    Column.MEMORY_UNREPAIRABLE,
                    1,
                    "has memory that cannot be repaired"),
            new Flag(Condition.GPU_INFOROM_CORRUPT, Column.INFOROM_VALID, 0, "has an InfoROM whose checksum is wrong"),
            new Flag(
                    Condition.GPU_PERSISTENCE_OFF,
                    Column.PERSISTENCE_MODE,
                    0,
                    "is not in persistence mode: it is set up anew for each program"));

    private static final List<Column> FABRIC_CHECKS = List.of(
            Column.FABRIC_HEALTH_DEGRADED_BANDWIDTH,
            Column.FABRIC_HEALTH_ROUTE_RECOVERY,
            Column.FABRIC_HEALTH_ROUTE_UNHEALTHY,
            Column.FABRIC_HEALTH_ACCESS_TIMEOUT_RECOVERY,
            Column.FABRIC_HEALTH_INCORRECT_CONFIGURATION);

    private RuleSight() {}

    static Hysteresis.Sight bad(
            GpuReading gpu, Condition condition, String code, String what, Map<String, String> evidence) {
        return bad(gpu, condition, condition.severity(), condition.action(), code, what, evidence);
    }

    private static Hysteresis.Sight bad(
            GpuReading gpu,
            Condition condition,
            Severity severity,
            Action action,
            String code,
            String what,
            Map<String, String> evidence) {
        return new Hysteresis.Sight.Bad(new Finding(
                condition,
                severity,
                action,
                Finding.gpu(gpu.uuid(), gpu.index()),
                code,
                "GPU " + gpu.index() + " " + what,
                evidence));
    }

    /** A condition that one or two values tell by themselves. */
    static Hysteresis.Sight flags(GpuReading gpu, Condition condition) {
        Hysteresis.Sight sight = Hysteresis.Sight.SILENT;
        for (Flag flag : FLAGS) {
            if (flag.condition() == condition && gpu.has(flag.column())) {
                if (gpu.get(flag.column()) == flag.bad()) {
                    String value = Long.toString(flag.bad());
                    return bad(
                            gpu,
                            condition,
                            "",
                            flag.what(),
                            Map.of(flag.column().fieldName(), value));
                }
                sight = Hysteresis.Sight.GOOD;
            }
        }
        return sight;
    }

    static Hysteresis.Sight recoveryAction(GpuReading gpu) {
        if (!gpu.has(Column.RECOVERY_ACTION)) {
            return Hysteresis.Sight.SILENT;
        }
        long number = gpu.get(Column.RECOVERY_ACTION);
        Action action = RecoveryAction.advice(number);
        if (action == Action.NONE) {
            return Hysteresis.Sight.GOOD;
        }
        String word = RecoveryAction.word(number);
        return bad(
                gpu,
                Condition.GPU_RECOVERY_ACTION,
                action == Action.RESTART_APP ? Severity.WARNING : Severity.CRITICAL,
                action,
                Long.toString(number),
                "asks for " + word.replace('_', ' '),
                Map.of("recoveryAction", word));
    }

    static Hysteresis.Sight nvlinks(GpuReading gpu, long expected) {
        if (!gpu.has(Column.NVLINK_ACTIVE)) {
            return Hysteresis.Sight.SILENT;
        }
        long active = gpu.get(Column.NVLINK_ACTIVE);
        return active >= expected
                ? Hysteresis.Sight.GOOD
                : bad(
                        gpu,
                        Condition.GPU_NVLINK_DOWN,
                        "",
                        "has " + active + " of " + expected + " NVLinks up",
                        Map.of("active", Long.toString(active), "expected", Long.toString(expected)));
    }

    static Hysteresis.Sight fabric(GpuReading gpu) {
        Hysteresis.Sight sight = Hysteresis.Sight.SILENT;
        for (Column check : FABRIC_CHECKS) {
            if (gpu.has(check)) {
                if (gpu.get(check) != 0) {
                    String name = check.labelValues().getFirst().replaceFirst("^check=", "");
                    return bad(
                            gpu,
                            Condition.GPU_FABRIC_UNHEALTHY,
                            name,
                            "reports a fault of the NVLink fabric: " + name.replace('_', ' '),
                            Map.of("check", name));
                }
                sight = Hysteresis.Sight.GOOD;
            }
        }
        return sight;
    }

    /** Only where the GPU has been busy: at idle the link slows down by design. */
    static Hysteresis.Sight pcie(GpuReading gpu) {
        String generation = below(gpu, Column.PCIE_LINK_GENERATION, Column.PCIE_LINK_GENERATION_MAX);
        String width = below(gpu, Column.PCIE_LINK_WIDTH, Column.PCIE_LINK_WIDTH_MAX);
        if (generation == null && width == null) {
            return Hysteresis.Sight.SILENT;
        }
        if ((generation == null || generation.isEmpty()) && (width == null || width.isEmpty())) {
            return Hysteresis.Sight.GOOD;
        }
        String which = generation != null && !generation.isEmpty() ? "generation " + generation : "width " + width;
        return bad(
                gpu,
                Condition.GPU_PCIE_DEGRADED,
                "",
                "has a PCIe link of " + which + " under load",
                Map.of(
                        "generation", text(gpu, Column.PCIE_LINK_GENERATION),
                        "generationMax", text(gpu, Column.PCIE_LINK_GENERATION_MAX),
                        "width", text(gpu, Column.PCIE_LINK_WIDTH),
                        "widthMax", text(gpu, Column.PCIE_LINK_WIDTH_MAX),
                        "utilizationPercent", text(gpu, Column.UTILIZATION_PERCENTAGE)));
    }

    /** Null: not offered. Empty: as it should be. */
    private static @Nullable String below(GpuReading gpu, Column now, Column most) {
        if (!gpu.has(now) || !gpu.has(most)) {
            return null;
        }
        return gpu.get(now) < gpu.get(most) ? gpu.get(now) + " instead of " + gpu.get(most) : "";
    }

    static String text(GpuReading gpu, Column column) {
        return gpu.has(column) ? Long.toString(gpu.get(column)) : "";
    }
}
