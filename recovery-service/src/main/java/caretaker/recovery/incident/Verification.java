package caretaker.recovery.incident;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.ProbeAnswer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether an operation was done, and whether it helped. */
final class Verification {
    sealed interface Verdict {
        record Well() implements Verdict {}

        record NotYet(String why) implements Verdict {}

        record Failed(String why) implements Verdict {}

        /** Somebody else has put another container in its place: that one is not ours to judge. */
        record Replaced() implements Verdict {}
    }

    private Verification() {}

    /** Whether the container shows that the operation was done: by the engine's clock, or by its new id. */
    static boolean wasDone(Operation operation, @Nullable Sighting seen) {
        if (seen == null) {
            return false;
        }
        boolean isNew = !seen.identity().id().equals(operation.before().containerId());
        return switch (operation.action()) {
            case START, RESTART, FIX_PERMISSIONS ->
                !isNew && seen.startedAfter(operation.before().startedAt());
            case RECREATE, RESTORE_BACKUP -> isNew && seen.state() != State.CREATED;
            case FORMER_CONFIG ->
                !isNew
                        && wasDown(operation)
                        && seen.startedAfter(operation.before().startedAt());
            case STOP -> seen.state() == State.EXITED;
            case COPY_ASIDE -> false; // only the copy shows it
            case RELOAD, EXEC, QUARANTINE, NONE -> false;
        };
    }

    /** Whether it is many calls and knows by itself how far it came: it is begun again until it is at its end. */
    static boolean goesOn(Action action) {
        return action == Action.RECREATE || action == Action.COPY_ASIDE;
    }

    /** Whether the container did not run before it. */
    static boolean wasDown(Operation operation) {
        return operation.before().state().equals(Recorder.word(State.EXITED));
    }

    /** Whether it may be done once more if nobody knows whether it was done. */
    static boolean mayRepeat(Action action) {
        return action != Action.EXEC;
    }

    /**
     * Judges one look.
     *
     * @param run start of the run that the operation brought about; null before the first look
     */
    static Verdict of(Operation operation, @Nullable Sighting seen, ProbeAnswer probe, @Nullable Instant run) {
        Action action = operation.action();
        boolean makesNew = action == Action.RECREATE || action == Action.RESTORE_BACKUP;
        if (seen == null) {
            return makesNew ? new Verdict.NotYet("it is not there yet") : new Verdict.Failed("it is gone");
        }
        if (!makesNew && !seen.identity().id().equals(operation.before().containerId())) {
            return new Verdict.Replaced();
        }
        if (action == Action.STOP) {
            return seen.state() == State.EXITED ? new Verdict.Well() : new Verdict.NotYet("it has not stopped yet");
        }
        return switch (seen.state()) {
            case EXITED, DEAD -> new Verdict.Failed("it exited again with code " + seen.exitCode());
            case RUNNING ->
                run != null && !run.equals(seen.startedAt())
                        ? new Verdict.Failed("it was started once more by somebody else")
                        : running(operation, seen, probe);
            case CREATED, PAUSED, RESTARTING, REMOVING -> new Verdict.NotYet("it is " + Recorder.word(seen.state()));
        };
    }

    private static Verdict running(Operation operation, Sighting seen, ProbeAnswer probe) {
        Action action = operation.action();
        boolean isCopiedWhileItRan = action == Action.COPY_ASIDE
                && !seen.startedAfter(operation.before().startedAt());
        boolean sameRun = action == Action.RELOAD
                || action == Action.EXEC
                || action == Action.FORMER_CONFIG
                || isCopiedWhileItRan;
        if (seen.health() == Health.UNHEALTHY && !sameRun) {
            return new Verdict.Failed("its health check fails again");
        }
        if (seen.health() == Health.UNHEALTHY || seen.health() == Health.STARTING) {
            return new Verdict.NotYet("its health check has not passed yet");
        }
        return switch (probe) {
            case NONE, PASSED -> new Verdict.Well();
            case FAILED -> new Verdict.NotYet("its service does not answer as it should");
            case STARTING -> new Verdict.NotYet("its service is starting");
        };
    }
}
