package caretaker.chassis;

import java.util.Collection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Hears which partitions a {@link PollLoop} owns, on the loop's thread. The next owner of a revoked partition gets it
 * only after {@link #revoked} has returned.
 */
public interface PartitionListener {
    /** The partitions are ours from now on. The consumer may be used to seek and to ask for offsets, not to poll. */
    default void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {}

    /** The partitions go to another member. Every batch of theirs is finished and committed. */
    default void revoked(Collection<TopicPartition> partitions) {}

    /** The partitions went to another member some time ago, which may already be at work. */
    default void lost(Collection<TopicPartition> partitions) {
        revoked(partitions);
    }

    /**
     * A poll is over and what it brought is handled; it may have brought nothing. Must return at once.
     *
     * @param caughtUp see {@link PollLoop#caughtUp}
     */
    default void polled(Consumer<byte[], byte[]> consumer, boolean caughtUp) {}
}
