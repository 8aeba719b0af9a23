package caretaker.recovery.incident;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.recovery.api.Control;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.LogPatterns;
import caretaker.recovery.playbook.Playbooks;
import caretaker.recovery.report.ErrorReport;
import caretaker.recovery.report.Findings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The deciding code over a {@link Scene}, as a service shows it to its HTTP API. Safe for several threads. */
public final class SceneControl implements Control {
    private final Scene scene = new Scene("host-actions: 100\ncluster-actions: 100\n");
    private final Scope scope = new Scope(List.of(), List.of());
    private final List<MaintenanceLock> locks = new ArrayList<>();
    private final Map<String, Sighting> removed = new TreeMap<>();
    private @Nullable String notReady;
    private boolean engineAnswers = true;
    private volatile Runnable beforeLooking = () -> {};

    public InstantSource clock() {
        return scene.clock;
    }

    /** One that runs: {@code lab/NAME/1}. */
    public synchronized Sighting container(String name, String... labels) {
        return scene.container(name, labels);
    }

    /** It ends by itself, and the agent says so. */
    public synchronized void dies(Sighting of, int code) {
        scene.dies(of, code);
    }

    /** Somebody has stopped it: no failure, and nobody is told. */
    public synchronized void stop(Sighting of) {
        scene.exit(of, 0);
        scene.list();
    }

    /** Nobody has noticed yet. */
    public synchronized void unhealthy(Sighting of) {
        scene.unhealthy(of);
    }

    /** What its log and its service's probe say from now on. */
    public synchronized void says(Sighting of, ProbeAnswer probe, List<String> log) {
        scene.probes.put(of.key(), probe);
        if (probe == ProbeAnswer.FAILED) {
            scene.answers.put(of.key(), "{\"database\": \"failing\"}");
        }
        scene.logs.put(of.key(), log);
    }

    /** Somebody has removed it; nobody has noticed yet. */
    public synchronized void remove(Sighting of) {
        removed.put(of.key(), Objects.requireNonNull(scene.engine.remove(of.key())));
    }

    public synchronized void tell(Input input) {
        if (input instanceof Input.Locked(MaintenanceLock lock)) {
            locks.add(lock);
        }
        scene.tell(input);
    }

    /** From now on nothing can be asked. */
    public synchronized void standBy(String why) {
        notReady = why;
    }

    public synchronized void engineHangs() {
        engineAnswers = false;
    }

    /** Called before the engine is looked at, by the thread that looks. */
    public void beforeLooking(Runnable wait) {
        beforeLooking = wait;
    }

    public synchronized RecoveryEvent lastEvent() {
        return scene.last();
    }

    @Override
    public synchronized Host host() {
        RecoveryHostState state = scene.hostState;
        List<String> why = notReady == null ? List.of() : List.of(notReady);
        return new Host(Scene.HOST, "r-1", notReady == null, why, false, false, state, locks, List.of());
    }

    @Override
    public synchronized List<Container> containers() {
        Map<String, Container> all = new TreeMap<>();
        Map<String, RecoveryState> states = new TreeMap<>();
        scene.recoveries
                .states(scene.clock.instant())
                .forEach(state -> states.put(state.container().key(), state));
        scene.engine.forEach((key, seen) -> {
            RecoveryState state = states.get(key);
            int attempts = state == null ? 0 : state.attempts().size();
            all.put(key, new Container(seen.identity(), seen, scope.of(seen, "self"), state, attempts, 5));
        });
        states.forEach((key, state) -> all.putIfAbsent(
                key,
                new Container(
                        state.container(), null, null, state, state.attempts().size(), 5)));
        return List.copyOf(all.values());
    }

    @Override
    public synchronized List<ContainerIdentity> find(String word) {
        return scene.recoveries.find(word);
    }

    @Override
    public synchronized List<ContainerIdentity> ask(Input.Command command, String actor) {
        if (notReady != null) {
            throw new NotReady(notReady);
        }
        List<ContainerIdentity> meant = switch (command) {
            case Input.Command.Repair(String container, boolean _) -> find(container);
            case Input.Command.Release(String container) -> find(container);
            case Input.Command.Quarantine(String container, String _) -> find(container);
            case Input.Command.Pause _,
                    Input.Command.Resume _,
                    Input.Command.ResetBreaker _,
                    Input.Command.ClearIllness _ -> List.of();
        };
        scene.tell(new Input.Asked(command, actor));
        return meant;
    }

    @Override
    public List<Diagnosis> diagnose(String word) {
        beforeLooking.run();
        synchronized (this) {
            return find(word).stream().map(this::diagnosis).toList();
        }
    }

    private Diagnosis diagnosis(ContainerIdentity container) {
        String key = container.key();
        Sighting seen = scene.engine.get(key);
        Sighting last = seen == null ? Objects.requireNonNull(removed.get(key)) : seen;
        List<String> log = scene.logs.getOrDefault(key, List.of());
        ProbeAnswer probe = scene.probes.getOrDefault(key, ProbeAnswer.NONE);
        String said = scene.answers.getOrDefault(key, "");
        return new Diagnosis(
                container,
                scope.of(last, "self"),
                Playbooks.builtIn().find("operator", last, log).name(),
                engineAnswers ? new Input.Looked(0, seen, probe, true, log, null, List.of(), said, null, null) : null,
                engineAnswers ? "" : "no answer within 10 s",
                new LogPatterns().of(container.service(), log),
                null);
    }

    @Override
    public synchronized List<Incident> incidents(int most) {
        Map<String, Incident> all = new LinkedHashMap<>();
        for (RecoveryEvent event : scene.events) {
            RecoveryEvent.Incident of = event.incident();
            if (of != null) {
                Incident earlier = all.get(of.id());
                Instant since = earlier == null ? event.time() : earlier.since();
                all.put(of.id(), new Incident(of.id(), since, event.time(), event.key(), of.condition(), event));
            }
        }
        return all.values().stream()
                .sorted(Comparator.comparing(Incident::last).reversed())
                .limit(most)
                .toList();
    }

    @Override
    public synchronized List<RecoveryEvent> incident(String id) {
        return scene.events.stream()
                .filter(event ->
                        event.incident() != null && event.incident().id().equals(id))
                .toList();
    }

    @Override
    public synchronized Optional<String> report(String id) {
        List<RecoveryEvent> events = incident(id);
        return events.isEmpty() ? Optional.empty() : Optional.of(ErrorReport.of(events, Findings.NONE));
    }

    /** Time in which nothing is asked for. */
    public synchronized void pass(Duration time) {
        scene.pass(time);
    }
}
