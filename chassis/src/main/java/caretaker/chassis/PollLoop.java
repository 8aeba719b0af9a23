package caretaker.chassis;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads topics and commits an offset only after the effect of its record.
 *
 * <p>One thread owns the consumer: it polls, runs the whole batch, commits, and only then polls again. Nothing is in
 * flight while partitions move, so a rebalance has no offset left to save. A crash between effect and commit repeats
 * the record, so effects must be safe to repeat.
 *
 * <p>It starts without a broker and waits for it. It ends when it is closed or when something fails that no waiting
 * helps, such as a missing permission; {@link Builder#onFailure} hears of the latter.
 */
public final class PollLoop implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PollLoop.class);
    private static final Duration POLL_WAIT = Duration.ofMillis(200);
    /** Until everything is read, the end may be reached at any moment, and somebody waits for that. */
    private static final Duration CATCH_UP_WAIT = Duration.ofMillis(10);

    private static final Duration RPC_LIMIT = Duration.ofSeconds(3);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final long CONNECT_PAUSE_MILLIS = 1_000;

    /** Short: at a first start the topics are being made at that moment. */
    private static final long TOPIC_PAUSE_MILLIS = 100;

    private final Builder settings;
    private final PollMetrics metrics;
    private final Effects effects;
    private final @Nullable AllPartitions all;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    // Owned by the loop's thread.
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private final CatchUp catchUp = new CatchUp(RPC_LIMIT);
    private long committedNanos = System.nanoTime();

    private volatile @Nullable Throwable failure;

    private PollLoop(Builder settings) {
        this.settings = settings;
        this.metrics = new PollMetrics(settings.name, settings.registry, settings.clock);
        this.all = settings.fromStart ? new AllPartitions(settings.name, settings.topics, RPC_LIMIT) : null;
        this.effects = new Effects(settings, metrics, this::running);
        this.thread = Thread.ofPlatform().name("poll-" + settings.name).unstarted(this::run);
    }

    /**
     * Begins the description of a loop.
     *
     * @param name names the thread ({@code poll-name}) and the {@code loop} label of the metrics
     * @param consumer makes a consumer of a group; called again until the broker's name can be resolved
     */
    public static Builder named(String name, Supplier<Consumer<byte[], byte[]>> consumer) {
        return new Builder(name, consumer);
    }

    /** What one record leads to. What it throws is taken for a fault of the record, which goes to quarantine. */
    @FunctionalInterface
    public interface RecordHandler {
        Verdict handle(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * What the records of one partition lead to, in the order of their offsets. The verdict is for all of them; single
     * bad ones go to {@code quarantine} directly. When it throws, the records come again one by one, to find the one
     * whose fault it is.
     */
    @FunctionalInterface
    public interface BatchHandler {
        Verdict handle(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine);
    }

    /** Whether the thread runs. It does from {@link Builder#start} until it is closed or fails. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** What ended the loop, if it was not {@link #close}. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Whether everything that was in the assigned partitions when they were assigned has been handled. False until a
     * first assignment and whenever new partitions arrive.
     */
    public boolean caughtUp() {
        return catchUp.done();
    }

    /**
     * From now on, {@link #caughtUp} says whether everything is handled that is in the assigned partitions now. May be
     * called from any thread.
     */
    public void catchUpAnew() {
        catchUp.again();
    }

    /** For {@code /-/ready}: why this loop cannot do its work now. */
    public Optional<String> notReady() {
        if (!thread.isAlive()) {
            return Optional.of("the loop has ended" + (failure == null ? "" : ": " + failure));
        }
        return metrics.assigned() > 0 ? Optional.empty() : Optional.of("no partition is assigned");
    }

    /** Finishes and commits the batch it is in, leaves the group, and returns. May be called from any thread. */
    @Override
    public void close() {
        stop.countDown();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!thread.join(settings.drainLimit)) {
                LOGGER.atWarn().addKeyValue("loop", settings.name).log("the batch in hand takes too long, left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            Consumer<byte[], byte[]> consumer = connect();
            if (consumer == null) {
                return;
            }
            try {
                begin(consumer);
                while (running()) {
                    runBatch(consumer);
                }
                commit(consumer);
            } finally {
                consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        if (!running()) {
            LOGGER.atWarn().setCause(e).addKeyValue("loop", settings.name).log("poll loop failed while it closed");
            return;
        }
        failure = e;
        LOGGER.atError().setCause(e).addKeyValue("loop", settings.name).log("poll loop failed");
        settings.onFailure.accept(e);
    }

    private boolean running() {
        return stop.getCount() > 0;
    }

    /** The consumer, or null if the loop was closed first. */
    private @Nullable Consumer<byte[], byte[]> connect() throws InterruptedException {
        while (running()) {
            try {
                return settings.consumer.get();
            } catch (KafkaException e) {
                LOGGER.atWarn()
                        .addMarker(Logs.REPEATABLE)
                        .addKeyValue("loop", settings.name)
                        .addKeyValue("reason", Logs.rootMessage(e))
                        .log("no consumer yet, trying again");
            }
            boolean _ = stop.await(CONNECT_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return null;
    }

    private void begin(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        if (all == null) {
            subscribe(consumer);
            return;
        }
        while (!all.areThere(consumer) && !stop.await(TOPIC_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
            // the services make them at their start
        }
        assigned(consumer, all.add(consumer));
    }

    private void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            catchUp.assigned(partitions);
            settings.listener.assigned(consumer, partitions);
        }
    }

    void subscribe(Consumer<byte[], byte[]> consumer) {
        consumer.subscribe(settings.topics, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                if (!partitions.isEmpty()) {
                    LOGGER.atInfo()
                            .addKeyValue("loop", settings.name)
                            .addKeyValue("partitions", partitions)
                            .log("partitions assigned");
                }
                assigned(consumer, partitions);
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                commit(consumer);
                forget(partitions);
                if (!partitions.isEmpty()) {
                    settings.listener.revoked(partitions);
                }
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                forget(partitions);
                if (!partitions.isEmpty()) {
                    settings.listener.lost(partitions);
                }
            }
        });
    }

    private void forget(Collection<TopicPartition> partitions) {
        effects.forget(partitions);
        uncommitted.keySet().removeAll(partitions);
        catchUp.forget(partitions);
    }

    void runBatch(Consumer<byte[], byte[]> consumer) {
        if (all != null) {
            assigned(consumer, all.addNew(consumer));
            if (caughtUp()) {
                all.leave(consumer, settings.atStart);
            }
        }
        effects.resumeWhatIsDue(consumer);
        boolean isBehind = !caughtUp() && !consumer.assignment().isEmpty();
        var records = consumer.poll(isBehind ? CATCH_UP_WAIT : POLL_WAIT);
        metrics.polled();
        if (!records.isEmpty()) {
            metrics.batch(() -> uncommitted.putAll(effects.of(consumer, records)));
        }
        long now = System.nanoTime();
        if (now - committedNanos >= settings.commitEvery.toNanos()) {
            committedNanos = now;
            commit(consumer);
        }
        measure(consumer);
        settings.listener.polled(consumer, caughtUp());
        boolean isMoreThere = records.count() >= ConsumerConfig.DEFAULT_MAX_POLL_RECORDS;
        if (!records.isEmpty() && !isMoreThere && caughtUp()) {
            LockSupport.parkNanos(settings.rest.toNanos());
        }
    }

    /** What cannot be committed now is kept for the next round: the effects are in place, only the note is missing. */
    private void commit(Consumer<byte[], byte[]> consumer) {
        if (settings.fromStart) {
            uncommitted.clear();
        }
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(uncommitted, RPC_LIMIT);
            uncommitted.clear();
        } catch (RebalanceInProgressException | RetriableException e) {
            metrics.commitRefused();
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("loop", settings.name)
                    .addKeyValue("reason", e.toString())
                    .log("commit failed, trying again");
        } catch (KafkaException e) {
            // The partitions have moved on, or the group is gone with the broker's disk, for which Kafka's client has
            // no class of its own. Whoever has them next repeats these records, which effects allow.
            if (!(e instanceof CommitFailedException) && !e.getClass().equals(KafkaException.class)) {
                throw e;
            }
            metrics.commitRefused();
            LOGGER.atWarn().setCause(e).addKeyValue("offsets", uncommitted).log("commit refused");
            uncommitted.clear();
        }
    }

    private void measure(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> assigned = consumer.assignment();
        long lag = 0;
        for (TopicPartition partition : assigned) {
            OptionalLong of = consumer.currentLag(partition);
            lag += of.orElse(0);
        }
        metrics.position(assigned.size(), effects.paused(), lag);
        catchUp.look(consumer);
    }

    /** What a loop is made of. Only a handler and topics are a must. */
    public static final class Builder {
        private final String name;
        private final Supplier<Consumer<byte[], byte[]>> consumer;
        private Collection<String> topics = List.of();

        @Nullable RecordHandler handler;

        @Nullable BatchHandler batchHandler;

        private boolean fromStart;
        private Collection<String> atStart = List.of();
        private PartitionListener listener = new PartitionListener() {};
        private MeterRegistry registry = new SimpleMeterRegistry();
        InstantSource clock = InstantSource.system();
        private Duration drainLimit = Duration.ofSeconds(5);
        private Duration commitEvery = Duration.ZERO;
        private Duration rest = Duration.ZERO;
        private java.util.function.Consumer<Throwable> onFailure = _ -> {};
        Quarantine quarantine = (record, reason) -> LOGGER.atError()
                .addKeyValue("topic", record.topic())
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("reason", reason)
                .log("record dropped, there is no quarantine");

        private Builder(String name, Supplier<Consumer<byte[], byte[]>> consumer) {
            this.name = name;
            this.consumer = consumer;
        }

        public Builder topics(Collection<String> names) {
            this.topics = List.copyOf(names);
            return this;
        }

        public Builder each(RecordHandler handler) {
            this.handler = handler;
            return this;
        }

        /** For throughput: one call for what a poll brought of a partition. */
        public Builder batches(BatchHandler handler) {
            this.batchHandler = handler;
            return this;
        }

        /**
         * Reads every partition of the topics from its beginning at every start, and those that are made later,
         * outside any group, and commits nothing: for a view that each instance keeps whole.
         */
        public Builder fromStart() {
            this.fromStart = true;
            return this;
        }

        /** Of what is read from its beginning, these topics no more once caught up: nobody else writes there. */
        public Builder onlyAtStart(Collection<String> names) {
            this.atStart = List.copyOf(names);
            return this;
        }

        public Builder quarantine(Quarantine store) {
            this.quarantine = store;
            return this;
        }

        public Builder partitions(PartitionListener hears) {
            this.listener = hears;
            return this;
        }

        public Builder registry(MeterRegistry meters) {
            this.registry = meters;
            return this;
        }

        public Builder clock(InstantSource source) {
            this.clock = source;
            return this;
        }

        /** Commits less often than after each batch: for effects that cost nothing to repeat. At the end, at once. */
        public Builder commitEvery(Duration interval) {
            this.commitEvery = interval;
            return this;
        }

        /** Waits after a batch that is not full, once caught up: fewer and larger ones, for news that may be late. */
        public Builder restAfterBatch(Duration pause) {
            this.rest = pause;
            return this;
        }

        /** How long {@link PollLoop#close} waits for the batch in hand. */
        public Builder drainLimit(Duration limit) {
            this.drainLimit = limit;
            return this;
        }

        /** Called on the loop's thread when the loop has failed: the place to end the process. */
        public Builder onFailure(java.util.function.Consumer<Throwable> callback) {
            this.onFailure = callback;
            return this;
        }

        PollLoop build() {
            if ((handler == null) == (batchHandler == null)) {
                throw new IllegalStateException("poll loop " + name + " needs each(…) or batches(…), and not both");
            }
            return new PollLoop(this);
        }

        public PollLoop start() {
            PollLoop loop = build();
            loop.thread.start();
            return loop;
        }
    }
}
