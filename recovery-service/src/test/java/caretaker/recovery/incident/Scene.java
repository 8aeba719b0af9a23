package caretaker.recovery.incident;

import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Playbooks;
import caretaker.recovery.playbook.Rung;
import caretaker.testkit.Cases;
import caretaker.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An engine, the topics and a clock in memory around the deciding code, as an edge is. Can be killed anywhere. */
final class Scene {
    static final String HOST = "node-1";
    static final Instant BOOT = Instant.parse("2025-12-31T23:00:00Z");

    final ManualClock clock = new ManualClock();
    final Map<String, Sighting> engine = new TreeMap<>();
    final Map<String, byte[]> states = new LinkedHashMap<>();
    final List<RecoveryEvent> events = new ArrayList<>();
    final List<Effect.Perform> performed = new ArrayList<>();
    final List<Effect> all = new ArrayList<>();
    final Map<String, ProbeAnswer> probes = new HashMap<>();
    final Map<String, List<String>> logs = new HashMap<>();
    final Map<String, Integer> writes = new HashMap<>();
    final Map<String, String> answers = new HashMap<>();

    /** By the incident in which they were made. */
    final Map<String, Input.Copy> copies = new HashMap<>();

    private final Map<String, String> makers = new HashMap<>();
    boolean requirementHolds = true;
    boolean kafkaIsThere = true;

    /** What a repair makes of a container. */
    Function<Effect.Perform, Result> worker = this::work;

    /** Called before each effect; may throw {@link Killed}. */
    Consumer<Effect> before = _ -> {};

    @Nullable RecoveryHostState hostState;

    Recoveries recoveries;
    private final Rules rules;
    private final Scope scope;
    private final Playbooks playbooks;
    private final Deque<Effect> open = new ArrayDeque<>();
    private long epoch;
    private long sequence;
    private int made;

    /** The process is no more. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    Scene() {
        this("");
    }

    Scene(String rules) {
        this(rules, new Scope(List.of(), List.of()), Playbooks.builtIn());
    }

    Scene(String rules, Scope scope, Playbooks playbooks) {
        this.rules = Config.parse(Rules.class, rules, "rules", Map.of());
        this.scope = scope;
        this.playbooks = playbooks;
        recoveries = made();
        tell(new Input.CaughtUp());
    }

    private Recoveries made() {
        epoch++;
        var writer = new RecoveryState.Writer("r-" + epoch, epoch);
        return new Recoveries(new Recoveries.Setup(HOST, "self", writer, rules, scope, playbooks), Cases.random(epoch));
    }

    /** Kills the service and starts it anew from the topics. */
    void restart() {
        open.clear();
        recoveries = made();
        var codec = new RecoveryStateCodec();
        if (hostState != null) {
            tell(new Input.RestoredHost(hostState));
        }
        Map.copyOf(states).forEach((key, bytes) -> tell(new Input.Restored(key, codec.decode(bytes))));
        list();
        tell(new Input.CaughtUp());
    }

    Sighting container(String name, String... labels) {
        return image(name, "lab/" + name + ":1", labels);
    }

    Sighting image(String name, String image, String... labels) {
        Map<String, String> all = new HashMap<>(Map.of("caretaker.recovery", "true"));
        for (int i = 0; i < labels.length; i += 2) {
            all.put(labels[i], labels[i + 1]);
        }
        made++;
        var identity = new ContainerIdentity("%04x".formatted(made), "lab-" + name + "-1", image, "lab", name, 1);
        var sighting = new Sighting(
                identity,
                State.RUNNING,
                Health.NONE,
                0,
                false,
                BOOT,
                null,
                0,
                "",
                false,
                all,
                List.of(),
                List.of(),
                List.of(),
                Duration.ofSeconds(10));
        engine.put(sighting.key(), sighting);
        list();
        return sighting;
    }

    void list() {
        tell(new Input.Listed(List.copyOf(engine.values())));
    }

    Sighting now(Sighting of) {
        return Objects.requireNonNull(engine.get(of.key()));
    }

    /** Changes a container in the engine; nobody is told. */
    Sighting put(Sighting changed) {
        engine.put(changed.key(), changed);
        return changed;
    }

    Sighting exit(Sighting of, int code) {
        return put(Made.exited(now(of), code, clock.instant()));
    }

    Sighting unhealthy(Sighting of) {
        return put(Made.healthy(now(of), Health.UNHEALTHY));
    }

    /** A container exits by itself and the agent says so. */
    HealthEvent dies(Sighting of, int code) {
        Sighting gone = exit(of, code);
        HealthEvent event = event(gone, Condition.CONTAINER_EXITED, Integer.toString(code));
        tell(event);
        return event;
    }

    HealthEvent event(Sighting of, Condition condition, String code) {
        return event(of, condition, code, HealthEvent.State.RAISED);
    }

    HealthEvent event(Sighting of, Condition condition, String code, HealthEvent.State state) {
        Map<String, String> evidence = new HashMap<>(Map.of(
                "containerId", of.identity().id(),
                "name", of.identity().name(),
                "image", of.identity().image(),
                "composeProject", of.identity().project(),
                "composeService", of.identity().service(),
                "composeNumber", Integer.toString(of.identity().number())));
        if (of.startedAt() != null) {
            evidence.put("startedAt", of.startedAt().toString());
        }
        return health(
                condition,
                state,
                condition.severity(),
                new HealthEvent.Entity(
                        HealthEvent.Entity.Kind.CONTAINER,
                        of.identity().id(),
                        of.identity().name()),
                code,
                condition.action(),
                evidence);
    }

    HealthEvent health(
            Condition condition,
            HealthEvent.State state,
            HealthEvent.Severity severity,
            HealthEvent.Entity entity,
            String code,
            HealthEvent.Action action,
            Map<String, String> evidence) {
        return new HealthEvent(
                HOST,
                "a-1",
                ++sequence,
                clock.instant(),
                condition,
                state,
                severity,
                entity,
                code,
                condition.wire() + " of " + entity.name(),
                action,
                evidence,
                false);
    }

    void tell(HealthEvent event) {
        tell(new Input.Health(event, event.time()));
    }

    void tell(Input input) {
        open.addAll(recoveries.handle(input, clock.instant()));
        carryOut();
    }

    void asks(Input.Command command) {
        tell(new Input.Asked(command, "user:anna"));
    }

    private void carryOut() {
        while (!open.isEmpty()) {
            Effect effect = open.removeFirst();
            all.add(effect);
            before.accept(effect);
            switch (effect) {
                case Effect.Store(RecoveryState state) -> {
                    if (write(effect.key(), null)) {
                        states.put(state.key(), new RecoveryStateCodec().encode(state));
                    }
                }
                case Effect.StoreHost(RecoveryHostState state) -> hostState = state;
                case Effect.Forget(String host, ContainerIdentity container) -> states.remove(container.key(host));
                case Effect.Publish(RecoveryEvent event) -> {
                    if (write(effect.key(), event)) {
                        events.add(event);
                    }
                }
                case Effect.Look look -> open.addAll(recoveries.handle(look(look), clock.instant()));
                case Effect.Perform perform -> perform(perform);
                case Effect.Refuse _, Effect.Count _, Effect.StandDown _ -> {}
            }
        }
    }

    private boolean write(String key, @Nullable RecoveryEvent event) {
        if (!kafkaIsThere) {
            open.removeIf(each -> (each instanceof Effect.Look || each instanceof Effect.Perform)
                    && each.key().equals(key));
            open.addAll(recoveries.handle(new Input.NotWritten(key, event), clock.instant()));
        }
        return kafkaIsThere;
    }

    private Input look(Effect.Look look) {
        String key = look.container().key();
        return new Input.Looked(
                look.question(),
                engine.get(key),
                look.probe() == Playbook.Probe.NONE ? ProbeAnswer.NONE : probes.getOrDefault(key, ProbeAnswer.PASSED),
                isAllowed(look),
                look.evidence() ? logs.getOrDefault(key, List.of()) : List.of(),
                look.evidence() ? new Evidence("/evidence/" + look.incident(), "ab".repeat(32), 100) : null,
                look.needs().stream()
                        .filter(engine::containsKey)
                        .map(each -> Objects.requireNonNull(engine.get(each)))
                        .toList(),
                answers.getOrDefault(key, ""),
                copies.get(look.incident()),
                look.requires() == Rung.Requirement.FORMER_CONFIG && requirementHolds ? BOOT : null);
    }

    private boolean isAllowed(Effect.Look look) {
        Input.Copy copy = copies.get(look.incident());
        return switch (look.requires()) {
            case NOTHING -> true;
            case IN_SYNC_REPLICAS, CREDENTIALS, FORMER_CONFIG -> requirementHolds;
            case DAMAGED_COPY -> copy != null && copy.isDamaged();
        };
    }

    private void perform(Effect.Perform perform) {
        String id = perform.operation().id();
        if (!recoveries.mayPerform(id, clock.instant())) {
            open.addAll(recoveries.handle(new Input.Performed(id, new Result.Held()), clock.instant()));
            return;
        }
        performed.add(perform);
        Result result = worker.apply(perform);
        open.addAll(recoveries.handle(new Input.Performed(id, result), clock.instant()));
    }

    /** As an engine does it, and it helps. */
    Result work(Effect.Perform perform) {
        String key = perform.container().key();
        Sighting seen = engine.get(key);
        Action action = perform.operation().action();
        if (seen == null && action != Action.RECREATE) {
            return new Result.Refused("No such container");
        }
        if (seen != null
                && seen.identity().id().equals(makers.get(perform.operation().id()))) {
            return new Result.Done(); // it has made it already, and only removes the old one
        }
        writes.merge(perform.operation().id(), 1, Integer::sum);
        if (action == Action.RECREATE) {
            made++;
            String id = "%04x".formatted(made);
            makers.put(perform.operation().id(), id);
            engine.put(key, Made.anew(perform.container(), seen, id, clock.instant()));
        } else if (action == Action.START || action == Action.RESTART || action == Action.FIX_PERMISSIONS) {
            engine.put(key, Made.started(Objects.requireNonNull(seen), nextRun(seen)));
        } else if (action == Action.FORMER_CONFIG
                && Objects.requireNonNull(seen).state() == State.EXITED) {
            engine.put(key, Made.started(seen, nextRun(seen)));
        } else if (action == Action.FORMER_CONFIG || action == Action.RELOAD || action == Action.RESTORE_BACKUP) {
            engine.put(key, Made.started(Objects.requireNonNull(seen), Objects.requireNonNull(seen.startedAt())));
        }
        return new Result.Done();
    }

    /** No two runs begin at the same nanosecond. */
    private Instant nextRun(Sighting seen) {
        Instant last = seen.startedAt();
        Instant now = clock.instant();
        return last == null || last.isBefore(now) ? now : last.plusNanos(1);
    }

    /** Lets time pass, ticking whenever something is due. */
    void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        for (int i = 0; i < 100_000; i++) {
            Instant due = recoveries.due();
            if (due.isAfter(end)) {
                clock.set(end);
                tell(new Input.Tick());
                return;
            }
            if (due.isAfter(clock.instant())) {
                clock.set(due);
            } else {
                clock.advance(Duration.ofMillis(1));
            }
            tell(new Input.Tick());
        }
        throw new AssertionError("it never rests: " + recoveries.states(clock.instant()));
    }

    void seconds(long seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    void minutes(long minutes) {
        pass(Duration.ofMinutes(minutes));
    }

    List<Action> actions() {
        return performed.stream().map(each -> each.operation().action()).toList();
    }

    List<Kind> kinds() {
        return events.stream().map(RecoveryEvent::kind).toList();
    }

    List<Reason> skips() {
        return events.stream()
                .filter(event -> event.kind() == Kind.SKIPPED)
                .map(RecoveryEvent::reason)
                .toList();
    }

    RecoveryEvent last() {
        return events.getLast();
    }

    RecoveryState state(Sighting of) {
        return recoveries.states(clock.instant()).stream()
                .filter(state -> state.container().key().equals(of.key()))
                .findFirst()
                .orElseThrow();
    }
}
