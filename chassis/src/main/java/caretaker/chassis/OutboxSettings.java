package caretaker.chassis;

import caretaker.chassis.config.Bytes;
import caretaker.chassis.config.Default;
import caretaker.chassis.config.Range;
import java.time.Duration;
import java.util.Map;

/**
 * How much an {@link Outbox} holds per topic while the broker is away.
 *
 * @param producer changes of the producer's own settings, such as {@code compression.type}
 */
public record OutboxSettings(
        @Default("3600") @Range(min = "1") int droppableRecords,
        @Default("16MiB") @Range(min = "1MiB") Bytes droppableBytes,
        @Default("100000") @Range(min = "1") int keptRecords,
        @Default("64MiB") @Range(min = "1MiB") Bytes keptBytes,
        @Default("500") @Range(min = "1", max = "10000") int roundRecords,
        @Default("3s") Duration flushLimit,
        Map<String, String> producer) {

    public static final OutboxSettings DEFAULTS = new OutboxSettings(
            3600, new Bytes(16 << 20), 100_000, new Bytes(64 << 20), 500, Duration.ofSeconds(3), Map.of());

    public OutboxSettings {
        producer = Map.copyOf(producer);
    }

    /** The same with these changes of the producer's settings. */
    public OutboxSettings withProducer(Map<String, String> changes) {
        return new OutboxSettings(
                droppableRecords, droppableBytes, keptRecords, keptBytes, roundRecords, flushLimit, changes);
    }
}
