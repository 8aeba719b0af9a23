package caretaker.recovery;

import caretaker.chassis.Readiness;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import caretaker.recovery.api.Control;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.engine.Engine;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Recoveries;
import caretaker.recovery.playbook.LogPatterns;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.report.ErrorReport;
import caretaker.recovery.report.Findings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/** What people ask, answered from the desk, the engine and the incidents' folders. Any thread that may wait. */
final class ServiceControl implements Control {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MOST_DIAGNOSES = 100;

    private final RecoveryServiceConfig config;
    private final String instance;
    private final Shift shift;
    private final Readiness readiness;
    private final Engine engine;
    private final IncidentFiles files;
    private final LogPatterns patterns = new LogPatterns();

    ServiceControl(
            RecoveryServiceConfig config,
            String instance,
            Shift shift,
            Readiness readiness,
            Engine engine,
            IncidentFiles files) {
        this.config = config;
        this.instance = instance;
        this.shift = shift;
        this.readiness = readiness;
        this.engine = engine;
        this.files = files;
    }

    private Desk desk() {
        return shift.desk()
                .orElseThrow(() -> new NotReady(shift.notReady().orElse("it has only just become ready; ask again")));
    }

    private <T> T ask(BiFunction<Recoveries, Instant, T> question) {
        return await(desk().ask(question));
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new NotReady("no answer within " + LIMIT.toSeconds() + " s; is Kafka there?");
        } catch (ExecutionException e) {
            throw new NotReady(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReady("interrupted");
        }
    }

    @Override
    public Host host() {
        boolean acts = shift.desk().isPresent();
        List<String> notReady = readiness.reasons();
        boolean killed = new KillSwitch(config.stopFile()).isOn();
        if (!acts) {
            return new Host(
                    config.hostName(),
                    instance,
                    false,
                    notReady,
                    config.rules().dryRun(),
                    killed,
                    null,
                    List.of(),
                    List.of());
        }
        return ask((recoveries, now) -> new Host(
                config.hostName(),
                instance,
                true,
                notReady,
                config.rules().dryRun(),
                killed,
                recoveries.host(now),
                recoveries.locks(now),
                recoveries.cycles()));
    }

    @Override
    public List<Container> containers() {
        return ask(Recoveries::views).stream()
                .map(view -> new Container(
                        view.identity(),
                        view.seen(),
                        view.consent(),
                        view.state(),
                        view.attempts(),
                        config.rules().budget()))
                .toList();
    }

    @Override
    public List<ContainerIdentity> find(String word) {
        return ask((recoveries, _) -> recoveries.find(word));
    }

    @Override
    public List<ContainerIdentity> ask(Input.Command command, String actor) {
        List<ContainerIdentity> concerned = switch (command) {
            case Input.Command.Repair(String container, boolean _) -> find(container);
            case Input.Command.Release(String container) -> find(container);
            case Input.Command.Quarantine(String container, String _) -> find(container);
            case Input.Command.Pause _,
                    Input.Command.Resume _,
                    Input.Command.ResetBreaker _,
                    Input.Command.ClearIllness _ -> List.of();
        };
        Desk desk = desk();
        try {
            desk.tell(new Input.Asked(command, actor));
            var _ = await(desk.written().thenApply(_ -> true));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotReady("interrupted");
        }
        return concerned;
    }

    @Override
    public List<Diagnosis> diagnose(String word) {
        List<Diagnosis> all = new ArrayList<>();
        for (ContainerIdentity identity : find(word)) {
            if (all.size() < MOST_DIAGNOSES) {
                all.add(diagnose(identity));
            }
        }
        return all;
    }

    private Diagnosis diagnose(ContainerIdentity identity) {
        List<String> log = engine.log(identity);
        Optional<Playbook> playbook = playbook(identity, log);
        var probe = playbook.map(Playbook::probe).orElse(Playbook.Probe.NONE);
        var answer = engine.look(new Effect.Look(0, identity, probe, Rung.Requirement.NOTHING, false, "", List.of()));
        Optional<String> refusal = ask((recoveries, now) -> recoveries.refusal(identity, now));
        String named = playbook.map(Playbook::name).orElse("");
        if (!(answer instanceof Input.Looked looked) || looked.sighting() == null) {
            String why = answer instanceof Input.NotLooked(long _, String reason) ? reason : "it is gone";
            return new Diagnosis(identity, new Consent.Refused(why), named, null, why, List.of(), refusal.orElse(null));
        }
        Sighting seen = looked.sighting();
        String words = identity.image() + " " + identity.service();
        List<String> lines = new ArrayList<>(log);
        lines.add(seen.error());
        return new Diagnosis(
                identity,
                ask((recoveries, _) -> recoveries.consent(seen)),
                ask((recoveries, _) -> recoveries.playbook(seen, log, looked.answer()))
                        .name(),
                looked,
                "",
                patterns.of(words, lines),
                refusal.orElse(null));
    }

    /** The one that would be followed; none for a container that is gone. */
    private Optional<Playbook> playbook(ContainerIdentity identity, List<String> log) {
        return ask((recoveries, now) -> recoveries.views(now).stream()
                .filter(view -> view.identity().key().equals(identity.key()))
                .map(Recoveries.View::seen)
                .filter(seen -> seen != null)
                .findFirst()
                .map(seen -> recoveries.playbook(seen, log)));
    }

    @Override
    public List<Incident> incidents(int most) {
        return files.newest(most);
    }

    @Override
    public List<RecoveryEvent> incident(String id) {
        return files.events(id);
    }

    @Override
    public Optional<String> report(String id) {
        List<RecoveryEvent> events = files.events(id);
        return events.isEmpty() ? Optional.empty() : Optional.of(ErrorReport.of(events, findings(events)));
    }

    /** What was saved before the last attempt. */
    private Findings findings(List<RecoveryEvent> events) {
        return events.reversed().stream()
                .map(RecoveryEvent::evidence)
                .filter(evidence -> evidence != null)
                .findFirst()
                .map(evidence -> new Evidence(patterns).read(Path.of(evidence.path()), never(events)))
                .orElse(Findings.NONE);
    }

    /** What nobody but a person does to such a container. */
    private List<String> never(List<RecoveryEvent> events) {
        return events.stream()
                .map(RecoveryEvent::container)
                .filter(container -> container != null && shift.desk().isPresent())
                .findFirst()
                .flatMap(container -> playbook(container, List.of()))
                .map(Playbook::never)
                .orElse(List.of());
    }
}
