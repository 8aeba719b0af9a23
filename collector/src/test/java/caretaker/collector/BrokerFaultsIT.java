package caretaker.collector;

import static caretaker.collector.Records.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class BrokerFaultsIT {
    private static final int LONG = 600_000; // milliseconds; no host falls silent while the collector is slow
    private static final String TOPIC = "caretaker.readings";

    @Test
    void itServesWithoutABrokerAndReadsOnceThereIsOne() {
        try (var broker = TestBroker.own()) {
            broker.stop();
            try (var collector = TestCollector.start(broker, TOPIC)) {
                assertThat(collector.get("/-/healthy", Map.of()).statusCode()).isEqualTo(200);
                assertThat(collector.metrics()).contains("caretaker_collector_hosts 0.0\n");
                assertThat(collector.ready()).isFalse();

                broker.start();

                await().atMost(TestCollector.LIMIT).until(collector::ready); // it has made the topics
                TestCollector.send(broker, TOPIC, host("node-1", 1, 1).intervalMillis(LONG));
                await().atMost(TestCollector.LIMIT).until(() -> TestCollector.shows(collector.metrics(), "node-1"));
            }
        }
    }

    private static Set<String> topicsOf(TestBroker broker) throws InterruptedException, ExecutionException {
        try (var admin = broker.admin()) {
            return admin.listTopics().names().get();
        }
    }

    @Test
    void itGoesOnWhenTheBrokerIsBackWithItsDataOrWithAnEmptyDisk() {
        try (var broker = TestBroker.own();
                var collector = TestCollector.start(broker, TOPIC)) {
            await().atMost(TestCollector.LIMIT).until(collector::ready);
            TestCollector.send(broker, TOPIC, host("node-1", 1, 1).intervalMillis(4_000));
            await().atMost(TestCollector.LIMIT).until(() -> TestCollector.shows(collector.metrics(), "node-1"));

            broker.stop();
            await().atMost(TestCollector.LIMIT)
                    .until(() -> collector.metrics().contains("nvidia_gpu_up{instance=\"node-1\",gpu=\"0\",")
                            && !TestCollector.shows(collector.metrics(), "node-1"));
            broker.start();
            TestCollector.send(broker, TOPIC, host("node-1", 2, 1).intervalMillis(LONG));
            await().atMost(TestCollector.LIMIT).until(() -> TestCollector.shows(collector.metrics(), "node-1"));

            broker.stop();
            broker.wipe();
            broker.start();
            await().atMost(TestCollector.LIMIT).until(() -> topicsOf(broker).contains(TOPIC)); // it has made them again
            TestCollector.send(
                    broker,
                    TOPIC,
                    host("node-1", 3, 2).intervalMillis(LONG), // what was known of it before has one GPU
                    host("node-2", 1, 1).intervalMillis(LONG));
            await().atMost(TestCollector.LIMIT)
                    .until(() -> collector.metrics().contains("nvidia_gpu_up{instance=\"node-1\",gpu=\"1\",")
                            && TestCollector.shows(collector.metrics(), "node-2"));
        }
    }
}
