package caretaker.recovery.incident;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Playbooks;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** From an operation that was done to the proof that it helped, or that it did not. */
final class Proof {
    private final Rules rules;
    private final Playbooks playbooks;
    private final Endings endings;
    private final Cascade cascade;
    private final Recorder out;

    Proof(Recoveries.Setup setup, Endings endings, Cascade cascade, Recorder out) {
        rules = setup.rules();
        playbooks = setup.playbooks();
        this.endings = endings;
        this.cascade = cascade;
        this.out = out;
    }

    /**
     * What rests is over when there is another run of it, or when it is seen well for so long that it is believed.
     *
     * @param probe none where the service was not asked
     */
    void seenAtRest(Managed of, Trouble trouble, Sighting seen, ProbeAnswer probe, Instant now) {
        boolean loops = trouble.condition.equals(Condition.CONTAINER_RESTART_LOOP.wire());
        if (loops) { // one run after the other: the agent says when that is over
            if (seen.state() == Sighting.State.EXITED) {
                endings.over(of, trouble, Reason.STALE, "the engine does not start it any more", now);
            }
            return;
        }
        boolean isSame = trouble.isOf(seen.identity().id(), seen.startedAt());
        if (!isSame && Examination.isStale(trouble, seen, probe).isPresent()) {
            endings.over(of, trouble, Reason.STALE, "there is another run of it", now);
        } else if (!Examination.isWellAtRest(trouble, seen, probe)) {
            of.wellSince = null;
        } else if (of.wellSince == null) {
            of.wellSince = now;
        } else if (!now.isBefore(of.wellSince.plus(stable(trouble)))) {
            endings.over(of, trouble, Reason.STALE, "it is well again", now);
        }
    }

    private Duration stable(Trouble trouble) {
        Playbook playbook = playbooks.named(trouble.playbook);
        return playbook == null ? Duration.ofSeconds(30) : playbook.stableFor();
    }

    /** What could not be looked at in time has failed. */
    void overdue(Managed of, Trouble trouble, String why, Instant now) {
        Operation operation = of.operation;
        boolean isUnderWay = of.phase == Phase.VERIFYING || of.phase == Phase.ACTING;
        if (isUnderWay && operation != null && !now.isBefore(operation.deadline())) {
            endings.failed(of, trouble, Reason.TIMEOUT, why, now);
        }
    }

    /** It was done. */
    void begin(Managed of, Instant now) {
        of.resumed = false;
        of.phase = Phase.VERIFYING;
        of.due = now;
        of.wellSince = null;
        of.run = null;
        out.store(of, now);
    }

    /** */
    void seen(Managed of, Trouble trouble, Looked looked, Instant now) {
        Operation operation = Objects.requireNonNull(of.operation);
        Sighting seen = looked.sighting();
        Input.Copy copy = operation.action() == Action.COPY_ASIDE ? looked.copy() : null;
        String copied = copy == null ? "" : "; " + copy.what();
        if (copy != null && copy.isDamaged()) {
            if (seen != null && seen.state() == Sighting.State.RUNNING) {
                followed(of, trouble, seen, now);
            }
            endings.failed(of, trouble, Reason.NOT_VERIFIED, copy.what(), now);
            return;
        }
        switch (Verification.of(operation, seen, looked.probe(), of.run)) {
            case Verification.Verdict.Replaced() ->
                endings.over(of, trouble, Reason.STALE, "somebody has created it anew meanwhile", now);
            case Verification.Verdict.Failed(String why) ->
                endings.failed(of, trouble, Reason.NOT_VERIFIED, why + copied, now);
            case Verification.Verdict.NotYet(String why) -> {
                of.wellSince = null;
                if (now.isBefore(operation.deadline())) {
                    of.due = now.plus(rules.verifyEvery());
                } else {
                    endings.failed(of, trouble, Reason.NOT_VERIFIED, why + copied, now);
                }
            }
            case Verification.Verdict.Well() -> well(of, trouble, Objects.requireNonNull(seen), copied, now);
        }
    }

    private void well(Managed of, Trouble trouble, Sighting seen, String copied, Instant now) {
        of.run = Objects.requireNonNullElse(of.run, seen.startedAt());
        if (of.wellSince == null) {
            of.wellSince = now;
        }
        followed(of, trouble, seen, now);
        Instant believed = of.wellSince.plus(stable(trouble));
        if (now.isBefore(believed)) {
            Instant next = now.plus(rules.verifyEvery());
            of.due = next.isBefore(believed) ? next : believed;
            return;
        }
        Action action = Objects.requireNonNull(of.operation).action();
        out.operation(of, trouble, Kind.SUCCEEDED, Reason.NONE, Recorder.word(action) + " helped" + copied, now);
        endings.changed(of, true, now, now);
        endings.close(of, now);
        endings.wake(of.key(), rules.dependentGrace(), now);
    }

    /**
     * Those that need it follow it, each once; not if it was copied while it ran. Asked at each look, for one that was
     * created shortly before may not be in the list yet.
     */
    private void followed(Managed of, Trouble trouble, Sighting seen, Instant now) {
        Operation operation = Objects.requireNonNull(of.operation);
        boolean isAnotherRun = operation.action() != Action.COPY_ASIDE
                || seen.startedAfter(operation.before().startedAt());
        if (isAnotherRun) {
            cascade.of(of, trouble, now);
        }
    }
}
