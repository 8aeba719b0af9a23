package caretaker.collector.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.KafkaSettings;
import caretaker.chassis.PollLoop;
import caretaker.collector.Collector;
import caretaker.collector.ingest.Intake;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.SteadyClock;
import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Records per second of the collector's whole intake (poll, decode, state, commit) against a bare consumer with the
 * same settings that only polls the same topic, in turns, in one JVM with the broker. Arguments: compression, rounds.
 */
final class IngestBench {
    private static final int PARTITIONS = 4;
    private static final int HOSTS = 1000;
    private static final int RECORDS = 400_000;
    private static final String TOPIC = "bench-readings";
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private IngestBench() {}

    public static void main(String[] args) throws Exception {
        String compression = args.length > 0 ? args[0] : "none";
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        try (var broker = TestBroker.own()) {
            broker.createTopic(TOPIC, PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));
            produce(broker, compression);
            var kafka = KafkaSettings.plain(broker.bootstrapServers());
            for (int round = 0; round < rounds; round++) {
                double bare = bare(kafka);
                double intake = intake(kafka, round);
                System.out.printf("bare %,.0f/s  intake %,.0f/s  ratio %.2f%n", bare, intake, intake / bare);
            }
        }
        System.exit(0);
    }

    private static void produce(TestBroker broker, String compression) {
        var fleet = new BenchFleet();
        long bytes = 0;
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "compression.type",
                        compression,
                        "batch.size",
                        "131072",
                        "linger.ms",
                        "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = fleet.record(i % HOSTS, 1 + i / HOSTS);
                bytes += value.length;
                var _ = producer.send(
                        new ProducerRecord<>(TOPIC, BenchFleet.host(i % HOSTS).getBytes(UTF_8), value));
            }
        }
        System.out.printf("%,d records of %d bytes, compression %s%n", RECORDS, bytes / RECORDS, compression);
    }

    private static double bare(KafkaSettings kafka) {
        try (Consumer<byte[], byte[]> consumer = kafka.consumer(null, Collector.consumerSettings())) {
            var partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(info -> new TopicPartition(TOPIC, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long read = 0;
            long start = 0;
            long cpu = CPU.getCurrentThreadCpuTime();
            while (read < RECORDS) {
                int polled = consumer.poll(Duration.ofMillis(200)).count();
                start = start == 0 && polled > 0 ? System.nanoTime() : start;
                read += polled;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "   bare %.2f s, poll thread %.2f s CPU%n", seconds, (CPU.getCurrentThreadCpuTime() - cpu) / 1e9);
            return RECORDS / seconds;
        }
    }

    private static double intake(KafkaSettings kafka, int round) throws InterruptedException {
        var wall = InstantSource.system();
        var clock = new SteadyClock(wall);
        var fleet = new Fleet(FleetLimits.DEFAULT);
        var intake = new Intake(fleet, wall, clock, Duration.ofHours(1), 1 << 20, new SimpleMeterRegistry());
        var start = new AtomicLong();
        var cpu = new AtomicLong();
        var read = new AtomicLong();
        var done = new CountDownLatch(1);
        var loop = PollLoop.named("bench", () -> kafka.consumer("bench-" + round, Collector.consumerSettings()))
                .topics(List.of(TOPIC))
                .partitions(intake)
                .batches((partition, records, quarantine) -> {
                    start.compareAndSet(0, System.nanoTime());
                    var verdict = intake.handle(partition, records, quarantine);
                    if (read.addAndGet(records.size()) == RECORDS) {
                        cpu.set(CPU.getCurrentThreadCpuTime());
                        done.countDown();
                    }
                    return verdict;
                })
                .start();
        done.await();
        double seconds = (System.nanoTime() - start.get()) / 1e9;
        loop.close();
        System.out.printf(
                "   intake %.2f s, poll thread %.2f s CPU, %d hosts%n", seconds, cpu.get() / 1e9, fleet.hosts());
        return RECORDS / seconds;
    }
}
