package caretaker.collector.bench;

import caretaker.collector.Records;
import caretaker.contracts.Column;
import caretaker.contracts.GpuReading;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A large fleet of hosts with eight GPUs of 40 series each: up, six states, identity and 32 numbers. */
final class BenchFleet {
    static final int GPUS_PER_HOST = 8;
    private static final int NUMBERS = 32;
    private static final List<Column> COLUMNS = Arrays.stream(Column.values())
            .filter(column -> column.quantity() != Column.Quantity.MASK && column.quantity() != Column.Quantity.CHOICE)
            .limit(NUMBERS)
            .toList();

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final ReadingsCodec codec = new ReadingsCodec();
    private final Readings readings = new Readings();

    static String host(int number) {
        return "gpu-node-%04d".formatted(number);
    }

    byte[] record(int number, long sequence) {
        readings.clear();
        readings.host(host(number))
                .agentId("0198c1d2-6f00-7000-8000-%012d".formatted(number))
                .timeUnixMillis(1_767_225_600_000L + 1000 * sequence)
                .intervalMillis(1000)
                .sequence(sequence)
                .gpuCounts(GPUS_PER_HOST, GPUS_PER_HOST, GPUS_PER_HOST)
                .info(sequence % 30 == 1 ? Records.INFO : null);
        for (int i = 0; i < GPUS_PER_HOST; i++) {
            GpuReading gpu = readings.gpuCount(GPUS_PER_HOST).get(i);
            gpu.clear();
            gpu.uuid("GPU-%08x-6a5b-4c3d-8e2f-%012x".formatted(number, i)).index(i);
            if (sequence % 30 == 1) {
                gpu.identity(Records.identity(i));
            }
            for (Column column : COLUMNS) {
                gpu.set(column, value(column));
            }
        }
        return codec.encode(readings);
    }

    private long value(Column column) {
        return switch (column.quantity()) {
            case PERCENT -> random.nextInt(101);
            case MILLIPERCENT -> random.nextInt(100_001);
            case CELSIUS -> 40 + random.nextInt(45);
            case MILLIWATTS -> 100_000 + random.nextInt(600_000);
            case MILLIJOULES -> 1_000_000_000_000L + random.nextInt();
            case MEGAHERTZ -> 1000 + random.nextInt(1000);
            case NANOSECONDS -> random.nextLong(1L << 42);
            case BYTES -> random.nextLong(80L << 30);
            case COUNT -> random.nextInt(100);
            case FLAG -> random.nextInt(2);
            case PSTATE, LINK -> random.nextInt(16);
            case CHOICE, MASK -> 0;
        };
    }
}
