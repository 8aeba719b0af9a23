package caretaker.recovery.incident;

import static java.nio.charset.StandardCharsets.UTF_8;

import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Operation;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.recovery.containers.Scope.Consent;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.incident.Input.Health;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a health event is to the service: an incident's beginning, a part of one, its end, or nothing. */
final class Intake {
    /** What ails the whole host while it lasts. */
    private static final Set<Condition> OF_THE_HOST = Set.of(
            Condition.DOCKER_UNAVAILABLE, Condition.GPU_DRIVER_MISMATCH, Condition.GPU_DRIVER_GONE, Condition.GPU_LOST);

    private static final String FALLEN_OFF_THE_BUS = "79";
    private static final int ID_DIGITS = 12;

    /** Between two answers of a service that no agent has told of. */
    private static final Duration ASK_TWICE = Duration.ofSeconds(15);

    /** The failing container of an event. */
    private record Target(
            ContainerIdentity identity, @Nullable Instant startedAt) {}

    private final Rules rules;
    private final Known known;
    private final HostGuard guard;
    private final Recorder out;
    private final Repairs repairs;

    Intake(Rules rules, Known known, HostGuard guard, Recorder out, Repairs repairs) {
        this.rules = rules;
        this.known = known;
        this.guard = guard;
        this.out = out;
        this.repairs = repairs;
    }

    void take(Health health, Instant now) {
        HealthEvent event = health.event();
        if (!event.host().equals(out.host)) {
            out.add(new Effect.Count(Reason.NOT_MANAGED));
            return;
        }
        Instant observed = observed(health, now);
        boolean isOld = observed.isBefore(now.minus(rules.maxEventAge()));
        ofTheHost(event, isOld, now);
        if (Escalations.isFor(event) && !isOld) {
            out.add(new Effect.Publish(Escalations.of(event, id(out.host, "", event.id()), known.seen(), now)));
        }
        if (!isOfAContainer(event)) {
            return;
        }
        Target target;
        try {
            target = target(event);
        } catch (IllegalArgumentException | DateTimeException e) {
            out.add(new Effect.Refuse(event.id(), String.valueOf(e.getMessage())));
            return;
        }
        if (target == null) {
            out.add(new Effect.Count(Reason.STALE));
        } else if (event.state() == HealthEvent.State.CLEARED) {
            cleared(event, target, observed, now);
        } else {
            failed(event, target, observed, isOld, now);
        }
    }

    /** as the agent saw it, but not later than the broker took it, and never in the future. */
    private Instant observed(Health health, Instant now) {
        Instant time = health.event().time();
        Instant ceiling = health.recordedAt().isBefore(now) ? health.recordedAt() : now;
        return time.isBefore(ceiling) ? time : ceiling;
    }

    /**
     * What a run of the agent has raised it clears, or a later run that knows of it does. A run that knows of no former
     * one raises anew what it finds.
     */
    private void ofTheHost(HealthEvent event, boolean isOld, Instant now) {
        String illness = event.condition().wire() + " " + event.entity().id();
        boolean changed = false;
        if (event.drill()) {
            return;
        }
        boolean isFirstOfAFreshRun = event.sequence() == 1 && !event.evidence().containsKey("previousAgentId");
        boolean orphaned = isFirstOfAFreshRun && guard.orphaned();
        if (OF_THE_HOST.contains(event.condition())) {
            changed = event.state() == HealthEvent.State.CLEARED
                    ? guard.recovered(illness)
                    : guard.fellIll(illness, event.state() == HealthEvent.State.RAISED, now);
        } else if (event.condition() == Condition.GPU_XID
                && event.code().equals(FALLEN_OFF_THE_BUS)
                && event.state() != HealthEvent.State.CLEARED
                && !isOld) {
            changed = guard.fellIll(illness, false, now);
        }
        if (changed || orphaned) {
            out.add(new Effect.StoreHost(guard.state(now)));
        }
    }

    /** The engine has shown all its containers: whatever was said of it is over. */
    void engineAnswered(Instant now) {
        if (guard.recoveredFrom(Condition.DOCKER_UNAVAILABLE)) {
            out.add(new Effect.StoreHost(guard.state(now)));
        }
    }

    private static boolean isOfAContainer(HealthEvent event) {
        return switch (event.entity().kind()) {
            case CONTAINER -> true;
            case GPU, HOST ->
                event.condition() == Condition.GPU_XID
                        && (event.action() == HealthEvent.Action.RESTART_APP
                                || event.action() == HealthEvent.Action.RESTART_CONTAINER);
            case SERVICE -> false;
        };
    }

    /** an event of a container says which, and which run of it. */
    private @Nullable Target target(HealthEvent event) {
        Map<String, String> evidence = event.evidence();
        if (event.entity().kind() != HealthEvent.Entity.Kind.CONTAINER) {
            Sighting seen = known.byId(evidence.getOrDefault("containerId", "none"));
            Instant run = seen == null ? null : seen.startedAt();
            return seen != null && run != null && run.isBefore(event.time()) ? new Target(seen.identity(), run) : null;
        }
        String startedAt = evidence.get("startedAt");
        if (startedAt == null) {
            throw new IllegalArgumentException("a failure of a container without startedAt");
        }
        String number = evidence.getOrDefault("composeNumber", "0");
        var identity = ContainerIdentity.of(
                event.entity().id(),
                evidence.getOrDefault("name", event.entity().name()),
                evidence.getOrDefault("image", ""),
                evidence.getOrDefault("composeProject", ""),
                evidence.getOrDefault("composeService", ""),
                number.matches("[0-9]{1,6}") ? Integer.parseInt(number) : 0);
        return new Target(identity, Instant.parse(startedAt));
    }

    private void failed(HealthEvent event, Target target, Instant observed, boolean isOld, Instant now) {
        String key = target.identity().key();
        Sighting seen = known.sighting(key);
        if (seen != null && known.consent(seen) instanceof Consent.Refused) {
            out.add(new Effect.Count(Reason.NOT_MANAGED));
            return;
        }
        Managed of = known.orNew(target.identity());
        if (of.isHandled(event.id())) {
            out.add(new Effect.Count(Reason.STALE));
            return;
        }
        if (seen != null && known.consent(seen) instanceof Consent.Unclear(String label, String value)) {
            unclear(of, label, value, now);
            return;
        }
        of.handle(event.id());
        Trouble resting = of.trouble;
        if (resting != null && of.rests() && isAnother(resting, event, target)) {
            repairs.endings().over(of, resting, Reason.STALE, "something else has happened since", now);
        }
        Trouble open = of.trouble;
        if (of.phase == Phase.QUARANTINED) {
            out.add(new Effect.Count(Reason.BUDGET));
        } else if (open != null) {
            join(of, open, event.id(), target, now);
        } else if (isOld || isDone(of, target, observed)) {
            Reason reason = isOld ? Reason.EXPIRED : Reason.STALE;
            out.tell(of, new Trouble(incident(event, target, observed)), Kind.SKIPPED, reason, event.message(), now);
            out.store(of, now);
        } else {
            repairs.endings().changed(of, false, observed, now);
            repairs.open(of, incident(event, target, observed), "", said(event, now), now);
        }
    }

    /** Whether what rests is not what is told of: another failure, or of a later run. */
    private static boolean isAnother(Trouble resting, HealthEvent event, Target target) {
        if (resting.condition.equals(Condition.CONTAINER_RESTART_LOOP.wire())) {
            return false; // each restart is told of
        }
        Instant run = resting.startedAt;
        Instant told = target.startedAt();
        boolean isLater = told != null && run != null && told.isAfter(run);
        boolean isEarlier = told != null && run != null && told.isBefore(run);
        return isLater
                || (!isEarlier && !resting.condition.equals(event.condition().wire()));
    }

    /** a clock that is wrong is told of; the event counts as of now. */
    private String said(HealthEvent event, Instant now) {
        Duration ahead = Duration.between(now, event.time());
        return ahead.compareTo(rules.maxAhead()) <= 0
                ? event.message()
                : event.message() + " (the agent's clock is " + ahead.toSeconds() + " s ahead)";
    }

    private void unclear(Managed of, String label, String value, Instant now) {
        if (!of.badLabelTold) {
            of.badLabelTold = true;
            String why = "the label " + label + " is '" + value + "', which is neither yes nor no";
            out.change(of, Kind.SKIPPED, Reason.BAD_LABEL, RecoveryEvent.SERVICE, why, now);
        } else {
            out.add(new Effect.Count(Reason.BAD_LABEL));
        }
    }

    /** one incident, whatever tells of it. What has been started anew since and failed again is the same too. */
    private void join(Managed of, Trouble open, String eventId, Target target, Instant now) {
        open.join(eventId);
        boolean waits = of.phase == Phase.PENDING || of.phase == Phase.SUSPECT || of.phase == Phase.FAILED_ATTEMPT;
        Instant run = open.startedAt;
        boolean isNewer =
                target.startedAt() != null && (run == null || target.startedAt().isAfter(run));
        if (waits && isNewer && !open.isCascade()) {
            open.isOfRun(target.identity().id(), target.startedAt());
        }
        out.store(of, now);
    }

    /** Whether it tells of a run that has been repaired already. */
    private static boolean isDone(Managed of, Target target, Instant observed) {
        Operation last = of.operation;
        return last != null
                && last.before().containerId().equals(target.identity().id())
                && last.before().startedAt() != null
                && last.before().startedAt().equals(target.startedAt())
                && !observed.isAfter(last.deadline());
    }

    private RecoveryState.Incident incident(HealthEvent event, Target target, Instant observed) {
        return new RecoveryState.Incident(
                id(out.host, target.identity().key(), event.id()),
                event.condition().wire(),
                event.code(),
                event.severity(),
                observed,
                target.identity().id(),
                target.startedAt(),
                List.of(event.id()),
                "",
                0,
                "",
                false,
                event.drill());
    }

    private void cleared(HealthEvent event, Target target, Instant observed, Instant now) {
        Managed of = known.get(target.identity().key());
        if (of == null || of.isHandled(event.id())) {
            out.add(new Effect.Count(Reason.NONE));
            return;
        }
        of.handle(event.id());
        Trouble open = of.trouble;
        boolean isOfIt = open != null
                && open.condition.equals(event.condition().wire())
                && !event.time().isBefore(open.since);
        boolean waits = of.phase == Phase.PENDING || of.phase == Phase.SUSPECT || of.phase == Phase.FAILED_ATTEMPT;
        if (open == null || isOfIt) {
            repairs.endings().changed(of, true, observed, now);
        }
        if (open != null && isOfIt && waits) {
            of.wellSince = observed;
            repairs.endings().over(of, open, Reason.STALE, "it is well again", now);
        } else {
            out.store(of, now);
        }
    }

    /** Short enough to type, and the same however often the event is read. */
    static String id(String host, String key, String eventId) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((host + "\n" + key + "\n" + eventId).getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** What a list shows and no event told: an exit or bad health of which nobody knows here. */
    void missed(Sighting seen, Instant now) {
        ill(seen, "listed", String.valueOf(seen.startedAt()), "found when all containers were listed", now);
    }

    /** What was released and is ill is not to be waited for, though this run of it was known before. */
    void released(Sighting seen, Instant now) {
        ill(seen, "released", now.toString(), "not well when it was released", now);
    }

    private void ill(Sighting seen, String how, String once, String why, Instant now) {
        Instant end = seen.finishedAt();
        boolean isNews =
                seen.state() == Sighting.State.RUNNING || (end != null && end.isAfter(now.minus(rules.newsAge())));
        if (isNews) {
            boolean exited = seen.state() == Sighting.State.EXITED;
            Condition condition = exited ? Condition.CONTAINER_EXITED : Condition.CONTAINER_UNHEALTHY;
            found(seen, condition, how + "/" + seen.identity().id() + "/" + once, why, now);
        }
    }

    /** What runs but does not answer, and no event told: one bad answer proves nothing, so it is asked once more. */
    void dumb(Sighting seen, Instant now) {
        String eventId = "verified/" + seen.identity().id() + "/" + now;
        found(seen, Condition.PROBE_FAILED, eventId, "found when all containers were verified", now);
    }

    /** @param eventId names the failure: the same one is taken once */
    private void found(Sighting seen, Condition condition, String eventId, String why, Instant now) {
        Managed of = known.orNew(seen.identity());
        if (of.trouble != null || of.phase != Phase.OK || of.isHandled(eventId)) {
            return;
        }
        of.handle(eventId);
        repairs.endings().changed(of, false, now, now);
        var incident = new RecoveryState.Incident(
                id(out.host, seen.key(), eventId),
                condition.wire(),
                condition == Condition.CONTAINER_EXITED ? Integer.toString(seen.exitCode()) : "",
                HealthEvent.Severity.WARNING,
                now,
                seen.identity().id(),
                seen.startedAt(),
                List.of(eventId),
                "",
                0,
                "",
                false,
                false);
        Duration patience = condition == Condition.PROBE_FAILED ? ASK_TWICE : Duration.ZERO;
        repairs.open(of, incident, "", why, patience, now);
    }
}
