package caretaker.chassis;

import caretaker.chassis.config.Bytes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kept records of one topic on disk, so that they outlive the process while the broker is away.
 *
 * <p>A record is written as soon as it is offered, beside its sending and on a thread of the journal's own: nobody
 * waits for the disk. Written means in the system's page cache, which survives the death of the process. What the
 * broker has not acknowledged after {@code syncAfter} is forced to the disk too, and survives the loss of power; where
 * the broker answers at once, there is no fsync. Acknowledged records are marked, not forced: after a crash a few may
 * be sent again.
 *
 * <p>The oldest are kept: when the bound is reached, the newest is refused. When the disk fails, records stay in memory
 * up to {@code pendingBytes} and are written as soon as it is well again.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Journal.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int WRITES_AT_ONCE = 256;
    private static final long SEGMENT_LEAST = 64 << 10;
    private static final long SEGMENT_MOST = 4 << 20;

    /**
     * How much is held.
     *
     * @param maxRecords that wait for the broker, on disk and in memory
     * @param maxBytes of them; the files may be two segments, an eighth, larger
     * @param pendingBytes that wait in memory while the disk fails
     * @param syncAfter how long a record waits for the broker before it is forced to the disk
     */
    public record Settings(int maxRecords, Bytes maxBytes, Bytes pendingBytes, Duration syncAfter) {}

    /** Records read back; {@code reachedTo} is the id up to which nothing is missing. */
    record Loaded(List<JournalEntry.Kept> records, long reachedTo) {}

    private record Load(long afterId, int maxRecords, long maxBytes, Consumer<Loaded> then) {}

    private final String topic;
    private final Settings settings;
    private final JournalSegments segments;
    private final Thread thread;
    private final Counter failures;
    private final Counter damaged;

    // Guarded by this.
    private final Map<Long, JournalEntry.Kept> pending = new LinkedHashMap<>();
    private final Set<Long> writing = new HashSet<>();
    private List<Long> marks = new ArrayList<>();
    private List<Load> loads = new ArrayList<>();
    private long pendingBytes;
    private long lastId;
    private int held;
    private long heldBytes;
    private boolean closed;
    private boolean failing;

    // Of the journal's thread.
    private boolean unsynced;
    private long unsyncedSinceNanos;

    private Journal(String topic, Settings settings, JournalSegments segments, MeterRegistry registry) {
        this.topic = topic;
        this.settings = settings;
        this.segments = segments;
        failures = Counter.builder("caretaker.outbox.journal.failures")
                .description("Attempts to write events to disk that failed")
                .tag("topic", topic)
                .register(registry);
        damaged = Counter.builder("caretaker.outbox.journal.damaged")
                .description("Segments with a damaged part, which was set aside, and torn tails, which were cut off")
                .tag("topic", topic)
                .register(registry);
        Gauge.builder("caretaker.outbox.journal.records", this, Journal::held)
                .description("Records on disk, or on their way to it, that the broker has not acknowledged")
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.outbox.journal.failing", this, journal -> journal.isFailing() ? 1 : 0)
                .description("1 while the disk does not take events and they are in memory only")
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        thread = Thread.ofPlatform().name("journal " + topic).daemon().unstarted(this::run);
    }

    /**
     * Opens what a former run left, or a new one. Waits for the disk.
     *
     * @param dir of this topic alone; made if it is absent
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static Journal open(Path dir, String topic, Settings settings, MeterRegistry registry) {
        long segmentBytes = Math.clamp(settings.maxBytes().count() / 16, SEGMENT_LEAST, SEGMENT_MOST);
        var segments = new JournalSegments(dir, topic, segmentBytes);
        var journal = new Journal(topic, settings, segments, registry);
        try {
            journal.found(dir, segments.open());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the events that wait in " + dir, e);
        }
        journal.thread.start();
        return journal;
    }

    private synchronized void found(Path dir, JournalSegments.Found found) {
        held = found.records();
        heldBytes = found.bytes();
        lastId = segments.lastId();
        damaged.increment((double) found.torn() + found.corrupt());
        if (found.records() + found.torn() + found.corrupt() > 0) {
            (found.corrupt() > 0 ? LOGGER.atError() : LOGGER.atInfo())
                    .addKeyValue("topic", topic)
                    .addKeyValue("folder", dir)
                    .addKeyValue("records", found.records())
                    .addKeyValue("tornTails", found.torn())
                    .addKeyValue("setAside", found.corrupt())
                    .log("events that a former run could not send are sent first");
        }
    }

    /** Takes a record and returns its id, or 0 if there is no room. Does not wait. */
    synchronized long admit(Outgoing record, Instant offered) {
        long size = JournalSegments.size(record);
        if (closed
                || size > JournalEntry.MAX_BODY
                || held >= settings.maxRecords()
                || heldBytes + size > settings.maxBytes().count()
                || pendingBytes + size > settings.pendingBytes().count()) {
            return 0;
        }
        lastId++;
        held++;
        heldBytes += size;
        pending.put(lastId, new JournalEntry.Kept(lastId, offered, record));
        pendingBytes += size;
        notifyAll();
        return lastId;
    }

    /** The record need not be sent any more. Does not wait. */
    synchronized void settled(long id, Outgoing record) {
        long size = JournalSegments.size(record);
        held--;
        heldBytes -= size;
        boolean unwritten = pending.remove(id) != null;
        if (unwritten) {
            pendingBytes -= size;
        }
        if (!unwritten || writing.contains(id)) {
            marks.add(id);
            notifyAll();
        }
    }

    /** Asks for the records after an id; {@code then} is called on the journal's thread. Does not wait. */
    synchronized void load(long afterId, int maxRecords, long maxBytes, Consumer<Loaded> then) {
        loads.add(new Load(afterId, maxRecords, maxBytes, then));
        notifyAll();
    }

    /** Records that the broker has not acknowledged. */
    synchronized int held() {
        return held;
    }

    /** The id of the newest record. */
    synchronized long lastId() {
        return lastId;
    }

    /** Whether the disk did not take the last thing that was written. */
    public synchronized boolean isFailing() {
        return failing;
    }

    /** Records that are in memory only. */
    synchronized int pending() {
        return pending.size();
    }

    private record Work(List<JournalEntry.Kept> writes, List<Long> marks, List<Load> loads, boolean isLast) {}

    private void run() {
        boolean last = false;
        while (!last) {
            Work work = await();
            boolean well = attempt(() -> write(work.writes()));
            well &= attempt(() -> mark(work.marks()));
            if (unsynced && (work.isLast() || dueInNanos() <= 0)) {
                well &= attempt(this::sync);
            }
            for (Load load : work.loads()) {
                well &= attempt(() -> answer(load));
            }
            noteHealth(well);
            last = work.isLast() && (!well || pending() == 0);
        }
        attempt(segments::close);
    }

    /** Waits until there is something to do, or until what was written must be forced to the disk. */
    private synchronized Work await() {
        writing.clear();
        long until = System.nanoTime() + waitNanos();
        try {
            while (!closed && !hasWork()) {
                long rest = until - System.nanoTime();
                if (rest <= 0) {
                    break;
                }
                TimeUnit.NANOSECONDS.timedWait(this, rest);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        var work = new Work(pending.values().stream().limit(WRITES_AT_ONCE).toList(), marks, loads, closed);
        work.writes().forEach(record -> writing.add(record.id()));
        marks = new ArrayList<>();
        loads = new ArrayList<>();
        return work;
    }

    /** While the disk fails, everything waits for the next try. */
    private boolean hasWork() {
        return !failing && !(marks.isEmpty() && loads.isEmpty() && pending.isEmpty());
    }

    private long waitNanos() {
        if (failing) {
            return RETRY.toNanos();
        }
        return unsynced ? dueInNanos() : TimeUnit.HOURS.toNanos(1);
    }

    private long dueInNanos() {
        return settings.syncAfter().toNanos() - (System.nanoTime() - unsyncedSinceNanos);
    }

    private void write(List<JournalEntry.Kept> records) throws IOException {
        for (JournalEntry.Kept record : records) {
            if (isPending(record.id())) {
                segments.append(record);
                if (!unsynced) {
                    unsynced = true;
                    unsyncedSinceNanos = System.nanoTime();
                }
                written(record);
            }
        }
    }

    private synchronized boolean isPending(long id) {
        return pending.containsKey(id);
    }

    private synchronized void written(JournalEntry.Kept record) {
        if (pending.remove(record.id()) != null) {
            pendingBytes -= JournalSegments.size(record.record());
        }
    }

    private void mark(List<Long> ids) throws IOException {
        IOException failure = null;
        for (long id : ids) {
            try {
                segments.settled(id);
            } catch (IOException e) {
                failure = e; // it is noted in memory: after a crash it may be sent again
            }
        }
        if (held() == 0) {
            unsynced = false; // nothing is worth an fsync any more
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void sync() throws IOException {
        segments.force();
        unsynced = false;
    }

    private void answer(Load load) throws IOException {
        long reached;
        List<JournalEntry.Kept> waiting;
        synchronized (this) {
            reached = lastId;
            waiting = List.copyOf(pending.values());
        }
        JournalSegments.Batch batch;
        try {
            batch = segments.read(load.afterId(), load.maxRecords(), load.maxBytes());
        } catch (IOException e) {
            synchronized (this) {
                loads.add(load); // tried again with everything else
            }
            throw e;
        }
        if (batch.lost().records() > 0) {
            lost(batch.lost());
        }
        List<JournalEntry.Kept> records = new ArrayList<>(batch.records());
        boolean more = batch.more();
        for (JournalEntry.Kept kept : waiting) { // what the disk has not taken comes after all that it has
            if (!more && kept.id() > load.afterId()) {
                more = records.size() >= load.maxRecords();
                if (!more) {
                    records.add(kept);
                }
            }
        }
        load.then()
                .accept(new Loaded(
                        records, more && !records.isEmpty() ? records.getLast().id() : reached));
    }

    private void lost(JournalSegments.Lost lost) {
        damaged.increment();
        synchronized (this) {
            held -= lost.records();
            heldBytes -= lost.bytes();
        }
        LOGGER.atError()
                .addKeyValue("topic", topic)
                .addKeyValue("records", lost.records())
                .log("events on disk can't be read any more; the damaged file is set aside");
    }

    @FunctionalInterface
    private interface DiskWork {
        void run() throws IOException;
    }

    private boolean attempt(DiskWork work) {
        try {
            work.run();
            return true;
        } catch (IOException | RuntimeException e) {
            failures.increment();
            if (!isFailing()) {
                LOGGER.atError()
                        .addKeyValue("topic", topic)
                        .addKeyValue("reason", e.toString())
                        .log("disk does not take events, they are in memory only");
            }
            return false;
        }
    }

    private void noteHealth(boolean well) {
        boolean before;
        synchronized (this) {
            before = failing;
            failing = !well;
        }
        if (before && well) {
            LOGGER.atInfo().addKeyValue("topic", topic).log("disk takes events again");
        }
    }

    /** Forces all that it holds to the disk, within a limit. Takes no more records. */
    void close(Duration limit) {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            if (!thread.join(limit)) {
                LOGGER.atError().addKeyValue("topic", topic).log("disk hangs, events may not be on it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
