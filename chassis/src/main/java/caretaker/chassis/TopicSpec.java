package caretaker.chassis;

import java.util.Map;

/**
 * A topic as it should be when it is created.
 *
 * @param replicationFactor {@link #BROKER_DEFAULT} leaves it to the broker
 */
public record TopicSpec(String name, int partitions, short replicationFactor, Map<String, String> config) {
    public static final short BROKER_DEFAULT = -1;

    public TopicSpec {
        if (partitions < 1) {
            throw new IllegalArgumentException("topic " + name + " needs a partition, not " + partitions);
        }
        if (replicationFactor < 1 && replicationFactor != BROKER_DEFAULT) {
            throw new IllegalArgumentException("topic " + name + " has no replication factor " + replicationFactor);
        }
        config = Map.copyOf(config);
    }

    public TopicSpec(String name, int partitions, Map<String, String> config) {
        this(name, partitions, BROKER_DEFAULT, config);
    }
}
