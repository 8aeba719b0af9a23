package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.HealthNews.line;

import caretaker.alerts.builtin.Change.Content;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.RecoveryEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What an event of the recovery service means for the alerts. What was only tried out (dry run) means nothing. */
public final class RecoveryNews {
    private RecoveryNews() {}

    /**
     * Changes of one event.
     *
     * @param saidAt when the broker took it
     */
    public static List<Change> of(RecoveryEvent event, Instant saidAt) {
        if (event.dryRun()) {
            return List.of();
        }
        Instant since = event.time().isAfter(saidAt) ? saidAt : event.time();
        return switch (event.kind()) {
            case REQUESTED, STARTED -> List.of();
            case SKIPPED -> skipped(event, since, saidAt);
            case SUCCEEDED -> List.of(cleared(event, Kind.RECOVERY_FAILED), cleared(event, Kind.RECOVERY_ESCALATED));
            case FAILED -> List.of(occurred(event, Kind.RECOVERY_FAILED, since, saidAt, "could not be repaired", ""));
            case QUARANTINED ->
                List.of(
                        cleared(event, Kind.RECOVERY_FAILED),
                        raised(
                                event,
                                Kind.RECOVERY_QUARANTINED,
                                since,
                                "is left alone until somebody releases it",
                                "See what is wrong with it, then: caretaker recovery release NAME"));
            case RELEASED -> List.of(cleared(event, Kind.RECOVERY_QUARANTINED), cleared(event, Kind.RECOVERY_FAILED));
            case ESCALATED ->
                List.of(occurred(
                        event, Kind.RECOVERY_ESCALATED, since, saidAt, "needs a person", "Do what the message says."));
            case FLAPPING ->
                List.of(occurred(event, Kind.RECOVERY_FLAPPING, since, saidAt, "is well and unwell by turns", ""));
            case BREAKER_OPENED ->
                List.of(raised(
                        event,
                        Kind.RECOVERY_BREAKER_OPEN,
                        since,
                        "too many repairs: none is done any more",
                        "See what they have in common, then: caretaker recovery breaker reset"));
            case BREAKER_RESET -> List.of(cleared(event, Kind.RECOVERY_BREAKER_OPEN));
            case PAUSED ->
                isOfTheHost(event)
                        ? List.of(raised(
                                event,
                                Kind.RECOVERY_PAUSED,
                                since,
                                "repairs are paused",
                                "To end it: caretaker recovery resume"))
                        : List.of();
            case RESUMED -> isOfTheHost(event) ? List.of(cleared(event, Kind.RECOVERY_PAUSED)) : List.of();
        };
    }

    /** A pause of all, not a lock of some, nor the kill switch: whoever threw that knows. */
    private static boolean isOfTheHost(RecoveryEvent event) {
        return event.reason() != RecoveryEvent.Reason.MAINTENANCE && event.reason() != RecoveryEvent.Reason.PAUSED;
    }

    /** Most of what is not done is nobody's business. */
    private static List<Change> skipped(RecoveryEvent event, Instant since, Instant saidAt) {
        return switch (event.reason()) {
            case NEEDS_APPROVAL ->
                List.of(occurred(
                        event, Kind.RECOVERY_ESCALATED, since, saidAt, "needs a person", "Do what the message says."));
            case SUPPRESSED_HOST ->
                List.of(occurred(
                        event,
                        Kind.RECOVERY_FAILED,
                        since,
                        saidAt,
                        "is not repaired while its host is ill",
                        "See to the host first: caretaker recovery list"));
            case STALE -> List.of(cleared(event, Kind.RECOVERY_FAILED), cleared(event, Kind.RECOVERY_ESCALATED));
            default -> List.of();
        };
    }

    private static Change raised(RecoveryEvent event, Kind kind, Instant since, String what, String action) {
        return new Change.Raised(subject(event, kind), since, "", content(event, kind, what, action));
    }

    private static Change occurred(
            RecoveryEvent event, Kind kind, Instant since, Instant saidAt, String what, String action) {
        return new Change.Occurred(subject(event, kind), since, saidAt, content(event, kind, what, action));
    }

    private static Change cleared(RecoveryEvent event, Kind kind) {
        return new Change.Cleared(subject(event, kind));
    }

    private static Subject subject(RecoveryEvent event, Kind kind) {
        ContainerIdentity container = event.container();
        RecoveryEvent.Incident incident = event.incident();
        return new Subject(
                kind,
                event.host(),
                container == null ? "" : "container/" + container.key(),
                incident != null && incident.drill());
    }

    private static Content content(RecoveryEvent event, Kind kind, String what, String action) {
        Map<String, String> labels = new TreeMap<>();
        ContainerIdentity container = event.container();
        String who = event.host();
        if (container != null) {
            labels.put("container", container.name());
            if (!container.service().isEmpty()) {
                labels.put("service", container.service());
            }
            who += ": " + container.name();
        }
        var description = new StringBuilder(event.message().isBlank() ? who + " " + what : event.message());
        RecoveryEvent.Incident incident = event.incident();
        if (incident != null) {
            description
                    .append("\nIncident ")
                    .append(incident.id())
                    .append(" of ")
                    .append(incident.condition());
        }
        RecoveryEvent.Evidence evidence = event.evidence();
        if (evidence != null) {
            description.append("\nEvidence: ").append(evidence.path());
        }
        String why = event.message().isBlank() ? "" : ": " + event.message();
        return new Content(
                kind.severity(),
                labels,
                line((container == null ? who + ": " : who + " ") + what + why),
                description.toString(),
                action);
    }
}
