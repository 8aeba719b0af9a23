package caretaker.collector.ingest;

import static caretaker.collector.Records.encode;
import static caretaker.collector.Records.host;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.chassis.Quarantine;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.FleetLimits;
import caretaker.collector.state.Snapshot;
import caretaker.collector.state.SteadyClock;
import caretaker.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
    private static final TopicPartition PARTITION = new TopicPartition("readings", 4);

    private final ManualClock wall = new ManualClock();
    private final SteadyClock clock = new SteadyClock(wall);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Fleet fleet = new Fleet(FleetLimits.DEFAULT);
    private final Intake intake = new Intake(fleet, wall, clock, Duration.ofMinutes(5), 4096, registry);
    private final List<String> reasons = new ArrayList<>();
    private final Quarantine quarantine = (record, reason) -> reasons.add(record.offset() + ": " + reason);

    @Test
    @SuppressWarnings("NullAway") // Kafka does send null for a value
    void everyRecordIsCountedOnceUnderItsOutcomeAndTheBadOnesGoToQuarantine() {
        byte[] newer = encode(host("a", 1, 1));
        newer[1] = 2;
        handle(
                encode(host("a", 1, 1)),
                encode(host("a", 1, 1)),
                new byte[] {1, 2, 3},
                newer,
                new byte[4097],
                null,
                encode(host("b", 1, 2)));

        assertThat(reasons).hasSize(4);
        assertThat(reasons.get(0)).startsWith("2: ");
        assertThat(reasons.get(1)).isEqualTo("3: format 2 is newer than this reader's 1");
        assertThat(reasons.get(2)).isEqualTo("4: 4097 bytes, more than the 4096 that are read");
        assertThat(reasons.get(3)).isEqualTo("5: no value");
        assertThat(fleet.hosts()).isEqualTo(2);
        assertThat(count("caretaker.collector.records.read")).isEqualTo(7);
        assertThat(outcome("accepted")).isEqualTo(2);
        assertThat(outcome("superseded")).isEqualTo(1);
        assertThat(outcome("malformed")).isEqualTo(3);
        assertThat(outcome("newer")).isEqualTo(1);
        assertThat(outcome("refused")).isZero();
    }

    @Test
    void aBatchThatComesAgainBecauseNoDeadLetterCouldBeWrittenChangesNothing() {
        var batch = batch(encode(host("a", 1, 1)), new byte[] {1});
        try {
            intake.handle(PARTITION, batch, (_, _) -> {
                throw new Quarantine.Unavailable("away", new IllegalStateException());
            });
        } catch (Quarantine.Unavailable e) {
            intake.handle(PARTITION, batch, quarantine);
        }
        assertThat(fleet.hosts()).isEqualTo(1);
        assertThat(reasons).hasSize(1);
        assertThat(count("caretaker.collector.records.read")).isEqualTo(4);
        assertThat(outcome("accepted") + outcome("superseded") + outcome("malformed"))
                .isEqualTo(4);
    }

    @Test
    void anAssignedPartitionIsReadFromTheLookbackAndItsRecordsCountFromWhenTheBrokerGotThem() {
        var consumer = consumer(40, 100);

        intake.assigned(consumer, List.of(PARTITION));

        assertThat(consumer.position(PARTITION)).isEqualTo(40);
        assertThat(intake.behind()).isEqualTo(1);
        intake.handle(PARTITION, List.of(record(98, encode(host("a", 1, 1)), -10_000)), quarantine);
        assertThat(ageOf("a")).isEqualTo(10_000);
        intake.handle(PARTITION, List.of(record(99, encode(host("b", 1, 1)), 60_000)), quarantine);
        assertThat(ageOf("b")).isZero(); // a broker's clock ahead of ours
        assertThat(intake.behind()).isZero();
        intake.handle(PARTITION, List.of(record(100, encode(host("a", 2, 1)), -10_000)), quarantine);
        assertThat(ageOf("a")).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-365, 365})
    void aRecordStampedAYearOffDuringCatchUpBreaksNothing(long days) {
        intake.assigned(consumer(0, 100), List.of(PARTITION));
        long offset = Duration.ofDays(days).toMillis();
        intake.handle(PARTITION, List.of(record(1, encode(host("a", 1, 1)), offset)), quarantine);
        intake.handle(PARTITION, List.of(record(99, encode(host("b", 1, 1)), 0)), quarantine);
        intake.handle(PARTITION, List.of(record(100, encode(host("a", 2, 1)), offset)), quarantine);
        assertThat(ageOf("a")).isZero();
        assertThat(ageOf("b")).isZero();
    }

    @Test
    void aPartitionWithNothingYoungEnoughIsReadFromItsEnd() {
        var consumer = consumer(-1, 100);
        intake.assigned(consumer, List.of(PARTITION));
        assertThat(consumer.position(PARTITION)).isEqualTo(100);
        assertThat(intake.behind()).isZero();
    }

    @Test
    void aBrokerThatDoesNotAnswerAtTheAssignmentMeansTheBeginning() {
        var consumer = consumer(40, 100);
        consumer.setOffsetsException(new TimeoutException("away"));
        intake.assigned(consumer, List.of(PARTITION));
        assertThat(intake.behind()).isEqualTo(1);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 7L));
        assertThat(consumer.position(PARTITION)).isEqualTo(7);
    }

    @Test
    void theHostsGoWithTheirPartition() {
        handle(encode(host("a", 1, 1)));
        intake.lost(List.of(new TopicPartition("readings", 5)));
        assertThat(fleet.hosts()).isEqualTo(1);
        intake.revoked(List.of(PARTITION));
        assertThat(fleet.hosts()).isZero();
    }

    private void handle(byte[]... values) {
        intake.handle(PARTITION, batch(values), quarantine);
    }

    private List<ConsumerRecord<byte[], byte[]>> batch(byte[]... values) {
        List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
        for (byte[] value : values) {
            batch.add(record(batch.size(), value, 0));
        }
        return batch;
    }

    private ConsumerRecord<byte[], byte[]> record(long offset, byte[] value, long fromNowMillis) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                wall.millis() + fromNowMillis,
                TimestampType.LOG_APPEND_TIME,
                1,
                value == null ? 0 : value.length,
                "a".getBytes(UTF_8),
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private long ageOf(String name) {
        var snapshot = new Snapshot();
        fleet.copyTo(snapshot, clock.millis());
        for (int i = 0; i < snapshot.hostCount(); i++) {
            if (snapshot.host(i).name().equals(name)) {
                return snapshot.host(i).ageMillis();
            }
        }
        throw new AssertionError("no host " + name);
    }

    private double count(String name) {
        return registry.get(name).counter().count();
    }

    private double outcome(String outcome) {
        return registry.get("caretaker.collector.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    /** @param young the first offset within the lookback, or -1 */
    private static MockConsumer<byte[], byte[]> consumer(long young, long end) {
        var consumer = new MockConsumer<byte[], byte[]>("earliest") {
            @Override
            public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
                    Map<TopicPartition, Long> times, Duration timeout) {
                Map<TopicPartition, OffsetAndTimestamp> offsets = new HashMap<>();
                times.forEach((partition, time) ->
                        offsets.put(partition, young < 0 ? null : new OffsetAndTimestamp(young, time)));
                return offsets;
            }
        };
        consumer.assign(List.of(PARTITION));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
        return consumer;
    }
}
