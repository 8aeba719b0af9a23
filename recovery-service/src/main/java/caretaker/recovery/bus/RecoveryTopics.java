package caretaker.recovery.bus;

import caretaker.chassis.TopicSpec;
import caretaker.chassis.config.Default;
import caretaker.contracts.Topic;
import java.util.List;

/** Names of the topics that the service reads and writes. */
public record RecoveryTopics(
        @Default("caretaker.health") String health,
        @Default("caretaker.recoveries") String recoveries,
        @Default("caretaker.recovery-state") String state,
        @Default("caretaker.maintenance") String maintenance,
        @Default("caretaker.dead-letters") String deadLetters) {

    /** As they are created where they are absent. */
    public List<TopicSpec> specs() {
        return List.of(
                spec(health, Topic.HEALTH),
                spec(recoveries, Topic.RECOVERIES),
                spec(state, Topic.RECOVERY_STATE),
                spec(maintenance, Topic.MAINTENANCE),
                spec(deadLetters, Topic.DEAD_LETTERS));
    }

    private static TopicSpec spec(String name, Topic topic) {
        return new TopicSpec(name, topic.partitions(), topic.config());
    }
}
