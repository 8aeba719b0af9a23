package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.playbook.Match;
import caretaker.recovery.playbook.Playbook;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** How an incident waits: for its time, for a person, or for news. What is said meanwhile is said once. */
final class Waiting {
    private final Rules rules;
    private final Endings endings;
    private final Recorder out;
    private final RandomGenerator random;

    Waiting(Rules rules, Endings endings, Recorder out, RandomGenerator random) {
        this.rules = rules;
        this.endings = endings;
        this.out = out;
        this.random = random;
    }

    /** Told; if there is a further rung, that one is tried if it does not get well by itself. */
    void report(Managed of, Trouble trouble, Playbook playbook, Instant now) {
        String advice = trouble.isCascade() ? "" : playbook.rung(trouble.rung).advice();
        String why = "the playbook " + playbook.name() + " only tells" + (advice.isEmpty() ? "" : ": " + advice);
        if (trouble.isCascade()) {
            endings.over(of, trouble, Reason.REPORT_ONLY, why, now);
            return;
        }
        out.skip(of, trouble, Reason.REPORT_ONLY, why, now);
        if (trouble.rung + 1 < playbook.ladder().size()) {
            trouble.rung++;
            of.phase = Phase.PENDING;
            of.due = now.plus(Backoff.after(trouble.rung, rules, random));
            out.store(of, now);
        } else {
            rest(of, now);
        }
    }

    /** A rung that is not for it: told, and the next one is tried at once. Beyond the last one there is none. */
    void skip(Managed of, Trouble trouble, Playbook playbook, String why, Instant now) {
        out.leftOut(of, trouble, why, now);
        if (trouble.rung + 1 < playbook.ladder().size()) {
            trouble.rung++;
            of.phase = Phase.PENDING;
            of.glanced = true; // what a glance would show is known
            of.due = now;
            out.store(of, now);
        } else {
            rest(of, now);
        }
    }

    /** Nothing more is done until there is news. */
    void rest(Managed of, Instant now) {
        of.phase = Phase.SUSPECT;
        of.due = null;
        of.wellSince = null;
        out.store(of, now);
    }

    void until(Managed of, Trouble trouble, Reason reason, String why, Instant until, Instant now) {
        out.skip(of, trouble, reason, why, now);
        of.phase = Phase.PENDING;
        of.due = until.isAfter(now) ? until : now.plus(rules.settleEvery());
        out.store(of, now);
    }

    /** Holds a repair back that may not be made now. */
    void hold(Managed of, Trouble trouble, HostGuard.Refusal refusal, Instant now) {
        boolean isNew = !trouble.told.contains(refusal.reason());
        out.skip(of, trouble, refusal.reason(), refusal.why(), now);
        of.due = refusal.until();
        trouble.held = true;
        if (isNew) {
            out.store(of, now);
        }
    }

    /** What a person only wanted to know changes nothing about what would have happened anyway. */
    void rehearse(Managed of, Trouble trouble, Action action, Instant now) {
        if (trouble.rehearsal) {
            trouble.told.remove(Reason.DRY_RUN);
        }
        out.wouldHave(of, trouble, action, "would have done: " + Recorder.word(action), now);
        if (trouble.dryRun) {
            rest(of, now);
        } else if (trouble.condition.equals(Match.OPERATOR)) {
            endings.close(of, now);
        } else {
            of.due = now.plus(Backoff.after(of.within(of.attempts, rules.budgetWindow(), now), rules, random));
        }
        trouble.rehearsal = false;
        trouble.askedBy = "";
    }
}
