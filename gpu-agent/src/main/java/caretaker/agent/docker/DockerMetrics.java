package caretaker.agent.docker;

import caretaker.agent.containers.ContainerWatch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the watch of the engine tells about itself. Safe for any thread. */
final class DockerMetrics implements ContainerWatch.Listener {
    private static final Logger LOGGER = LoggerFactory.getLogger(DockerMetrics.class);

    final Counter events;
    final Counter repeated;
    final Counter dropped;
    final Counter opened;
    final Counter lists;
    final Counter inspections;
    final Counter gone;
    final Counter unanswered;
    private final Counter unwatched;
    private final Counter badWords;
    private final AtomicInteger containers = new AtomicInteger();
    private final AtomicLong imitations = new AtomicLong();
    private final AtomicInteger available = new AtomicInteger();

    DockerMetrics(MeterRegistry registry) {
        events = counter(registry, "events", "Events of the engine that were taken");
        repeated = counter(registry, "events.repeated", "Events that came a second time after the stream was reopened");
        dropped = counter(registry, "events.dropped", "Events beyond the bound of the queue; a full list follows");
        opened = counter(registry, "streams.opened", "How often the stream of events was opened");
        lists = counter(registry, "lists", "Full lists of containers");
        inspections = counter(registry, "inspections", "Containers that were asked for by id");
        gone = counter(registry, "inspections.gone", "Containers that were gone when the engine was asked for them");
        unanswered = counter(registry, "unanswered", "Questions that the engine did not answer in time or at all");
        unwatched = counter(registry, "unwatched", "Containers beyond the bound of those that are watched");
        badWords = counter(registry, "labels.refused", "Labels whose value is none of those that they take");
        Gauge.builder("caretaker.agent.docker.containers", containers, AtomicInteger::get)
                .description("Containers that the agent knows")
                .register(registry);
        Gauge.builder("caretaker.agent.docker.compose.duplicates", imitations, AtomicLong::get)
                .description("Containers whose labels say the compose service and number of another one")
                .register(registry);
        Gauge.builder("caretaker.agent.docker.available", available, AtomicInteger::get)
                .description("1 while the engine answers")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String help) {
        return Counter.builder("caretaker.agent.docker." + name)
                .description(help)
                .register(registry);
    }

    void containers(int count) {
        containers.set(count);
    }

    void imitations(long count) {
        imitations.set(count);
    }

    void available(boolean isAvailable) {
        available.set(isAvailable ? 1 : 0);
    }

    @Override
    public void tooMany() {
        unwatched.increment();
    }

    @Override
    public void badWord(String container, String label, String value) {
        badWords.increment();
        LOGGER.atWarn()
                .addKeyValue("container", container)
                .addKeyValue("label", label)
                .addKeyValue("value", value)
                .log("label is none of true, false, 1, 0, yes, no, on, off: it is not heeded");
    }
}
