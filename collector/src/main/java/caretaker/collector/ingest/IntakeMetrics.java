package caretaker.collector.ingest;

import caretaker.collector.state.Fleet;
import caretaker.collector.state.Taken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The numbers of the intake. Every record taken in is counted once in {@code records.read} and once under its outcome:
 * read = accepted + superseded + refused + malformed + newer. A record that comes again, because its partition moved or
 * no dead letter could be written, is read again.
 */
final class IntakeMetrics {
    private final Counter read;
    private final Counter accepted;
    private final Counter superseded;
    private final Counter refused;
    private final Counter malformed;
    private final Counter newer;
    private final Counter valuesRejected;
    private final Counter gpusTooMany;
    private final Map<Integer, Long> lags = new ConcurrentHashMap<>();
    private long valuesRejectedBefore;
    private long gpusTooManyBefore;

    IntakeMetrics(MeterRegistry registry, CatchUp catchUp) {
        read = Counter.builder("caretaker.collector.records.read")
                .description("Records of the readings topic taken in")
                .register(registry);
        accepted = outcome(registry, "accepted");
        superseded = outcome(registry, "superseded");
        refused = outcome(registry, "refused");
        malformed = outcome(registry, "malformed");
        newer = outcome(registry, "newer");
        valuesRejected = Counter.builder("caretaker.collector.values.rejected")
                .description("Values left out because they cannot be true")
                .register(registry);
        gpusTooMany = Counter.builder("caretaker.collector.gpus.refused")
                .description("GPUs left out because their hosts have more than may be")
                .register(registry);
        Gauge.builder("caretaker.collector.partitions.behind", catchUp, CatchUp::behind)
                .description("Partitions not yet read to where they ended when they were assigned")
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.collector.lag.records", lags, IntakeMetrics::sum)
                .description("Records not yet read, of all partitions")
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.collector.lag.max.records", lags, IntakeMetrics::max)
                .description("Records not yet read of the partition that is furthest behind")
                .strongReference(true)
                .register(registry);
    }

    private static Counter outcome(MeterRegistry registry, String outcome) {
        return Counter.builder("caretaker.collector.records")
                .description("Records of the readings topic, by what became of them")
                .tag("outcome", outcome)
                .register(registry);
    }

    private static double sum(Map<Integer, Long> lags) {
        return lags.values().stream().mapToLong(Long::longValue).sum();
    }

    private static double max(Map<Integer, Long> lags) {
        return lags.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    void count(Taken taken) {
        read.increment();
        switch (taken) {
            case Taken.Accepted _ -> accepted.increment();
            case Taken.Superseded _ -> superseded.increment();
            case Taken.Refused _ -> refused.increment();
            case Taken.Malformed _ -> malformed.increment();
            case Taken.Newer _ -> newer.increment();
        }
    }

    /** As {@link #count}, for many at once. */
    void countAccepted(int records) {
        read.increment(records);
        accepted.increment(records);
    }

    void lag(int partition, long records) {
        lags.put(partition, records);
    }

    void dropped(int partition) {
        lags.remove(partition);
    }

    /** Takes over what the fleet has counted since the last time. */
    void follow(Fleet fleet) {
        long values = fleet.valuesRejected();
        if (values != valuesRejectedBefore) {
            valuesRejected.increment((double) (values - valuesRejectedBefore));
            valuesRejectedBefore = values;
        }
        long tooMany = fleet.gpusRefused();
        if (tooMany != gpusTooManyBefore) {
            gpusTooMany.increment((double) (tooMany - gpusTooManyBefore));
            gpusTooManyBefore = tooMany;
        }
    }
}
