package caretaker.chassis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Promise;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
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
    private final Counter sent;
    private final Counter dropped;
    private final Counter refused;
    private final Counter rejected;
    private final Counter failed;
    private final Timer delay;

    // Guarded by this.
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int inFlight;
    private boolean busy;
    private boolean resting;
    private int rests;

    private record Pending(
            Outgoing record, Instant offered, @Nullable Promise<Void> promise) {}

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
        sent = outcome(registry, "sent");
        dropped = outcome(registry, "dropped");
        refused = outcome(registry, "refused");
        rejected = outcome(registry, "rejected");
        failed = Counter.builder("caretaker.outbox.failures")
                .description("Attempts to send a record that failed; it is tried again")
                .tag("topic", topic)
                .register(registry);
        delay = Timer.builder("caretaker.outbox.delay")
                .description("Time from the offer of a record to its acknowledgement")
                .tag("topic", topic)
                .register(registry);
        Gauge.builder("caretaker.outbox.queue.records", this, Lane::size)
                .description("Records that wait for the broker")
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
    }

    private Counter outcome(MeterRegistry registry, String outcome) {
        return Counter.builder("caretaker.outbox.records")
                .description("Records offered, by what became of them")
                .tag("topic", topic)
                .tag("outcome", outcome)
                .register(registry);
    }

    boolean keeps() {
        return keeps;
    }

    boolean offer(Outgoing record, @Nullable Promise<Void> promise) {
        synchronized (this) {
            if (outbox.isClosed() || (keeps && isFull(record.size()))) {
                refused.increment();
                if (!outbox.isClosed()) {
                    LOGGER.atError()
                            .addMarker(Logs.REPEATABLE)
                            .addKeyValue("topic", topic)
                            .addKeyValue("queued", size())
                            .log("queue is full, newest record refused");
                }
                return false;
            }
            while (!waiting.isEmpty() && isFull(record.size())) {
                drop(waiting.removeFirst());
            }
            waiting.addLast(new Pending(record, clock.instant(), promise));
            waitingBytes += record.size();
            if (busy) {
                return true;
            }
            busy = true;
        }
        outbox.onContext(this::round);
        return true;
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
        dropped.increment();
        if (pending.promise() != null) {
            pending.promise().tryFail(new IllegalStateException("dropped for a newer record of " + topic));
        }
    }

    synchronized int size() {
        return waiting.size() + inFlight;
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
        round();
    }

    /** Does not wait for the end of a pause. */
    void hurry() {
        synchronized (this) {
            if (!resting) {
                return;
            }
            resting = false;
        }
        outbox.onContext(this::round);
    }

    /** Nobody will send what waits here any more. */
    synchronized void abandon() {
        for (Pending pending : waiting) {
            if (pending.promise() != null) {
                pending.promise().tryFail(new IllegalStateException("the outbox closed before " + topic + " had it"));
            }
        }
    }

    private void round() {
        List<Pending> round = take();
        if (round.isEmpty()) {
            return;
        }
        outbox.producerFor(topic).onComplete(ready -> {
            if (ready.succeeded()) {
                send(ready.result(), round);
            } else {
                var failures = new ArrayList<@Nullable Throwable>(Collections.nCopies(round.size(), ready.cause()));
                settle(null, round, failures);
            }
        });
    }

    /** The next round, or none, in which case nothing is under way any more. */
    private synchronized List<Pending> take() {
        List<Pending> round = new ArrayList<>();
        Set<ByteBuffer> keys = new HashSet<>();
        long bytes = 0;
        int scanned = 0;
        for (Iterator<Pending> all = waiting.iterator(); all.hasNext() && round.size() < roundRecords; ) {
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
        return round;
    }

    private void send(KafkaWriteStream<byte[], byte[]> stream, List<Pending> round) {
        var failures = new ArrayList<@Nullable Throwable>(Collections.nCopies(round.size(), null));
        var open = new AtomicInteger(round.size());
        for (int i = 0; i < round.size(); i++) {
            int index = i;
            stream.send(toKafka(round.get(i))).onComplete(result -> {
                synchronized (failures) {
                    failures.set(index, result.cause());
                }
                if (open.decrementAndGet() == 0) {
                    settle(stream, round, failures);
                }
            });
        }
    }

    private ProducerRecord<byte[], byte[]> toKafka(Pending pending) {
        Outgoing record = pending.record();
        return new ProducerRecord<>(
                topic, null, pending.offered().toEpochMilli(), record.key(), record.value(), record.headers());
    }

    private void settle(
            @Nullable KafkaWriteStream<byte[], byte[]> stream,
            List<Pending> round,
            List<? extends @Nullable Throwable> failures) {
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
            failed.increment(again.size());
            LOGGER.atWarn()
                    .addMarker(Logs.REPEATABLE)
                    .addKeyValue("topic", topic)
                    .addKeyValue("records", again.size())
                    .addKeyValue("reason", reason.toString())
                    .log("broker did not take records, trying again");
            if (stream != null && !(reason instanceof RetriableException)) {
                outbox.discard(stream);
            }
        }
        putBack(again);
        if (reason == null) {
            backoff.succeeded();
            outbox.onContext(this::round);
        } else {
            rest(outbox.isClosed() ? Duration.ofMillis(50) : backoff.failed());
        }
    }

    private void acknowledged(Pending pending) {
        sent.increment();
        delay.record(Duration.between(pending.offered(), clock.instant()));
        if (pending.promise() != null) {
            pending.promise().tryComplete();
        }
    }

    private void reject(Pending pending, Throwable failure) {
        rejected.increment();
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

    private static boolean isHopeless(Throwable failure) {
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
