package caretaker.collector.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.chassis.PartitionListener;
import caretaker.chassis.PollLoop;
import caretaker.chassis.Verdict;
import caretaker.collector.discovery.Inventories;
import caretaker.collector.state.Fleet;
import caretaker.collector.state.SteadyClock;
import caretaker.contracts.Decoded;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventoryCodec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.MetricName;

/**
 * Takes the records of the inventory topic into the inventories and into the fleet. Every collector reads the whole
 * topic from its beginning, because each serves the whole list of targets. Owned by the poll loop's thread.
 */
public final class InventoryIntake implements PollLoop.RecordHandler, PartitionListener {
    private static final long LISTEN_EVERY_MILLIS = 2_000;
    private static final long FORGET_EVERY_MILLIS = 10_000;

    private final Inventories inventories;
    private final Fleet fleet;
    private final InstantSource wall;
    private final SteadyClock clock;
    private final HostInventoryCodec codec = new HostInventoryCodec();
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    private boolean live;
    private double fetches;
    private long listenedMillis;
    private long forgetAtMillis;

    public InventoryIntake(
            Inventories inventories, Fleet fleet, InstantSource wall, SteadyClock clock, MeterRegistry registry) {
        this.inventories = inventories;
        this.fleet = fleet;
        this.wall = wall;
        this.clock = clock;
        for (Outcome outcome : Outcome.values()) {
            counters.put(
                    outcome,
                    Counter.builder("caretaker.collector.inventories")
                            .description("Records of the inventory topic, by what became of them")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    private enum Outcome {
        ACCEPTED,
        REMOVED,
        REFUSED,
        UNKNOWN,
        MALFORMED
    }

    @Override
    public Verdict handle(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        return switch (codec.decode(record.value())) {
            case Decoded.Known(HostInventory inventory) -> {
                if (!inventory.host().equals(key)) {
                    yield malformed("an inventory of another host than its key says");
                }
                count(take(inventory, record) ? Outcome.ACCEPTED : Outcome.REFUSED);
                yield Verdict.done();
            }
            case Decoded.Removed<HostInventory> _ -> {
                inventories.remove(key);
                fleet.unremember(key);
                count(Outcome.REMOVED);
                yield Verdict.done();
            }
            case Decoded.Unknown(String what) -> {
                count(Outcome.UNKNOWN);
                yield Verdict.quarantine("of a newer writer: " + what);
            }
            case Decoded.Malformed(String reason) -> malformed(reason);
        };
    }

    private Verdict malformed(String reason) {
        count(Outcome.MALFORMED);
        return Verdict.quarantine(reason);
    }

    private boolean take(HostInventory inventory, ConsumerRecord<byte[], byte[]> record) {
        long written = Math.min(record.timestamp(), wall.millis());
        long received = live ? clock.millis() : clock.at(written);
        if (!inventories.take(inventory, record.partition(), written, live, received)) {
            return false;
        }
        fleet.remember(inventory, received);
        return true;
    }

    private void count(Outcome outcome) {
        Counter counter = counters.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Lets time go on as long as the broker answers: while it is away no host can say that it is there. */
    @Override
    public void polled(Consumer<byte[], byte[]> consumer, boolean caughtUp) {
        live = caughtUp;
        long now = clock.millis();
        if (now - listenedMillis < LISTEN_EVERY_MILLIS) {
            return;
        }
        double fetched = fetches(consumer);
        if (caughtUp && fetched > fetches) {
            inventories.listened(Duration.ofMillis(now - listenedMillis));
        }
        fetches = fetched;
        listenedMillis = now;
        if (now >= forgetAtMillis) {
            inventories.forgetOld(now).forEach(fleet::unremember);
            forgetAtMillis = now + FORGET_EVERY_MILLIS;
        }
    }

    /** How many fetches the broker has answered. It answers twice a second though nothing is new. */
    private static double fetches(Consumer<byte[], byte[]> consumer) {
        for (var metric : consumer.metrics().entrySet()) {
            MetricName name = metric.getKey();
            if (name.name().equals("fetch-total") && name.tags().size() == 1) {
                return metric.getValue().metricValue() instanceof Number total ? total.doubleValue() : 0;
            }
        }
        return 0;
    }
}
