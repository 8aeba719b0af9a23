package caretaker.collector.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.PartitionListener;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Quarantine;
import caretaker.chassis.Verdict;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.SteadyClock;
import caretaker.collector.state.Taken;
import caretaker.contracts.ReadingsCodec;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the records of the readings topic into the fleet.
 *
 * <p>The fleet is in memory only, so a partition is read anew from a while ago whenever it is assigned; offsets are
 * committed for those who watch the group's lag, and are never a place to start from. Owned by the poll loop's thread.
 */
public final class Intake implements PollLoop.BatchHandler, PartitionListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(Intake.class);
    private static final Duration RPC_LIMIT = Duration.ofSeconds(3);
    private static final long FORGET_EVERY_MILLIS = 10_000;

    private final Fleet fleet;
    private final InstantSource wall;
    private final SteadyClock clock;
    private final Duration lookback;
    private final long maxRecordBytes;
    private final CatchUp catchUp = new CatchUp();
    private final IntakeMetrics metrics;
    private volatile Owned owned = new Owned(0, Set.of());
    private long forgetAtMillis;
    private @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param lookback how far back an assigned partition is read
     * @param maxRecordBytes a record with a larger value is malformed
     */
    public Intake(
            Fleet fleet,
            InstantSource wall,
            SteadyClock clock,
            Duration lookback,
            long maxRecordBytes,
            MeterRegistry registry) {
        this.fleet = fleet;
        this.wall = wall;
        this.clock = clock;
        this.lookback = lookback;
        this.maxRecordBytes = maxRecordBytes;
        metrics = new IntakeMetrics(registry, catchUp);
    }

    @Override
    public Verdict handle(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine) {
        long now = clock.millis();
        boolean live = catchUp.live(partition.partition());
        int accepted = 0;
        try {
            for (int i = 0; i < records.size(); i++) {
                var record = records.get(i);
                Taken taken = take(record, live ? now : clock.at(record.timestamp()));
                if (taken instanceof Taken.Accepted) {
                    accepted++;
                } else {
                    metrics.count(taken);
                    quarantineIfUnreadable(record, taken, quarantine);
                }
            }
        } finally {
            metrics.countAccepted(accepted);
            metrics.follow(fleet);
        }
        follow(partition, records.getLast().offset() + 1);
        if (now >= forgetAtMillis) {
            fleet.forgetOld(now);
            forgetAtMillis = now + FORGET_EVERY_MILLIS;
        }
        return Verdict.done();
    }

    /**
     * Whether readings of this host would have come here, and all that there are have been read: then a host without
     * any is silent. Agents place their records by Kafka's own rule. May be asked from any thread.
     */
    public boolean answersFor(String host) {
        Owned now = owned;
        return now.count > 0 && now.settled.contains(Utils.toPositive(Utils.murmur2(host.getBytes(UTF_8))) % now.count);
    }

    /** The partitions of the topic, and those of them that are ours and caught up with. */
    private record Owned(int count, Set<Integer> settled) {}

    private void settle(int count, Collection<Integer> candidates, Collection<Integer> gone) {
        Set<Integer> settled = new HashSet<>(owned.settled);
        settled.addAll(candidates);
        settled.removeAll(gone);
        settled.removeIf(partition -> !catchUp.live(partition));
        owned = new Owned(count, Set.copyOf(settled));
    }

    /** Partitions not yet read to where they ended when they were assigned. May be asked from any thread. */
    public int behind() {
        return catchUp.behind();
    }

    private Taken take(ConsumerRecord<byte[], byte[]> record, long receivedMillis) {
        byte @Nullable [] value = record.value();
        if (value != null && value.length > maxRecordBytes) {
            return new Taken.Malformed(value.length + " bytes, more than the " + maxRecordBytes + " that are read");
        }
        return fleet.take(record.partition(), value, receivedMillis);
    }

    private static void quarantineIfUnreadable(
            ConsumerRecord<byte[], byte[]> record, Taken taken, Quarantine quarantine) {
        switch (taken) {
            case Taken.Malformed(String reason) -> quarantine.store(record, reason);
            case Taken.Newer(long format) ->
                quarantine.store(
                        record,
                        "format " + Long.toUnsignedString(format) + " is newer than this reader's "
                                + ReadingsCodec.FORMAT);
            case Taken.Accepted _, Taken.Superseded _, Taken.Refused _ -> {}
        }
    }

    private void follow(TopicPartition partition, long nextOffset) {
        long lag = consumer == null ? 0 : consumer.currentLag(partition).orElse(0);
        metrics.lag(partition.partition(), lag);
        catchUp.read(partition.partition(), nextOffset, lag == 0);
        if (catchUp.live(partition.partition()) && !owned.settled.contains(partition.partition())) {
            settle(owned.count, Set.of(partition.partition()), Set.of());
        }
    }

    @Override
    public void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        this.consumer = consumer;
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, RPC_LIMIT);
            Map<TopicPartition, OffsetAndTimestamp> starts =
                    consumer.offsetsForTimes(lookbackTimes(partitions), RPC_LIMIT);
            for (TopicPartition partition : partitions) {
                long end = ends.getOrDefault(partition, 0L);
                OffsetAndTimestamp start = starts.get(partition); // null where nothing is that young
                long position = start == null ? end : start.offset();
                consumer.seek(partition, position);
                catchUp.assigned(partition.partition(), position, end);
            }
            settle(partitionCount(consumer, partitions), numbers(partitions), Set.of());
        } catch (RetriableException e) {
            // The broker is away again. From the beginning is more than needed, but not much, and needs no answer now.
            LOGGER.atWarn().addKeyValue("reason", e.toString()).log("partitions are read from their beginning");
            consumer.seekToBeginning(partitions);
            partitions.forEach(partition -> catchUp.assigned(partition.partition(), 0, CatchUp.UNKNOWN));
            settle(owned.count, Set.of(), numbers(partitions));
        }
    }

    private static int partitionCount(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            return consumer.partitionsFor(partition.topic(), RPC_LIMIT).size();
        }
        return 0;
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toList();
    }

    private Map<TopicPartition, Long> lookbackTimes(Collection<TopicPartition> partitions) {
        long from = Math.max(0, wall.instant().minus(lookback).toEpochMilli());
        return partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> from));
    }

    /** The hosts go with their partitions: the new owner shows them. */
    @Override
    public void revoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            fleet.dropPartition(partition.partition());
            catchUp.dropped(partition.partition());
            metrics.dropped(partition.partition());
        }
        settle(owned.count, Set.of(), numbers(partitions));
    }
}
