package caretaker.collector;

import static caretaker.collector.Records.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.FreePort;
import caretaker.testkit.RunningProgram;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeoverIT {
    private static final int HOSTS = 40;

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("readings", 8);

    @Test
    void theHostsOfAKilledCollectorAreAtTheOtherWithin15Seconds(@TempDir Path directory) throws IOException {
        int port = FreePort.find();
        Path config = directory.resolve("collector.yaml");
        Files.writeString(config, TestCollector.yaml(broker.bootstrapServers(), topic, port));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            records.add(TestCollector.record(topic, host("node-" + i, 1, 1).intervalMillis(600_000)));
        }
        broker.send(records);

        try (var survivor = TestCollector.start(broker, topic);
                var victim = RunningProgram.start(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CollectorMain.class.getName(),
                        "--config",
                        config.toString()))) {
            await().atMost(TestCollector.LIMIT)
                    .until(() -> survivor.ready()
                            && TestCollector.ready(port)
                            && shown(survivor.metrics()) > 0
                            && shown(TestCollector.metrics(port)) > 0
                            && shown(survivor.metrics()) + shown(TestCollector.metrics(port)) == HOSTS);

            victim.process().destroyForcibly();

            await().atMost(Duration.ofSeconds(15)).until(() -> shown(survivor.metrics()) == HOSTS);
            await().atMost(TestCollector.LIMIT).until(survivor::ready);
            assertThat(survivor.metrics()).contains("caretaker_collector_partitions_behind 0.0\n");
        }
    }

    private static long shown(String metrics) {
        long shown = 0;
        for (int i = 0; i < HOSTS; i++) {
            shown += TestCollector.shows(metrics, "node-" + i) ? 1 : 0;
        }
        return shown;
    }
}
