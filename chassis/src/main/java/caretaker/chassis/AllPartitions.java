package caretaker.chassis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every partition of some topics, each read from its beginning outside of any group, those that come later included.
 * Owned by the thread that polls.
 */
final class AllPartitions {
    private static final Logger LOGGER = LoggerFactory.getLogger(AllPartitions.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final String loop;
    private final Set<String> topics;
    private final Duration limit;
    private long lookedNanos = System.nanoTime();

    /**
     * @param loop the name of the loop that reads them
     * @param limit how long the broker may take to answer
     */
    AllPartitions(String loop, Collection<String> topics, Duration limit) {
        this.loop = loop;
        this.topics = new HashSet<>(topics);
        this.limit = limit;
    }

    /** Whether each topic has a partition, as far as the broker says. */
    boolean areThere(Consumer<byte[], byte[]> consumer) {
        return topics.stream().noneMatch(topic -> of(consumer, topic).isEmpty());
    }

    /**
     * Adds to what is read whatever has been made since. Asked once a second at most; the consumer knows of it when
     * its metadata is renewed.
     *
     * @return what was added
     */
    List<TopicPartition> addNew(Consumer<byte[], byte[]> consumer) {
        long now = System.nanoTime();
        if (now - lookedNanos < LOOK_NANOS) {
            return List.of();
        }
        lookedNanos = now;
        return add(consumer);
    }

    /** Adds to what is read every partition that is not read yet. */
    List<TopicPartition> add(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> read = consumer.assignment();
        List<TopicPartition> fresh = new ArrayList<>();
        for (String topic : topics) {
            for (PartitionInfo info : of(consumer, topic)) {
                var partition = new TopicPartition(topic, info.partition());
                if (!read.contains(partition)) {
                    fresh.add(partition);
                }
            }
        }
        if (!fresh.isEmpty()) {
            List<TopicPartition> all = new ArrayList<>(read);
            all.addAll(fresh);
            consumer.assign(all); // those that were read before stay where they are
            consumer.seekToBeginning(fresh);
            LOGGER.atInfo()
                    .addKeyValue("loop", loop)
                    .addKeyValue("partitions", fresh)
                    .log("partitions are read from their beginning");
        }
        return fresh;
    }

    /** Reads these topics no more. */
    void leave(Consumer<byte[], byte[]> consumer, Collection<String> read) {
        if (topics.removeAll(read)) {
            consumer.assign(consumer.assignment().stream()
                    .filter(partition -> topics.contains(partition.topic()))
                    .toList());
            LOGGER.atInfo()
                    .addKeyValue("loop", loop)
                    .addKeyValue("topics", read)
                    .log("topics are read, and left");
        }
    }

    private List<PartitionInfo> of(Consumer<byte[], byte[]> consumer, String topic) {
        try {
            List<PartitionInfo> infos = consumer.partitionsFor(topic, limit);
            return infos == null ? List.of() : infos;
        } catch (RetriableException e) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("loop", loop)
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", e.toString())
                    .log("topic not found yet, trying again");
            return List.of();
        }
    }
}
