package caretaker.recovery.bus;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.PartitionListener;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Quarantine;
import caretaker.chassis.Verdict;
import caretaker.contracts.Decoded;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.MaintenanceLockCodec;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEventCodec;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryHostStateCodec;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.contracts.WireName;
import caretaker.recovery.incident.Input;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the service must know before it acts, from its beginning: states of this host's containers, the host's own
 * record, locks, which other hosts there are; and, of the last minutes, what was begun on them.
 *
 * <p>Until {@link #goOn} the newest of each key is kept; from then on only news that others wrote matter: the host's
 * record, locks, and other hosts' operations.
 */
public final class StateReader implements PollLoop.BatchHandler, PartitionListener {
    /** Where news go. */
    @FunctionalInterface
    public interface Desk {
        void tell(Input input) throws InterruptedException;
    }

    /** Many more than any cluster may begin in the window. */
    private static final int MOST_STARTS = 10_000;

    private final String host;
    private final RecoveryTopics topics;
    private final Duration window;
    private final InstantSource clock;
    private final RecoveryStateCodec states = new RecoveryStateCodec();
    private final RecoveryHostStateCodec hosts = new RecoveryHostStateCodec();
    private final MaintenanceLockCodec locks = new MaintenanceLockCodec();
    private final RecoveryEventCodec events = new RecoveryEventCodec();
    private final Map<String, Input> kept = new LinkedHashMap<>();
    private final List<Input> starts = new ArrayList<>();
    private @Nullable Desk desk;
    private long epoch;

    /** @param window how far back operations of other hosts count */
    public StateReader(String host, RecoveryTopics topics, Duration window, InstantSource clock) {
        this.host = host;
        this.topics = topics;
        this.window = window;
        this.clock = clock;
    }

    /** The highest epoch that any instance of this host has written. Any thread. */
    public synchronized long epoch() {
        return epoch;
    }

    /** Tells the desk what was read so far, the host's record first, and from now on the news. Any thread. */
    public synchronized void goOn(Desk to) throws InterruptedException {
        for (Input each : kept.values()) {
            if (each instanceof Input.RestoredHost) {
                to.tell(each);
            }
        }
        for (Input each : kept.values()) {
            if (!(each instanceof Input.RestoredHost)) {
                to.tell(each);
            }
        }
        for (Input each : starts) {
            to.tell(each);
        }
        kept.clear();
        starts.clear();
        desk = to;
    }

    @Override
    public void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        long from = clock.instant().minus(window).toEpochMilli();
        Map<TopicPartition, Long> wanted = new HashMap<>();
        partitions.stream()
                .filter(partition -> partition.topic().equals(topics.recoveries()))
                .forEach(partition -> wanted.put(partition, from));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(wanted);
        wanted.keySet().forEach(partition -> {
            OffsetAndTimestamp at = found.get(partition);
            if (at == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, at.offset());
            }
        });
    }

    @Override
    public Verdict handle(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine) {
        try {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.key() == null) {
                    continue;
                }
                String key = new String(record.key(), UTF_8);
                if (record.topic().equals(topics.state())) {
                    state(key, record);
                } else if (record.topic().equals(topics.maintenance())) {
                    lock(key, record, quarantine);
                } else {
                    started(key, record);
                }
            }
            return Verdict.done();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Verdict.retry("interrupted", Duration.ofSeconds(1));
        }
    }

    private void state(String key, ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        if (key.equals(host)) {
            if (hosts.decode(record.value()) instanceof Decoded.Known<RecoveryHostState>(RecoveryHostState state)) {
                seen(state);
                news(key, new Input.RestoredHost(state));
            }
            return;
        }
        if (key.startsWith(host + "/")) {
            Decoded<RecoveryState> state = states.decode(record.value());
            if (state instanceof Decoded.Known<RecoveryState>(RecoveryState known)) {
                seen(known);
                if (!known.host().equals(host)) {
                    return; // a host whose name begins as this one's
                }
            }
            restored(key, new Input.Restored(key, state));
        } else if (WireName.isValid(key)) {
            news(key, new Input.HostElsewhere(key, record.value() != null));
        }
    }

    private synchronized void seen(RecoveryHostState state) {
        epoch = Math.max(epoch, state.writer().epoch());
    }

    private synchronized void seen(RecoveryState state) {
        if (state.host().equals(host)) {
            epoch = Math.max(epoch, state.writer().epoch());
        }
    }

    /** What this instance writes itself comes back here, and is known. */
    private synchronized void restored(String key, Input.Restored state) {
        if (desk == null) {
            kept.remove(key);
            if (!(state.state() instanceof Decoded.Removed)) {
                kept.put(key, state);
            }
        }
    }

    private void lock(String key, ConsumerRecord<byte[], byte[]> record, Quarantine quarantine)
            throws InterruptedException {
        switch (locks.decode(record.value())) {
            case Decoded.Known<MaintenanceLock>(MaintenanceLock lock) -> {
                if (lock.host().equals(MaintenanceLock.ALL) || lock.host().equals(host)) {
                    news(key, new Input.Locked(lock));
                }
            }
            case Decoded.Removed<MaintenanceLock> _ -> news(key, new Input.Unlocked(key));
            case Decoded.Unknown<MaintenanceLock> _ -> {}
            case Decoded.Malformed<MaintenanceLock>(String reason) -> quarantine.store(record, reason);
        }
    }

    private void started(String key, ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        boolean isOwn = key.equals(host) || key.startsWith(host + "/");
        if (!isOwn
                && events.decode(record.value()) instanceof Decoded.Known<RecoveryEvent>(RecoveryEvent event)
                && !event.host().equals(host)) {
            RecoveryEvent.Operation operation = event.operation();
            switch (event.kind()) {
                case STARTED ->
                    news(
                            null,
                            new Input.StartedElsewhere(
                                    event.time(), key, operation == null ? "" : operation.group(), containerId(event)));
                case SUCCEEDED, FAILED, SKIPPED, QUARANTINED -> news(null, new Input.EndedElsewhere(key));
                default -> {}
            }
        }
    }

    private static String containerId(RecoveryEvent event) {
        RecoveryEvent.Snapshot before = event.before();
        return before == null ? "" : before.containerId();
    }

    /** @param key null for what is no state */
    private synchronized void news(@Nullable String key, Input input) throws InterruptedException {
        Desk to = desk;
        if (to != null) {
            to.tell(input);
        } else if (key != null) {
            kept.put(key, input);
        } else if (starts.size() < MOST_STARTS) {
            starts.add(input);
        }
    }
}
