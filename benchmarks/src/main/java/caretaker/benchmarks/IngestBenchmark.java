package caretaker.benchmarks;

import caretaker.broker.EmbeddedBroker;
import caretaker.contracts.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How fast a collector takes in a backlog, against a consumer that does nothing with it. */
final class IngestBenchmark implements Benchmark {
    private static final int HOSTS = 1_000;
    private static final int ROUNDS = 1_000;
    private static final int COLUMNS = 45;
    private static final double TARGET = 0.6;

    @Override
    public String name() {
        return "ingest";
    }

    @Override
    public String method() {
        return HOSTS * ROUNDS + " records of 8 GPUs x " + COLUMNS
                + " values from an in-process broker: a whole collector, from"
                + " start to ready, against a bare consumer that polls the same topic; the middle of five runs each, taken in turns";
    }

    @Override
    public List<Figure> run(Path root) throws Exception {
        Path dir = Files.createTempDirectory("caretaker-bench");
        try (var broker = EmbeddedBroker.start(dir, 0)) {
            String bootstrap = broker.bootstrapServers();
            Fleet.publish(bootstrap, new Fleet(COLUMNS), HOSTS, ROUNDS, System.currentTimeMillis());
            double[] bare = new double[5];
            double[] ours = new double[5];
            bare(bootstrap);
            ours(bootstrap);
            for (int i = 0; i < 5; i++) {
                bare[i] = bare(bootstrap);
                ours[i] = ours(bootstrap);
            }
            java.util.Arrays.sort(bare);
            java.util.Arrays.sort(ours);
            int size = new Fleet(COLUMNS).record(1, 2, System.currentTimeMillis(), false).length;
            double records = (double) HOSTS * ROUNDS;
            return List.of(Figure.atLeast(
                    "records/s of the collector to those of a bare consumer",
                    bare[2] / ours[2],
                    TARGET,
                    Figure.number(records / ours[2]) + "/s to " + Figure.number(records / bare[2]) + "/s, " + size
                            + " bytes each"));
        }
    }

    private static double bare(String bootstrap) {
        long begin = System.nanoTime();
        Map<String, Object> settings =
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false, "max.poll.records", 5_000);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Topic.READINGS.partitions())
                    .mapToObj(partition -> new TopicPartition(Topic.READINGS.fullName(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long seen = 0;
            while (seen < (long) HOSTS * ROUNDS) {
                seen += consumer.poll(Duration.ofMillis(100)).count();
            }
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static double ours(String bootstrap) throws Exception {
        long begin = System.nanoTime();
        try (var collector = new CollectorUnderTest(bootstrap)) {
            collector.awaitReady();
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
