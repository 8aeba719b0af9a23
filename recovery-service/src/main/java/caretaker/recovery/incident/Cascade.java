package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import java.time.Instant;
import java.util.Objects;

/** Those that need a container follow its repair, in the same incident. */
final class Cascade {
    /** Begins an incident. */
    @FunctionalInterface
    interface Opens {
        void open(Managed of, RecoveryState.Incident incident, String askedBy, String why, Instant now);
    }

    private final Known known;
    private final Neighbours neighbours;
    private final Recorder out;
    private final Opens opens;

    Cascade(Known known, Neighbours neighbours, Recorder out, Opens opens) {
        this.known = known;
        this.neighbours = neighbours;
        this.out = out;
        this.opens = opens;
    }

    void of(Managed of, Trouble trouble, Instant now) {
        Operation done = Objects.requireNonNull(of.operation);
        boolean asStart = done.action() == Action.FORMER_CONFIG && Verification.wasDown(done);
        for (Neighbours.Follower follower : neighbours.followers(of.key(), asStart ? Action.START : done.action())) {
            if (of.followers.add(follower.container().key())) {
                follow(follower, trouble, done, now);
            }
        }
    }

    private void follow(Neighbours.Follower follower, Trouble cause, Operation operation, Instant now) {
        Sighting seen = follower.container();
        Action action = follower.action();
        Managed of = known.orNew(seen.identity());
        boolean isBusy = of.phase == Phase.ACTING || of.phase == Phase.VERIFYING || of.phase == Phase.QUARANTINED;
        Operation last = of.operation;
        boolean hasFollowed = last != null && last.id().startsWith(operation.id() + "/"); // told twice after a crash
        if (isBusy || hasFollowed || seen.startedAfter(operation.reservedAt())) {
            return;
        }
        var incident = new RecoveryState.Incident(
                cause.id,
                Trouble.DEPENDENCY,
                Trouble.follows(Recorder.word(action), operation.id()),
                cause.severity,
                cause.since,
                seen.identity().id(),
                null,
                cause.eventIds,
                "",
                0,
                "",
                cause.dryRun,
                cause.drill);
        if (!known.isGiven(seen)) {
            var unheard = new Trouble(incident);
            String why = "what it needs was started anew, but it may not be touched";
            out.tell(of, unheard, Kind.SKIPPED, Reason.NOT_MANAGED, why, now);
            known.forget(of.key());
            out.forget(of);
            return;
        }
        opens.open(of, incident, "", "what it needs was started anew", now);
    }
}
