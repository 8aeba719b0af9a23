package caretaker.alerts.news;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.alerts.builtin.BackupNews;
import caretaker.alerts.builtin.BuiltInSettings;
import caretaker.alerts.builtin.Change;
import caretaker.alerts.builtin.Fold;
import caretaker.alerts.builtin.HealthNews;
import caretaker.alerts.builtin.HostWatch;
import caretaker.alerts.builtin.RecoveryNews;
import caretaker.chassis.PartitionListener;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Quarantine;
import caretaker.chassis.Verdict;
import caretaker.contracts.BackupEventCodec;
import caretaker.contracts.Decoded;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.RecoveryEventCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what the other services say. All of it, the fold included, belongs to the thread of one poll loop.
 *
 * <p>Readings are read from their end, and only key and time of a record: that a host speaks is all that matters here.
 * The inventory tells of hosts that were heard before, since the agent repeats it as a sign of life.
 */
public final class News implements PollLoop.BatchHandler, PartitionListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(News.class);
    private static final Duration ASK_BROKER_EVERY = Duration.ofSeconds(5);
    private static final Duration RPC_LIMIT = Duration.ofSeconds(1);

    /** How each record was taken. */
    private enum Outcome {
        TAKEN,
        NEWER,
        MALFORMED
    }

    private final NewsTopics topics;
    private final Fold fold;
    private final HostWatch hosts;
    private final Teller teller;
    private final InstantSource clock;
    private final Instant startedAt;
    private final HealthEventCodec health = new HealthEventCodec();
    private final RecoveryEventCodec recoveries = new RecoveryEventCodec();
    private final BackupEventCodec backups = new BackupEventCodec();
    private final MeterRegistry registry;
    private List<TopicPartition> readings = List.of();
    private Instant askBrokerAt = Instant.MIN;
    private boolean live;

    public News(
            NewsTopics topics, BuiltInSettings settings, AlertDesk desk, InstantSource clock, MeterRegistry registry) {
        this.topics = topics;
        this.fold = new Fold(settings);
        this.hosts = new HostWatch(settings);
        this.teller = new Teller(fold, hosts, desk, registry);
        this.clock = clock;
        this.startedAt = clock.instant();
        this.registry = registry;
    }

    @Override
    public Verdict handle(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, Quarantine quarantine) {
        Instant now = clock.instant();
        boolean isReading = partition.topic().equals(topics.readings());
        boolean isInventory = partition.topic().equals(topics.inventory());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (isReading || isInventory) {
                sign(record, isInventory, now);
            } else {
                take(record, quarantine, now);
            }
        }
        return Verdict.done();
    }

    private void sign(ConsumerRecord<byte[], byte[]> record, boolean isInventory, Instant now) {
        if (record.key() == null) {
            return;
        }
        String host = new String(record.key(), UTF_8);
        if (isInventory && record.value() == null) {
            hosts.gone(host);
            fold.forget(host);
            teller.changed();
        } else {
            Instant said = Instant.ofEpochMilli(record.timestamp());
            hosts.heard(host, live || said.isAfter(now) ? now : said);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Quarantine quarantine, Instant now) {
        Instant said = Instant.ofEpochMilli(record.timestamp());
        Decoded<List<Change>> decoded = changes(record, said.isAfter(now) ? now : said);
        switch (decoded) {
            case Decoded.Known(var changes) -> {
                changes.forEach(change -> fold.take(change, now));
                count(record, Outcome.TAKEN);
                teller.changed();
            }
            case Decoded.Unknown(var _) -> count(record, Outcome.NEWER);
            case Decoded.Removed<?> _ -> count(record, Outcome.MALFORMED);
            case Decoded.Malformed(var reason) -> {
                count(record, Outcome.MALFORMED);
                if (!said.isBefore(startedAt)) { // an older one was put aside by an earlier start
                    quarantine.store(record, reason);
                }
            }
        }
    }

    private Decoded<List<Change>> changes(ConsumerRecord<byte[], byte[]> record, Instant said) {
        if (record.topic().equals(topics.health())) {
            return mapped(health.decode(record.value()), event -> HealthNews.of(event, said));
        }
        if (record.topic().equals(topics.recoveries())) {
            return mapped(recoveries.decode(record.value()), event -> RecoveryNews.of(event, said));
        }
        return mapped(backups.decode(record.value()), event -> BackupNews.of(event, said));
    }

    private static <T> Decoded<List<Change>> mapped(
            Decoded<T> decoded, java.util.function.Function<T, List<Change>> changes) {
        return switch (decoded) {
            case Decoded.Known(var event) -> new Decoded.Known<>(changes.apply(event));
            case Decoded.Unknown(var what) -> new Decoded.Unknown<>(what);
            case Decoded.Removed<T> _ -> new Decoded.Malformed<>("no value");
            case Decoded.Malformed(var reason) -> new Decoded.Malformed<>(reason);
        };
    }

    private void count(ConsumerRecord<byte[], byte[]> record, Outcome outcome) {
        Counter.builder("caretaker.alert.router.news")
                .description("Events that built-in alerts are made of")
                .tag("topic", record.topic())
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    @Override
    public void assigned(Consumer<byte[], byte[]> consumer, Collection<TopicPartition> partitions) {
        readings = partitions.stream()
                .filter(partition -> partition.topic().equals(topics.readings()))
                .toList();
        consumer.seekToEnd(readings);
    }

    @Override
    public void polled(Consumer<byte[], byte[]> consumer, boolean caughtUp) {
        if (!caughtUp) {
            return;
        }
        live = true;
        Instant now = clock.instant();
        if (!now.isBefore(askBrokerAt) || now.isBefore(askBrokerAt.minus(ASK_BROKER_EVERY))) {
            askBrokerAt = now.plus(ASK_BROKER_EVERY);
            askBroker(consumer, now);
        }
        teller.tick(now);
    }

    /** Nothing that is heard says only then that nobody speaks when all partitions of the readings have a broker. */
    private void askBroker(Consumer<byte[], byte[]> consumer, Instant now) {
        try {
            consumer.endOffsets(readings, RPC_LIMIT);
            hosts.hears(now);
        } catch (RetriableException e) {
            LOGGER.atDebug().addKeyValue("reason", e.toString()).log("the broker does not answer, no host is judged");
        }
    }
}
