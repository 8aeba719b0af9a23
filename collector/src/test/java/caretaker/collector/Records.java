package caretaker.collector;

import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.VectorColumn;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Records of the readings topic as an agent would send them. */
public final class Records {
    public static final HostInfo INFO = new HostInfo("580.95.05", "13.580.95", "13.0", "580.95.05", "0.1.0", "nvml");

    private Records() {}

    /** A healthy host at 1 Hz: its GPUs are {@code GPU-<host>-<index>}. */
    public static Readings host(String name, long sequence, int gpus) {
        var readings = new Readings()
                .host(name)
                .agentId("agent-1")
                .timeUnixMillis(1_767_225_600_000L + 1000 * sequence)
                .intervalMillis(1000)
                .sequence(sequence)
                .gpuCounts(gpus, gpus, gpus);
        for (int i = 0; i < gpus; i++) {
            GpuReading gpu = readings.gpuCount(gpus).get(i);
            gpu.uuid("GPU-" + name + "-" + i).index(i).state(GpuState.OK);
            gpu.set(Column.UTILIZATION_PERCENTAGE, 90 + i % 10);
            gpu.set(Column.POWER_DRAW_MILLIWATTS, 612_500 + i);
        }
        return readings;
    }

    public static GpuIdentity identity(int index) {
        return new GpuIdentity(
                "NVIDIA H100 80GB HBM3",
                "00000000:%02X:00.0".formatted(index + 1),
                "165112300" + index,
                "",
                "96.00.74.00.01",
                "hopper",
                "9.0",
                Integer.toString(index),
                "0x" + index,
                Integer.toString(index));
    }

    public static byte[] encode(Readings readings) {
        return new ReadingsCodec().encode(readings);
    }

    /** Any record a codec could let through, with texts that are hard on exposition. */
    public static Readings random(RandomGenerator random, String host) {
        int gpus = random.nextInt(5);
        var readings = new Readings()
                .host(host)
                .agentId("agent-" + random.nextInt(2))
                .timeUnixMillis(random.nextLong(1, 253_402_300_799_999L))
                .intervalMillis(random.nextInt(1, 100_000))
                .sequence(random.nextLong(1, Long.MAX_VALUE))
                .gpuCounts(random.nextInt(-1, 9), random.nextInt(-1, 9), random.nextInt(-1, 9))
                .info(random.nextBoolean() ? new HostInfo("5\"8", "", "\n", "\\", "ü", "🙂") : null);
        for (int i = 0; i < gpus; i++) {
            GpuReading gpu = readings.gpuCount(gpus).get(i);
            gpu.clear();
            gpu.uuid("GPU-" + (i * 3 + random.nextInt(3)) + "\\\"").index(random.nextInt(3));
            gpu.state(GpuState.ofNumber(1 + random.nextInt(GpuState.values().length)));
            gpu.identity(random.nextBoolean() ? identity(i) : null);
            for (Column column : Column.values()) {
                if (random.nextInt(4) > 0) {
                    gpu.set(column, random.nextLong() >>> random.nextInt(64));
                }
            }
            gpu.vector(
                    VectorColumn.FAN_SPEED_RPM,
                    random.longs(random.nextInt(4), -1, 5000).toArray());
            VectorColumn[] vectors = VectorColumn.values();
            for (int v = random.nextInt(9); v > 0; v--) {
                VectorColumn column = vectors[random.nextInt(vectors.length)];
                var values = new long[random.nextInt(column.by().max() + 1)];
                Arrays.setAll(values, at -> random.nextLong() >>> random.nextInt(64));
                gpu.vector(column, values);
                gpu.markFromDcgm(column);
            }
            for (Part part : Part.values()) {
                for (int p = part.ofHost() ? 0 : random.nextInt(5); p > 0; p--) {
                    fill(gpu.addPart(part), random);
                }
            }
        }
        for (int p = random.nextInt(4); p > 0; p--) {
            fill(readings.addSxid(), random);
        }
        return readings;
    }

    /** Texts with what formats trip over; some of them twice. */
    private static void fill(PartReading part, RandomGenerator random) {
        part.identity(strange(random), strange(random), strange(random), strange(random), strange(random));
        for (PartColumn column : PartColumn.of(part.part())) {
            part.set(column, random.nextLong() >>> random.nextInt(64));
        }
    }

    private static String strange(RandomGenerator random) {
        List<String> pieces =
                List.of("79", "\"", "\n", "\\", "{a=\"b\"}", "🚀", "x".repeat(5000), "\u0000\r", " # ", "\ud83d");
        var text = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append(pieces.get(random.nextInt(pieces.size())));
        }
        return text.toString();
    }
}
