package caretaker.chassis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which one of several instances may act: the one that a consumer group gave partition 0 of a topic.
 *
 * <p>It is a lease: a commit that the broker accepts proves the membership at the time it was sent, and no other
 * instance becomes a member's heir before the session's time has passed since. So an instance that was stopped for a
 * while, or can't reach the broker, knows by its own clock that it may act no more before another one starts. An
 * instance with the same name that comes back within the session's time is given the lease at once; one that is closed
 * gives it back.
 */
public final class Lease implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Lease.class);

    /** The least that a broker allows unless told otherwise. */
    public static final Duration SESSION = Duration.ofSeconds(6);

    private static final Duration MARGIN = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RPC_LIMIT = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 200;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final TopicPartition partition;
    private final java.util.function.Consumer<Throwable> onFailure;
    private final Duration session;
    private final long renewEveryNanos;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean assigned;
    private volatile long validUntil = System.nanoTime();
    private long renewedAt; // owned by the thread

    private Lease(
            Supplier<Consumer<byte[], byte[]>> consumers,
            String topic,
            String group,
            Duration session,
            java.util.function.Consumer<Throwable> onFailure) {
        this.consumers = consumers;
        this.partition = new TopicPartition(topic, 0);
        this.onFailure = onFailure;
        this.session = session;
        this.renewEveryNanos = session.dividedBy(6).toNanos();
        this.renewedAt = System.nanoTime() - renewEveryNanos;
        this.thread = Thread.ofPlatform().name("lease-" + group).unstarted(this::run);
    }

    /**
     * Starts to ask for it. Needs no broker yet.
     *
     * @param group the consumer group, which is used for nothing else
     * @param instance names this instance among the others, the same after a restart: at most 249 of {@code A-Z a-z 0-9
     *     . _ -}
     * @param client what the others learn of it, see {@link GroupMembers}
     * @param topic one that exists or will; nothing of it is read
     * @param session how long an heir waits for one that is silent; it is renewed six times as often
     * @param onFailure told if it ends by itself, as when another instance has the same name
     */
    public static Lease start(
            KafkaSettings kafka,
            String group,
            String instance,
            String client,
            String topic,
            Duration session,
            MeterRegistry registry,
            java.util.function.Consumer<Throwable> onFailure) {
        Map<String, String> settings = Map.of(
                "group.instance.id",
                instance,
                "client.id",
                client,
                "session.timeout.ms",
                Long.toString(session.toMillis()),
                "heartbeat.interval.ms",
                Long.toString(session.dividedBy(6).toMillis()),
                "max.poll.interval.ms",
                "60000");
        var lease = new Lease(() -> kafka.consumer(group, settings), topic, group, session, onFailure);
        Gauge.builder("caretaker.lease.held", lease, l -> l.held() ? 1 : 0)
                .description("Whether this instance may act; one of all does")
                .tag("group", group)
                .strongReference(true)
                .register(registry);
        lease.thread.start();
        return lease;
    }

    /** Whether this instance may act now. To be asked right before an effect. Any thread. */
    public boolean held() {
        return assigned && System.nanoTime() - validUntil < 0;
    }

    private void run() {
        try {
            var consumer = connect();
            if (consumer == null) {
                return;
            }
            try {
                consumer.subscribe(List.of(partition.topic()), new Listener(consumer));
                while (stop.getCount() > 0) {
                    consumer.poll(POLL);
                    renew(consumer);
                }
            } finally {
                release();
                consumer.close(CloseOptions.timeout(CLOSE_LIMIT)
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            if (stop.getCount() > 0) {
                LOGGER.atError().setCause(e).log("the lease has failed");
                onFailure.accept(e);
            }
        }
    }

    private @Nullable Consumer<byte[], byte[]> connect() throws InterruptedException {
        while (stop.getCount() > 0) {
            try {
                return consumers.get();
            } catch (KafkaException e) {
                LOGGER.atWarn()
                        .addMarker(Logs.REPEATABLE)
                        .addKeyValue("reason", String.valueOf(e.getMessage()))
                        .log("no consumer for the lease yet, trying again");
            }
            boolean _ = stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return null;
    }

    private void renew(Consumer<byte[], byte[]> consumer) {
        long now = System.nanoTime();
        if (!assigned || now - renewedAt < renewEveryNanos) {
            return;
        }
        renewedAt = now;
        boolean before = held();
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)), RPC_LIMIT);
            validUntil = now + session.minus(MARGIN).toNanos();
            if (!before) {
                LOGGER.atInfo().log("this instance acts");
            }
        } catch (CommitFailedException e) {
            release();
        } catch (RebalanceInProgressException | RetriableException e) {
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("reason", e.toString())
                    .log("the lease is not renewed, trying again");
        }
    }

    private void release() {
        if (assigned) {
            assigned = false;
            LOGGER.atInfo().log("this instance stands by");
        }
    }

    /** Nothing of the topic is read; what counts is who was given its first partition. */
    private final class Listener implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> consumer;

        Listener(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.pause(partitions);
            if (partitions.contains(partition)) {
                renewedAt = System.nanoTime() - renewEveryNanos;
                assigned = true;
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (partitions.contains(partition)) {
                release();
            }
        }
    }

    /** Gives it back. Whoever holds it must have stopped acting before. */
    @Override
    public void close() {
        stop.countDown();
        try {
            boolean _ = thread.join(CLOSE_LIMIT.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
