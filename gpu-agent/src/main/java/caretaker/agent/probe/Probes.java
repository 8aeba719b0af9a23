package caretaker.agent.probe;

import caretaker.agent.containers.ContainerState;
import caretaker.agent.containers.Containers;
import caretaker.agent.containers.LostGpu;
import caretaker.agent.containers.Words;
import caretaker.agent.health.Finding;
import caretaker.agent.health.HealthLedger;
import caretaker.agent.probe.Expectation.Verdict;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent.Entity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes of a host: those of its operator, those that containers declare by label, and those of programs that
 * are known. All of it lives on one event loop.
 */
public final class Probes implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Probes.class);
    private static final String NAME = "probes";
    private static final String SERVICES = "service-probes";

    private static final int MAX_PROBES = 1_000;
    private static final int MAX_AT_ONCE = 8;
    private static final int MAX_ANSWERED = 5_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    /**
     * Whom the probes tell.
     *
     * @param isWatched whether events may be made of a container
     * @param hostGpus GPUs that the host's driver lists; 0 where that is not known
     */
    public record Surroundings(
            HealthLedger ledger,
            Predicate<ContainerState> isWatched,
            IntSupplier hostGpus,
            MeterRegistry registry,
            InstantSource clock,
            LongSupplier nanos) {}

    private static final class Running {
        final ProbeSpec spec;
        final ProbeRule rule;

        @Nullable ContainerState container;

        long dueNanos;
        boolean isAsked;

        Running(ProbeSpec spec, @Nullable ContainerState container, long dueNanos, boolean hasAnswered) {
            this.spec = spec;
            this.container = container;
            this.dueNanos = dueNanos;
            rule = new ProbeRule(spec, hasAnswered);
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final Prober prober;
    private final Surroundings around;
    private final boolean builtIn;
    private final Map<String, Running> all = new LinkedHashMap<>();
    private final Map<String, Set<String>> complained = new HashMap<>();

    /** Names of containers that were well once, whichever container has the name now. */
    private final Set<String> answered = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_ANSWERED;
        }
    });

    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Counter> outcomes = new HashMap<>();
    private final Counter tooMany;
    private int asked;
    private long timer = -1;
    private boolean isComplete;
    private boolean closed;

    private Probes(Vertx vertx, boolean builtIn, Surroundings around) {
        this.vertx = vertx;
        this.builtIn = builtIn;
        this.around = around;
        context = vertx.getOrCreateContext();
        prober = new Prober(vertx, MAX_AT_ONCE);
        for (String outcome : List.of("well", "starting", "bad")) {
            outcomes.put(
                    outcome,
                    Counter.builder("caretaker.agent.probes")
                            .description("Answers to probes, by what they said")
                            .tag("outcome", outcome)
                            .register(around.registry()));
        }
        tooMany = Counter.builder("caretaker.agent.probes.left.out")
                .description("Probes beyond the bound of those that are run")
                .register(around.registry());
        Gauge.builder("caretaker.agent.probes.declared", count, AtomicInteger::get)
                .description("Probes that are run")
                .register(around.registry());
    }

    /**
     * Begins to ask.
     *
     * @param builtIn whether known programs are asked that nobody has declared
     */
    public static Probes start(
            Vertx vertx, List<ProbeSettings> declared, Containers containers, boolean builtIn, Surroundings around) {
        var probes = new Probes(vertx, builtIn, around);
        probes.context.runOnContext(_ -> {
            declared.forEach(each -> probes.add("service/" + each.name(), each.spec(), null));
            probes.isComplete = containers.equals(Containers.NONE);
            probes.take(containers.snapshot());
        });
        containers.onChange(snapshot -> probes.context.runOnContext(_ -> probes.take(snapshot)));
        return probes;
    }

    private void add(String key, ProbeSpec spec, @Nullable ContainerState container) {
        if (all.size() >= MAX_PROBES) {
            tooMany.increment();
            return;
        }
        long first = Math.floorMod(key.hashCode(), spec.interval().toNanos()); // spread evenly
        boolean hasAnswered = container != null
                && (answered.contains(container.info().name())
                        || around.ledger()
                                .isRaised(
                                        Condition.PROBE_FAILED, container.info().id()));
        all.put(key, new Running(spec, container, around.nanos().getAsLong() + first, hasAnswered));
    }

    /** Probes follow their containers: one that does not run is not asked. */
    private void take(Containers.Snapshot snapshot) {
        if (closed) {
            return;
        }
        isComplete |= snapshot.known();
        Set<String> present = new HashSet<>();
        for (ContainerState container : snapshot.containers()) {
            String key = container.info().id();
            present.add(key);
            Optional<ProbeSpec> wanted = container.phase() == ContainerState.Phase.RUNNING
                            && around.isWatched().test(container)
                    ? spec(container)
                    : Optional.empty();
            Running running = all.get(key);
            if (running != null && wanted.filter(running.spec::equals).isPresent()) {
                running.container = container;
            } else {
                all.remove(key);
                wanted.ifPresent(spec -> add(key, spec, container));
            }
        }
        all.entrySet().removeIf(entry -> entry.getValue().container != null && !present.contains(entry.getKey()));
        complained.keySet().retainAll(present);
        count.set(all.size());
        tell();
        schedule();
    }

    private Optional<ProbeSpec> spec(ContainerState container) {
        ProbeLabels.Wish wish = ProbeLabels.of(container);
        if (builtIn && wish instanceof ProbeLabels.Wish.None) {
            wish = BuiltInProbes.of(container, around.hostGpus())
                    .map(spec -> ProbeLabels.adjusted(spec, container.labels()))
                    .orElse(wish);
        }
        return switch (wish) {
            case ProbeLabels.Wish.Declared(ProbeSpec spec) -> Optional.of(spec);
            case ProbeLabels.Wish.None _, ProbeLabels.Wish.Off _, ProbeLabels.Wish.Unreachable _ -> Optional.empty();
            case ProbeLabels.Wish.Refused refused -> {
                complain(container, refused);
                yield Optional.empty();
            }
        };
    }

    /** Once for each label of a container. */
    private void complain(ContainerState container, ProbeLabels.Wish.Refused refused) {
        if (complained
                .computeIfAbsent(container.info().id(), _ -> new HashSet<>())
                .add(refused.label())) {
            LOGGER.atWarn()
                    .addKeyValue("container", container.info().name())
                    .addKeyValue("label", refused.label())
                    .addKeyValue("reason", refused.reason())
                    .log("a probe is not run");
        }
    }

    private void schedule() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
        if (closed || all.isEmpty() || asked >= MAX_AT_ONCE) {
            return; // or an answer will schedule
        }
        long now = around.nanos().getAsLong();
        long soonest = Long.MAX_VALUE;
        for (Running running : all.values()) {
            if (!running.isAsked) {
                soonest = Math.min(soonest, running.dueNanos - now);
            }
        }
        if (soonest < Long.MAX_VALUE) {
            timer = vertx.setTimer(Math.clamp(soonest / 1_000_000, 1, LONGEST_PAUSE_MILLIS), _ -> {
                timer = -1;
                turn();
            });
        }
    }

    private void turn() {
        long now = around.nanos().getAsLong();
        for (Running running : all.values()) {
            if (asked >= MAX_AT_ONCE) {
                break;
            }
            if (!running.isAsked && running.dueNanos - now <= 0) {
                running.isAsked = true;
                running.dueNanos = now + running.spec.interval().toNanos();
                asked++;
                prober.ask(running.spec).onComplete(result -> {
                    asked--;
                    running.isAsked = false;
                    answered(running, result.succeeded() ? result.result() : new Verdict.Bad("it could not be asked"));
                });
            }
        }
        schedule();
    }

    private void answered(Running running, Verdict verdict) {
        if (closed) {
            return;
        }
        count(verdict);
        ContainerState container = running.container;
        if (container != null && verdict instanceof Verdict.Well) {
            answered.add(container.info().name());
        }
        running.rule.take(
                verdict,
                container == null ? null : container.startedAt(),
                around.clock().instant());
        tell();
        schedule();
    }

    private void count(Verdict verdict) {
        String outcome = switch (verdict) {
            case Verdict.Well _ -> "well";
            case Verdict.Starting _ -> "starting";
            case Verdict.Bad _, Verdict.NoGpu _ -> "bad";
        };
        Counter counter = outcomes.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    private void tell() {
        List<Finding> found = new ArrayList<>();
        List<Finding> ofServices = new ArrayList<>();
        for (Running running : all.values()) {
            if (running.rule.isRaised()) {
                findings(running, running.container == null ? ofServices : found);
            }
        }
        around.ledger().settle(SERVICES, ofServices); // they wait for no engine, which may never come
        if (isComplete) {
            around.ledger().settle(NAME, found);
        } else {
            found.forEach(finding -> around.ledger().raise(NAME, finding));
        }
    }

    private void findings(Running running, List<Finding> found) {
        ContainerState container = running.container;
        Map<String, String> evidence = container == null ? new TreeMap<>() : container.identity();
        evidence.put("url", running.spec.target().toString());
        evidence.put("failures", Integer.toString(running.rule.failures()));
        evidence.put("result", Words.line(running.rule.reason(), 512));
        String name = Words.line(running.spec.name(), 200);
        Entity entity = container == null
                ? new Entity(Entity.Kind.SERVICE, name, name)
                : Finding.container(container.info().id(), name);
        found.add(new Finding(
                Condition.PROBE_FAILED,
                entity,
                "",
                name + " does not answer its probe as it should: " + Words.line(running.rule.reason(), 200),
                evidence));
        if (container != null && running.rule.lacksGpu() && LostGpu.isHostWell(around.ledger())) {
            evidence.put("seenBy", "probe of its metrics");
            found.add(LostGpu.finding(entity, name, evidence));
        }
    }

    @Override
    public void close() {
        context.runOnContext(_ -> {
            closed = true;
            all.clear();
            prober.close();
        });
    }
}
