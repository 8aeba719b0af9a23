package caretaker.recovery;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the service tells Prometheus of its work. Safe for any thread. */
final class RecoveryMetrics {
    /** More are one: a label must have a bound. */
    private static final int MOST_SERVICES = 200;

    private static final String OTHER = "other";
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final Duration[] STEPS = {
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1),
        Duration.ofMinutes(2),
        Duration.ofMinutes(5),
        Duration.ofMinutes(15),
        LONGEST
    };

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Set<String> services = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> quarantined = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> verified = new ConcurrentHashMap<>();
    private final AtomicInteger breaker = new AtomicInteger();
    private final AtomicInteger managed = new AtomicInteger();
    private final AtomicLong turnedAt = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Counter notWritten;

    RecoveryMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        notWritten = Counter.builder("caretaker.recovery.journal.errors")
                .description("Records that the bus refused for good; nothing was done then")
                .register(registry);
        gauge("breaker.open", "1 while too many repairs have stopped all further ones", breaker);
        gauge("containers.managed", "Containers that may be repaired", managed);
        gauge("desk.waiting", "News that wait to be decided on", waiting);
        Gauge.builder("caretaker.recovery.last.loop.timestamp.seconds", turnedAt, at -> at.get() / 1000.0)
                .description("When the deciding thread was last at work, in seconds since 1970")
                .register(registry);
        for (RecoveryEvent.Reason reason : RecoveryEvent.Reason.values()) {
            var _ = skips(reason);
        }
    }

    private void gauge(String name, String help, AtomicInteger value) {
        Gauge.builder("caretaker.recovery." + name, value, AtomicInteger::get)
                .description(help)
                .register(registry);
    }

    private Counter skips(RecoveryEvent.Reason reason) {
        return Counter.builder("caretaker.recovery.skips")
                .description("Failures after which nothing was done, by why")
                .tag("reason", word(reason))
                .register(registry);
    }

    private static String word(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    void skipped(RecoveryEvent.Reason reason) {
        skips(reason).increment();
    }

    void notWritten() {
        notWritten.increment();
    }

    /** The deciding thread has ended a round, and so much more waits for it. */
    void turned(int more) {
        turnedAt.set(clock.instant().toEpochMilli());
        waiting.set(more);
    }

    /** An event that goes to the bus. */
    void told(RecoveryEvent event) {
        switch (event.kind()) {
            case SKIPPED -> skipped(event.reason());
            case STARTED, SUCCEEDED, FAILED -> operation(event);
            default -> {}
        }
    }

    private void operation(RecoveryEvent event) {
        RecoveryEvent.Operation operation = event.operation();
        if (operation == null) {
            return;
        }
        String service = service(event.container());
        Counter.builder("caretaker.recovery.actions")
                .description("Repairs that were begun, that helped, and that did not")
                .tag("service", service)
                .tag("action", word(operation.action()))
                .tag("outcome", word(event.kind()))
                .register(registry)
                .increment();
        Duration took = event.took();
        if (event.kind() == RecoveryEvent.Kind.SUCCEEDED && took != null) {
            Timer.builder("caretaker.recovery.duration")
                    .description("From the failure to the proof of its repair")
                    .tag("service", service)
                    .serviceLevelObjectives(STEPS)
                    .maximumExpectedValue(LONGEST)
                    .register(registry)
                    .record(took);
        }
    }

    /** A health event was taken that the agent made at that time. */
    void age(Instant made) {
        Timer.builder("caretaker.recovery.event.age")
                .description("From the agent's event to its taking")
                .register(registry)
                .record(
                        Duration.between(made, clock.instant()).isNegative()
                                ? Duration.ZERO
                                : Duration.between(made, clock.instant()));
    }

    /** How all containers are remembered now. */
    void show(List<RecoveryState> states, int managedNow, boolean breakerOpen) {
        managed.set(managedNow);
        breaker.set(breakerOpen ? 1 : 0);
        Map<String, Integer> counts = new TreeMap<>();
        states.stream()
                .filter(state -> state.phase() == RecoveryState.Phase.QUARANTINED)
                .forEach(state -> counts.merge(service(state.container()), 1, Integer::sum));
        set(quarantined, counts, "quarantined", "Containers that are left alone until a person releases them");
    }

    /** What a round over all containers has found: by service the containers that are not well. */
    void verified(Map<String, Integer> illByService) {
        set(verified, illByService, "unverified", "Containers that were not well when they were last looked at");
    }

    private void set(Map<String, AtomicInteger> gauges, Map<String, Integer> values, String name, String help) {
        Map<String, Integer> all = new HashMap<>(values);
        gauges.keySet().forEach(service -> all.putIfAbsent(service, 0));
        all.forEach((service, value) -> gauges.computeIfAbsent(service, of -> {
                    var gauge = new AtomicInteger();
                    Gauge.builder("caretaker.recovery." + name, gauge, AtomicInteger::get)
                            .description(help)
                            .tag("service", of)
                            .strongReference(true)
                            .register(registry);
                    return gauge;
                })
                .set(value));
    }

    /** The label of a container's metrics: its compose service, or its name. */
    String service(@org.jspecify.annotations.Nullable ContainerIdentity container) {
        if (container == null) {
            return OTHER;
        }
        String service = container.service().isEmpty() ? container.name() : container.service();
        if (services.contains(service)) {
            return service;
        }
        if (services.size() >= MOST_SERVICES) {
            return OTHER;
        }
        services.add(service);
        return service;
    }
}
