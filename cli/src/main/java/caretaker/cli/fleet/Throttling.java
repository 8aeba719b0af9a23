package caretaker.cli.fleet;

import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Readings;
import caretaker.contracts.StateNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which GPUs were held down, why, and for how much of a window of readings.
 *
 * <p>The driver counts the time for some reasons; those figures see what lies between two readings. For the others it
 * says only whether the reason holds at the moment of a reading: their share is that of the readings. A restart of the
 * agent begins a new stretch, so that no counter is compared with another run's.
 */
public final class Throttling {
    /** Reasons that hold no work down: nothing to do, or a person's own setting. */
    private static final List<String> HARMLESS = List.of("gpu_idle", "applications_clocks", "display_clock");

    // spotless:off
    private static final Map<Column, String> COUNTED = new EnumMap<>(Map.of(
            Column.CLOCK_EVENT_POWER_NANOSECONDS, "power",
            Column.CLOCK_EVENT_THERMAL_NANOSECONDS, "thermal",
            Column.CLOCK_EVENT_SYNC_BOOST_NANOSECONDS, "sync_boost",
            Column.CLOCK_EVENT_BOARD_LIMIT_NANOSECONDS, "board_limit",
            Column.CLOCK_EVENT_LOW_UTILIZATION_NANOSECONDS, "low_utilization",
            Column.CLOCK_EVENT_RELIABILITY_NANOSECONDS, "reliability"));
    // spotless:on

    /**
     * One reason.
     *
     * @param share of the observed time, 0 to 1
     * @param counted whether the driver counted the time; otherwise it is the share of readings
     */
    public record Reason(String name, double share, double seconds, boolean counted) {}

    /** One GPU. Reasons are those that held at all, the longest first. */
    public record Held(String host, int index, String uuid, double observedSeconds, List<Reason> reasons) {}

    private static final class Gpu {
        final String host;
        final String uuid;
        final Map<Column, Long> last = new EnumMap<>(Column.class);
        final Map<String, Double> countedSeconds = new TreeMap<>();
        final Map<String, Double> sampledSeconds = new TreeMap<>();
        int index;
        String agentId = "";
        long lastMillis;
        double observedSeconds;

        Gpu(String host, String uuid) {
            this.host = host;
            this.uuid = uuid;
        }
    }

    private final Map<String, Gpu> gpus = new TreeMap<>();

    /** Takes one record, the oldest first. */
    public void apply(Readings readings) {
        for (GpuReading reading : readings.gpus()) {
            Gpu gpu = gpus.computeIfAbsent(
                    readings.host() + " " + reading.uuid(), _ -> new Gpu(readings.host(), reading.uuid()));
            apply(readings, reading, gpu);
        }
    }

    private static void apply(Readings readings, GpuReading reading, Gpu gpu) {
        gpu.index = reading.index();
        double seconds = (readings.timeUnixMillis() - gpu.lastMillis) / 1e3;
        boolean isFirst = !gpu.agentId.equals(readings.agentId()) || seconds <= 0;
        gpu.agentId = readings.agentId();
        gpu.lastMillis = readings.timeUnixMillis();
        if (isFirst) {
            gpu.last.clear();
        } else {
            gpu.observedSeconds += seconds;
            sampled(reading, gpu, seconds);
        }
        COUNTED.forEach((column, reason) -> {
            if (reading.has(column)) {
                long now = reading.get(column);
                Long before = gpu.last.put(column, now);
                if (before != null && now > before) {
                    gpu.countedSeconds.merge(reason, (now - before) / 1e9, Double::sum);
                }
            }
        });
    }

    private static void sampled(GpuReading reading, Gpu gpu, double seconds) {
        for (String reason : active(reading)) {
            gpu.sampledSeconds.merge(reason, seconds, Double::sum);
        }
    }

    /** The reasons that hold a GPU down at the moment of a reading. */
    public static List<String> active(GpuReading reading) {
        List<String> names = new ArrayList<>();
        if (reading.has(Column.CLOCK_EVENT_REASONS)) {
            long mask = reading.get(Column.CLOCK_EVENT_REASONS);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                String name = StateNames.bit(Column.CLOCK_EVENT_REASONS, bit);
                if ((mask >>> bit & 1) == 1 && !HARMLESS.contains(name)) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /** All GPUs that were seen at least twice, by host and index. */
    public List<Held> held() {
        return gpus.values().stream()
                .filter(gpu -> gpu.observedSeconds > 0)
                .map(Throttling::held)
                .sorted(Comparator.comparing(Held::host).thenComparingInt(Held::index))
                .toList();
    }

    private static Held held(Gpu gpu) {
        List<Reason> reasons = new ArrayList<>();
        gpu.countedSeconds.forEach((name, seconds) -> reasons.add(reason(gpu, name, seconds, true)));
        gpu.sampledSeconds.forEach((name, seconds) -> reasons.add(reason(gpu, name, seconds, false)));
        reasons.sort(Comparator.comparingDouble(Reason::share).reversed().thenComparing(Reason::name));
        return new Held(gpu.host, gpu.index, gpu.uuid, gpu.observedSeconds, reasons);
    }

    private static Reason reason(Gpu gpu, String name, double seconds, boolean counted) {
        return new Reason(name, Math.min(1, seconds / gpu.observedSeconds), seconds, counted);
    }
}
