package caretaker.recovery.incident;

import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryHostState;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Command;
import caretaker.recovery.playbook.Match;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What people want. Each change is told with who made it. */
final class Orders {
    private final String host;
    private final Known known;
    private final HostGuard guard;
    private final Recorder out;
    private final Repairs repairs;
    private final Intake intake;

    Orders(String host, Known known, HostGuard guard, Recorder out, Repairs repairs, Intake intake) {
        this.host = host;
        this.known = known;
        this.guard = guard;
        this.out = out;
        this.repairs = repairs;
        this.intake = intake;
    }

    void asked(Command command, String actor, Instant now) {
        switch (command) {
            case Command.Repair(String container, boolean dryRun) ->
                forEach(container, of -> repair(of, dryRun, actor, now));
            case Command.Release(String container) -> forEach(container, of -> release(of, actor, now));
            case Command.Quarantine(String container, String why) ->
                forEach(container, of -> repairs.endings().quarantine(of, Reason.OPERATOR, actor, why, now));
            case Command.Pause(Duration length, String why) -> {
                Instant until = length == null ? null : now.plus(length);
                guard.pause(new RecoveryHostState.Pause(now, until, actor, why));
                changed(Kind.PAUSED, actor, why, now);
            }
            case Command.Resume() -> {
                guard.pause(null);
                changed(Kind.RESUMED, actor, "", now);
            }
            case Command.ResetBreaker() -> {
                if (guard.resetBreaker()) {
                    changed(Kind.BREAKER_RESET, actor, "", now);
                }
            }
            case Command.ClearIllness(String name) -> {
                if (guard.overruled(name)) {
                    changed(Kind.RELEASED, actor, "the host counts as well again: " + name, now);
                }
            }
        }
    }

    /** whoever keeps repairs off some containers is told of, as far as it is news. */
    void locked(MaintenanceLock lock, boolean isNews, Instant now) {
        boolean isNew = guard.lock(lock);
        boolean isOurs = lock.host().equals(MaintenanceLock.ALL) || lock.host().equals(host);
        if (isNews && isNew && isOurs && now.isBefore(lock.until())) {
            String why = lock.reason().isEmpty() ? "" : ": " + lock.reason();
            String message = lock.containers() + " is locked until " + lock.until() + why;
            out.ofLock(lock, Kind.PAUSED, message, now);
        }
    }

    void unlocked(String key, boolean isNews, Instant now) {
        MaintenanceLock lock = guard.unlock(key);
        if (isNews && lock != null && now.isBefore(lock.until())) {
            out.ofLock(lock, Kind.RESUMED, lock.containers() + " is not locked any more", now);
        }
        askAgain(now);
    }

    void killSwitch(boolean on, Instant now) {
        guard.killSwitch(on);
        String message = on ? "the kill switch is on: nothing new is done" : "the kill switch is off";
        out.change(null, on ? Kind.PAUSED : Kind.RESUMED, Reason.PAUSED, RecoveryEvent.SERVICE, message, now);
        askAgain(now);
    }

    private void forEach(String container, Consumer<Managed> each) {
        known.find(container).forEach(identity -> each.accept(known.orNew(identity)));
    }

    private void changed(Kind kind, String actor, String why, Instant now) {
        out.change(null, kind, Reason.OPERATOR, actor, why, now);
        out.add(new Effect.StoreHost(guard.state(now)));
        askAgain(now);
    }

    /** What held repairs back has changed. */
    void askAgain(Instant now) {
        known.managed().stream()
                .filter(of -> of.phase == Phase.PENDING && of.due != null && of.trouble != null && of.trouble.held)
                .forEach(of -> of.due = now);
    }

    private void repair(Managed of, boolean dryRun, String actor, Instant now) {
        if (of.phase == Phase.QUARANTINED) {
            out.change(of, Kind.SKIPPED, Reason.BUDGET, actor, "it is in quarantine: release it first", now);
            return;
        }
        if (of.phase == Phase.ACTING || of.phase == Phase.VERIFYING) {
            return;
        }
        boolean wasOpen = of.trouble != null;
        if (!wasOpen) {
            Sighting seen = of.seen;
            var incident = new RecoveryState.Incident(
                    Intake.id(host, of.key(), actor + now),
                    Match.OPERATOR,
                    "",
                    Severity.INFO,
                    now,
                    seen == null ? "" : seen.identity().id(),
                    seen == null ? null : seen.startedAt(),
                    List.of(),
                    "",
                    0,
                    "",
                    false,
                    false);
            repairs.open(of, incident, actor, actor + " asked for a repair", now);
        }
        Trouble trouble = of.trouble;
        if (trouble != null) {
            trouble.askedBy = actor;
            if (wasOpen) {
                out.asked(of, trouble, actor + " asked for the next step of it", now);
            }
            trouble.rehearsal = dryRun;
            of.phase = Phase.PENDING;
            of.due = now;
        }
    }

    /** Ends a quarantine. Told first: a crash in between would leave nobody who tells it. */
    void release(Managed of, String actor, Instant now) {
        if (of.phase == Phase.QUARANTINED) {
            of.quarantine = null;
            of.trouble = null;
            of.attempts.clear();
            of.phase = Phase.OK;
            out.change(of, Kind.RELEASED, Reason.OPERATOR, actor, "released by " + actor, now);
            out.store(of, now);
            Sighting seen = of.seen;
            if (seen != null && seen.isIll() && known.isGiven(seen)) {
                intake.released(seen, now);
            }
        }
    }
}
