package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Labels;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Match;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Playbooks;
import caretaker.recovery.playbook.Rung;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The transitions of one container from a failure to the proof of its repair. */
final class Repairs {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private final Rules rules;
    private final Playbooks playbooks;
    private final Known known;
    private final HostGuard guard;
    private final Recorder out;
    private final RandomGenerator random;
    private final Examination examination;
    private final Neighbours neighbours;
    private final Endings endings;
    private final Proof proof;
    private final Waiting waiting;
    private long questions;

    Repairs(Recoveries.Setup setup, Known known, HostGuard guard, Recorder out, RandomGenerator random) {
        rules = setup.rules();
        playbooks = setup.playbooks();
        this.known = known;
        this.guard = guard;
        this.out = out;
        this.random = random;
        examination = new Examination(rules);
        neighbours = new Neighbours(rules, known);
        endings = new Endings(rules, neighbours, out, random);
        waiting = new Waiting(rules, endings, out, random);
        proof = new Proof(setup, endings, new Cascade(known, neighbours, out, this::open), out);
    }

    Neighbours neighbours() {
        return neighbours;
    }

    Examination examination() {
        return examination;
    }

    Waiting waiting() {
        return waiting;
    }

    Proof proof() {
        return proof;
    }

    Endings endings() {
        return endings;
    }

    /**
     * Begins an incident.
     *
     * @param askedBy who asked for a repair; empty if nobody did
     */
    void open(Managed of, RecoveryState.Incident incident, String askedBy, String why, Instant now) {
        open(of, incident, askedBy, why, Duration.ZERO, now);
    }

    /** @param patience how long it must be unwell at least */
    void open(Managed of, RecoveryState.Incident incident, String askedBy, String why, Duration patience, Instant now) {
        var trouble = new Trouble(incident);
        trouble.askedBy = askedBy;
        Sighting seen = of.seen;
        boolean consentsToDryRun = seen != null && known.consent(seen) instanceof Consent.Given(boolean dry) && dry;
        trouble.dryRun |= rules.dryRun() || consentsToDryRun || trouble.drill;
        of.trouble = trouble;
        of.wellSince = null;
        of.followers.clear();
        of.glanced = false;
        Playbook playbook = playbook(of, trouble, List.of(), "");
        trouble.playbook = playbook.name();
        boolean patient = trouble.condition.equals("container.unhealthy") || trouble.condition.equals("probe.failed");
        Duration wait = playbook.after().compareTo(patience) < 0 ? patience : playbook.after();
        Instant after = patient ? trouble.since.plus(wait) : now;
        of.phase = after.isAfter(now) ? Phase.SUSPECT : Phase.PENDING;
        of.due = Backoff.due(of, trouble, after.isAfter(now) ? after : now, rules, random, now);
        out.store(of, now);
        if (seen != null) {
            out.announce(of, trouble, why, now);
        }
    }

    private Playbook playbook(Managed of, Trouble trouble, List<String> log, String answer) {
        Sighting seen = of.seen;
        String condition = trouble.isCascade() ? Match.OPERATOR : trouble.condition;
        Playbook named = playbooks.named(trouble.playbook);
        boolean isAfterItsCopy = named != null && named.copiesFirst() && trouble.rung > 0;
        if (seen != null && !isAfterItsCopy) {
            return playbooks.find(condition, seen, log, answer);
        }
        return named != null ? named : Objects.requireNonNull(playbooks.named("report"));
    }

    /** Asks to look at a container: right before a repair with the log and evidence, otherwise without. */
    void look(Managed of, Trouble trouble, boolean evidence) {
        Playbook playbook = playbooks.named(trouble.playbook);
        of.question = ++questions;
        of.examining = evidence;
        trouble.held = false;
        out.add(new Effect.Look(
                of.question,
                of.identity,
                playbook == null ? Playbook.Probe.NONE : playbook.probe(),
                playbook == null
                        ? Rung.Requirement.NOTHING
                        : playbook.rung(trouble.rung).requires(),
                evidence,
                trouble.id,
                List.copyOf(neighbours.needs(of, playbook))));
    }

    void looked(Managed of, Trouble trouble, Looked looked, Instant now) {
        switch (of.phase) {
            case PENDING, SUSPECT, FAILED_ATTEMPT -> examined(of, trouble, looked, now);
            case ACTING -> settled(of, trouble, looked.sighting(), now);
            case VERIFYING -> proof.seen(of, trouble, looked, now);
            case OK, QUARANTINED -> {}
        }
    }

    private void examined(Managed of, Trouble trouble, Looked looked, Instant now) {
        Sighting seen = looked.sighting();
        if (isHalfDone(of, trouble, seen)) {
            completed(of, trouble, now);
            return;
        }
        if (seen == null) {
            endings.over(of, trouble, Reason.STALE, "it is gone", now);
            known.forget(of.key());
            out.forget(of);
            return;
        }
        switch (known.consent(seen)) {
            case Consent.Refused(String why) -> {
                endings.over(of, trouble, Reason.NOT_MANAGED, why, now);
                known.forget(of.key());
                out.forget(of);
            }
            case Consent.Unclear(String label, String value) ->
                endings.over(of, trouble, Reason.BAD_LABEL, "its label " + label + " is '" + value + "'", now);
            case Consent.Given(boolean dryRun) -> {
                trouble.dryRun |= dryRun;
                out.announce(of, trouble, trouble.condition + " " + trouble.code, now);
                if (!of.examining) {
                    glanced(of, trouble, looked, now);
                    return;
                }
                of.glanced = false;
                Playbook playbook = playbook(of, trouble, looked.log(), looked.answer());
                boolean isAnother = !playbook.name().equals(trouble.playbook);
                if (isAnother && (trouble.operations == 0 || playbook.copiesFirst())) {
                    trouble.rung = 0;
                }
                trouble.playbook = playbook.name();
                if (isAnother
                        && (!playbook.needs().isEmpty()
                                || playbook.rung(trouble.rung).asks())) {
                    look(of, trouble, true); // what this one wants to know was not asked
                    return;
                }
                judged(of, trouble, looked, playbook, now);
            }
        }
    }

    /**
     * Whether nobody is there under its name because the last attempt to create it anew has broken off, or whether it
     * is still down because it was to be copied.
     */
    private boolean isHalfDone(Managed of, Trouble trouble, @Nullable Sighting seen) {
        Operation last = of.operation;
        if (last != null && last.action() == Action.COPY_ASIDE) {
            return seen != null && isLeftStopped(last, trouble, seen);
        }
        if (last == null || last.action() != Action.RECREATE) {
            return false;
        }
        boolean isOfIt = last.id().startsWith(trouble.prefix(of.key()) + "/");
        boolean isAbsent = seen == null
                || (seen.state() == Sighting.State.CREATED
                        && last.id().equals(seen.labels().get(Labels.OPERATION)));
        return isAbsent && (isOfIt || trouble.condition.equals(Match.OPERATOR));
    }

    /** The run that was to be copied has ended, and nobody else has ended it. */
    private boolean isLeftStopped(Operation last, Trouble trouble, Sighting seen) {
        Playbook playbook = playbooks.named(trouble.playbook);
        boolean mayHaveStoppedIt =
                playbook != null && playbook.ladder().stream().anyMatch(Rung::stop);
        return mayHaveStoppedIt
                && last.id().startsWith(trouble.prefix(seen.key()) + "/")
                && seen.state() == Sighting.State.EXITED
                && !seen.stopped()
                && last.before().state().equals(Recorder.word(Sighting.State.RUNNING))
                && seen.identity().id().equals(last.before().containerId())
                && Objects.equals(seen.startedAt(), last.before().startedAt());
    }

    /** what was begun is brought to its end before anything else is thought of. It counts as an attempt. */
    private void completed(Managed of, Trouble trouble, Instant now) {
        if (!of.examining) {
            of.glanced = true;
            of.due = now;
            return;
        }
        of.glanced = false;
        int attempts = of.within(of.attempts, rules.budgetWindow(), now);
        if (attempts >= rules.budget() && trouble.askedBy.isEmpty()) {
            String why = Objects.requireNonNull(of.operation).action() == Action.COPY_ASIDE
                    ? "it was stopped for a copy, and could not be started again"
                    : "it could not be created anew, and is stopped under a name that begins with "
                            + Operations.REPLACED;
            endings.quarantine(of, Reason.BUDGET, RecoveryEvent.SERVICE, why, now);
            return;
        }
        HostGuard.Refusal refusal = guard.refusal(of.identity, !trouble.askedBy.isEmpty(), now);
        if (refusal != null) {
            waiting.hold(of, trouble, refusal, now);
        } else if (trouble.dryRun || trouble.rehearsal) {
            waiting.rehearse(of, trouble, Objects.requireNonNull(of.operation).action(), now);
        } else {
            of.operation = Operations.anew(Objects.requireNonNull(of.operation), now);
            of.attempts.addLast(now);
            guard.started(of.key(), now);
            of.phase = Phase.ACTING;
            of.followers.clear();
            of.run = null;
            again(of, trouble, of.operation, of.seen, now);
        }
    }

    /**
     * Most failures that are told of are over when they are looked at. That is seen without a log, without evidence,
     * and without anybody waiting for his turn.
     */
    private void glanced(Managed of, Trouble trouble, Looked looked, Instant now) {
        Sighting seen = Objects.requireNonNull(looked.sighting());
        if (Examination.isStale(trouble, seen, looked.probe()).orElse(null)
                instanceof Examination.Verdict.Over(Reason reason, String why)) {
            endings.over(of, trouble, reason, why, now);
        } else {
            of.glanced = true;
            of.due = now;
        }
    }

    private void judged(Managed of, Trouble trouble, Looked looked, Playbook playbook, Instant now) {
        switch (examination.of(of, trouble, looked, playbook, now)) {
            case Examination.Verdict.Over(Reason reason, String why) -> endings.over(of, trouble, reason, why, now);
            case Examination.Verdict.Wait(Reason reason, String why, Instant until) ->
                waiting.until(of, trouble, reason, why, until, now);
            case Examination.Verdict.Quarantine(Reason reason, String why) ->
                endings.quarantine(of, reason, RecoveryEvent.SERVICE, why, now);
            case Examination.Verdict.HostIll(String what, String remedy) -> {
                if (guard.fellIll(what, false, now)) {
                    String why = "by its log " + what + ". On the host: " + remedy;
                    out.tell(of, trouble, Kind.ESCALATED, Reason.HOST_ACTION, why, now);
                    out.add(new Effect.StoreHost(guard.state(now)));
                }
                waiting.until(of, trouble, Reason.SUPPRESSED_HOST, what, now.plus(rules.hostHold()), now);
            }
            case Examination.Verdict.Skip(String why) -> waiting.skip(of, trouble, playbook, why, now);
            case Examination.Verdict.Report() -> waiting.report(of, trouble, playbook, now);
            case Examination.Verdict.NeedsApproval(String why) -> {
                out.skip(of, trouble, Reason.NEEDS_APPROVAL, why, now);
                waiting.rest(of, now);
            }
            case Examination.Verdict.Act(Rung rung, Action action) ->
                act(of, trouble, looked, new Operations.Step(rung, action, playbook), now);
        }
    }

    private void act(Managed of, Trouble trouble, Looked looked, Operations.Step step, Instant now) {
        String first = trouble.isCascade() ? null : neighbours.first(of, trouble, step.playbook(), now);
        if (first != null) {
            trouble.waitingFor = first;
            waiting.until(of, trouble, Reason.DEFERRED, first + " is repaired first", now.plus(ASK_AGAIN), now);
            return;
        }
        trouble.waitingFor = "";
        String group = neighbours.busyGroup(of, Objects.requireNonNull(of.seen), now);
        if (group != null) {
            String why = "another of the group " + group + " is being repaired";
            waiting.until(of, trouble, Reason.DEFERRED, why, now.plus(ASK_AGAIN), now);
            return;
        }
        HostGuard.Refusal refusal = guard.refusal(of.identity, !trouble.askedBy.isEmpty(), now);
        if (refusal != null) {
            waiting.hold(of, trouble, refusal, now);
            return;
        }
        if (trouble.dryRun || trouble.rehearsal) {
            waiting.rehearse(of, trouble, step.action(), now);
            return;
        }
        if (guard.trips(of.key(), known.consenting(), now)) {
            String what =
                    guard.isOfHosts() ? "repairs were made on too many hosts" : "too many containers were repaired";
            String why = what + "; repairs go on after: caretaker recovery breaker reset";
            out.change(null, Kind.BREAKER_OPENED, Reason.BREAKER_OPEN, RecoveryEvent.SERVICE, why, now);
            out.add(new Effect.StoreHost(guard.state(now)));
            waiting.hold(of, trouble, new HostGuard.Refusal(Reason.BREAKER_OPEN, why, now.plus(ASK_AGAIN)), now);
            return;
        }
        begin(of, trouble, looked, step, now);
    }

    /** written down first. The edge does not go on to the last effect if one before it failed. */
    private void begin(Managed of, Trouble trouble, Looked looked, Operations.Step step, Instant now) {
        Sighting seen = Objects.requireNonNull(of.seen);
        trouble.operations++;
        var operation = Operations.reserve(trouble, step, seen, looked.evidence(), now);
        of.lastDone = of.operation;
        of.operation = operation;
        of.attempts.addLast(now);
        guard.started(of.key(), now);
        of.phase = Phase.ACTING;
        of.due = null;
        of.resumed = false;
        of.followers.clear();
        of.run = null;
        out.store(of, now);
        out.operation(of, trouble, Kind.STARTED, Reason.NONE, Recorder.word(step.action()) + " begins", now);
        out.add(new Effect.Perform(of.identity, operation, step.rung(), false));
    }

    /** The operation was not begun after all: it counts for nothing, and whoever has heard of it hears that. */
    void revert(Managed of, Trouble trouble, Instant now) {
        HostGuard.Refusal refusal = guard.refusal(of.identity, true, now);
        Reason reason = refusal == null ? Reason.STATE : refusal.reason();
        String why = refusal == null ? "it could not be begun" : refusal.why();
        out.operation(of, trouble, Kind.SKIPPED, reason, why, now);
        of.attempts.pollLast();
        guard.reverted(of.key());
        trouble.operations--;
        of.operation = of.lastDone;
        of.phase = Phase.PENDING;
        of.due = now.plus(rules.backoffBase());
        of.saveAt = of.due;
    }

    void performed(Managed of, Trouble trouble, Result result, Instant now) {
        Operation operation = Objects.requireNonNull(of.operation);
        switch (result) {
            case Result.Done() -> proof.begin(of, now);
            case Result.Refused(String why) -> {
                boolean permanent = examination.isPermanent(why);
                if (permanent) {
                    out.operation(of, trouble, Kind.FAILED, Reason.PERMANENT, why, now);
                    endings.quarantine(of, Reason.PERMANENT, RecoveryEvent.SERVICE, why, now);
                } else {
                    endings.failed(of, trouble, Reason.ACTION_FAILED, why, now);
                }
            }
            case Result.Changed() -> endings.over(of, trouble, Reason.STALE, "it was not the same any more", now);
            case Result.Held() -> {
                if (of.resumed) {
                    of.due = now.plus(ASK_AGAIN); // it may be half done: it is not undone
                } else {
                    revert(of, trouble, now);
                }
            }
            case Result.Unknown(String why) -> {
                of.operation = Operations.unsettled(operation);
                of.due = now.plus(rules.settleEvery());
                out.store(of, now);
            }
        }
    }

    /** nobody knows whether it was done, so what is seen decides. */
    private void settled(Managed of, Trouble trouble, @Nullable Sighting seen, Instant now) {
        Operation operation = Objects.requireNonNull(of.operation);
        boolean isOver = !now.isBefore(operation.deadline());
        if (Verification.goesOn(operation.action()) && !(operation.unsettled() && isOver)) {
            again(of, trouble, operation, seen, now); // it goes on where it was; also if only the old one is left over
        } else if (Verification.wasDone(operation, seen)) {
            proof.begin(of, now);
        } else if (operation.unsettled() || !Verification.mayRepeat(operation.action())) {
            if (!isOver && Verification.mayRepeat(operation.action())) {
                of.due = now.plus(rules.settleEvery());
            } else {
                endings.failed(of, trouble, Reason.TIMEOUT, "nothing shows that it was done", now);
            }
        } else {
            again(of, trouble, operation, seen, now);
        }
    }

    /** The same operation once more: a former run of the service has not come to it, or not to its end. */
    private void again(Managed of, Trouble trouble, Operation operation, @Nullable Sighting seen, Instant now) {
        boolean isSame =
                seen != null && seen.identity().id().equals(operation.before().containerId());
        if (!isSame && operation.action() != Action.RECREATE) {
            endings.over(of, trouble, Reason.STALE, "it is gone, or another one", now);
            return;
        }
        Playbook playbook = playbooks.named(trouble.playbook);
        boolean known = playbook != null && playbook.rung(trouble.rung).action() == operation.action();
        if (!known && !Rung.isBare(operation.action())) {
            endings.failed(of, trouble, Reason.TIMEOUT, "its playbook does not have this step any more", now);
            return;
        }
        HostGuard.Refusal refusal = guard.refusal(of.identity, true, now);
        if (refusal != null) {
            waiting.hold(of, trouble, refusal, now);
            return;
        }
        if (!now.isBefore(operation.deadline())) {
            operation = Operations.anew(operation, now); // nobody was there to do it in time
            of.operation = operation;
        }
        of.resumed = true;
        of.due = null;
        if (!operation.unsettled()) {
            out.store(of, now);
            out.operation(of, trouble, Kind.STARTED, Reason.NONE, Recorder.word(operation.action()) + " begins", now);
        }
        Rung rung = known ? Objects.requireNonNull(playbook).rung(trouble.rung) : Rung.of(operation.action());
        out.add(new Effect.Perform(of.identity, operation, rung, true));
    }
}
