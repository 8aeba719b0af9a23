package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** How an attempt or an incident ends, and who was waiting for that. */
final class Endings {
    private final Rules rules;
    private final Neighbours neighbours;
    private final Recorder out;
    private final RandomGenerator random;

    Endings(Rules rules, Neighbours neighbours, Recorder out, RandomGenerator random) {
        this.rules = rules;
        this.neighbours = neighbours;
        this.out = out;
        this.random = random;
    }

    /** An attempt did not help: the next one is a rung higher, and later. */
    void failed(Managed of, Trouble trouble, Reason reason, String why, Instant now) {
        out.operation(of, trouble, Kind.FAILED, reason, why, now);
        Sighting seen = of.seen;
        if (seen != null) {
            Operation operation = of.operation;
            boolean isPerhapsAnother = reason == Reason.ACTION_FAILED
                    && operation != null
                    && operation.action() == Action.COPY_ASIDE; // it was stopped, and started again since it was seen
            trouble.isOfRun(seen.identity().id(), isPerhapsAnother ? null : seen.startedAt());
        }
        if (trouble.isCascade()) {
            close(of, now);
            return;
        }
        trouble.rung++;
        trouble.askedBy = "";
        trouble.told.clear();
        of.phase = Phase.FAILED_ATTEMPT;
        of.wellSince = null;
        Duration wait = of.flaps(rules, now)
                ? rules.backoffCap()
                : Backoff.after(of.within(of.attempts, rules.budgetWindow(), now), rules, random);
        of.due = now.plus(wait);
        out.store(of, now);
    }

    /** */
    void changed(Managed of, boolean well, Instant at, Instant now) {
        of.changed(well, at);
        boolean flaps = of.flaps(rules, now);
        if (flaps && !of.flapping) {
            String why = rules.flaps() + " changes between well and unwell within "
                    + rules.flapWindow().toMinutes() + " min";
            out.change(of, Kind.FLAPPING, Reason.FLAPPING, RecoveryEvent.SERVICE, why, now);
        }
        of.flapping = flaps;
    }

    /** Ends an incident without a repair. */
    void over(Managed of, Trouble trouble, Reason reason, String why, Instant now) {
        out.skip(of, trouble, reason, why, now);
        close(of, now);
        wake(of.key(), Duration.ZERO, now);
    }

    /** Ends an incident. */
    void close(Managed of, Instant now) {
        of.trouble = null;
        of.phase = Phase.OK;
        of.due = null;
        of.question = 0;
        out.store(of, now);
    }

    /** Those that wait for a container are looked at again. */
    void wake(String key, Duration grace, Instant now) {
        for (Managed other : neighbours.waitingFor(key)) {
            Objects.requireNonNull(other.trouble).told.remove(Reason.DEFERRED);
            other.due = now.plus(grace);
            other.question = 0; // what was seen before counts no more
            out.store(other, now);
        }
    }

    /** It is left alone until somebody releases it. Told first: a crash in between would leave nobody who tells it. */
    void quarantine(Managed of, Reason reason, String by, String why, Instant now) {
        Trouble trouble = of.trouble;
        Duration ttl = rules.quarantineTtl();
        of.quarantine = new RecoveryState.Quarantine(reason, now, ttl == null ? null : now.plus(ttl), by, why);
        of.phase = Phase.QUARANTINED;
        of.due = null;
        of.question = 0;
        if (trouble != null && by.equals(RecoveryEvent.SERVICE)) {
            out.tell(of, trouble, Kind.QUARANTINED, reason, why, now);
        } else {
            out.change(of, Kind.QUARANTINED, reason, by, why, now);
        }
        out.store(of, now);
        wake(of.key(), Duration.ZERO, now);
    }
}
