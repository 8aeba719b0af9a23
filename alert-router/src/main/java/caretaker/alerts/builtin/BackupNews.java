package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.HealthNews.line;

import caretaker.alerts.builtin.Change.Content;
import caretaker.contracts.BackupEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What an event of backups means for the alerts. A series is what they are about, wherever it is backed up. */
public final class BackupNews {
    private static final List<Kind> KINDS = Kind.all().stream()
            .filter(kind -> kind.name().startsWith("backup.") || kind.name().startsWith("restore."))
            .toList();

    private BackupNews() {}

    /**
     * Changes of one event.
     *
     * @param saidAt when the broker took it
     */
    public static List<Change> of(BackupEvent event, Instant saidAt) {
        List<Change> changes = new ArrayList<>();
        Instant since = event.time().isAfter(saidAt) ? saidAt : event.time();
        switch (event.state()) {
            case STARTED -> {}
            case SUCCEEDED -> {
                clear(event, changes, Kind.BACKUP_FAILED, Kind.BACKUP_PARTIAL, Kind.BACKUP_MISSING);
                if (event.warnings().isEmpty()) {
                    clear(event, changes, Kind.BACKUP_SUSPICIOUS);
                } else {
                    String said = "the backup of " + event.series() + " is there, but: "
                            + event.warnings().getFirst();
                    changes.add(
                            raised(event, Kind.BACKUP_SUSPICIOUS, since, said, String.join("\n", event.warnings())));
                }
            }
            case PARTIAL -> {
                clear(event, changes, Kind.BACKUP_FAILED, Kind.BACKUP_MISSING);
                String said = "the backup of " + event.series() + " lacks something" + because(event);
                changes.add(raised(event, Kind.BACKUP_PARTIAL, since, said, String.join("\n", event.warnings())));
            }
            case FAILED -> changes.add(failed(event, since, saidAt));
            case VERIFIED -> clear(event, changes, Kind.BACKUP_VERIFICATION_FAILED);
            case PRUNED -> clear(event, changes, Kind.BACKUP_PRUNING_FAILED);
            case RESTORED ->
                clear(
                        event,
                        changes,
                        event.work() == BackupEvent.Work.RESTORE_DRILL
                                ? Kind.RESTORE_DRILL_FAILED
                                : Kind.RESTORE_FAILED);
            case RETIRED -> clear(event, changes, KINDS.toArray(Kind[]::new));
        }
        Instant expectedBy = event.expectedBy();
        if (expectedBy != null && event.state() != BackupEvent.State.RETIRED) {
            clear(event, changes, Kind.BACKUP_MISSING);
            changes.add(raised(
                    event,
                    Kind.BACKUP_MISSING,
                    expectedBy,
                    "no good backup of " + event.series() + " since it was expected",
                    "A good one was expected by " + expectedBy + "."));
        }
        return changes;
    }

    private static Change failed(BackupEvent event, Instant since, Instant saidAt) {
        String series = event.series();
        return switch (event.work()) {
            case BACKUP ->
                raised(event, Kind.BACKUP_FAILED, since, "the backup of " + series + " failed" + because(event), "");
            case VERIFICATION ->
                raised(
                        event,
                        Kind.BACKUP_VERIFICATION_FAILED,
                        since,
                        "backup " + event.backup() + " of " + series + " is not what was stored" + because(event),
                        "");
            case PRUNING ->
                raised(
                        event,
                        Kind.BACKUP_PRUNING_FAILED,
                        since,
                        "old backups of " + series + " could not be removed" + because(event),
                        "");
            case RESTORE ->
                new Change.Occurred(
                        subject(event, Kind.RESTORE_FAILED),
                        since,
                        saidAt,
                        content(
                                event,
                                Kind.RESTORE_FAILED,
                                "the restore of " + series + " failed" + because(event),
                                ""));
            case RESTORE_DRILL ->
                raised(
                        event,
                        Kind.RESTORE_DRILL_FAILED,
                        since,
                        "backup " + event.backup() + " of " + series + " cannot be restored" + because(event),
                        "");
        };
    }

    private static String because(BackupEvent event) {
        String why = event.error().isBlank() ? event.cause() : event.error();
        return why.isBlank() ? "" : ": " + why;
    }

    private static Change raised(BackupEvent event, Kind kind, Instant since, String summary, String more) {
        return new Change.Raised(subject(event, kind), since, "", content(event, kind, summary, more));
    }

    private static void clear(BackupEvent event, List<Change> changes, Kind... kinds) {
        Stream.of(kinds).forEach(kind -> changes.add(new Change.Cleared(subject(event, kind))));
    }

    private static Subject subject(BackupEvent event, Kind kind) {
        return new Subject(kind, "", Subject.SERIES + event.series(), false);
    }

    private static Content content(BackupEvent event, Kind kind, String summary, String more) {
        String first = event.host() + ": " + summary;
        return new Content(
                kind.severity(),
                Map.of("series", event.series(), "host", event.host()),
                line(first),
                more.isEmpty() ? first : first + "\n" + more,
                "");
    }
}
