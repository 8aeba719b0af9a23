package caretaker.testkit;

import caretaker.broker.EmbeddedBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A real broker for tests. {@link #shared} is one for the whole JVM, with topics whose names no other test has;
 * {@link #own} is one that a test may stop, start and wipe.
 */
public final class TestBroker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final Path dir;
    private final int port = FreePort.find(); // nobody takes it while the broker is away
    private @Nullable EmbeddedBroker broker;
    private @Nullable TestClients clients;

    private TestBroker(Path dir) {
        this.dir = dir;
    }

    /** The broker of this JVM, started at the first call and stopped when the JVM ends. */
    public static TestBroker shared() {
        return Shared.BROKER;
    }

    /** A broker of the test's own; close it. */
    public static TestBroker own() {
        try {
            var own = new TestBroker(Files.createTempDirectory("caretaker-broker-"));
            own.start();
            return own;
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory for a broker", e);
        }
    }

    private static final class Shared {
        static final TestBroker BROKER = own();

        static {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform().name("stop test broker").unstarted(BROKER::close));
        }
    }

    /** Stays the same over {@link #stop} and {@link #start}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Takes the broker away: clients are refused. */
    public synchronized void stop() {
        forgetClients();
        if (broker != null) {
            broker.close();
            broker = null;
        }
    }

    /** Brings the broker back on the same port with what is on its disk. */
    public synchronized void start() {
        if (broker == null) {
            forgetClients();
            broker = EmbeddedBroker.start(dir, port);
        }
    }

    /** Empties the disk of a stopped broker: no topic, no group, no offset is left, and the cluster has a new id. */
    public synchronized void wipe() {
        if (broker != null) {
            throw new IllegalStateException("stop the broker before its disk is wiped");
        }
        if (!Files.exists(dir)) {
            return;
        }
        try (var paths = Files.walk(dir)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + dir, e);
        }
    }

    @Override
    public synchronized void close() {
        stop();
        wipe();
    }

    /** Creates a topic whose name starts with {@code prefix} and is no other test's. */
    public String newTopic(String prefix, int partitions) {
        String name = prefix + "-" + ProcessHandle.current().pid() + "-" + TOPICS.incrementAndGet();
        createTopic(name, partitions, Map.of());
        return name;
    }

    public void createTopic(String name, int partitions, Map<String, String> config) {
        await(clients()
                .admin
                .createTopics(Set.of(new NewTopic(name, partitions, (short) 1).configs(config)))
                .all());
    }

    public void deleteTopics(Collection<String> names) {
        await(clients().admin.deleteTopics(names).all());
    }

    /** Those that exist now. */
    public Set<String> topics() {
        return await(clients().admin.listTopics().names());
    }

    /** The caller closes it. */
    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    /** Returns once the broker has the record. */
    public void send(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        send(List.of(new ProducerRecord<>(topic, key, value)));
    }

    /** Returns once the broker has all records. */
    public void send(Collection<ProducerRecord<byte[], byte[]>> records) {
        var sent = records.stream().map(clients().producer::send).toList();
        sent.forEach(TestBroker::await);
    }

    /** Everything that is in the topic now, partition by partition. */
    public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        TestClients ours = clients();
        var partitions = await(ours.admin.describeTopics(List.of(topic)).allTopicNames()).values().stream()
                .flatMap(description -> description.partitions().stream())
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        return ours.readAll(partitions);
    }

    private synchronized TestClients clients() {
        TestClients known = clients;
        if (known == null) {
            known = new TestClients(bootstrapServers());
            clients = known;
        }
        return known;
    }

    private void forgetClients() {
        if (clients != null) {
            clients.close();
            clients = null;
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the test broker", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the test broker refused", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the test broker did not answer within " + LIMIT, e);
        }
    }
}
