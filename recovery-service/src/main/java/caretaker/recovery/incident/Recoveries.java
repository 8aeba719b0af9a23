package caretaker.recovery.incident;

import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.Decoded;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Command;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Playbooks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All repairs of one engine. Knows no engine, no topic and no clock: it is told what happens and when, and answers with
 * what is to be done. Not safe for several threads: the edge calls it from one at a time.
 */
public final class Recoveries {
    /**
     * What it works with.
     *
     * @param self id of the container in which the service runs; empty if it runs in none
     * @param writer this instance; its epoch is greater than that of every earlier one of the host
     */
    public record Setup(
            String host, String self, RecoveryState.Writer writer, Rules rules, Scope scope, Playbooks playbooks) {}

    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private final Setup setup;
    private final Rules rules;
    private final Recorder out;
    private final Known known;
    private final HostGuard guard;
    private final Repairs repairs;
    private final Intake intake;
    private final Orders orders;
    private final Turns turns;
    private boolean ready;
    private boolean stoodDown;

    /** @param random for the jitter of the backoff; one with a seed makes a run repeatable */
    public Recoveries(Setup setup, RandomGenerator random) {
        this.setup = setup;
        rules = setup.rules();
        out = new Recorder(setup.host(), setup.writer());
        known = new Known(setup.scope(), setup.self());
        guard = new HostGuard(setup.host(), setup.writer(), rules);
        repairs = new Repairs(setup, known, guard, out, random);
        intake = new Intake(rules, known, guard, out, repairs);
        orders = new Orders(setup.host(), known, guard, out, repairs, intake);
        turns = new Turns(rules, known, guard, out, repairs, orders);
    }

    /** Takes what has happened, and says what is to be done, in this order. */
    public List<Effect> handle(Input input, Instant now) {
        switch (input) {
            case Input.Health health -> intake.take(health, now);
            case Input.Listed(List<Sighting> containers) -> listed(containers, now);
            case Input.Restored(String key, Decoded<RecoveryState> state) -> restored(key, state, now);
            case Input.RestoredHost(RecoveryHostState state) -> guard.restored(state);
            case Input.CaughtUp() -> caughtUp(now);
            case Input.Looked looked -> looked(looked, now);
            case Input.NotLooked(long question, String why) -> notLooked(question, why, now);
            case Input.Performed(String operation, Input.Result result) -> performed(operation, result, now);
            case Input.NotWritten(String key, RecoveryEvent event) -> notWritten(key, event, now);
            case Input.Locked(MaintenanceLock lock) -> orders.locked(lock, ready, now);
            case Input.Unlocked(String key) -> orders.unlocked(key, ready, now);
            case Input.StartedElsewhere started -> startedElsewhere(started, now);
            case Input.HostElsewhere(String host, boolean isThere) ->
                guard.cluster().heardOf(host, isThere);
            case Input.EndedElsewhere(String key) -> repairs.neighbours().endedElsewhere(key);
            case Input.KillSwitch(boolean on) -> orders.killSwitch(on, now);
            case Input.Asked(Command command, String actor) -> orders.asked(command, actor, now);
            case Input.Verified(Sighting seen, Input.ProbeAnswer probe) -> verified(seen, probe, now);
            case Input.Disk(boolean isFull) -> repairs.examination().disk(isFull);
            case Input.Tick() -> {}
        }
        if (ready) {
            turns.pass(now);
        }
        if (guard.isFenced() && !stoodDown) {
            stoodDown = true;
            out.take();
            out.add(new Effect.StandDown("another instance has taken over " + setup.host()));
        }
        return stoodDown && !(input instanceof Input.RestoredHost) ? List.of() : out.take();
    }

    /** Whether an operation may be done at this moment: asked by the edge right before the engine's call. */
    public boolean mayPerform(String operationId, Instant now) {
        Managed of = withOperation(operationId);
        return of != null
                && of.phase == Phase.ACTING
                && guard.refusal(of.identity, true, now) == null
                && !repairs.neighbours().wasForestalled(of, setup.host(), now);
    }

    /** When {@link Input.Tick} should come, at the latest; {@link Instant#MAX} if only news can change anything. */
    public Instant due() {
        return turns.due();
    }

    /** What is remembered of every container, for people. */
    public List<RecoveryState> states(Instant now) {
        List<RecoveryState> states = new ArrayList<>();
        known.managed().forEach(of -> states.add(of.shown(setup.host(), setup.writer(), now)));
        return states;
    }

    /** The containers that a person means: by key, name or compose service; {@code all} is all that may be repaired. */
    public List<ContainerIdentity> find(String word) {
        return known.find(word);
    }

    /**
     * One container, for people.
     *
     * @param seen as the engine showed it last; null, as {@code consent}, if it is gone and only remembered
     * @param state what is remembered; null if nothing ever happened to it
     * @param attempts that count for its budget now
     */
    public record View(
            ContainerIdentity identity,
            @Nullable Sighting seen,
            @Nullable Consent consent,
            @Nullable RecoveryState state,
            int attempts) {}

    /** Every container of the engine, and those that are only remembered, by key. */
    public List<View> views(Instant now) {
        Map<String, View> views = new TreeMap<>();
        for (Sighting seen : known.seen()) {
            views.put(seen.key(), new View(seen.identity(), seen, known.consent(seen), null, 0));
        }
        for (Managed of : known.managed()) {
            Sighting seen = of.seen;
            Consent consent = seen == null ? null : known.consent(seen);
            RecoveryState state = of.shown(setup.host(), setup.writer(), now);
            int attempts = of.within(of.attempts, rules.budgetWindow(), now);
            views.put(of.key(), new View(of.identity, seen, consent, state, attempts));
        }
        return List.copyOf(views.values());
    }

    /** The breaker, a pause and what the host suffers from, for people. */
    public RecoveryHostState host(Instant now) {
        return guard.shown(now);
    }

    /** Locks of this host that hold now. */
    public List<MaintenanceLock> locks(Instant now) {
        return guard.locks(now);
    }

    /** Why a container would not be repaired now, whatever it had; empty if it would. */
    public Optional<String> refusal(ContainerIdentity container, Instant now) {
        return Optional.ofNullable(guard.refusal(container, true, now)).map(HostGuard.Refusal::why);
    }

    /** What would be done about a container whose service does not answer. */
    public Playbook playbook(Sighting container, List<String> log) {
        return setup.playbooks().find(Condition.PROBE_FAILED.wire(), container, log);
    }

    /** The same once its service has answered. */
    public Playbook playbook(Sighting container, List<String> log, String answer) {
        return setup.playbooks().find(Condition.PROBE_FAILED.wire(), container, log, answer);
    }

    /** Whether it may be repaired, as far as its labels and the settings say. */
    public Consent consent(Sighting container) {
        return known.consent(container);
    }

    /** How many containers may be repaired. */
    public int managed() {
        return known.consenting();
    }

    public boolean isBreakerOpen() {
        return guard.isBreakerOpen();
    }

    /** Circles among the dependencies that were broken. */
    public List<String> cycles() {
        return known.graph().cycles();
    }

    private void listed(List<Sighting> containers, Instant now) {
        known.listed(containers);
        if (ready) {
            intake.engineAnswered(now);
        }
        for (Sighting seen : containers) {
            Managed of = known.get(seen.key());
            boolean isWell = seen.state() == Sighting.State.RUNNING && seen.health() != Sighting.Health.UNHEALTHY;
            if (of != null && of.phase == Phase.OK && of.trouble == null) {
                of.wellSince = !isWell ? null : of.wellSince == null ? now : of.wellSince;
            }
            atRest(of, seen, Input.ProbeAnswer.NONE, now);
            if (ready && seen.isIll() && known.isGiven(seen)) {
                intake.missed(seen, now);
            }
        }
        if (ready) {
            forget(now);
        }
    }

    /** What is gone, or may not be repaired any more, and of which nothing is open, is not remembered for ever. */
    private void forget(Instant now) {
        for (Managed of : List.copyOf(known.managed())) {
            Sighting seen = of.seen;
            Trouble trouble = of.trouble;
            if (seen == null && trouble != null && of.rests()) {
                repairs.endings().over(of, trouble, Reason.STALE, "it is gone", now);
            }
            boolean isGone = seen == null && of.touched.isBefore(now.minus(rules.budgetWindow()));
            boolean isRefused = seen != null && known.consent(seen) instanceof Consent.Refused;
            if (of.phase == Phase.OK && of.trouble == null && (isGone || isRefused)) {
                known.forget(of.key());
                out.forget(of);
            }
        }
    }

    private void atRest(@Nullable Managed of, Sighting seen, Input.ProbeAnswer probe, Instant now) {
        if (ready && of != null && of.trouble != null && of.rests()) {
            repairs.proof().seenAtRest(of, of.trouble, seen, probe, now);
        }
    }

    private void verified(Sighting seen, Input.ProbeAnswer probe, Instant now) {
        known.saw(seen.key(), seen);
        atRest(known.get(seen.key()), seen, probe, now);
        boolean isDumb = seen.state() == Sighting.State.RUNNING && probe == Input.ProbeAnswer.FAILED;
        if (ready && known.isGiven(seen) && isDumb) {
            intake.dumb(seen, now);
        } else if (ready && known.isGiven(seen) && seen.isIll()) {
            intake.missed(seen, now);
        }
    }

    private void restored(String key, Decoded<RecoveryState> state, Instant now) {
        switch (state) {
            case Decoded.Known<RecoveryState>(RecoveryState event) -> {
                var of = new Managed(event);
                known.put(of);
                of.attempts.forEach(at -> guard.started(of.key(), at));
            }
            case Decoded.Removed<RecoveryState> _ -> known.forget(withoutHost(key));
            case Decoded.Unknown<RecoveryState>(String what) -> unreadable(key, what, now);
            case Decoded.Malformed<RecoveryState>(String reason) -> unreadable(key, reason, now);
        }
    }

    private String withoutHost(String key) {
        String prefix = setup.host() + "/";
        return key.startsWith(prefix) ? key.substring(prefix.length()) : key;
    }

    /** nobody knows what was done to it, so nothing more is. */
    private void unreadable(String key, String why, Instant now) {
        String[] parts = withoutHost(key).split("/", -1);
        try {
            boolean isCompose = parts.length == 3;
            String name = isCompose ? parts[0] + "-" + parts[1] + "-" + parts[2] : parts[0];
            int number = isCompose ? Integer.parseInt(parts[2]) : 0;
            var identity =
                    new ContainerIdentity("", name, "", isCompose ? parts[0] : "", isCompose ? parts[1] : "", number);
            Managed of = known.orNew(identity);
            of.trouble = null;
            repairs.endings()
                    .quarantine(
                            of,
                            Reason.STATE_UNREADABLE,
                            RecoveryEvent.SERVICE,
                            "its state cannot be read: " + why,
                            now);
        } catch (IllegalArgumentException e) {
            out.add(new Effect.Count(Reason.STATE_UNREADABLE));
        }
    }

    private void caughtUp(Instant now) {
        ready = true;
        intake.engineAnswered(now);
        out.add(new Effect.StoreHost(guard.state(now)));
        for (Managed of : known.managed()) {
            if (of.phase == Phase.ACTING || of.phase == Phase.VERIFYING) {
                of.due = now;
            }
        }
        for (Sighting seen : List.copyOf(known.seen())) {
            if (seen.isIll() && known.isGiven(seen)) {
                intake.missed(seen, now);
            }
        }
    }

    private void looked(Input.Looked looked, Instant now) {
        Managed of = withQuestion(looked.question());
        if (of == null) {
            return;
        }
        of.question = 0;
        known.saw(of.key(), looked.sighting());
        looked.needed().forEach(each -> known.saw(each.key(), each));
        Trouble trouble = of.trouble;
        if (trouble != null) {
            repairs.looked(of, trouble, looked, now);
        }
    }

    private void notLooked(long question, String why, Instant now) {
        Managed of = withQuestion(question);
        if (of == null || of.trouble == null) {
            return;
        }
        of.question = 0;
        of.due = now.plus(of.phase == Phase.VERIFYING ? rules.settleEvery() : ASK_AGAIN);
        repairs.proof().overdue(of, of.trouble, why, now);
        out.add(new Effect.Count(Reason.ACTION_FAILED));
    }

    private void performed(String operation, Input.Result result, Instant now) {
        Managed of = withOperation(operation);
        if (of != null && of.phase == Phase.ACTING && of.trouble != null) {
            repairs.performed(of, of.trouble, result, now);
        }
    }

    private void notWritten(String key, @Nullable RecoveryEvent event, Instant now) {
        Managed of = known.get(key);
        if (of == null) {
            return;
        }
        if (event != null && event.kind() != RecoveryEvent.Kind.STARTED) {
            of.unsaid(event);
        }
        of.question = 0; // the look may have been dropped too
        Instant later = now.plus(rules.backoffBase());
        if (of.phase == Phase.ACTING && of.trouble != null && !of.resumed) {
            repairs.revert(of, of.trouble, now);
        } else if (of.due != null || of.phase == Phase.ACTING) {
            of.due = later;
        }
        of.saveAt = later;
    }

    /**
     * nothing can be done on another host to a container that is here. What was begun before this instance was
     * ready says nothing: the host may have been called so.
     */
    private void startedElsewhere(Input.StartedElsewhere started, Instant now) {
        guard.cluster().started(started.host(), started.at());
        repairs.neighbours().startedElsewhere(started.at(), started.key(), started.group());
        Sighting here = started.containerId().isEmpty() ? null : known.byId(started.containerId());
        if (ready && here != null && guard.hasTwin(started.host(), now)) {
            String why =
                    "the service of the host " + started.host() + " repairs " + here.key() + ", which is a container"
                            + " of this engine; stop one of the two, then: caretaker recovery illness clear two-services";
            out.change(null, RecoveryEvent.Kind.ESCALATED, Reason.HOST_ACTION, RecoveryEvent.SERVICE, why, now);
            out.add(new Effect.StoreHost(guard.state(now)));
        }
    }

    private @Nullable Managed withQuestion(long question) {
        return known.managed().stream()
                .filter(of -> of.question == question)
                .findFirst()
                .orElse(null);
    }

    private @Nullable Managed withOperation(String id) {
        return known.managed().stream()
                .filter(of -> of.operation != null && of.operation.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
