package caretaker.chassis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class PollLoopTest {
    private static final TopicPartition ONE = new TopicPartition("events", 0);
    private static final TopicPartition TWO = new TopicPartition("events", 1);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration limit) {
            if (brokerAway) {
                throw new TimeoutException("no answer");
            }
            if (groupGone) {
                throw new KafkaException("Unexpected error in commit: The group id does not exist.");
            }
            super.commitSync(offsets, limit);
        }
    };
    private final List<String> effects = new ArrayList<>();
    private final List<String> quarantined = new ArrayList<>();
    private boolean down;
    private boolean brokerAway;
    private boolean groupGone;

    @Test
    void theOffsetStopsAtTheFirstRecordWhoseEffectFailed() {
        // Given
        var loop = begin(loop().each(record -> record.offset() == 1 ? retry() : done(record)));
        add(ONE, 3);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(effects).containsExactly("0/0");
        assertThat(committed(ONE)).isEqualTo(1);
        assertThat(consumer.position(ONE)).isEqualTo(1);
    }

    @Test
    void aFailedRecordComesAgainOnlyAfterThePause() {
        // Given
        down = true;
        var loop = begin(loop().each(record -> down ? retry() : done(record)));
        add(ONE, 1);
        loop.runBatch(consumer);
        down = false;
        clock.advance(PAUSE.minusMillis(1));
        loop.runBatch(consumer);
        List<String> before = List.copyOf(effects);

        // When
        clock.advance(Duration.ofMillis(1));
        add(ONE, 1);
        loop.runBatch(consumer);

        // Then
        assertThat(before).isEmpty();
        assertThat(effects).containsExactly("0/0");
    }

    @Test
    void aRetryRestsItsPartitionAndNoOther() {
        // Given
        var loop = begin(loop().each(record -> record.partition() == 0 ? retry() : done(record)));
        add(ONE, 1);
        add(TWO, 1);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(consumer.paused()).containsExactly(ONE);
        assertThat(effects).containsExactly("1/0");
        assertThat(committed(TWO)).isEqualTo(1);
    }

    @Test
    void aPoisonedRecordIsQuarantinedAndPassed() {
        // Given
        var loop = begin(loop().each(record -> record.offset() == 0 ? Verdict.quarantine("bad") : done(record)));
        add(ONE, 2);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(quarantined).containsExactly("0/0 bad");
        assertThat(committed(ONE)).isEqualTo(2);
        assertThat(records("quarantined")).isEqualTo(1);
        assertThat(records("done")).isEqualTo(1);
    }

    /** After a broker has lost its disk. */
    @Test
    void aGroupThatIsGoneDoesNotEndTheLoop() {
        // Given
        var loop = begin(loop().each(this::done));
        add(ONE, 1);
        groupGone = true;
        loop.runBatch(consumer);

        // When
        groupGone = false;
        add(TWO, 2);
        loop.runBatch(consumer);

        // Then
        assertThat(effects).containsExactly("0/0", "1/0", "1/1");
        assertThat(committed(TWO)).isEqualTo(2);
    }

    @Test
    void aHandlerThatThrowsPutsItsRecordInQuarantine() {
        // Given
        var loop = begin(loop().each(record -> {
            throw new IllegalStateException("bug");
        }));
        add(ONE, 1);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(quarantined).containsExactly("0/0 handler failed: java.lang.IllegalStateException: bug");
        assertThat(committed(ONE)).isEqualTo(1);
    }

    @Test
    void withoutQuarantineTheRecordComesAgain() {
        // Given
        var loop = begin(loop().each(_ -> Verdict.quarantine("bad")).quarantine((_, _) -> {
            throw new Quarantine.Unavailable("no broker", new TimeoutException());
        }));
        add(ONE, 1);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(consumer.paused()).containsExactly(ONE);
        assertThat(committed(ONE)).isEqualTo(-1);
    }

    @Test
    void aBatchIsCommittedAsAWholeAndRetriedAsAWhole() {
        // Given
        var loop = begin(loop().batches((partition, records, _) -> {
            effects.add(partition.partition() + ":" + records.size());
            return partition.equals(TWO) ? retry() : Verdict.done();
        }));
        add(ONE, 3);
        add(TWO, 2);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(effects).containsExactlyInAnyOrder("0:3", "1:2");
        assertThat(committed(ONE)).isEqualTo(3);
        assertThat(committed(TWO)).isEqualTo(-1);
        assertThat(records("done")).isEqualTo(3);
        assertThat(records("retried")).isEqualTo(2);
    }

    @Test
    void aBatchHandlerThatThrowsLosesOnlyTheRecordAtFault() {
        // Given
        var loop = begin(loop().batches((_, records, _) -> {
            for (var record : records) {
                if (record.offset() == 1) {
                    throw new IllegalStateException("bug");
                }
            }
            records.forEach(this::done);
            return Verdict.done();
        }));
        add(ONE, 3);

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(effects).containsExactly("0/0", "0/2");
        assertThat(quarantined).hasSize(1).first().asString().startsWith("0/1 ");
        assertThat(committed(ONE)).isEqualTo(3);
    }

    @Test
    void aCommitThatFailedIsMadeWithTheNextRound() {
        // Given
        var loop = begin(loop().each(this::done));
        add(ONE, 1);
        brokerAway = true;
        loop.runBatch(consumer);
        brokerAway = false;

        // When
        loop.runBatch(consumer);

        // Then
        assertThat(committed(ONE)).isEqualTo(1);
        assertThat(effects).containsExactly("0/0");
    }

    @Test
    void itHasCaughtUpOnceItIsWhereTheEndWasAtItsAssignment() {
        // Given
        var loop = begin(loop().each(this::done));
        consumer.updateEndOffsets(Map.of(ONE, 2L, TWO, 0L));
        add(ONE, 1);
        loop.runBatch(consumer);
        boolean before = loop.caughtUp();

        // When
        consumer.addRecord(new ConsumerRecord<>("events", 0, 1, new byte[0], new byte[0]));
        loop.runBatch(consumer);

        // Then
        assertThat(before).isFalse();
        assertThat(loop.caughtUp()).isTrue();
    }

    @Test
    void aLoopWithoutAHandlerIsABug() {
        assertThatThrownBy(() -> loop().build()).isInstanceOf(IllegalStateException.class);
    }

    private PollLoop.Builder loop() {
        return PollLoop.named("test", () -> consumer)
                .topics(List.of("events"))
                .clock(clock)
                .registry(registry)
                .quarantine(
                        (record, reason) -> quarantined.add(record.partition() + "/" + record.offset() + " " + reason));
    }

    private PollLoop begin(PollLoop.Builder builder) {
        var loop = builder.build();
        loop.subscribe(consumer);
        consumer.rebalance(Set.of(ONE, TWO));
        consumer.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
        consumer.updateEndOffsets(Map.of(ONE, 0L, TWO, 0L));

        return loop;
    }

    private void add(TopicPartition partition, int records) {
        for (int offset = 0; offset < records; offset++) {
            consumer.addRecord(
                    new ConsumerRecord<>(partition.topic(), partition.partition(), offset, new byte[0], new byte[0]));
        }
    }

    private Verdict done(ConsumerRecord<byte[], byte[]> record) {
        effects.add(record.partition() + "/" + record.offset());
        return Verdict.done();
    }

    private static Verdict retry() {
        return Verdict.retry("database down", PAUSE);
    }

    private long committed(TopicPartition partition) {
        var committed = consumer.committed(Set.of(partition)).get(partition);
        return committed == null ? -1 : committed.offset();
    }

    private double records(String outcome) {
        return registry.get("caretaker.poll.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
