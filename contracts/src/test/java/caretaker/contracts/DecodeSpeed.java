package caretaker.contracts;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * Prints how long it takes to decode and to check a record of eight GPUs with the 45 columns of one fast interval.
 *
 * <p>A measurement, not a test: {@code java -cp contracts/target/classes:contracts/target/test-classes
 * caretaker.contracts.DecodeSpeed}. Every host has records of its own with values that move; all are read into the
 * same memory, as in a collector. Counts processor time of the best of 40 rounds, because other programs run too.
 */
public final class DecodeSpeed {
    private static final int GPUS = 8;
    private static final int COLUMNS = 45;
    private static final int RECORDS_OF_A_HOST = 8;

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private DecodeSpeed() {}

    public static void main(String[] args) {
        var codec = new ReadingsCodec();
        for (int hosts : new int[] {1, 64, 1000}) {
            measure("decode", hosts, codec::decode);
            measure("check", hosts, codec::check);
        }
    }

    private static void measure(String what, int hosts, BiFunction<byte[], Readings, ReadingsCodec.Decoded> read) {
        var codec = new ReadingsCodec();
        var into = new Readings();
        List<byte[]> records = new ArrayList<>();
        for (int host = 0; host < hosts; host++) {
            var random = new Random(host);
            for (int i = 0; i < RECORDS_OF_A_HOST; i++) {
                records.add(codec.encode(example("node-" + host, i + 1, random)));
            }
        }
        int repeats = 40_000 / records.size() + 1;
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 40; round++) {
            long start = CPU.getCurrentThreadCpuTime();
            for (int repeat = 0; repeat < repeats; repeat++) {
                for (int i = 0; i < records.size(); i++) {
                    // one record of each host, then the next of each
                    int host = i % hosts;
                    byte[] record = records.get(host * RECORDS_OF_A_HOST + i / hosts);
                    if (!(read.apply(record, into) instanceof ReadingsCodec.Decoded.Known)) {
                        throw new IllegalStateException("not decoded");
                    }
                }
            }
            best = Math.min(best, (double) (CPU.getCurrentThreadCpuTime() - start) / repeats / records.size());
        }
        System.out.printf(
                Locale.ROOT,
                "%s, %d hosts: %.0f ns a record of %d bytes%n",
                what,
                hosts,
                best,
                records.getFirst().length);
    }

    private static Readings example(String host, long sequence, Random random) {
        var readings = new Readings()
                .host(host)
                .agentId("0199c0de-7a11-7000-8000-0123456789ab")
                .timeUnixMillis(1_790_000_000_000L + sequence * 1000)
                .intervalMillis(1000)
                .sequence(sequence)
                .gpuCounts(GPUS, GPUS, GPUS);
        List<GpuReading> gpus = readings.gpuCount(GPUS);
        for (int i = 0; i < GPUS; i++) {
            GpuReading gpu = gpus.get(i)
                    .uuid("GPU-%08x-1111-2222-3333-444444444444".formatted((host + i).hashCode()))
                    .index(i);
            for (Column column : Arrays.asList(Column.values()).subList(0, COLUMNS)) {
                if (!gpu.set(column, likely(column, random))) {
                    throw new IllegalStateException(column + " refused its value");
                }
            }
        }
        return readings;
    }

    /** A value of the size that the column has on a busy GPU. */
    private static long likely(Column column, Random random) {
        return switch (column.quantity()) {
            case PERCENT -> random.nextInt(101);
            case MILLIPERCENT -> random.nextInt(100_001);
            case CELSIUS -> 20 + random.nextInt(60);
            case MILLIWATTS -> 70_000 + random.nextInt(630_000);
            case MILLIJOULES -> 3_000_000_000_000L + random.nextInt();
            case MEGAHERTZ -> 345 + random.nextInt(2000);
            case NANOSECONDS -> random.nextInt(4) == 0 ? 1_000_000_000_000L + random.nextInt() : 0;
            case BYTES -> (long) random.nextInt(80) << 30;
            case COUNT -> random.nextInt(1000);
            case FLAG -> random.nextInt(2);
            case PSTATE, CHOICE -> 0;
            case LINK -> 5;
            case BYTES_PER_SECOND -> random.nextInt(1_000_000_000);
            case MEGABYTES_PER_SECOND -> 26_562;
            case MILLIONTHS, CODE -> random.nextInt(1000);
            case MILLISECONDS -> 1_790_000_000_000L;
            case FAN_PERCENT, RPM -> 30;
            case MANTISSA_EXPONENT -> 0;
            case MASK -> random.nextInt(512);
        };
    }
}
