package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Column;
import caretaker.contracts.GpuIdentity;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HostInfo;
import caretaker.contracts.Readings;
import caretaker.contracts.ReadingsCodec;
import caretaker.contracts.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Records of made-up hosts with 8 GPUs, each GPU with the same number of values. */
final class Fleet {
    static final int GPUS = 8;

    private final ReadingsCodec codec = new ReadingsCodec();
    private final int columns;

    /** @param columns how many values each GPU has */
    Fleet(int columns) {
        this.columns = columns;
    }

    /** A whole record; {@code round} moves its values and its sequence number. */
    byte[] record(int host, int round, long timeMillis, boolean identity) {
        var readings = new Readings()
                .host(name(host))
                .agentId("bench")
                .sequence(round + 1L)
                .timeUnixMillis(timeMillis)
                .intervalMillis(1000)
                .gpuCounts(GPUS, GPUS, GPUS);
        if (identity) {
            readings.info(new HostInfo("580.95", "13.580", "13.0", "580.95", "0.1.0", "simulated"));
        }
        List<GpuReading> gpus = readings.gpuCount(GPUS);
        for (int i = 0; i < GPUS; i++) {
            GpuReading gpu = gpus.get(i);
            gpu.uuid(String.format("GPU-%08x-%04x-4000-8000-%012x", host, i, host * 31L + i))
                    .index(i);
            if (identity) {
                gpu.identity(new GpuIdentity(
                        "NVIDIA H100 80GB HBM3",
                        "00000000:" + i + "B:00.0",
                        "16500" + host,
                        "",
                        "",
                        "hopper",
                        "9.0",
                        Integer.toString(i),
                        "",
                        ""));
            }
            fill(gpu, host + round + i);
        }
        return codec.encode(readings);
    }

    private void fill(GpuReading gpu, int salt) {
        int filled = 0;
        for (Column column : Column.values()) {
            if (filled < columns
                    && column.quantity() != Column.Quantity.CHOICE
                    && column.quantity() != Column.Quantity.MASK) {
                gpu.set(column, value(column, salt));
                filled++;
            }
        }
    }

    private static long value(Column column, int salt) {
        return switch (column.quantity()) {
            case BYTES -> 80_000_000_000L + salt * 4096L;
            case MILLIJOULES, NANOSECONDS -> 900_000_000_000L + salt * 1000L;
            case MILLIWATTS -> 400_000 + salt % 1000;
            case MEGAHERTZ -> 1000 + salt % 980;
            case MILLIPERCENT -> 50_000 + salt % 1000;
            case FLAG, PSTATE, CHOICE, MASK -> 0;
            case LINK -> 16;
            case BYTES_PER_SECOND -> 1_000_000 + salt;
            case MEGABYTES_PER_SECOND -> 26_562;
            case MILLIONTHS, CODE -> salt % 1000;
            case MILLISECONDS -> 1_790_000_000_000L;
            case FAN_PERCENT, RPM -> 30;
            case MANTISSA_EXPONENT -> 0;
            case PERCENT, CELSIUS -> 30 + salt % 60;
            case COUNT -> salt % 100;
        };
    }

    static String name(int host) {
        return "node-" + host;
    }

    /** Fills the readings topic, made anew, with rounds of every host. */
    static void publish(String bootstrap, Fleet fleet, int hosts, int rounds, long fromMillis)
            throws ExecutionException, InterruptedException {
        createTopic(bootstrap);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", bootstrap, "linger.ms", 20, "batch.size", 262_144, "buffer.memory", 64L << 20);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int round = 0; round < rounds; round++) {
                for (int host = 0; host < hosts; host++) {
                    byte[] value = fleet.record(host, round, fromMillis + round, round == 0);
                    var _ = producer.send(new ProducerRecord<>(
                            Topic.READINGS.fullName(), name(host).getBytes(UTF_8), value));
                }
            }
            producer.flush();
        }
    }

    private static void createTopic(String bootstrap) throws ExecutionException, InterruptedException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(Topic.READINGS.fullName(), Topic.READINGS.partitions(), (short) 1)))
                    .all()
                    .get();
        }
    }
}
