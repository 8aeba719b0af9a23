package caretaker.collector;

import static caretaker.collector.MadeInventory.exporter;
import static caretaker.collector.Records.host;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventory.Target;
import caretaker.contracts.HostInventoryCodec;
import caretaker.testkit.TestBroker;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the inventory topic brings about at a collector's port, over a real broker. */
class DiscoveryIT {
    private static final int LONG = 600_000; // milliseconds; no host falls silent while the collector is slow

    private final TestBroker broker = TestBroker.shared();
    private final String topic = broker.newTopic("readings", 3);

    @BeforeEach
    void topic() {
        broker.createTopic(TestCollector.inventory(topic), 2, Map.of());
    }

    @Test
    void everyCollectorServesTheWholeListWhicheverHostsAreItsOwn() {
        // Given: two collectors of one group share the hosts
        for (int i = 1; i <= 6; i++) {
            publish(node("node-" + i, "10.0.0." + i));
        }
        try (var one = TestCollector.start(broker, topic);
                var two = TestCollector.start(broker, topic)) {
            await().atMost(TestCollector.LIMIT).until(() -> one.ready() && two.ready());

            // Then
            HttpResponse<byte[]> list = one.get("/sd/node-exporter", Map.of());
            assertThat(list.statusCode()).isEqualTo(200);
            assertThat(list.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
            assertThat(text(list)).contains("10.0.0.1:9100", "10.0.0.6:9100");
            assertThat(text(two.get("/sd/node-exporter", Map.of()))).isEqualTo(text(list));

            String etag = list.headers().firstValue("ETag").orElseThrow();
            assertThat(one.get("/sd/node-exporter", Map.of("If-None-Match", etag))
                            .statusCode())
                    .isEqualTo(304);
            assertThat(two.get("/sd/node-exporter", Map.of("If-None-Match", "\"x\", " + etag))
                            .statusCode())
                    .isEqualTo(304);
            assertThat(one.get("/sd/node-exporter", Map.of("If-None-Match", "W/\"0\""))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(text(one.get("/sd/ml", Map.of()))).isEqualTo("[]");
            assertThat(text(one.get("/sd", Map.of())))
                    .contains("{\"list\":\"node-exporter\",\"path\":\"/sd/node-exporter\",\"targets\":6}");
            assertThat(one.get("/sd/nothing", Map.of()).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void untilTheTopicIsReadToItsEndThereIsNoListAndNoReadiness() {
        try (var own = TestBroker.own()) {
            String readings = own.newTopic("readings", 1);
            own.stop();
            try (var collector = TestCollector.start(own, readings)) {
                HttpResponse<byte[]> answer = collector.get("/sd/ml", Map.of());
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(text(answer)).contains("has not been read");
                assertThat(collector.readiness()).contains("inventory: ");

                own.start();
                await().atMost(TestCollector.LIMIT).until(collector::ready);
                assertThat(text(collector.get("/sd/ml", Map.of()))).isEqualTo("[]");

                own.stop();
                assertThat(collector.get("/sd/ml", Map.of()).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void aHostThatWasSilentBeforeTheCollectorStartedIsDownAndALiveOneIsNot() {
        // Given: what an agent that has ended has left, and one that runs
        publish(MadeInventory.of("gone").gpus(2).made());
        publish(MadeInventory.of("alive").gpus(1).made());
        TestCollector.send(broker, topic, host("alive", 1, 1).intervalMillis(LONG));
        try (var one = TestCollector.start(broker, topic);
                var two = TestCollector.start(broker, topic)) {
            await().atMost(TestCollector.LIMIT).until(() -> one.ready() && two.ready());

            // Then: exactly one of the two shows it
            await().atMost(TestCollector.LIMIT).untilAsserted(() -> {
                String both = one.metrics() + two.metrics();
                assertThat(lines(both, "nvidia_gpu_up{instance=\"gone\""))
                        .containsExactlyInAnyOrder(
                                "nvidia_gpu_up{instance=\"gone\",gpu=\"0\",uuid=\"GPU-gone-0\"} 0",
                                "nvidia_gpu_up{instance=\"gone\",gpu=\"1\",uuid=\"GPU-gone-1\"} 0");
                assertThat(lines(both, "nvidia_gpu_expected{instance=\"gone\"")).hasSize(1);
            });
            String both = one.metrics() + two.metrics();
            assertThat(lines(both, "nvidia_gpu_state{instance=\"gone\"")).isEmpty();
            assertThat(lines(both, "nvidia_gpu_info{instance=\"gone\"").getFirst())
                    .contains("name=\"NVIDIA H100 80GB HBM3\"");
            assertThat(lines(both, "nvidia_gpu_up{instance=\"alive\"")).hasSize(1);

            // When: its readings come after all, and the other is taken out by hand
            TestCollector.send(broker, topic, host("gone", 1, 2).intervalMillis(LONG));
            await().atMost(TestCollector.LIMIT).until(() -> TestCollector.shows(one.metrics() + two.metrics(), "gone"));
        }
    }

    @Test
    void aRecordWithoutValueTakesAHostAway() {
        publish(node("node-1", "10.0.0.1"));
        publish(node("node-2", "10.0.0.2"));
        try (var collector = TestCollector.start(broker, topic)) {
            await().atMost(TestCollector.LIMIT).until(collector::ready);
            send("node-1", null);
            await().atMost(TestCollector.LIMIT)
                    .until(() ->
                            !text(collector.get("/sd/node-exporter", Map.of())).contains("10.0.0.1"));
            assertThat(text(collector.get("/sd/node-exporter", Map.of()))).contains("10.0.0.2");
        }
    }

    @Test
    void aHostThatMissesTwoHeartbeatsIsNoLongerScraped() {
        try (var collector = TestCollector.start(broker, topic)) {
            await().atMost(TestCollector.LIMIT).until(collector::ready);
            publish(MadeInventory.of("node-1")
                    .interval(Duration.ofSeconds(4))
                    .target(exporter(Target.NODE_EXPORTER, MadeInventory.ADDRESS, 9100))
                    .made());
            await().atMost(TestCollector.LIMIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() ->
                            text(collector.get("/sd/node-exporter", Map.of())).contains("10.0.0.7:9100"));
            await().atMost(TestCollector.LIMIT)
                    .until(() ->
                            text(collector.get("/sd/node-exporter", Map.of())).equals("[]"));
            assertThat(collector.metrics()).contains("caretaker_collector_inventory_hosts 1");
        }
    }

    @Test
    void whileTheBusIsAwayNoHostMissesAHeartbeat() {
        try (var own = TestBroker.own()) {
            String readings = own.newTopic("readings", 1);
            try (var collector = TestCollector.start(own, readings)) {
                await().atMost(TestCollector.LIMIT).until(collector::ready);
                HostInventory node = MadeInventory.of("node-1")
                        .interval(Duration.ofSeconds(4))
                        .target(exporter(Target.NODE_EXPORTER, MadeInventory.ADDRESS, 9100))
                        .made();
                own.send(TestCollector.inventory(readings), "node-1".getBytes(UTF_8), encode(node));
                await().atMost(TestCollector.LIMIT)
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> isListed(collector));

                own.stop();
                await().during(Duration.ofSeconds(14))
                        .atMost(TestCollector.LIMIT)
                        .until(() -> isListed(collector));

                own.start();
                await().atMost(TestCollector.LIMIT).until(() -> !isListed(collector));
            }
        }
    }

    private static boolean isListed(TestCollector collector) {
        return text(collector.get("/sd/node-exporter", Map.of())).contains("10.0.0.7:9100");
    }

    @Test
    void whatCannotBeReadGoesToTheDeadLettersAndTheRestGoesOn() {
        try (var collector = TestCollector.start(broker, topic)) {
            await().atMost(TestCollector.LIMIT).until(collector::ready);
            send("node-1", "<html>".getBytes(UTF_8));
            send("node-2", encode(node("node-1", "10.0.0.1"))); // under another host's key
            publish(node("node-3", "10.0.0.3"));

            await().atMost(TestCollector.LIMIT)
                    .until(() ->
                            text(collector.get("/sd/node-exporter", Map.of())).contains("10.0.0.3"));
            await().atMost(TestCollector.LIMIT)
                    .until(() ->
                            broker.readAll(TestCollector.deadLetters(topic)).size() == 2);
            assertThat(text(collector.get("/sd/node-exporter", Map.of()))).doesNotContain("10.0.0.1");
            assertThat(collector.metrics()).contains("caretaker_collector_inventories_total{outcome=\"malformed\"} 2");
        }
    }

    private static HostInventory node(String host, String address) {
        return MadeInventory.of(host)
                .address(address)
                .target(exporter(Target.NODE_EXPORTER, address, 9100))
                .made();
    }

    private void publish(HostInventory inventory) {
        send(inventory.host(), encode(inventory));
    }

    private void send(String key, byte @Nullable [] value) {
        String inventory = TestCollector.inventory(topic);
        broker.send(List.of(new ProducerRecord<>(inventory, key.getBytes(UTF_8), value)));
    }

    private static byte[] encode(HostInventory inventory) {
        return new HostInventoryCodec().encode(inventory);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
    }

    private static List<String> lines(String metrics, String prefix) {
        List<String> found = new ArrayList<>();
        metrics.lines().filter(line -> line.startsWith(prefix)).forEach(found::add);
        return found;
    }
}
