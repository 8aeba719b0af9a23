package caretaker.chassis;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands records to the bus and holds them while the broker is away. Offering never blocks and may be done from any
 * thread.
 *
 * <p>Records of a droppable topic (readings) are held up to a bound, then the oldest gives way to the newest. Records
 * of any other topic (events) are kept until the broker has them; only when a very large bound is reached is the newest
 * refused. Kept records of one key arrive in the order they were offered; a lost acknowledgement may repeat one. Each
 * topic has a queue of its own, so that one that does not exist holds up no other.
 *
 * <p>With a {@link Journal} the kept records of a topic are on disk too: then memory holds the oldest of them, the rest
 * waits on disk for its turn, and what a process did not get rid of is sent by the next one, in order, before its own.
 *
 * <p>The numbers add up per topic: offered + found on disk = sent + dropped + refused + rejected + queued.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Bus bus;
    private final OutboxSettings settings;
    private final Set<String> droppableTopics;
    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final List<Journal> journals = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile boolean ended;

    /**
     * To a bus that is reached in some way; needs none yet.
     *
     * @param bus closed with the outbox
     */
    public Outbox(
            Vertx vertx,
            Bus bus,
            OutboxSettings settings,
            Set<String> droppableTopics,
            MeterRegistry registry,
            InstantSource clock) {
        this.vertx = vertx;
        this.bus = bus;
        this.settings = settings;
        this.droppableTopics = Set.copyOf(droppableTopics);
        this.registry = registry;
        this.clock = clock;
    }

    /** To a Kafka cluster, by its own producer. Needs no broker yet. */
    public static Outbox start(
            Vertx vertx,
            KafkaSettings kafka,
            OutboxSettings settings,
            Set<String> droppableTopics,
            MeterRegistry registry,
            InstantSource clock) {
        return new Outbox(vertx, new KafkaBus(kafka, settings), settings, droppableTopics, registry, clock);
    }

    /** What takes the records. */
    @FunctionalInterface
    public interface Bus extends AutoCloseable {
        /**
         * Takes records of one topic, in this order. May wait; its thread is never interrupted.
         *
         * @return for each record, what completes when the bus has it, or fails
         * @throws RuntimeException if it took none of them
         */
        List<CompletableFuture<Void>> append(String topic, List<ProducerRecord<byte[], byte[]>> records);

        /** Ends what is under way: nothing is left that neither completes nor fails. */
        @Override
        default void close() {}
    }

    /** Whether the record was taken. A droppable one always is, until the outbox closes. */
    public boolean offer(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return offer(new Outgoing(topic, key, value));
    }

    /** As {@link #offer(String, byte[], byte[])}. */
    public boolean offer(Outgoing record) {
        return lane(record.topic()).offer(record, null);
    }

    /**
     * Completes once the broker has the record. Fails only if the record cannot be taken or the broker refuses it for
     * good; while the broker is away it waits.
     */
    public Future<Void> send(Outgoing record) {
        Promise<Void> promise = Promise.promise();
        if (!lane(record.topic()).offer(record, promise)) {
            promise.tryFail(new IllegalStateException("the outbox has no room for a record of " + record.topic()));
        }
        return promise.future();
    }

    /** Told of each record of a topic when it needs to be sent no more. Must not wait. */
    @FunctionalInterface
    public interface Settlement {
        /**
         * The broker has the record, or will never take it.
         *
         * @param isSent false if the broker will never take it
         * @param delay since it was offered, perhaps to an earlier process
         */
        void settled(boolean isSent, Duration delay);
    }

    /**
     * From now on, what is offered for this topic is on disk as well and outlives the process; what is there already is
     * sent first. To be called before the first record of the topic is offered. The outbox closes the journal.
     */
    public void keepOnDisk(String topic, Journal journal) {
        journals.add(journal);
        lane(topic).keepOnDisk(journal);
    }

    /** Listens to the records of one topic. */
    public void whenSettled(String topic, Settlement listener) {
        lane(topic).whenSettled(listener);
    }

    /** Records that wait for the broker, of all topics. */
    public int queued() {
        return lanes.values().stream().mapToInt(Lane::size).sum();
    }

    /** After {@link #close}: the kept records that the broker did not get, oldest first per topic. */
    public List<Outgoing> unsent() {
        return lanes.values().stream()
                .filter(Lane::keeps)
                .flatMap(lane -> lane.records().stream())
                .toList();
    }

    private Lane lane(String topic) {
        Lane lane = lanes.get(topic);
        return lane != null ? lane : lanes.computeIfAbsent(topic, this::newLane);
    }

    private Lane newLane(String topic) {
        return new Lane(topic, !droppableTopics.contains(topic), settings, this, registry, clock);
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether nothing is sent any more. */
    boolean isEnded() {
        return ended;
    }

    Bus bus() {
        return bus;
    }

    /** For work that may wait. A lane has one piece of it at a time. */
    void onThread(Runnable work) {
        Thread.ofVirtual().name("outbox").start(work);
    }

    void later(Duration pause, Runnable work) {
        vertx.setTimer(Math.max(1, pause.toMillis()), _ -> work.run());
    }

    /**
     * Takes no more records, and waits for those it has until the flush limit. Not to be called on an event loop.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        lanes.values().forEach(Lane::hurry);
        awaitIdle(settings.flushLimit(), Lane::size);
        ended = true;
        bus.close();
        awaitIdle(ABORT_LIMIT, Lane::inFlight);
        journals.forEach(Journal::close);
        lanes.values().forEach(Lane::abandon);
        sayWhatStays();
    }

    private void sayWhatStays() {
        List<Lane> keeping = lanes.values().stream().filter(Lane::keeps).toList();
        int all = keeping.stream().mapToInt(Lane::size).sum();
        int lost = keeping.stream().mapToInt(Lane::atRisk).sum();
        if (lost > 0) {
            LOGGER.atWarn().addKeyValue("records", lost).log("events not sent before the outbox closed");
        }
        if (all > lost) {
            LOGGER.atInfo().addKeyValue("records", all - lost).log("events wait on disk for the next start");
        }
    }

    private void awaitIdle(Duration limit, ToIntFunction<Lane> busy) {
        long deadline = System.nanoTime() + limit.toNanos();
        var never = new CountDownLatch(1);
        try {
            while (lanes.values().stream().mapToInt(busy).sum() > 0 && System.nanoTime() < deadline) {
                boolean _ = never.await(5, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
