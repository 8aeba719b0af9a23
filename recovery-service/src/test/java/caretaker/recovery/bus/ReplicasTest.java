package caretaker.recovery.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** a broker is only restarted when each partition can do without it. */
class ReplicasTest {
    private static final List<Node> BROKERS =
            List.of(new Node(1, "a", 9092), new Node(2, "b", 9092), new Node(3, "c", 9092));

    /** A topic with a partition for each number of replicas in sync. */
    private static TopicDescription topic(int... inSync) {
        List<TopicPartitionInfo> partitions = new ArrayList<>();
        for (int count : inSync) {
            partitions.add(
                    new TopicPartitionInfo(partitions.size(), BROKERS.getFirst(), BROKERS, BROKERS.subList(0, count)));
        }
        return new TopicDescription("topic", false, partitions);
    }

    private static Config least(@Nullable String value) {
        return new Config(List.of(new ConfigEntry("min.insync.replicas", value)));
    }

    @Test
    void oneMoreThanThereMustBeCanBeSpared() {
        assertThat(Replicas.canSpareOne(topic(3, 3), least("2"))).isTrue();
        assertThat(Replicas.canSpareOne(topic(3, 2), least("2")))
                .as("one partition is short")
                .isFalse();
        assertThat(Replicas.canSpareOne(topic(2), least("1"))).isTrue();
        assertThat(Replicas.canSpareOne(topic(1), least("1"))).isFalse();
        assertThat(Replicas.canSpareOne(topic(1), null)).isFalse();
        assertThat(Replicas.canSpareOne(topic(1), least("0")))
                .as("nobody would have it")
                .isFalse();
        assertThat(Replicas.canSpareOne(topic(2), least(null))).isTrue();
    }
}
