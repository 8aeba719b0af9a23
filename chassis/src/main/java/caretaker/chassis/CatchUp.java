package caretaker.chassis;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Whether a reader has handled what was in its partitions at some moment: when they were assigned, or when somebody
 * asked. Owned by the reader's thread, but for {@link #done} and {@link #again}.
 */
final class CatchUp {
    private final Duration limit;
    private final Set<TopicPartition> unmeasured = new HashSet<>();
    private final Map<TopicPartition, Long> behind = new HashMap<>();

    /** Counts the calls of {@link #again}; what is done is done since the call that {@link #measuring} names. */
    private final AtomicInteger asked = new AtomicInteger();

    private volatile int measuring;
    private volatile boolean done;

    /** @param limit how long the broker may take to answer */
    CatchUp(Duration limit) {
        this.limit = limit;
    }

    boolean done() {
        return done && measuring == asked.get();
    }

    void again() {
        asked.incrementAndGet();
    }

    void assigned(Collection<TopicPartition> partitions) {
        done = false;
        unmeasured.addAll(partitions);
    }

    void forget(Collection<TopicPartition> partitions) {
        unmeasured.removeAll(partitions);
        behind.keySet().removeAll(partitions);
    }

    /** To be called after each poll. */
    void look(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> assigned = consumer.assignment();
        int wanted = asked.get();
        if (measuring != wanted) {
            assigned(assigned);
            measuring = wanted;
        }
        if (!done && !assigned.isEmpty()) {
            done = isAtTheEnd(consumer);
        }
    }

    private boolean isAtTheEnd(Consumer<byte[], byte[]> consumer) {
        try {
            if (!unmeasured.isEmpty()) {
                behind.putAll(consumer.endOffsets(unmeasured, limit));
                unmeasured.clear();
            }
            behind.entrySet().removeIf(end -> consumer.position(end.getKey(), limit) >= end.getValue());
            return behind.isEmpty();
        } catch (RetriableException e) {
            return false; // the broker is away; asked again after the next poll
        }
    }
}
