package caretaker.contracts;

import java.util.Arrays;
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
        for (int i = random.nextInt(3) > 0 ? 0 : random.nextInt(9); i > 0; i--) {
            fill(readings.addSxid(), i, random);
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
            if (random.nextInt(4) < share && !gpu.set(column, value(column.quantity(), random))) {
                throw new AssertionError(column + " refused its value");
            }
        }
        for (Column column : Column.values()) {
            if (share == 1 && random.nextInt(9) == 0) {
                gpu.markFromDcgm(column);
            }
        }
        for (VectorColumn column : VectorColumn.values()) {
            int length = random.nextInt(3) > 0 ? 0 : random.nextInt(column.by().max() + 1);
            var values = new long[length];
            Arrays.setAll(values, i -> random.nextInt(5) == 0 ? -1 : value(column.quantity(), random));
            gpu.vector(column, values);
        }
        for (Part part : Part.values()) {
            for (int i = part.ofHost() || random.nextInt(3) > 0 ? 0 : random.nextInt(9); i > 0; i--) {
                fill(gpu.addPart(part), i, random);
            }
        }
    }

    private static void fill(PartReading part, int number, Random random) {
        part.identity(Integer.toString(number), text(random), text(random), "\"\n\\ü🚀", text(random));
        for (PartColumn column : PartColumn.of(part.part())) {
            if (random.nextBoolean() && !part.set(column, value(column.quantity(), random))) {
                throw new AssertionError(column + " refused its value");
            }
        }
    }

    /** Small and large ones alike, and the ends. */
    private static long value(Column.Quantity quantity, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> quantity.min();
            case 1 -> quantity.max();
            case 2 -> Math.min(quantity.max(), random.nextInt(200));
            default -> quantity.min() + random.nextLong(quantity.max() - quantity.min() + 1);
        };
    }

    private static String text(Random random) {
        return random.nextBoolean() ? "" : "text ü€" + random.nextInt();
    }
}
