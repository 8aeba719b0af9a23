package caretaker.chassis;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the handler of a {@link PollLoop} makes of the records of a poll: how far each partition may move, and which
 * ones rest. Used by the loop's thread alone.
 */
final class Effects {
    private static final Logger LOGGER = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration QUARANTINE_PAUSE = Duration.ofSeconds(1);

    private final PollLoop.Builder settings;
    private final PollMetrics metrics;
    private final BooleanSupplier running;
    private final Map<TopicPartition, Instant> pausedUntil = new HashMap<>();

    Effects(PollLoop.Builder settings, PollMetrics metrics, BooleanSupplier running) {
        this.settings = settings;
        this.metrics = metrics;
        this.running = running;
    }

    /** Tries all effects. The result has the next offset of each partition that moved. */
    Map<TopicPartition, OffsetAndMetadata> of(
            Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            var batch = records.records(partition);
            long offset = settings.batchHandler == null
                    ? settleEach(consumer, partition, batch)
                    : settleWhole(consumer, settings.batchHandler, partition, batch);
            if (offset > batch.getFirst().offset()) {
                next.put(partition, new OffsetAndMetadata(offset));
            }
        }
        return next;
    }

    /** The offset that is to come next, which is that of the first record if none was settled. */
    private long settleEach(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        for (var record : records) {
            if (!running.getAsBoolean() || !settle(consumer, partition, List.of(record), () -> handle(record))) {
                return record.offset();
            }
        }
        return records.getLast().offset() + 1;
    }

    private Verdict handle(ConsumerRecord<byte[], byte[]> record) {
        return settings.handler == null ? Verdict.done() : settings.handler.handle(record);
    }

    private long settleWhole(
            Consumer<byte[], byte[]> consumer,
            PollLoop.BatchHandler handler,
            TopicPartition partition,
            List<ConsumerRecord<byte[], byte[]>> records) {
        Quarantine counted = this::quarantine;
        try {
            Verdict verdict = handler.handle(partition, records, counted);
            boolean settled = settle(consumer, partition, records, () -> verdict);
            return settled ? records.getLast().offset() + 1 : records.getFirst().offset();
        } catch (RuntimeException e) {
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("partition", partition)
                    .addKeyValue("records", records.size())
                    .log("batch failed, its records are tried one by one");
        }
        for (var record : records) {
            var one = List.of(record);
            if (!running.getAsBoolean()
                    || !settle(consumer, partition, one, () -> handler.handle(partition, one, counted))) {
                return record.offset();
            }
        }
        return records.getLast().offset() + 1;
    }

    /** Whether the offset may move past the records. */
    private boolean settle(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            List<ConsumerRecord<byte[], byte[]>> records,
            Supplier<Verdict> effect) {
        try {
            return switch (verdict(records, effect)) {
                case Verdict.Done _ -> {
                    metrics.done(records.size());
                    yield true;
                }
                case Verdict.Quarantine(String reason) -> {
                    records.forEach(record -> quarantine(record, reason));
                    yield true;
                }
                case Verdict.Retry(String reason, Duration pause) -> {
                    retry(consumer, partition, records, reason, pause);
                    yield false;
                }
            };
        } catch (Quarantine.Unavailable e) {
            retry(consumer, partition, records, String.valueOf(e.getMessage()), QUARANTINE_PAUSE);
            return false;
        }
    }

    private Verdict verdict(List<ConsumerRecord<byte[], byte[]>> records, Supplier<Verdict> effect) {
        try {
            return effect.get();
        } catch (Quarantine.Unavailable e) {
            throw e;
        } catch (RuntimeException e) {
            var first = records.getFirst();
            LOGGER.atError()
                    .addMarker(Logs.REPEATABLE)
                    .setCause(e)
                    .addKeyValue("topic", first.topic())
                    .addKeyValue("partition", first.partition())
                    .addKeyValue("offset", first.offset())
                    .log("handler failed, record goes to quarantine");
            metrics.failed();
            return Verdict.quarantine("handler failed: " + e);
        }
    }

    private void quarantine(ConsumerRecord<byte[], byte[]> record, String reason) {
        settings.quarantine.store(record, reason);
        metrics.quarantined();
    }

    private void retry(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            List<ConsumerRecord<byte[], byte[]>> records,
            String reason,
            Duration pause) {
        long offset = records.getFirst().offset();
        LOGGER.atWarn()
                .addMarker(Logs.REPEATABLE)
                .addKeyValue("topic", partition.topic())
                .addKeyValue("partition", partition.partition())
                .addKeyValue("offset", offset)
                .addKeyValue("reason", reason)
                .log("effect failed, partition paused");
        metrics.retried(records.size());
        consumer.seek(partition, offset);
        consumer.pause(List.of(partition));
        pausedUntil.put(partition, settings.clock.instant().plus(pause));
    }

    void resumeWhatIsDue(Consumer<byte[], byte[]> consumer) {
        Instant now = settings.clock.instant();
        List<TopicPartition> due = new ArrayList<>();
        pausedUntil.forEach((partition, until) -> {
            if (!until.isAfter(now)) {
                due.add(partition);
            }
        });
        consumer.resume(due);
        pausedUntil.keySet().removeAll(due);
    }

    int paused() {
        return pausedUntil.size();
    }

    void forget(Collection<TopicPartition> partitions) {
        pausedUntil.keySet().removeAll(partitions);
    }
}
