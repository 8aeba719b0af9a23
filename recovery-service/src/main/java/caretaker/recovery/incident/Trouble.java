package caretaker.recovery.incident;

import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An incident that is not over. What is not in {@link RecoveryState.Incident} is forgotten in a crash, and may be. */
final class Trouble {
    /** The condition of a container that is repaired because one that it needs was. */
    static final String DEPENDENCY = "dependency";

    private static final String AFTER = " after ";

    final String id;
    final String condition;
    final String code;
    final Severity severity;
    final Instant since;
    final List<String> eventIds;
    final boolean drill;
    String containerId;

    @Nullable Instant startedAt;

    String playbook;
    int rung;
    String waitingFor = "";
    boolean dryRun;

    /** Operations that were begun in it. */
    int operations;

    /** Whether its turn has come, and the host or a lock holds it back. */
    boolean held;

    /** Whether its beginning was told. */
    boolean announced;

    /** What was told already about why nothing is done. */
    final Set<Reason> told = EnumSet.noneOf(Reason.class);

    /** Who asked for the next step; empty if nobody did. */
    String askedBy = "";

    /** Whether he only wants to know what it would be. */
    boolean rehearsal;

    Trouble(RecoveryState.Incident incident) {
        id = incident.id();
        condition = incident.condition();
        code = incident.code();
        severity = incident.severity();
        since = incident.since();
        containerId = incident.containerId();
        startedAt = incident.startedAt();
        eventIds = new ArrayList<>(incident.eventIds());
        playbook = incident.playbook();
        rung = incident.rung();
        waitingFor = incident.waitingFor();
        dryRun = incident.dryRun();
        drill = incident.drill();
    }

    void join(String eventId) {
        if (!eventIds.contains(eventId) && eventIds.size() < RecoveryEvent.MAX_EVENTS) {
            eventIds.add(eventId);
        }
    }

    boolean isOf(String id, @Nullable Instant started) {
        return containerId.equals(id) && (startedAt == null || started == null || startedAt.equals(started));
    }

    /** Its run that is unwell now. */
    void isOfRun(String id, @Nullable Instant started) {
        containerId = id;
        startedAt = started;
    }

    /** Whether another container's repair made it necessary; then its code is the action. */
    boolean isCascade() {
        return condition.equals(DEPENDENCY);
    }

    /** The code of a container that follows the operation on another one. */
    static String follows(String action, String operation) {
        return action + AFTER + operation;
    }

    /** What the ids of its records begin with: an incident may be of several containers, and more than once. */
    String prefix(String key) {
        return isCascade() ? code.substring(code.indexOf(AFTER) + AFTER.length()) + "/" + key : id;
    }

    RecoveryState.Incident state() {
        return new RecoveryState.Incident(
                id,
                condition,
                code,
                severity,
                since,
                containerId,
                startedAt,
                eventIds,
                playbook,
                rung,
                waitingFor,
                dryRun,
                drill);
    }

    RecoveryEvent.Incident told() {
        return new RecoveryEvent.Incident(id, condition, code, severity, eventIds, drill);
    }
}
