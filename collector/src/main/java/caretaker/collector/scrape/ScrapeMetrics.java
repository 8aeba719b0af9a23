package caretaker.collector.scrape;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The numbers of scrapes: how they ended, how long the good ones took, and how large the last was. */
final class ScrapeMetrics {
    /** How a scrape ended. */
    enum Outcome {
        SERVED,
        /** Told to come back: too many at once. */
        BUSY,
        /** The client went away or took nothing for too long. */
        CLIENT_LOST,
        FAILED
    }

    private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    private final Timer duration;
    private volatile long lastSeries;
    private volatile long lastBytes;

    ScrapeMetrics(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    Counter.builder("caretaker.collector.scrapes")
                            .description("Requests for /metrics, by how they ended")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        duration = Timer.builder("caretaker.collector.scrape")
                .description("Time from the copy of the fleet until the last byte of /metrics was handed over")
                .register(registry);
        Gauge.builder("caretaker.collector.scrape.series", this, metrics -> metrics.lastSeries)
                .description("Series of GPU hosts in the last answer to /metrics")
                .strongReference(true)
                .register(registry);
        Gauge.builder("caretaker.collector.scrape.bytes", this, metrics -> metrics.lastBytes)
                .description("Size of the last answer to /metrics, before compression")
                .strongReference(true)
                .register(registry);
    }

    void ended(Outcome outcome) {
        Counter counter = outcomes.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    void served(Renderer.Written written, Duration took) {
        lastSeries = written.series();
        lastBytes = written.bytes();
        duration.record(took);
        ended(Outcome.SERVED);
    }
}
