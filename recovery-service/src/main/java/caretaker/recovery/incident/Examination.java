package caretaker.recovery.incident;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.playbook.LogPatterns;
import caretaker.recovery.playbook.LogPatterns.Meaning;
import caretaker.recovery.playbook.Match;
import caretaker.recovery.playbook.Playbook;
import caretaker.recovery.playbook.Rung;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a look at a container a moment before the repair says about the repair. */
final class Examination {
    sealed interface Verdict {
        /** There is nothing to repair. */
        record Over(Reason reason, String why) implements Verdict {}

        /** Not now. */
        record Wait(Reason reason, String why, Instant until) implements Verdict {}

        record Quarantine(Reason reason, String why) implements Verdict {}

        /** It is not the container that is ill. */
        record HostIll(String what, String remedy) implements Verdict {}

        /** The playbook says to tell only. */
        record Report() implements Verdict {}

        /** What this rung requires is not there, and will not come by itself: the next one. */
        record Skip(String why) implements Verdict {}

        record NeedsApproval(String why) implements Verdict {}

        record Act(Rung rung, Action action) implements Verdict {}
    }

    private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

    private final Rules rules;
    private final LogPatterns patterns = new LogPatterns();
    private boolean diskIsFull;

    Examination(Rules rules) {
        this.rules = rules;
    }

    /** What the host says of its disks, whatever a log says. */
    void disk(boolean isFull) {
        diskIsFull = isFull;
    }

    /** Judges by what was seen; consent has been asked for. */
    Verdict of(Managed managed, Trouble trouble, Looked looked, Playbook playbook, Instant now) {
        Sighting seen = Objects.requireNonNull(looked.sighting());
        return isStale(trouble, seen, looked.probe())
                .or(() -> state(trouble, seen, playbook, now))
                .or(() -> starting(trouble, seen, looked.probe(), playbook, now))
                .or(() -> cause(managed, seen, looked.log(), playbook, now))
                .orElseGet(() -> step(managed, trouble, looked, playbook, now));
    }

    /** what makes any repair needless. */
    static Optional<Verdict> isStale(Trouble trouble, Sighting seen, ProbeAnswer probe) {
        if (!trouble.containerId.isEmpty() && !seen.identity().id().equals(trouble.containerId)) {
            return over("it has been created anew since");
        }
        if (trouble.startedAt != null && seen.startedAfter(trouble.startedAt)) {
            return over("it has been started since");
        }
        return isWell(trouble.condition, seen, probe) ? over("it is well") : Optional.empty();
    }

    /** Whether what nothing more is done about is over: what has no end of its own is, once it was told. */
    static boolean isWellAtRest(Trouble trouble, Sighting seen, ProbeAnswer probe) {
        Condition condition = Condition.ofWire(trouble.condition);
        boolean runs = seen.state() == State.RUNNING && seen.health() != Health.UNHEALTHY;
        boolean hasEnd = condition == Condition.PROBE_FAILED || condition == Condition.GPU_CONTAINER_LOST_GPU;
        boolean hasFinished = seen.state() == State.EXITED && seen.exitCode() == 0;
        return hasFinished || isWell(trouble.condition, seen, probe) || (runs && !hasEnd);
    }

    private static Optional<Verdict> over(String why) {
        return Optional.of(new Verdict.Over(Reason.STALE, why));
    }

    private static boolean isWell(String name, Sighting seen, ProbeAnswer probe) {
        if (seen.state() != State.RUNNING) {
            return false;
        }
        boolean healthy = seen.health() == Health.HEALTHY || seen.health() == Health.NONE;
        boolean answers = probe == ProbeAnswer.PASSED || probe == ProbeAnswer.NONE;
        Condition condition = Condition.ofWire(name);
        if (condition == null) {
            return name.equals(Match.OPERATOR) && healthy && answers;
        }
        return switch (condition) {
            case CONTAINER_EXITED, CONTAINER_OOM_KILLED -> healthy && answers;
            case CONTAINER_UNHEALTHY -> healthy;
            case PROBE_FAILED, GPU_CONTAINER_LOST_GPU -> probe == ProbeAnswer.PASSED;
            default -> false;
        };
    }

    /** */
    private static Optional<Verdict> state(Trouble trouble, Sighting seen, Playbook playbook, Instant now) {
        boolean isLeftToTheEngine = playbook.rung(trouble.rung).action() == Action.FIX_PERMISSIONS;
        if (seen.state() == State.RESTARTING && isLeftToTheEngine) {
            return Optional.empty(); // its files can be seen to meanwhile
        }
        return switch (seen.state()) {
            case CREATED, PAUSED, REMOVING, RESTARTING, DEAD ->
                Optional.of(
                        new Verdict.Wait(Reason.STATE, "it is " + Recorder.word(seen.state()), now.plus(ASK_AGAIN)));
            case RUNNING -> Optional.empty();
            case EXITED ->
                wasStopped(trouble, seen)
                        ? Optional.of(new Verdict.Over(Reason.MANUAL_STOP, "somebody has stopped it"))
                        : Optional.empty();
        };
    }

    /** The agent tells of an exit only if nobody asked for it; of another failure it knows nothing about the exit. */
    private static boolean wasStopped(Trouble trouble, Sighting seen) {
        if (!seen.endedAsIfStopped() || trouble.condition.equals(Match.OPERATOR)) {
            return false;
        }
        boolean exitWasTold = trouble.condition.equals(Condition.CONTAINER_EXITED.wire())
                || trouble.condition.equals(Condition.CONTAINER_OOM_KILLED.wire());
        return seen.stopped() || !exitWasTold;
    }

    /**
     * what has just begun may take its time, unless it is over already: a service that migrates its data or reads
     * its log again answers nothing, or no. That its GPU is gone does not get better with time.
     */
    private static Optional<Verdict> starting(
            Trouble trouble, Sighting seen, ProbeAnswer probe, Playbook playbook, Instant now) {
        Instant startedAt = seen.startedAt();
        if (seen.state() != State.RUNNING || startedAt == null || trouble.condition.equals(Match.OPERATOR)) {
            return Optional.empty();
        }
        Instant until = startedAt.plus(playbook.startupGrace());
        boolean mayStillAnswer =
                probe == ProbeAnswer.FAILED && !trouble.condition.equals(Condition.GPU_CONTAINER_LOST_GPU.wire());
        boolean isStarting = probe == ProbeAnswer.STARTING || mayStillAnswer || seen.health() == Health.STARTING;
        if (!now.isBefore(until) || !isStarting) {
            return Optional.empty();
        }
        Instant next = now.plus(ASK_AGAIN);
        return Optional.of(new Verdict.Wait(Reason.STATE, "it is starting", next.isBefore(until) ? next : until));
    }

    /**
     * what no repair of the container mends. What is permanent by a line that the playbook itself is for is
     * the playbook's.
     */
    private Optional<Verdict> cause(Managed managed, Sighting seen, List<String> log, Playbook playbook, Instant now) {
        if (seen.state() != State.EXITED) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>(log);
        lines.add(seen.error());
        String image = seen.identity().image() + " " + seen.identity().service();
        List<String> others =
                lines.stream().filter(line -> !playbook.match().isAbout(line)).toList();
        List<Meaning> unanswered = patterns.of(image, others);
        for (Meaning meaning : patterns.of(image, lines)) {
            switch (meaning.verdict()) {
                case REPORT -> {}
                case HOST, DISK -> {
                    boolean isSo = meaning.verdict() == LogPatterns.Verdict.HOST || diskIsFull;
                    if (isSo && mayBlame(managed, now)) {
                        return Optional.of(new Verdict.HostIll(meaning.cause(), meaning.remedy()));
                    }
                }
                case PERMANENT -> {
                    if (!unanswered.contains(meaning)) {
                        continue;
                    }
                    return Optional.of(
                            new Verdict.Quarantine(Reason.PERMANENT, meaning.cause() + "; " + meaning.remedy()));
                }
            }
        }
        return Optional.empty();
    }

    /** a line in the log of one container holds all others back, so it does not do so again and again. */
    private boolean mayBlame(Managed managed, Instant now) {
        Instant last = managed.blamed;
        boolean may = last == null || !now.isBefore(last.plus(rules.hostHold()).plus(rules.budgetWindow()));
        if (may) {
            managed.blamed = now;
        }
        return may;
    }

    private Verdict step(Managed managed, Trouble trouble, Looked looked, Playbook playbook, Instant now) {
        Sighting seen = Objects.requireNonNull(looked.sighting());
        Rung rung = trouble.isCascade() ? cascade(trouble) : playbook.rung(trouble.rung);
        boolean asked = !trouble.askedBy.isEmpty();
        boolean tellsOnly = playbook.rung(0).action() == Action.NONE; // of a job, whatever made it necessary
        if (rung.action() == Action.NONE || (trouble.isCascade() && tellsOnly)) {
            return new Verdict.Report();
        }
        if (rung.action() == Action.QUARANTINE) {
            Reason reason = trouble.operations == 0 ? Reason.PERMANENT : Reason.BUDGET;
            return new Verdict.Quarantine(reason, "the playbook " + playbook.name() + " knows no further step");
        }
        if (!looked.allowed() && rung.requires().isSkipped()) {
            return new Verdict.Skip(Recorder.word(rung.action()) + " is left out: " + lacks(rung.requires()));
        }
        int attempts = managed.within(managed.attempts, rules.budgetWindow(), now);
        if (attempts >= rules.budget() && !asked) {
            return new Verdict.Quarantine(
                    Reason.BUDGET,
                    attempts + " attempts within " + rules.budgetWindow().toMinutes() + " min");
        }
        if (rung.action() == Action.FIX_PERMISSIONS && !rules.fixPermissions()) {
            return new Verdict.NeedsApproval(ownerWanted(rung, seen));
        }
        if (rung.approval() && !asked) {
            return new Verdict.NeedsApproval("the next step is " + Recorder.word(rung.action())
                    + " and needs a person's word: caretaker recover repair --service "
                    + seen.identity().name() + kept(looked, seen));
        }
        if (!looked.allowed()) {
            return new Verdict.Wait(
                    Reason.STATE, Recorder.word(rung.requires()) + " do not allow it", now.plus(ASK_AGAIN));
        }
        boolean isDown = seen.state() == State.EXITED;
        return new Verdict.Act(rung, rung.action() == Action.RESTART && isDown ? Action.START : rung.action());
    }

    private static String lacks(Rung.Requirement requirement) {
        return switch (requirement) {
            case CREDENTIALS -> "the settings name no token for it, or its file cannot be read";
            case FORMER_CONFIG -> "no former configuration of it was kept that is another one than it has";
            case DAMAGED_COPY -> "no copy of this incident was found damaged";
            case NOTHING, IN_SYNC_REPLICAS -> Recorder.word(requirement);
        };
    }

    /** Of a configuration that could be put back; nothing of what is in it. */
    private static String kept(Looked looked, Sighting seen) {
        Instant former = looked.former();
        if (former == null) {
            return "";
        }
        String why = "; the former configuration was good last at " + former.truncatedTo(ChronoUnit.SECONDS);
        return seen.state() == State.RUNNING
                ? why + "; it goes on with the one in its memory, so it is not restarted"
                : why;
    }

    /** A command that a person can copy. */
    private static String ownerWanted(Rung rung, Sighting seen) {
        return rung.path() + " must belong to " + rung.owner() + ", and rules.fix-permissions is off. On the host: "
                + "docker run --rm --network none --user 0 --entrypoint chown --volumes-from "
                + seen.identity().name() + " " + seen.identity().image() + " -hR " + rung.owner() + " " + rung.path()
                + " && docker restart " + seen.identity().name();
    }

    private static Rung cascade(Trouble trouble) {
        return Rung.of(trouble.code.startsWith(Recorder.word(Action.RECREATE)) ? Action.RECREATE : Action.RESTART);
    }

    /** Whether what the engine said will be the same next time. */
    boolean isPermanent(String error) {
        return patterns.of("", List.of(error)).stream()
                .anyMatch(meaning -> meaning.verdict() == LogPatterns.Verdict.PERMANENT);
    }
}
