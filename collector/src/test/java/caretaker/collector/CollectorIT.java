package caretaker.collector;

import static caretaker.collector.Records.encode;
import static caretaker.collector.Records.host;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.collector.exposition.ExpositionText;
import caretaker.contracts.Readings;
import caretaker.testkit.Programs;
import caretaker.testkit.TestBroker;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectorIT {
    private static final int LONG = 600_000; // milliseconds; no host falls silent while the collector is slow

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("readings", 3);

    @Test
    void whatAnAgentPublishesIsAtMetricsInEveryFormatWithTheProcessBehindIt() throws IOException {
        try (var collector = TestCollector.start(broker, topic)) {
            TestCollector.send(
                    broker,
                    topic,
                    host("node-1", 1, 8).intervalMillis(LONG).info(Records.INFO),
                    host("node-2", 1, 1).intervalMillis(LONG));
            await().atMost(TestCollector.LIMIT).until(() -> {
                String metrics = collector.metrics();
                return TestCollector.shows(metrics, "node-1") && TestCollector.shows(metrics, "node-2");
            });

            // A record is counted after it is shown.
            await().atMost(TestCollector.LIMIT)
                    .untilAsserted(() -> assertThat(values(collector))
                            .containsEntry("caretaker_collector_hosts", "2.0")
                            .containsEntry("caretaker_collector_records_total{outcome=\"accepted\"}", "2.0")
                            .containsEntry("caretaker_collector_records_read_total", "2.0")
                            .containsEntry("caretaker_collector_lag_records", "0.0")
                            .containsKey("nvidia_gpu_collector_reading_age_seconds{instance=\"node-1\"}"));
            assertThat(collector.metrics()).doesNotContain("NaN");

            var open = collector.get("/metrics", Map.of("Accept", "application/openmetrics-text;version=1.0.0"));
            var openText = ExpositionText.parse(new String(open.body(), UTF_8), true);
            assertThat(openText.types()).containsKey("caretaker_collector_records");

            var protobuf = collector.get(
                    "/metrics",
                    Map.of(
                            "Accept",
                            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"));
            assertThat(familiesOf(protobuf.body())).contains("nvidia_gpu_up", "caretaker_collector_records_total");
        }
    }

    private static Map<String, String> values(TestCollector collector) {
        return ExpositionText.parse(collector.metrics(), false).values();
    }

    private static List<String> familiesOf(byte[] delimited) throws IOException {
        List<String> names = new ArrayList<>();
        var in = CodedInputStream.newInstance(delimited);
        while (!in.isAtEnd()) {
            names.add(UnknownFieldSet.parseFrom(in.readByteArray())
                    .getField(1)
                    .getLengthDelimitedList()
                    .getFirst()
                    .toStringUtf8());
        }
        return names;
    }

    @Test
    void promtoolReadsTheText(@TempDir Path directory) throws Exception {
        Path promtool = Programs.assume("promtool");
        try (var collector = TestCollector.start(broker, topic)) {
            Readings readings = host("node-\"1\"\\", 1, 2).info(Records.INFO);
            readings.gpus().getFirst().identity(Records.identity(0));
            TestCollector.send(broker, topic, readings);
            await().atMost(TestCollector.LIMIT).until(() -> collector.metrics().contains("node-\\\"1\\\"\\\\"));
            Path text = directory.resolve("metrics.prom");
            Files.writeString(text, collector.metrics());

            Process check = new ProcessBuilder(promtool.toString(), "check", "metrics")
                    .redirectInput(text.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(check.getInputStream().readAllBytes(), UTF_8);
            assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(said).isEmpty();
            assertThat(check.exitValue()).isZero();
        }
    }

    @Test
    void recordsThatCannotBeReadGoToTheDeadLettersAndTheRestGoesOn() {
        try (var collector = TestCollector.start(broker, topic)) {
            byte[] good = encode(host("node-1", 1, 8).intervalMillis(LONG));
            byte[] newer = encode(host("node-1", 2, 8));
            newer[1] = 7;
            byte[] corrupt = good.clone();
            Arrays.fill(corrupt, 20, 60, (byte) 0xFF);
            byte[] oversized = new byte[1 + (64 << 10)];
            List<byte[]> bad = List.of(corrupt, Arrays.copyOf(good, good.length - 1), newer, oversized);
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            bad.forEach(value -> records.add(new ProducerRecord<>(topic, 0, "node-1".getBytes(UTF_8), value)));
            broker.send(records);
            broker.send(List.of(new ProducerRecord<>(topic, 0, "node-1".getBytes(UTF_8), good)));

            await().atMost(TestCollector.LIMIT).until(() -> TestCollector.shows(collector.metrics(), "node-1"));

            var letters = broker.readAll(TestCollector.deadLetters(topic));
            assertThat(letters).hasSize(4);
            for (int i = 0; i < letters.size(); i++) {
                Map<String, String> headers = new HashMap<>();
                letters.get(i)
                        .headers()
                        .forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
                assertThat(headers)
                        .containsEntry("caretaker-topic", topic)
                        .containsEntry("caretaker-partition", "0")
                        .containsEntry("caretaker-offset", Integer.toString(i))
                        .containsEntry("caretaker-reader", "collector")
                        .containsKey("caretaker-error");
            }
            assertThat(letters.get(0).value()).isEqualTo(corrupt);
            assertThat(letters.get(2).value()).isEqualTo(newer);
            await().atMost(TestCollector.LIMIT)
                    .untilAsserted(() -> assertThat(values(collector))
                            .containsEntry("caretaker_collector_records_total{outcome=\"malformed\"}", "3.0")
                            .containsEntry("caretaker_collector_records_total{outcome=\"newer\"}", "1.0")
                            .containsEntry("caretaker_collector_records_read_total", "5.0"));
        }
    }

    @Test
    void afterARestartItIsReadyOnlyOnceItShowsEveryHostAgain() {
        int hosts = 300;
        try (var own = TestBroker.own()) {
            String readings = own.newTopic("readings", 3);
            for (int sequence = 1; sequence <= 20; sequence++) {
                List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
                for (int i = 0; i < hosts; i++) {
                    records.add(TestCollector.record(
                            readings, host("node-" + i, sequence, 8).intervalMillis(LONG)));
                }
                own.send(records);
            }
            for (int start = 0; start < 2; start++) {
                own.stop(); // or it might be ready before anybody asks
                try (var collector = TestCollector.start(own, readings)) {
                    assertThat(collector.ready()).isFalse();
                    assertThat(collector.readiness()).contains("intake: no partition is assigned");
                    own.start();
                    await().atMost(TestCollector.LIMIT).pollDelay(Duration.ZERO).until(collector::ready);
                    String metrics = collector.metrics();
                    for (int i = 0; i < hosts; i++) {
                        assertThat(TestCollector.shows(metrics, "node-" + i))
                                .as("node-" + i)
                                .isTrue();
                    }
                    assertThat(metrics).contains("caretaker_collector_records_read_total 6000.0\n");
                }
            }
        }
    }
}
