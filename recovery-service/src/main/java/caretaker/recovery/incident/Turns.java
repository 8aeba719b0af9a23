package caretaker.recovery.incident;

import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What time brings about, and whose turn it is. */
final class Turns {
    /** Whoever has waited so long is no less urgent than any other. */
    private static final Duration AGED = Duration.ofMinutes(10);

    private static final Comparator<Managed> BY_AGE = Comparator.comparing(Turns::since);

    private final Rules rules;
    private final Known known;
    private final HostGuard guard;
    private final Recorder out;
    private final Repairs repairs;
    private final Orders orders;

    Turns(Rules rules, Known known, HostGuard guard, Recorder out, Repairs repairs, Orders orders) {
        this.rules = rules;
        this.known = known;
        this.guard = guard;
        this.out = out;
        this.repairs = repairs;
        this.orders = orders;
    }

    /** When time changes something next; {@link Instant#MAX} if only news can. */
    Instant due() {
        Instant due = guard.due();
        boolean isBusy = busy() >= rules.concurrent();
        for (Managed of : known.managed()) {
            boolean waitsForTurn = of.phase == Phase.PENDING && of.glanced && isBusy;
            if (of.due != null && of.question == 0 && !waitsForTurn) {
                due = earlier(due, of.due);
            }
            if (of.quarantine != null && of.quarantine.until() != null) {
                due = earlier(due, of.quarantine.until());
            }
            if (of.saveAt != null) {
                due = earlier(due, of.saveAt);
            }
            if (of.phase == Phase.OK && of.wellSince != null && !of.attempts.isEmpty()) {
                due = earlier(due, of.wellSince.plus(rules.forgetAfter()));
            }
        }
        return due;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /** What time brings about. */
    void pass(Instant now) {
        boolean wasPaused = guard.isPaused();
        if (guard.pass(now)) {
            if (wasPaused && !guard.isPaused()) {
                out.change(null, Kind.RESUMED, Reason.OPERATOR, RecoveryEvent.SERVICE, "the pause is over", now);
            }
            out.add(new Effect.StoreHost(guard.state(now)));
            orders.askAgain(now);
        }
        List<Managed> turn = new ArrayList<>();
        for (Managed of : List.copyOf(known.managed())) {
            times(of, now);
            Instant due = of.due;
            Trouble trouble = of.trouble;
            if (due == null || due.isAfter(now) || of.question != 0 || trouble == null) {
                continue;
            }
            switch (of.phase) {
                case SUSPECT, PENDING, FAILED_ATTEMPT -> turn.add(of);
                case ACTING, VERIFYING -> repairs.look(of, trouble, false);
                case OK, QUARANTINED -> {}
            }
        }
        turn.sort(Comparator.comparing((Managed of) -> urgency(of, now))
                .reversed()
                .thenComparing(BY_AGE));
        for (Managed of : turn) {
            Trouble trouble = of.trouble;
            if (trouble != null) {
                next(of, trouble, now);
            }
        }
    }

    private void next(Managed of, Trouble trouble, Instant now) {
        of.phase = Phase.PENDING;
        HostGuard.Refusal refusal = guard.refusal(of.identity, !trouble.askedBy.isEmpty(), now);
        if (refusal != null) {
            repairs.waiting().hold(of, trouble, refusal, now);
        } else if (!of.glanced) {
            repairs.look(of, trouble, false);
        } else if (busy() < rules.concurrent()) {
            repairs.look(of, trouble, true);
        }
    }

    /** an examination, which may end in an action, counts as one. */
    private long busy() {
        return known.managed().stream()
                .filter(of ->
                        of.phase == Phase.ACTING || (of.phase == Phase.PENDING && of.question != 0 && of.examining))
                .count();
    }

    /** the oldest of the most urgent first; who has waited long is as urgent as any. */
    private static Severity urgency(Managed of, Instant now) {
        Trouble trouble = of.trouble;
        if (trouble == null) {
            return Severity.INFO;
        }
        boolean aged = trouble.since.isBefore(now.minus(AGED));
        return aged || !trouble.askedBy.isEmpty() ? Severity.CRITICAL : trouble.severity;
    }

    private static Instant since(Managed of) {
        return of.trouble == null ? Instant.MAX : of.trouble.since;
    }

    private void times(Managed of, Instant now) {
        RecoveryState.Quarantine quarantine = of.quarantine;
        Instant until = quarantine == null ? null : quarantine.until();
        if (until != null && !now.isBefore(until)) {
            orders.release(of, RecoveryEvent.SERVICE, now);
        }
        Instant wellSince = of.wellSince;
        boolean isOver = of.phase == Phase.OK
                && !of.attempts.isEmpty()
                && wellSince != null
                && !now.isBefore(wellSince.plus(rules.forgetAfter()));
        if (isOver) {
            of.attempts.clear();
            out.store(of, now);
        }
        if (of.saveAt != null && !now.isBefore(of.saveAt)) {
            of.saveAt = null;
            out.store(of, now);
            of.takeUnsaid().forEach(event -> out.add(new Effect.Publish(event)));
        }
    }
}
