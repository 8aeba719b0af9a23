package caretaker.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import kafka.server.KafkaConfig;
import org.jspecify.annotations.Nullable;

/** The settings of a node that is alone and shares its machine with others. */
final class BrokerSettings {
    static final String CLIENTS = "CLIENTS";

    private BrokerSettings() {}

    static KafkaConfig of(Path log, int clientsPort, int controllerPort, Duration session, @Nullable String password) {
        var p = new Properties();
        identity(p, log, clientsPort, controllerPort);
        access(p, password);
        alone(p);
        small(p);
        prompt(p);
        p.put("broker.session.timeout.ms", Long.toString(session.toMillis()));
        return new KafkaConfig(p, false);
    }

    private static void identity(Properties p, Path log, int clientsPort, int controllerPort) {
        p.put("process.roles", "broker,controller");
        p.put("node.id", Integer.toString(LogDirectory.NODE_ID));
        p.put("controller.listener.names", LogDirectory.CONTROLLER);
        p.put("controller.quorum.voters", LogDirectory.NODE_ID + "@127.0.0.1:" + controllerPort);
        p.put(
                "listeners",
                CLIENTS + "://127.0.0.1:" + clientsPort + "," + LogDirectory.CONTROLLER + "://127.0.0.1:"
                        + controllerPort);
        p.put("advertised.listeners", CLIENTS + "://127.0.0.1:" + clientsPort);
        p.put("inter.broker.listener.name", CLIENTS);
        p.put("log.dirs", log.toString());
    }

    /** The controller's port is closed to others as well: who may write there may do anything. */
    private static void access(Properties p, @Nullable String password) {
        String protocol = password == null ? "PLAINTEXT" : "SASL_PLAINTEXT";
        p.put(
                "listener.security.protocol.map",
                CLIENTS + ":" + protocol + "," + LogDirectory.CONTROLLER + ":" + protocol);
        if (password == null) {
            return;
        }
        String user = EmbeddedBroker.USER;
        String login = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + user
                + "\" password=\"" + password + "\" user_" + user + "=\"" + password + "\";";
        p.put("sasl.enabled.mechanisms", "PLAIN");
        p.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        p.put("sasl.mechanism.controller.protocol", "PLAIN");
        p.put("listener.name.clients.plain.sasl.jaas.config", login);
        p.put("listener.name.controller.plain.sasl.jaas.config", login);
    }

    /** Nobody to replicate to. */
    private static void alone(Properties p) {
        p.put("default.replication.factor", "1");
        p.put("offsets.topic.replication.factor", "1");
        p.put("transaction.state.log.replication.factor", "1");
        p.put("transaction.state.log.min.isr", "1");
        p.put("share.coordinator.state.topic.replication.factor", "1");
        p.put("share.coordinator.state.topic.min.isr", "1");
        p.put("auto.create.topics.enable", "false");
        // A cluster relies on its other nodes when the power fails. This one has only its disk.
        p.put("log.flush.interval.ms", "1000");
        p.put("log.flush.scheduler.interval.ms", "1000");
    }

    /** Few threads, small buffers. */
    private static void small(Properties p) {
        p.put("offsets.topic.num.partitions", "8");
        p.put("transaction.state.log.num.partitions", "4");
        p.put("share.coordinator.state.topic.num.partitions", "4");
        p.put("num.network.threads", "2");
        p.put("num.io.threads", "2");
        p.put("background.threads", "2");
        p.put("num.recovery.threads.per.data.dir", "2");
        p.put("group.coordinator.threads", "1");
        p.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
        p.put("log.cleaner.io.buffer.size", Integer.toString(128 << 10));
        p.put("log.index.size.max.bytes", Integer.toString(1 << 20));
        p.put("log.segment.bytes", Integer.toString(128 << 20));
        p.put("offsets.topic.segment.bytes", Integer.toString(16 << 20));
        p.put("metadata.log.segment.bytes", Integer.toString(16 << 20));
        p.put("queued.max.requests", "128");
    }

    /** Fast to start, to form a group, and to notice that its only member is back. */
    private static void prompt(Properties p) {
        p.put("group.initial.rebalance.delay.ms", "0");
        p.put("group.min.session.timeout.ms", "1000");
        p.put("group.consumer.min.session.timeout.ms", "1000");
        p.put("group.consumer.min.heartbeat.interval.ms", "100");
        p.put("broker.heartbeat.interval.ms", "500");
        p.put("controller.quorum.election.timeout.ms", "500");
        p.put("controller.quorum.election.backoff.max.ms", "250");
        p.put("log.retention.check.interval.ms", "60000");
        p.put("log.cleaner.backoff.ms", "15000");
    }
}
