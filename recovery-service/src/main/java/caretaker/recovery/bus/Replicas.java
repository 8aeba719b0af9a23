package caretaker.recovery.bus;

import caretaker.chassis.KafkaSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the Kafka that the service itself uses can do without any one of its brokers: each partition has one replica
 * in sync more than it must have. Which container is which broker is not known, so it is asked of all partitions; a
 * Kafka with a single broker can never do without it. What cannot be found out is no.
 */
public record Replicas(KafkaSettings kafka) implements BooleanSupplier {
    private static final Logger LOGGER = LoggerFactory.getLogger(Replicas.class);
    private static final long LIMIT_SECONDS = 5;
    private static final String LEAST = "min.insync.replicas";

    @Override
    public boolean getAsBoolean() {
        try (Admin admin = kafka.newAdmin()) {
            Set<String> names = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            Map<String, TopicDescription> topics =
                    admin.describeTopics(names).allTopicNames().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            Collection<ConfigResource> resources = names.stream()
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                    .collect(Collectors.toSet());
            Map<ConfigResource, Config> configs =
                    admin.describeConfigs(resources).all().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return !topics.isEmpty()
                    && topics.values().stream()
                            .allMatch(topic -> canSpareOne(
                                    topic, configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))));
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOGGER.atWarn().setCause(e).log("it is not known whether Kafka can do without a broker");
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static boolean canSpareOne(TopicDescription topic, @Nullable Config config) {
        ConfigEntry entry = config == null ? null : config.get(LEAST);
        int least = entry == null || entry.value() == null ? 1 : Integer.parseInt(entry.value());
        return topic.partitions().stream().allMatch(partition -> partition.isr().size() > Math.max(1, least));
    }
}
