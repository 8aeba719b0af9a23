package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.TestBroker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PollLoopIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

    @Test
    void aCrashBetweenEffectAndCommitRepeatsTheRecordAndNoOther() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("crash", 1);
        send(broker, topic, "a", "b");
        var failed = new AtomicReference<Throwable>();
        var first = loop(broker, "crash", topic)
                .each(record -> {
                    see(record);
                    if (text(record).equals("b")) {
                        throw new StackOverflowError("as if killed");
                    }
                    return Verdict.done();
                })
                .onFailure(failed::set);
        try (var dying = first.start()) {
            await().atMost(LIMIT).until(() -> failed.get() != null);
            assertThat(dying.failure()).hasValueSatisfying(e -> assertThat(e).hasMessage("as if killed"));
            await().atMost(LIMIT).until(() -> !dying.isAlive());
        }

        // When
        try (var _ = loop(broker, "crash", topic).each(this::see).start()) {
            // Then
            await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).containsSubsequence("a", "b", "b"));
        }
    }

    @Test
    void whatIsDoneIsCommittedAndNotRepeated() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("done", 1);
        send(broker, topic, "a", "b");
        try (var _ = loop(broker, "done", topic).each(this::see).start()) {
            await().atMost(LIMIT).until(() -> seen.size() == 2);
        }

        // When
        try (var again = loop(broker, "done", topic).each(this::see).start()) {
            await().atMost(LIMIT).until(again::caughtUp);
        }

        // Then
        assertThat(seen).containsExactly("a", "b");
    }

    @Test
    void aPartitionIsGivenUpBeforeAnotherMemberHasIt() throws InterruptedException {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("handover", 2);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var slow = new CountDownLatch(1);
        var oneHasAll = new CountDownLatch(2);
        PartitionListener one = new PartitionListener() {
            @Override
            public void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
                partitions.forEach(_ -> oneHasAll.countDown());
            }

            @Override
            public void revoked(Collection<TopicPartition> partitions) {
                try {
                    boolean _ = slow.await(2, TimeUnit.SECONDS); // the time that the work in hand takes
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                partitions.forEach(partition -> order.add("given up " + partition));
            }
        };
        PartitionListener two = new PartitionListener() {
            @Override
            public void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
                partitions.forEach(partition -> order.add("taken " + partition));
            }
        };
        try (var _ =
                loop(broker, "handover", topic).each(this::see).partitions(one).start()) {
            assertThat(oneHasAll.await(90, TimeUnit.SECONDS)).isTrue();

            // When
            try (var _ = loop(broker, "handover", topic)
                    .each(this::see)
                    .partitions(two)
                    .start()) {
                await().atMost(LIMIT).until(() -> order.size() >= 2);
            }
        }

        // Then
        String partition = order.getFirst().substring("given up ".length());
        assertThat(order.subList(0, 2)).containsExactly("given up " + partition, "taken " + partition);
    }

    @Test
    void aRetryHoldsItsPartitionAndLetsTheOtherGoOn() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("retry", 2);
        var down = new AtomicBoolean(true);
        broker.send(List.of(record(topic, 0, "held"), record(topic, 0, "behind"), record(topic, 1, "free")));
        var builder = loop(broker, "retry", topic)
                .each(record -> record.partition() == 0 && down.get()
                        ? Verdict.retry("down", Duration.ofMillis(200))
                        : see(record));
        try (var _ = builder.start()) {
            await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).containsExactly("free"));

            // When
            down.set(false);

            // Then
            await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).containsExactly("free", "held", "behind"));
        }
    }

    @Test
    void itWaitsForABrokerThatIsNotThereYetAndSurvivesItsLoss() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            broker.stop();
            try (var loop = loop(broker, "patient", "events").each(this::see).start()) {
                broker.start();
                send(broker, "events", "a");
                await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).contains("a"));

                // When
                broker.stop();
                broker.start();
                send(broker, "events", "b");

                // Then
                await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).contains("b"));
                assertThat(loop.isAlive()).isTrue();
                assertThat(seen.indexOf("b")).isGreaterThan(seen.indexOf("a"));
            }
        }
    }

    @Test
    void itStartsAnewOnABrokerThatLostItsDisk() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            send(broker, "events", "old 1", "old 2", "old 3");
            try (var _ = loop(broker, "anew", "events").each(this::see).start()) {
                await().atMost(LIMIT).until(() -> seen.size() == 3);

                // When
                broker.stop();
                broker.wipe();
                broker.start();
                broker.createTopic("events", 1, Map.of());
                send(broker, "events", "new");

                // Then
                await().atMost(LIMIT).untilAsserted(() -> assertThat(seen).endsWith("new"));
            }
        }
    }

    @Test
    void itClosesQuicklyWhileTheBrokerIsGone() {
        // Given
        try (var broker = TestBroker.own()) {
            broker.createTopic("events", 1, Map.of());
            send(broker, "events", "a");
            var loop = loop(broker, "gone", "events").each(this::see).start();
            await().atMost(LIMIT).until(() -> seen.size() == 1);
            broker.stop();
            var closer = new Closer();
            closer.opened("loop", loop);
            long start = System.nanoTime();

            // When
            closer.close();

            // Then
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            await().atMost(LIMIT).until(() -> !loop.isAlive());
        }
    }

    @Test
    void aViewFromTheStartReadsEverythingEachTimeAndCommitsNothing() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("view", 3);
        for (int i = 0; i < 3; i++) {
            broker.send(List.of(record(topic, i, "p" + i)));
        }
        for (int round = 0; round < 2; round++) {
            seen.clear();

            // When
            var builder = PollLoop.named(
                            "view",
                            () -> KafkaSettings.plain(broker.bootstrapServers()).consumer(null))
                    .topics(List.of(topic))
                    .fromStart()
                    .each(this::see);
            try (var loop = builder.start()) {
                await().atMost(LIMIT).until(loop::caughtUp);
            }

            // Then
            assertThat(seen).containsExactlyInAnyOrder("p0", "p1", "p2");
        }
    }

    @Test
    void aViewFromTheStartReadsPartitionsThatAreMadeLater() throws Exception {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("growing", 1);
        broker.send(List.of(record(topic, 0, "first")));
        var builder = PollLoop.named(
                        "growing",
                        () -> KafkaSettings.plain(broker.bootstrapServers())
                                .consumer(null, Map.of("metadata.max.age.ms", "500")))
                .topics(List.of(topic))
                .fromStart()
                .each(this::see);
        try (var loop = builder.start()) {
            await().atMost(LIMIT).until(loop::caughtUp);

            // When
            try (var admin = broker.admin()) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                        .all()
                        .get();
            }
            broker.send(List.of(record(topic, 2, "in a new one"), record(topic, 0, "in the old one")));

            // Then
            await().atMost(LIMIT).until(() -> seen.size() == 3 && loop.caughtUp());
            assertThat(seen).containsExactlyInAnyOrder("first", "in a new one", "in the old one");
        }
    }

    @Test
    void whatIsReadOnlyAtTheStartIsLeftOnceAllOfItIsKnown() {
        // Given
        var broker = TestBroker.shared();
        var registry = new SimpleMeterRegistry();
        String once = broker.newTopic("once", 2);
        String always = broker.newTopic("always", 1);
        broker.send(List.of(record(once, 0, "a"), record(once, 1, "b"), record(always, 0, "c")));
        var builder = PollLoop.named(
                        "once",
                        () -> KafkaSettings.plain(broker.bootstrapServers()).consumer(null))
                .topics(List.of(once, always))
                .fromStart()
                .onlyAtStart(List.of(once))
                .registry(registry)
                .each(this::see);
        try (var loop = builder.start()) {
            await().atMost(LIMIT).until(loop::caughtUp);
            await().atMost(LIMIT).until(() -> assigned(registry, "once") == 1);

            // When
            broker.send(List.of(record(once, 0, "written by us"), record(always, 0, "by others")));
            loop.catchUpAnew();

            // Then
            await().atMost(LIMIT).until(() -> seen.contains("by others") && loop.caughtUp());
            assertThat(seen).containsExactlyInAnyOrder("a", "b", "c", "by others");
        }
    }

    private static double assigned(SimpleMeterRegistry registry, String loop) {
        var gauge = registry.find("caretaker.poll.assigned.partitions")
                .tag("loop", loop)
                .gauge();
        return gauge == null ? 0 : gauge.value();
    }

    @Test
    void batchesAreFast() {
        // Given
        var broker = TestBroker.shared();
        String topic = broker.newTopic("fast", 4);
        byte[] value = new byte[200];
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 300_000; i++) {
            records.add(new ProducerRecord<>(topic, i % 4, null, value));
        }
        broker.send(records);
        Map<Integer, Integer> counts = new ConcurrentHashMap<>();
        var builder = PollLoop.named(
                        "fast",
                        () -> KafkaSettings.plain(broker.bootstrapServers())
                                .consumer("fast", Map.of("max.poll.records", "10000")))
                .topics(List.of(topic))
                .batches((partition, batch, _) -> {
                    counts.merge(partition.partition(), batch.size(), Integer::sum);
                    return Verdict.done();
                });

        // When
        long start = System.nanoTime();
        try (var _ = builder.start()) {
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> counts.values().stream().mapToInt(i -> i).sum() == 300_000);
        }

        // Then
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertThat(taken).as("group join and 300,000 records").isLessThan(Duration.ofSeconds(10));
    }

    private PollLoop.Builder loop(TestBroker broker, String group, String topic) {
        var kafka = KafkaSettings.plain(broker.bootstrapServers());
        return PollLoop.named(group, () -> kafka.consumer(group + topic, Map.of("session.timeout.ms", "6000")))
                .topics(List.of(topic));
    }

    private Verdict see(ConsumerRecord<byte[], byte[]> record) {
        seen.add(text(record));
        return Verdict.done();
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), UTF_8);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8));
    }

    private static void send(TestBroker broker, String topic, String... values) {
        for (String value : values) {
            broker.send(topic, null, value.getBytes(UTF_8));
        }
    }
}
