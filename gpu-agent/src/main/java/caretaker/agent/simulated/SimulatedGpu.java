package caretaker.agent.simulated;

import static caretaker.contracts.Column.*;

import caretaker.agent.sampling.RejectedValues;
import caretaker.agent.sampling.RisingEdges;
import caretaker.contracts.Column;
import caretaker.contracts.Column.Tier;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import java.util.Locale;

/** One made-up GPU: what its load makes of its power, and its power of its temperature and clocks. */
final class SimulatedGpu {
    private static final long MEMORY_TOTAL = 81_559L << 20;
    private static final long MEMORY_RESERVED = 628L << 20;
    private static final long MEMORY_IDLE = 4L << 20;
    private static final double POWER_LIMIT = 700;
    private static final double SLOWDOWN_CELSIUS = 87;
    private static final long ALL_REASONS = 0x1FF;
    private static final long GPU_IDLE = 0x1;
    private static final long POWER_CAP = 0x4;
    private static final long HW_SLOWDOWN = 0x8;
    private static final long THERMAL = 0x20 | 0x40 | HW_SLOWDOWN;
    private static final long BRAKE = 0x80 | HW_SLOWDOWN;

    private final Noise noise;
    private final Workload workload;
    private final GpuIdentity identity;
    private final String uuid;
    private final double ambientCelsius;
    private final double fullWatts;
    private final long eccBefore;
    private final RisingEdges edges = new RisingEdges();
    private final SimulatedExtras extras;

    private Fault fault = Fault.BACK;
    private double utilization;
    private double highest;
    private double lowest;
    private double watts = 70;
    private double celsius;
    private double joules;
    private double clockMegahertz = 345;
    private long reasons = GPU_IDLE;
    private long powerNanos;
    private long thermalNanos;
    private long transmitted;
    private long received;
    private long eccCorrected;
    private long eccUncorrected;

    /** @param last whether it is the last one of its host */
    SimulatedGpu(Noise noise, Workload workload, int index, SimulatedExtras.Kind kind, boolean last) {
        this.noise = noise;
        this.workload = workload;
        uuid = uuid(noise.bits(), noise.bits());
        identity = new GpuIdentity(
                "NVIDIA H100 80GB HBM3",
                String.format(Locale.ROOT, "%08X:%02X:00.0", 0, 0x18 + 0x11 * (index % 13)),
                Long.toString(1_650_000_000_000L + (noise.bits() >>> 40)),
                "692-2G520-0200-000",
                "96.00.99.00.01",
                "Hopper",
                "9.0",
                Integer.toString(index),
                Integer.toString((index + 1) << 8),
                Integer.toString(index + 1));
        ambientCelsius = noise.between(25, 31);
        fullWatts = noise.between(640, 715);
        eccBefore = (long) noise.between(0, 12);
        // As if it had run for a while, for a day's worth of counters and no start from cold.
        utilization = workload.utilization() * 100;
        watts = targetWatts();
        celsius = targetCelsius();
        joules = noise.between(2e7, 6e7);
        received = (long) noise.between(1e12, 9e12);
        transmitted = (long) noise.between(1e11, 9e11);
        powerNanos = (long) noise.between(1e9, 9e12);
        extras = new SimulatedExtras(kind, noise, workload, index, last);
    }

    String uuid() {
        return uuid;
    }

    GpuIdentity identity() {
        return identity;
    }

    Fault fault() {
        return fault;
    }

    void fault(Fault next, long nowMillis) {
        if (next == Fault.ECC_UNCORRECTED && fault != next) {
            eccUncorrected++;
        }
        if (fault != next) {
            extras.fault(next, nowMillis);
        }
        if (next == Fault.RESET) {
            eccUncorrected = 0;
            eccCorrected = 0;
        }
        fault = next == Fault.RESET ? Fault.BACK : next;
    }

    /** One XID, which changes nothing else. */
    void xid(int code, long nowMillis) {
        extras.xid(code, nowMillis);
    }

    /** What the kernel says of an XID. */
    String kernelLine(int code) {
        String pci = identity.pciBusId().substring(4, 14).toLowerCase(Locale.ROOT);
        boolean ofProcess = code == 13 || code == 31 || code == 43 || code == 45 || code == 94;
        String process = ofProcess ? "pid=" + extras.pid() + ", name=python3" : "pid='<unknown>', name=<unknown>";
        String text = switch (code) {
            case 31 -> "Ch 00000010, intr 00000000. MMU Fault: ENGINE GRAPHICS faulted @ 0x7f92_9a53d000.";
            case 45 -> "Ch 00000010";
            case 48 -> "An uncorrectable double bit error (DBE) has been detected on GPU in the framebuffer";
            case 63 -> "Row Remapper: New row marked for remapping, reset gpu to activate.";
            case 79 -> "GPU has fallen off the bus.";
            case 94 -> "Contained: SM (0x1). RST: No, D-RST: No";
            case 95 -> "Uncontained: LTC TAG (0x2,0x0). RST: Yes, D-RST: No";
            default -> "simulated";
        };
        return "NVRM: Xid (PCI:" + pci + "): " + code + ", " + process + ", " + text;
    }

    GpuState state() {
        return switch (fault) {
            case LOST -> GpuState.LOST;
            case HUNG -> GpuState.HUNG;
            case RESET_REQUIRED -> GpuState.RESET_REQUIRED;
            default -> GpuState.OK;
        };
    }

    void advance(double seconds) {
        if (!state().answers()) {
            utilization = 0;
            watts = 70;
            celsius += (ambientCelsius + 4 - celsius) * Math.min(1, 0.05 * seconds);
            return;
        }
        double before = utilization;
        double target = workload.utilization() * 100;
        utilization += (target - utilization) * Math.min(1, 0.8 * seconds);
        double ripple = target == 0 ? 0 : noise.between(-2.5, 1.5);
        double now = clamp(utilization + ripple, 0, 100);
        highest = clamp(Math.max(before, now) + (target == 0 ? 0 : noise.between(0, 3)), 0, 100);
        lowest = clamp(Math.min(before, now) - (target == 0 ? 0 : noise.between(1, 9)), 0, 100);
        watts += (targetWatts() * noise.between(0.985, 1.015) - watts) * Math.min(1, 0.6 * seconds);
        celsius += (targetCelsius() - celsius) * Math.min(1, 0.06 * seconds);
        settleClock();
        count(seconds);
        extras.advance(seconds);
    }

    private double targetWatts() {
        double load = 70 + (fullWatts - 70) * Math.pow(utilization / 100, 0.85);
        return switch (fault) {
            case POWER_BRAKE -> Math.min(load, 290);
            case THERMAL_THROTTLE -> Math.min(load, 430);
            default -> Math.min(load, POWER_LIMIT);
        };
    }

    private double targetCelsius() {
        double quiet = ambientCelsius + 4 + watts * 0.048;
        return fault == Fault.THERMAL_THROTTLE ? Math.max(89, quiet + 20) : quiet;
    }

    private void settleClock() {
        long now = 0;
        double target = 1980;
        if (utilization < 1) {
            now = GPU_IDLE;
            target = 345;
        } else if (watts > POWER_LIMIT * 0.97) {
            now = POWER_CAP;
            target = 1980 - (watts - POWER_LIMIT * 0.97) * 12;
        }
        if (fault == Fault.THERMAL_THROTTLE && celsius > SLOWDOWN_CELSIUS - 4) {
            now |= THERMAL;
            target = Math.min(target, 1215);
        } else if (fault == Fault.POWER_BRAKE) {
            now |= BRAKE;
            target = Math.min(target, 660);
        }
        reasons = now;
        clockMegahertz = Math.round(target / 15) * 15; // the steps in which such clocks move
    }

    private void count(double seconds) {
        joules += watts * seconds;
        received += (long) (workload.received() * seconds * noise.between(0.9, 1.1));
        transmitted += (long) (workload.transmitted() * seconds * noise.between(0.9, 1.1));
        if ((reasons & POWER_CAP) != 0) {
            powerNanos += (long) (seconds * 1e9 * 0.4);
        }
        if ((reasons & THERMAL & ~HW_SLOWDOWN) != 0) {
            thermalNanos += (long) (seconds * 1e9);
        }
        if (noise.unit() < seconds / 7_200) {
            eccCorrected++; // one in two hours
        }
    }

    /** Writes the values of a tier and of all faster ones; a GPU that does not answer has none. */
    void write(Tier tier, GpuReading gpu, RejectedValues rejected) {
        writeFast(gpu, rejected);
        if (tier != Tier.FAST) {
            writeSlow(gpu, rejected);
        }
        if (tier == Tier.RARE) {
            writeRare(gpu, rejected);
        }
        extras.write(tier, utilization, gpu, rejected);
    }

    /** Writes what is known of a GPU that does not answer. */
    void writeEvents(GpuReading gpu, RejectedValues rejected) {
        extras.writeEvents(gpu, rejected);
    }

    private void writeFast(GpuReading gpu, RejectedValues rejected) {
        long percent = Math.round(clamp((highest + lowest) / 2, lowest, highest));
        rejected.set(gpu, UTILIZATION_PERCENTAGE, percent);
        rejected.set(gpu, UTILIZATION_MAX_PERCENTAGE, Math.max(percent, Math.round(highest)));
        rejected.set(gpu, UTILIZATION_MIN_PERCENTAGE, Math.min(percent, Math.round(lowest)));
        rejected.set(gpu, UTILIZATION_AVERAGE_MILLIPERCENT, Math.round((highest + lowest) * 500));
        rejected.set(gpu, MEMORY_UTILIZATION_PERCENTAGE, Math.round(utilization * 0.62));
        rejected.set(gpu, ENCODER_UTILIZATION_PERCENTAGE, 0);
        rejected.set(gpu, DECODER_UTILIZATION_PERCENTAGE, 0);
        long used = MEMORY_IDLE + (long) (workload.memory() * (MEMORY_TOTAL - MEMORY_RESERVED)) / (2 << 20) * (2 << 20);
        rejected.set(gpu, MEMORY_TOTAL_BYTES, MEMORY_TOTAL);
        rejected.set(gpu, MEMORY_RESERVED_BYTES, MEMORY_RESERVED);
        rejected.set(gpu, MEMORY_USED_BYTES, used);
        rejected.set(gpu, MEMORY_FREE_BYTES, MEMORY_TOTAL - MEMORY_RESERVED - used);
        rejected.set(gpu, TEMPERATURE_CELSIUS, Math.round(celsius));
        rejected.set(gpu, MEMORY_TEMPERATURE_CELSIUS, Math.round(celsius + 3 + utilization * 0.12));
        rejected.set(gpu, TEMPERATURE_MARGIN_CELSIUS, Math.round(SLOWDOWN_CELSIUS - celsius));
        rejected.set(gpu, POWER_DRAW_MILLIWATTS, Math.round(watts * 1000));
        rejected.set(gpu, POWER_DRAW_INSTANT_MILLIWATTS, Math.round((watts + (highest - lowest) * 0.7) * 1000));
        rejected.set(gpu, POWER_DRAW_MAX_MILLIWATTS, Math.round((watts + (highest - lowest) * 1.4) * 1000));
        rejected.set(gpu, ENERGY_MILLIJOULES, (long) (joules * 1000));
        rejected.set(gpu, CLOCK_GRAPHICS_MEGAHERTZ, (long) clockMegahertz);
        rejected.set(gpu, CLOCK_SM_MEGAHERTZ, (long) clockMegahertz);
        rejected.set(gpu, CLOCK_MEMORY_MEGAHERTZ, 2619);
        rejected.set(gpu, CLOCK_VIDEO_MEGAHERTZ, (long) Math.min(1545, clockMegahertz + 210));
        rejected.set(gpu, PERFORMANCE_STATE, 0);
        rejected.set(gpu, CLOCK_EVENT_REASONS, reasons);
        rejected.set(gpu, CLOCK_EVENT_REASONS_SUPPORTED, ALL_REASONS);
        rejected.set(gpu, CLOCK_EVENT_POWER_NANOSECONDS, powerNanos);
        rejected.set(gpu, CLOCK_EVENT_THERMAL_NANOSECONDS, thermalNanos);
        rejected.set(gpu, CLOCK_EVENT_SYNC_BOOST_NANOSECONDS, 0);
        rejected.set(gpu, CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS, 0);
        rejected.set(gpu, CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS, 0);
        rejected.set(gpu, CLOCK_EVENT_RELIABILITY_NANOSECONDS, 0);
        edges.add(reasons, ALL_REASONS, gpu);
        rejected.set(gpu, PCIE_TRANSMIT_BYTES, transmitted);
        rejected.set(gpu, PCIE_RECEIVE_BYTES, received);
        rejected.set(gpu, RECOVERY_ACTION, fault == Fault.ECC_UNCORRECTED ? 1 : 0);
    }

    private void writeSlow(GpuReading gpu, RejectedValues rejected) {
        for (Column zero : SLOW_ZEROS) {
            rejected.set(gpu, zero, 0);
        }
        rejected.set(gpu, BAR1_MEMORY_TOTAL_BYTES, 128L << 30);
        rejected.set(gpu, BAR1_MEMORY_USED_BYTES, 22_413_312);
        rejected.set(gpu, POWER_LIMIT_ENFORCED_MILLIWATTS, 700_000);
        rejected.set(gpu, POWER_LIMIT_REQUESTED_MILLIWATTS, 700_000);
        rejected.set(gpu, POWER_LIMIT_DEFAULT_MILLIWATTS, 700_000);
        rejected.set(gpu, POWER_LIMIT_MIN_MILLIWATTS, 200_000);
        rejected.set(gpu, POWER_LIMIT_MAX_MILLIWATTS, 700_000);
        rejected.set(gpu, CLOCK_APPLICATION_GRAPHICS_MEGAHERTZ, 1980);
        rejected.set(gpu, CLOCK_APPLICATION_SM_MEGAHERTZ, 1980);
        rejected.set(gpu, CLOCK_APPLICATION_MEMORY_MEGAHERTZ, 2619);
        rejected.set(gpu, PCIE_LINK_GENERATION, fault == Fault.PCIE_DEGRADED ? 3 : 5);
        rejected.set(gpu, PCIE_LINK_WIDTH, 16);
        rejected.set(gpu, ECC_MODE_CURRENT, 1);
        rejected.set(gpu, ECC_MODE_PENDING, 1);
        rejected.set(gpu, ECC_ERRORS_CORRECTED_VOLATILE, eccCorrected);
        rejected.set(gpu, ECC_ERRORS_CORRECTED_AGGREGATE, eccBefore + eccCorrected);
        rejected.set(gpu, ECC_ERRORS_UNCORRECTED_VOLATILE, eccUncorrected);
        rejected.set(gpu, ECC_ERRORS_UNCORRECTED_AGGREGATE, eccUncorrected);
        rejected.set(gpu, ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_DRAM, eccCorrected);
        rejected.set(gpu, ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_DRAM, eccBefore + eccCorrected);
        rejected.set(gpu, ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_DRAM, eccUncorrected);
        rejected.set(gpu, ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_DRAM, eccUncorrected);
        rejected.set(gpu, REMAPPED_ROWS_UNCORRECTABLE, eccUncorrected);
        boolean pending = fault == Fault.ECC_UNCORRECTED || fault == Fault.ROW_REMAP_PENDING;
        rejected.set(gpu, ROW_REMAP_PENDING, pending ? 1 : 0);
        rejected.set(gpu, REMAPPED_ROWS_INACTIVE_UNCORRECTABLE, pending ? 1 : 0);
        rejected.set(gpu, ROW_REMAP_FAILURE, fault == Fault.ROW_REMAP_FAILURE ? 1 : 0);
        rejected.set(gpu, ROW_REMAP_BANKS_MAX, 640 - eccUncorrected);
        rejected.set(gpu, ROW_REMAP_BANKS_HIGH, eccUncorrected);
        rejected.set(gpu, ROW_REMAP_BANKS_NONE, fault == Fault.ROW_REMAP_FAILURE ? 1 : 0);
        rejected.set(gpu, INFOROM_VALID, fault == Fault.INFOROM_CORRUPT ? 0 : 1);
        rejected.set(gpu, PERSISTENCE_MODE, fault == Fault.PERSISTENCE_OFF ? 0 : 1);
    }

    private static final Column[] SLOW_ZEROS = {
        JPEG_UTILIZATION_PERCENTAGE,
        OFA_UTILIZATION_PERCENTAGE,
        PCIE_REPLAYS,
        PCIE_ERRORS_CORRECTABLE,
        PCIE_ERRORS_NAKS_RECEIVED,
        PCIE_ERRORS_RECEIVER,
        PCIE_ERRORS_BAD_TLP,
        PCIE_ERRORS_NAKS_SENT,
        PCIE_ERRORS_BAD_DLLP,
        PCIE_ERRORS_NON_FATAL,
        PCIE_ERRORS_FATAL,
        PCIE_ERRORS_UNSUPPORTED_REQUEST,
        PCIE_ERRORS_LCRC,
        PCIE_ERRORS_LANE,
        ECC_MEMORY_ERRORS_CORRECTED_VOLATILE_SRAM,
        ECC_MEMORY_ERRORS_CORRECTED_AGGREGATE_SRAM,
        ECC_MEMORY_ERRORS_UNCORRECTED_VOLATILE_SRAM,
        ECC_MEMORY_ERRORS_UNCORRECTED_AGGREGATE_SRAM,
        SRAM_ECC_THRESHOLD_EXCEEDED,
        REMAPPED_ROWS_CORRECTABLE,
        REMAPPED_ROWS_INACTIVE_CORRECTABLE,
        ROW_REMAP_BANKS_PARTIAL,
        ROW_REMAP_BANKS_LOW,
        MEMORY_UNREPAIRABLE,
        REPAIR_PENDING_CHANNEL,
        REPAIR_PENDING_TPC,
        COMPUTE_MODE
    };

    private static void writeRare(GpuReading gpu, RejectedValues rejected) {
        rejected.set(gpu, TEMPERATURE_THRESHOLD_SHUTDOWN_CELSIUS, 95);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_SLOWDOWN_CELSIUS, (long) SLOWDOWN_CELSIUS);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_MEM_MAX_CELSIUS, 95);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_GPU_MAX_CELSIUS, 85);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_MARGIN_SHUTDOWN_CELSIUS, (long) SLOWDOWN_CELSIUS - 95);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_MARGIN_SLOWDOWN_CELSIUS, 0);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_MARGIN_MEM_MAX_CELSIUS, 0);
        rejected.set(gpu, TEMPERATURE_THRESHOLD_MARGIN_GPU_MAX_CELSIUS, (long) SLOWDOWN_CELSIUS - 85);
        rejected.set(gpu, CLOCK_MAX_GRAPHICS_MEGAHERTZ, 1980);
        rejected.set(gpu, CLOCK_MAX_SM_MEGAHERTZ, 1980);
        rejected.set(gpu, CLOCK_MAX_MEMORY_MEGAHERTZ, 2619);
        rejected.set(gpu, CLOCK_MAX_VIDEO_MEGAHERTZ, 1545);
        rejected.set(gpu, PCIE_LINK_GENERATION_MAX, 5);
        rejected.set(gpu, PCIE_LINK_WIDTH_MAX, 16);
    }

    private static double clamp(double value, double low, double high) {
        return Math.clamp(value, low, high);
    }

    private static String uuid(long high, long low) {
        return String.format(
                Locale.ROOT,
                "GPU-%08x-%04x-%04x-%04x-%012x",
                high >>> 32,
                high >>> 16 & 0xFFFF,
                high & 0xFFFF,
                low >>> 48,
                low & 0xFFFF_FFFF_FFFFL);
    }
}
