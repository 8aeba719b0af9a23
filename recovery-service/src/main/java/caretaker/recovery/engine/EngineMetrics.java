package caretaker.recovery.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** What the edge tells about itself. Safe for any thread. */
final class EngineMetrics {
    final Counter unanswered;
    final Counter unrepresented;
    final Counter opened;
    final Counter events;
    final Counter evidence;
    final Counter evidenceFailed;
    final Counter evidenceRemoved;
    final Counter bundlesRemoved;
    final Counter logsCut;
    final Counter unasked;
    final AtomicLong oldHalves = new AtomicLong();

    EngineMetrics(MeterRegistry registry) {
        unanswered = counter(registry, "unanswered", "Looks and lists that the engine did not answer");
        unrepresented =
                counter(registry, "unrepresented", "Containers that were left out because of their name or state");
        opened = counter(registry, "streams.opened", "How often the stream of events was opened");
        events = counter(registry, "events", "Events of the engine that were taken");
        evidence = counter(registry, "evidence", "Bundles of evidence that were saved");
        evidenceFailed = counter(registry, "evidence.failures", "Bundles of evidence that could not be saved");
        evidenceRemoved = counter(registry, "evidence.removed", "Incidents whose evidence was removed for newer ones");
        bundlesRemoved =
                counter(registry, "bundles.removed", "Bundles of an incident that were removed for newer ones");
        logsCut = counter(registry, "logs.cut", "Logs of which only a part was read");
        unasked = counter(registry, "unasked", "Questions to services that could not be put, and say nothing of them");
        Gauge.builder("caretaker.recovery.engine.old.halves", oldHalves, AtomicLong::get)
                .description("Containers that were renamed to be created anew, and are still there")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String help) {
        return Counter.builder("caretaker.recovery.engine." + name)
                .description(help)
                .register(registry);
    }
}
