package caretaker.contracts;

import java.util.List;
import java.util.Random;

/** Made-up records of the readings topic. */
final class MadeUpReadings {
    private MadeUpReadings() {}

    /** Any record that a reader takes: each value anywhere in its range. */
    static Readings random(long seed) {
        var random = new Random(seed);
        var readings = new Readings()
                .host("node-" + random.nextInt(1000))
                .agentId("agent-" + Long.toHexString(random.nextLong()))
                .timeUnixMillis(1 + random.nextLong(ReadingsCodec.MAX_TIME))
                .intervalMillis(1 + random.nextInt(Integer.MAX_VALUE))
                .sequence(1 + random.nextLong(Long.MAX_VALUE))
                .gpuCounts(random.nextInt(-1, 9), random.nextInt(-1, 9), random.nextInt(-1, 9));
        if (random.nextBoolean()) {
            readings.info(new HostInfo(text(random), text(random), text(random), text(random), text(random), "nvml"));
        }
        List<GpuReading> gpus = readings.gpuCount(random.nextInt(9));
        for (int i = 0; i < gpus.size(); i++) {
            fill(gpus.get(i).uuid("GPU-" + i + "-" + random.nextInt()).index(random.nextInt(64)), random);
        }
        return readings;
    }

    private static void fill(GpuReading gpu, Random random) {
        gpu.state(GpuState.ofNumber(1 + random.nextInt(6)));
        if (random.nextBoolean()) {
            gpu.identity(new GpuIdentity(
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random),
                    text(random)));
        }
        int share = random.nextInt(5);
        for (Column column : Column.values()) {
            if (random.nextInt(4) < share && !gpu.set(column, value(column, random))) {
                throw new AssertionError(column + " refused its value");
            }
        }
        for (FanColumn column : FanColumn.values()) {
            int fans = random.nextBoolean() ? 0 : random.nextInt(FanColumn.MAX_FANS + 1);
            gpu.fans(column, random.ints(fans, -1, column.max() + 1).toArray());
        }
    }

    /** Small and large ones alike, and the ends. */
    private static long value(Column column, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> column.min();
            case 1 -> column.max();
            case 2 -> Math.min(column.max(), random.nextInt(200));
            default -> column.min() + random.nextLong(column.max() - column.min() + 1);
        };
    }

    private static String text(Random random) {
        return random.nextBoolean() ? "" : "text ü€" + random.nextInt();
    }
}
