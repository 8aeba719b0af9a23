package caretaker.chassis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of one topic in an {@link Outbox}. Records leave in rounds, one round at a time; what a round could not
 * deliver goes back to the front. A round takes one kept record of each key, which is what keeps their order when one
 * of them fails.
 */
final class Lane {
    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);
    private static final long ROUND_BYTES = 1 << 20;
    private static final int SCAN_FACTOR = 4;

    private final String topic;
    private final boolean keeps;
    private final int maxRecords;
    private final long maxBytes;
    private final int roundRecords;
    private final Outbox outbox;
    private final InstantSource clock;
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5));
    private final LaneMetrics metrics;

    // Guarded by this.
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int inFlight;
    private boolean busy;
    private boolean resting;
    private int rests;

    // Of a lane with a journal, guarded by this. What is beyond loadedTo is on disk only.
    private @Nullable Journal journal;
    private final Map<Long, Promise<Void>> promised = new HashMap<>();
    private long loadedTo;
    private long lastId;
    private boolean loading;

    private volatile Outbox.Settlement settlement = (_, _) -> {};

    /** @param id in the journal, 0 without one */
    private record Pending(
            Outgoing record, Instant offered, @Nullable Promise<Void> promise, long id) {}

    Lane(
            String topic,
            boolean keeps,
            OutboxSettings settings,
            Outbox outbox,
            MeterRegistry registry,
            InstantSource clock) {
        this.topic = topic;
        this.keeps = keeps;
        this.maxRecords = keeps ? settings.keptRecords() : settings.droppableRecords();
        this.maxBytes = (keeps ? settings.keptBytes() : settings.droppableBytes()).count();
        this.roundRecords = settings.roundRecords();
        this.outbox = outbox;
        this.clock = clock;
        metrics = LaneMetrics.of(registry, topic);
        Gauge.builder("caretaker.outbox.queue.records", this, Lane::size)
                .description("Records that wait for the broker")
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
    }

    boolean keeps() {
        return keeps;
    }

    /** From now on what is offered is on disk as well. What is there already is sent first. */
    void keepOnDisk(Journal disk) {
        synchronized (this) {
            if (journal != null || !keeps) {
                throw new IllegalStateException(topic + " cannot be kept in this journal");
            }
            journal = disk;
            lastId = disk.lastId();
            refill();
        }
    }

    void whenSettled(Outbox.Settlement listener) {
        settlement = listener;
    }

    boolean offer(Outgoing record, @Nullable Promise<Void> promise) {
        synchronized (this) {
            Instant now = clock.instant();
            long id = 0;
            boolean refuse = outbox.isClosed() || (keeps && journal == null && isFull(record.size()));
            if (!refuse && journal != null) {
                id = journal.admit(record, now);
                refuse = id == 0;
            }
            if (refuse) {
                refuse();
                return false;
            }
            if (id != 0 && !follows(id, record.size())) {
                if (promise != null) {
                    promised.put(id, promise);
                }
                refill();
                return true; // on disk only, until its turn comes
            }
            while (!keeps && !waiting.isEmpty() && isFull(record.size())) {
                drop(waiting.removeFirst());
            }
            waiting.addLast(new Pending(record, now, promise, id));
            waitingBytes += record.size();
            if (busy) {
                return true;
            }
            busy = true;
        }
        outbox.onThread(this::work);
        return true;
    }

    /**
     * Whether the newest record of the journal may stay in memory: nothing older is on disk only, and there is room.
     */
    private boolean follows(long id, int size) {
        boolean inOrder = loadedTo == lastId;
        lastId = id;
        if (!inOrder || isFull(size)) {
            return false;
        }
        loadedTo = id;
        return true;
    }

    private void refuse() {
        metrics.refused().increment();
        if (!outbox.isClosed()) {
            LOGGER.atError()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("topic", topic)
                    .addKeyValue("queued", size())
                    .log("queue is full, newest record refused");
        }
    }

    /** Gets more from disk when half of the room in memory is free. */
    private void refill() {
        boolean room = waiting.size() <= maxRecords / 2 && waitingBytes <= maxBytes / 2;
        if (journal != null && loadedTo < lastId && room && !loading) {
            loading = true;
            journal.load(loadedTo, Math.max(1, maxRecords / 2), maxBytes / 2, this::loaded);
        }
    }

    private void loaded(Journal.Loaded fromDisk) {
        synchronized (this) {
            loading = false;
            for (JournalEntry.Kept kept : fromDisk.records()) {
                waiting.addLast(new Pending(kept.record(), kept.offered(), promised.remove(kept.id()), kept.id()));
                waitingBytes += kept.record().size();
            }
            loadedTo = Math.max(loadedTo, fromDisk.reachedTo());
            refill();
            if (busy || waiting.isEmpty()) {
                return;
            }
            busy = true;
        }
        outbox.onThread(this::work);
    }

    /**
     * What is in flight takes no room from droppable records: it is older than all that wait, and would push out newer
     * ones. It is dropped when it comes back and there is no room.
     */
    private boolean isFull(int more) {
        int records = keeps ? waiting.size() + inFlight : waiting.size();
        return records >= maxRecords || waitingBytes + more > maxBytes;
    }

    private void drop(Pending pending) {
        waitingBytes -= pending.record().size();
        metrics.dropped().increment();
        if (pending.promise() != null) {
            pending.promise().tryFail(new IllegalStateException("dropped for a newer record of " + topic));
        }
    }

    synchronized int size() {
        return journal == null ? waiting.size() + inFlight : journal.held();
    }

    /** Records that are in no other place than this process: all, or with a journal what the disk did not take. */
    synchronized int atRisk() {
        return journal == null ? waiting.size() + inFlight : journal.pending();
    }

    synchronized int inFlight() {
        return inFlight;
    }

    synchronized List<Outgoing> records() {
        return waiting.stream().map(Pending::record).toList();
    }

    private void rest(Duration pause) {
        int rest;
        synchronized (this) {
            resting = true;
            rest = ++rests;
        }
        outbox.later(pause, () -> endRest(rest));
    }

    private void endRest(int rest) {
        synchronized (this) {
            if (!resting || rest != rests) {
                return; // ended early
            }
            resting = false;
        }
        outbox.onThread(this::work);
    }

    /** Does not wait for the end of a pause. */
    void hurry() {
        synchronized (this) {
            if (!resting) {
                return;
            }
            resting = false;
        }
        outbox.onThread(this::work);
    }

    /** Nobody will send what waits here any more. */
    synchronized void abandon() {
        for (Pending pending : waiting) {
            if (pending.promise() != null) {
                pending.promise().tryFail(new IllegalStateException("the outbox closed before " + topic + " had it"));
            }
        }
        promised.values()
                .forEach(promise ->
                        promise.tryFail(new IllegalStateException("the outbox closed before " + topic + " had it")));
    }

    /** Until nothing waits, or something has failed. */
    private void work() {
        for (List<Pending> round = take(); !round.isEmpty(); round = take()) {
            if (!settle(round, send(round))) {
                return;
            }
        }
    }

    /** The next round, or none, in which case nothing is under way any more. */
    private synchronized List<Pending> take() {
        List<Pending> round = new ArrayList<>();
        Set<ByteBuffer> keys = new HashSet<>();
        long bytes = 0;
        int scanned = 0;
        int most = outbox.isEnded() ? 0 : roundRecords;
        for (Iterator<Pending> all = waiting.iterator(); all.hasNext() && round.size() < most; ) {
            Pending pending = all.next();
            int size = pending.record().size();
            if (++scanned > roundRecords * SCAN_FACTOR || (!round.isEmpty() && bytes + size > ROUND_BYTES)) {
                break;
            }
            byte[] key = pending.record().key();
            if (keeps && key != null && !keys.add(ByteBuffer.wrap(key))) {
                continue;
            }
            all.remove();
            bytes += size;
            round.add(pending);
        }
        waitingBytes -= bytes;
        inFlight = round.size();
        busy = !round.isEmpty();
        refill();
        return round;
    }

    /** Waits for the end of all; with what each has failed, or null. */
    private List<@Nullable Throwable> send(List<Pending> round) {
        List<@Nullable Throwable> failures = new ArrayList<>(round.size());
        try {
            var sent =
                    outbox.bus().append(topic, round.stream().map(this::toKafka).toList());
            for (CompletableFuture<Void> one : sent) {
                failures.add(one.handle((_, failure) -> failure).join());
            }
            return failures;
        } catch (RuntimeException e) {
            return new ArrayList<>(Collections.nCopies(round.size(), e));
        }
    }

    private ProducerRecord<byte[], byte[]> toKafka(Pending pending) {
        Outgoing record = pending.record();
        return new ProducerRecord<>(
                topic, null, pending.offered().toEpochMilli(), record.key(), record.value(), record.headers());
    }

    /** Whether there may be a next round at once. */
    private boolean settle(List<Pending> round, List<@Nullable Throwable> failures) {
        List<Pending> again = new ArrayList<>();
        Throwable reason = null;
        for (int i = 0; i < round.size(); i++) {
            Throwable failure = failures.get(i);
            if (failure == null) {
                acknowledged(round.get(i));
            } else if (isHopeless(failure)) {
                reject(round.get(i), failure);
            } else {
                again.add(round.get(i));
                reason = failure;
            }
        }
        if (reason != null) {
            metrics.failed().increment(again.size());
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("topic", topic)
                    .addKeyValue("records", again.size())
                    .addKeyValue("reason", reason.toString())
                    .log("broker did not take records, trying again");
        }
        putBack(again);
        if (reason == null) {
            backoff.succeeded();
        } else {
            rest(outbox.isClosed() ? Duration.ofMillis(50) : backoff.failed());
        }
        return reason == null;
    }

    private void settled(Pending pending, boolean isSent) {
        Journal disk;
        synchronized (this) {
            disk = journal;
        }
        if (disk != null && pending.id() != 0) {
            disk.settled(pending.id(), pending.record());
        }
        settlement.settled(isSent, Duration.between(pending.offered(), clock.instant()));
    }

    private void acknowledged(Pending pending) {
        metrics.sent().increment();
        metrics.delay().record(Duration.between(pending.offered(), clock.instant()));
        settled(pending, true);
        if (pending.promise() != null) {
            pending.promise().tryComplete();
        }
    }

    private void reject(Pending pending, Throwable failure) {
        metrics.rejected().increment();
        settled(pending, false);
        LOGGER.atError()
                .addMarker(Logs.REPEATABLE)
                .addKeyValue("topic", topic)
                .addKeyValue("bytes", pending.record().size())
                .addKeyValue("reason", failure.toString())
                .log("record can never be sent, given up");
        if (pending.promise() != null) {
            pending.promise().tryFail(failure);
        }
    }

    /** Whether a record can never be sent, as opposed to not now. */
    static boolean isHopeless(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof SerializationException
                || failure instanceof InvalidTopicException;
    }

    private synchronized void putBack(List<Pending> again) {
        inFlight = 0;
        for (Pending pending : again.reversed()) {
            waitingBytes += pending.record().size();
            if (!keeps && isFull(0)) {
                drop(pending);
            } else {
                waiting.addFirst(pending);
            }
        }
    }
}
