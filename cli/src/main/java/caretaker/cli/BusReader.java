package caretaker.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads topics from a point in time to where they end at this moment, and then on from there. Joins no consumer group
 * and commits nothing. Every wait has a limit.
 */
final class BusReader implements AutoCloseable {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);

    private final BusOptions options;
    private final InstantSource clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> assigned = new ArrayList<>();

    BusReader(BusOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
        Duration answer = ANSWER.compareTo(options.timeout()) < 0 ? ANSWER : options.timeout();
        consumer = options.kafka().consumer(answer);
    }

    /**
     * Begins with records of an age.
     *
     * @param ages by topic; zero is from now on, null from the beginning. A topic that does not exist is left out
     * @return how many of the topics exist
     */
    int begin(Map<String, @Nullable Duration> ages) {
        return answered(() -> {
            Map<String, ?> present = consumer.listTopics();
            Map<TopicPartition, Long> times = new HashMap<>();
            List<TopicPartition> whole = new ArrayList<>();
            int found = 0;
            for (Map.Entry<String, @Nullable Duration> entry : ages.entrySet()) {
                if (present.containsKey(entry.getKey())) {
                    found++;
                    Duration age = entry.getValue();
                    consumer.partitionsFor(entry.getKey()).forEach(info -> {
                        var partition = new TopicPartition(info.topic(), info.partition());
                        assigned.add(partition);
                        if (age == null) {
                            whole.add(partition);
                        } else {
                            times.put(partition, clock.millis() - age.toMillis());
                        }
                    });
                }
            }
            consumer.assign(assigned);
            consumer.seekToBeginning(whole);
            seek(times);
            return found;
        });
    }

    private void seek(Map<TopicPartition, Long> times) {
        consumer.offsetsForTimes(times).forEach((partition, offset) -> {
            if (offset == null) {
                consumer.seekToEnd(List.of(partition));
                consumer.position(partition); // now, not at the first poll
            } else {
                consumer.seek(partition, offset.offset());
            }
        });
    }

    /**
     * Reads up to where the topics end at this moment.
     *
     * @return this moment: reading may take a while, and what is read is no older for that
     */
    Instant readToEnd(@Nullable String host, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        Instant asked = clock.instant();
        Instant deadline = asked.plus(options.timeout());
        return answered(() -> {
            Map<TopicPartition, Long> open = new LinkedHashMap<>(consumer.endOffsets(assigned));
            open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            while (!open.isEmpty()) {
                if (clock.instant().isAfter(deadline)) {
                    throw new CommandFailure(
                            Exit.TIMEOUT,
                            "the topics could not be read within "
                                    + options.timeout().toSeconds()
                                    + " s; give more with --timeout, or name one --host");
                }
                poll(POLL, host, sink);
                open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
            return asked;
        });
    }

    /** Reads what comes in the next time. */
    void readFor(Duration time, @Nullable String host, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        long end = clock.millis() + time.toMillis();
        answered(() -> {
            for (long rest = time.toMillis(); rest > 0; rest = end - clock.millis()) {
                poll(Duration.ofMillis(Math.min(rest, POLL.toMillis())), host, sink);
            }
            return end;
        });
    }

    private void poll(Duration limit, @Nullable String host, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(limit)) {
            if (KafkaOptions.isOf(host, record)) {
                sink.accept(record);
            }
        }
    }

    private interface Work<T> {
        T run();
    }

    private <T> T answered(Work<T> work) {
        try {
            return work.run();
        } catch (TimeoutException e) {
            throw options.kafka().unreachable();
        } catch (KafkaException e) {
            throw options.kafka().unreadable(e);
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
