package caretaker.alerts.builtin;

import static caretaker.alerts.builtin.Events.GPU_3;
import static caretaker.alerts.builtin.Events.T0;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.Alert;
import caretaker.alerts.routing.LabelSet;
import caretaker.contracts.BackupEvent;
import caretaker.contracts.BackupEvent.Work;
import caretaker.contracts.Condition;
import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Entity;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.RecoveryEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What events come to. */
class FoldTest {
    private static final Entity GRAFANA = new Entity(Entity.Kind.CONTAINER, "c0ffee", "grafana");

    private final Fold fold = new Fold(BuiltInSettings.DEFAULTS);

    private void take(Fold into, HealthEvent event) {
        HealthNews.of(event, event.time()).forEach(change -> into.take(change, event.time()));
    }

    private void take(BackupEvent event) {
        BackupNews.of(event, event.time()).forEach(change -> fold.take(change, event.time()));
    }

    private List<String> names(Instant now) {
        return fold.firing(now).stream()
                .map(alert -> alert.labels().get("alertname"))
                .sorted()
                .toList();
    }

    private static BuiltInSettings with(String name, BuiltInSettings.Telling different) {
        var usual = BuiltInSettings.DEFAULTS;
        return new BuiltInSettings(
                true,
                usual.leastSeverity(),
                usual.silentAfter(),
                usual.forgetHostsAfter(),
                "https://wiki/docs/",
                usual.maxAlerts(),
                Map.of(name, different));
    }

    private static Alert told(Wanted wanted, Instant at) {
        return new Alert(wanted.labels(), wanted.annotations(), wanted.startsAt(), at.plus(Told.KEPT), at, "", false);
    }

    @Test
    void whatIsRaisedFiresUntilItIsClearedWithAllThatRoutingNeeds() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        Wanted lost = fold.firing(T0).getFirst();
        assertThat(lost.labels())
                .isEqualTo(LabelSet.of(
                        "alertname",
                        "GpuLost",
                        "severity",
                        "critical",
                        "host",
                        "n1",
                        "gpu",
                        "3",
                        "uuid",
                        "GPU-3",
                        "code",
                        "79",
                        "source",
                        "caretaker"));
        assertThat(lost.annotations().asMap())
                .containsEntry("summary", "n1: GPU 3 has a problem")
                .containsEntry("description", "GPU 3 has a problem\ngpu.lost 79, gpu GPU 3 (GPU-3) of n1")
                .containsEntry("action", "Reboot the host.")
                .containsEntry("runbook_url", "docs/health.md#gpus-by-the-drivers-answers")
                .containsEntry("entity", "gpu/GPU-3");
        assertThat(lost.startsAt()).isEqualTo(T0);

        take(fold, Events.lost("n1", State.RAISED, T0.plusSeconds(60), 8)); // said again
        assertThat(fold.firing(T0.plusSeconds(61)).getFirst().startsAt()).isEqualTo(T0);
        take(fold, Events.lost("n2", State.CLEARED, T0.plusSeconds(62), 1)); // of another host
        assertThat(names(T0.plus(Duration.ofDays(400)))).containsExactly("GpuLost");
        take(fold, Events.lost("n1", State.CLEARED, T0.plusSeconds(63), 9));
        assertThat(fold.firing(T0.plusSeconds(63))).isEmpty();
        assertThat(fold.size()).isZero();
    }

    @Test
    void whatOccurredFiresForAWhileAfterItWasSaidLast() {
        var xid = Events.of("n1", Condition.GPU_XID, State.OCCURRED, GPU_3, "94", T0, 2);
        take(fold, xid);
        take(fold, Events.of("n1", Condition.GPU_XID, State.OCCURRED, GPU_3, "13", T0, 3));
        assertThat(names(T0.plusSeconds(899))).containsExactly("GpuXid", "GpuXid");
        take(fold, Events.of("n1", Condition.GPU_XID, State.OCCURRED, GPU_3, "94", T0.plusSeconds(600), 4));
        assertThat(fold.firing(T0.plusSeconds(900)))
                .extracting(alert -> alert.labels().get("code"), Wanted::startsAt)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("94", T0));
        assertThat(fold.firing(T0.plusSeconds(1500))).isEmpty();

        HealthNews.of(xid, T0).forEach(change -> fold.take(change, T0.plusSeconds(5000))); // read again after a restart
        assertThat(fold.size()).isZero();
    }

    @Test
    void whatIsMendedWithinAMinuteIsToldToNobody() {
        take(fold, Events.of("n1", Condition.CONTAINER_EXITED, State.RAISED, GRAFANA, "137", T0, 2));
        assertThat(fold.firing(T0.plusSeconds(59))).isEmpty();
        Wanted exited = fold.firing(T0.plusSeconds(60)).getFirst();
        assertThat(exited.labels().get("container")).isEqualTo("grafana");
        assertThat(exited.startsAt()).isEqualTo(T0);
        take(fold, Events.of("n1", Condition.CONTAINER_EXITED, State.CLEARED, GRAFANA, "", T0.plusSeconds(61), 3));
        take(fold, Events.of("n1", Condition.CONTAINER_EXITED, State.RAISED, GRAFANA, "1", T0.plusSeconds(70), 4));
        assertThat(fold.firing(T0.plusSeconds(80))).isEmpty();
    }

    @Test
    void aConditionIsToldAsTheSettingsSay() {
        var muted = new Fold(with("gpu.lost", new BuiltInSettings.Telling(true, null, null, null)));
        take(muted, Events.lost("n1", State.RAISED, T0, 7));
        assertThat(muted.firing(T0)).isEmpty();

        var milder = new Fold(
                with("gpu.lost", new BuiltInSettings.Telling(false, Severity.WARNING, Duration.ofMinutes(5), null)));
        take(milder, Events.lost("n1", State.RAISED, T0, 7));
        assertThat(milder.firing(T0.plusSeconds(299))).isEmpty();
        Wanted lost = milder.firing(T0.plusSeconds(300)).getFirst();
        assertThat(lost.labels().get("severity")).isEqualTo("warning");
        assertThat(lost.annotations().get("runbook_url")).startsWith("https://wiki/docs/health.md#");

        var longer = new Fold(with("gpu.xid", new BuiltInSettings.Telling(false, null, null, Duration.ofHours(2))));
        take(longer, Events.of("n1", Condition.GPU_XID, State.OCCURRED, GPU_3, "94", T0, 2));
        assertThat(longer.firing(T0.plusSeconds(7199))).hasSize(1);
        assertThat(longer.firing(T0.plusSeconds(7200))).isEmpty();
    }

    @Test
    void whatIsOnlyInformationIsNoAlertUnlessSomebodyWantsIt() {
        var event = Events.of("n1", Condition.GPU_PERSISTENCE_OFF, State.RAISED, GPU_3, "", T0, 2);
        take(fold, event);
        assertThat(fold.firing(T0)).isEmpty();
        var wanted =
                new Fold(with("gpu.persistence-off", new BuiltInSettings.Telling(false, Severity.WARNING, null, null)));
        take(wanted, event);
        assertThat(wanted.firing(T0)).hasSize(1);
    }

    @Test
    void aDrillIsMarkedAndTouchesNothingReal() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        take(fold, drill(State.RAISED, 1));
        assertThat(fold.firing(T0)).hasSize(2);
        Wanted drill = fold.firing(T0).stream()
                .filter(alert -> alert.subject().drill())
                .findFirst()
                .orElseThrow();
        assertThat(drill.labels().get("drill")).isEqualTo("true");
        assertThat(drill.annotations().get("summary")).startsWith("Drill: n1: ");
        take(fold, drill(State.CLEARED, 2));
        assertThat(fold.firing(T0)).hasSize(1);
        assertThat(fold.firing(T0).getFirst().subject().drill()).isFalse();
    }

    private static HealthEvent drill(State state, long sequence) {
        return Events.of("n1", "drill-1", Condition.GPU_LOST, state, GPU_3, "79", T0, sequence, Map.of(), true);
    }

    @Test
    void whatAnAgentThatRemembersNothingDoesNotFindAgainIsOver() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        take(fold, Events.of("n1", Condition.GPU_HUNG, State.RAISED, GPU_3, "", T0, 8));
        Instant later = T0.plusSeconds(1000);
        take(fold, of("a-2", Condition.GPU_LOST, 1, later, Map.of()));
        assertThat(names(later.plusSeconds(299))).containsExactly("GpuHung", "GpuLost");
        assertThat(names(later.plusSeconds(300))).containsExactly("GpuLost");
    }

    @Test
    void anAgentThatRemembersKeepsWhatItRaised() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        take(fold, of("a-2", Condition.GPU_HUNG, 1, T0.plusSeconds(10), Map.of("previousAgentId", "a-1")));
        assertThat(names(T0.plusSeconds(5000))).containsExactly("GpuHung", "GpuLost");
    }

    private static HealthEvent of(
            String agent, Condition condition, long sequence, Instant at, Map<String, String> evidence) {
        return Events.of("n1", agent, condition, State.RAISED, GPU_3, "79", at, sequence, evidence, false);
    }

    @Test
    void anAlertWhoseEventIsGoneFromTheBusGoesOnUntilItIsCleared() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        Alert kept = told(fold.firing(T0).getFirst(), T0);
        Instant later = T0.plus(Duration.ofDays(20));

        var next = new Fold(BuiltInSettings.DEFAULTS);
        next.adopt(List.of(kept), later);
        assertThat(next.firing(later)).hasSize(1);
        assertThat(next.firing(later).getFirst().labels()).isEqualTo(kept.labels());
        take(next, Events.lost("n1", State.CLEARED, later, 9));
        assertThat(next.firing(later)).isEmpty();

        var cleared = new Fold(BuiltInSettings.DEFAULTS);
        take(cleared, Events.lost("n1", State.CLEARED, T0.plusSeconds(5), 9)); // while the router was away
        cleared.adopt(List.of(kept), later);
        assertThat(cleared.firing(later)).isEmpty();

        var muted = new Fold(with("gpu.lost", new BuiltInSettings.Telling(true, null, null, null)));
        muted.adopt(List.of(kept), later);
        assertThat(muted.firing(later)).isEmpty();
    }

    @Test
    void alertsOfOthersAreNotTakenOver() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        Wanted ours = fold.firing(T0).getFirst();
        var foreign = new Alert(
                LabelSet.of("alertname", "GpuLost", "host", "n1"),
                ours.annotations(),
                T0,
                T0.plusSeconds(300),
                T0,
                "",
                true);
        assertThat(Subject.of(foreign)).isEmpty();
        assertThat(Subject.of(told(ours, T0))).contains(ours.subject());
    }

    @Test
    void whatDoesNotFitIsDroppedAndCounted() {
        var usual = BuiltInSettings.DEFAULTS;
        var small = new Fold(new BuiltInSettings(
                true, Severity.INFO, usual.silentAfter(), usual.forgetHostsAfter(), "docs", 2, Map.of()));
        for (int i = 0; i < 5; i++) {
            take(small, Events.lost("n" + i, State.RAISED, T0, 7));
        }
        assertThat(small.size()).isEqualTo(2);
        assertThat(small.dropped()).isEqualTo(3);
    }

    @Test
    void aBackupThatFailedIsTheFaultOfItsSeriesUntilOneSucceeds() {
        take(Events.backup(Work.BACKUP, BackupEvent.State.FAILED, T0, "disk full", List.of(), null));
        Wanted failed = fold.firing(T0).getFirst();
        assertThat(failed.labels())
                .isEqualTo(LabelSet.of(
                        "alertname",
                        "BackupFailed",
                        "severity",
                        "warning",
                        "host",
                        "head-1",
                        "series",
                        "grafana",
                        "source",
                        "caretaker"));
        assertThat(failed.annotations().get("summary")).isEqualTo("head-1: the backup of grafana failed: disk full");
        take(Events.backup(Work.BACKUP, BackupEvent.State.PARTIAL, T0.plusSeconds(1), "", List.of("x vanished"), null));
        assertThat(names(T0.plusSeconds(1))).containsExactly("BackupPartial");
        take(Events.backup(
                Work.BACKUP, BackupEvent.State.SUCCEEDED, T0.plusSeconds(2), "", List.of("half the size"), null));
        assertThat(names(T0.plusSeconds(2))).containsExactly("BackupSuspicious");
        take(Events.backup(Work.VERIFICATION, BackupEvent.State.FAILED, T0.plusSeconds(3), "bit", List.of(), null));
        take(Events.backup(Work.RESTORE_DRILL, BackupEvent.State.FAILED, T0.plusSeconds(3), "x", List.of(), null));
        take(Events.backup(Work.RESTORE, BackupEvent.State.FAILED, T0.plusSeconds(3), "x", List.of(), null));
        take(Events.backup(Work.PRUNING, BackupEvent.State.FAILED, T0.plusSeconds(3), "x", List.of(), null));
        assertThat(names(T0.plusSeconds(3)))
                .containsExactly(
                        "BackupPruningFailed",
                        "BackupSuspicious",
                        "BackupVerificationFailed",
                        "RestoreDrillFailed",
                        "RestoreFailed");
        take(Events.backup(Work.VERIFICATION, BackupEvent.State.VERIFIED, T0.plusSeconds(4), "", List.of(), null));
        take(Events.backup(Work.RESTORE_DRILL, BackupEvent.State.RESTORED, T0.plusSeconds(4), "", List.of(), null));
        take(Events.backup(Work.RESTORE, BackupEvent.State.RESTORED, T0.plusSeconds(4), "", List.of(), null));
        take(Events.backup(Work.PRUNING, BackupEvent.State.PRUNED, T0.plusSeconds(4), "", List.of(), null));
        take(Events.backup(Work.BACKUP, BackupEvent.State.SUCCEEDED, T0.plusSeconds(5), "", List.of(), null));
        assertThat(names(T0.plusSeconds(5))).isEmpty();
    }

    @Test
    void aBackupIsMissingOnceItWasExpectedAndDidNotCome() {
        Instant due = T0.plus(Duration.ofHours(25));
        take(Events.backup(Work.BACKUP, BackupEvent.State.SUCCEEDED, T0, "", List.of(), due));
        assertThat(names(due.minusSeconds(1))).isEmpty();
        assertThat(names(due)).containsExactly("BackupMissing");
        take(Events.backup(Work.BACKUP, BackupEvent.State.STARTED, due.plusSeconds(1), "", List.of(), null));
        assertThat(names(due.plusSeconds(1))).containsExactly("BackupMissing");
        Instant next = due.plus(Duration.ofHours(25));
        take(Events.backup(Work.BACKUP, BackupEvent.State.SUCCEEDED, due.plusSeconds(2), "", List.of(), next));
        assertThat(names(due.plusSeconds(2))).isEmpty();
        take(Events.backup(Work.BACKUP, BackupEvent.State.RETIRED, due.plusSeconds(3), "", List.of(), null));
        assertThat(names(next.plusSeconds(1))).isEmpty();
    }

    @Test
    void aRecoveryThatFailsIsToldUntilItSucceedsAndAQuarantineUntilItIsReleased() {
        recovery(RecoveryEvent.Kind.FAILED, T0, false);
        Wanted failed = fold.firing(T0).getFirst();
        assertThat(failed.labels())
                .isEqualTo(LabelSet.of(
                        "alertname",
                        "RecoveryFailed",
                        "severity",
                        "warning",
                        "host",
                        "n1",
                        "container",
                        "r-grafana-1",
                        "service",
                        "grafana",
                        "source",
                        "caretaker"));
        assertThat(failed.annotations().get("summary"))
                .isEqualTo("n1: r-grafana-1 could not be repaired: still unhealthy");
        recovery(RecoveryEvent.Kind.QUARANTINED, T0.plusSeconds(1), false);
        assertThat(names(T0.plus(Duration.ofDays(99)))).containsExactly("RecoveryQuarantined");
        recovery(RecoveryEvent.Kind.RELEASED, T0.plusSeconds(2), false);
        assertThat(names(T0.plusSeconds(2))).isEmpty();
        recovery(RecoveryEvent.Kind.FAILED, T0.plusSeconds(3), false);
        recovery(RecoveryEvent.Kind.ESCALATED, T0.plusSeconds(3), false);
        assertThat(names(T0.plusSeconds(3))).containsExactly("RecoveryEscalated", "RecoveryFailed");
        recovery(RecoveryEvent.Kind.SUCCEEDED, T0.plusSeconds(4), false);
        recovery(RecoveryEvent.Kind.FAILED, T0.plusSeconds(5), true); // only tried out
        assertThat(names(T0.plusSeconds(5))).isEmpty();
        recovery(RecoveryEvent.Kind.FLAPPING, T0.plusSeconds(6), false);
        recovery(RecoveryEvent.Kind.BREAKER_OPENED, T0.plusSeconds(6), false);
        assertThat(names(T0.plusSeconds(6))).containsExactly("RecoveryBreakerOpen", "RecoveryFlapping");
        recovery(RecoveryEvent.Kind.BREAKER_RESET, T0.plusSeconds(7), false);
        assertThat(names(T0.plus(Duration.ofHours(2)))).isEmpty();
    }

    @Test
    void whatWaitsForAPersonOrForTheHostIsToldAndOtherReasonsAreNot() {
        skipped(RecoveryEvent.Reason.RATE_LIMITED, T0);
        assertThat(names(T0)).isEmpty();
        skipped(RecoveryEvent.Reason.NEEDS_APPROVAL, T0);
        skipped(RecoveryEvent.Reason.SUPPRESSED_HOST, T0);
        assertThat(names(T0)).containsExactly("RecoveryEscalated", "RecoveryFailed");
        skipped(RecoveryEvent.Reason.STALE, T0.plusSeconds(1));
        assertThat(names(T0.plusSeconds(1))).isEmpty();
        skipped(RecoveryEvent.Reason.SUPPRESSED_HOST, T0.plusSeconds(2));
        recovery(RecoveryEvent.Kind.SUCCEEDED, T0.plusSeconds(3), false);
        assertThat(names(T0.plusSeconds(3))).isEmpty();
    }

    @Test
    void aPauseIsAnAlertAndALockOfSomeContainersIsNone() {
        var wanted =
                new Fold(with("recovery.paused", new BuiltInSettings.Telling(false, Severity.WARNING, null, null)));
        recovery(wanted, RecoveryEvent.Kind.PAUSED, RecoveryEvent.Reason.MAINTENANCE, T0, false);
        recovery(wanted, RecoveryEvent.Kind.PAUSED, RecoveryEvent.Reason.PAUSED, T0, false);
        assertThat(wanted.size()).isZero();
        recovery(wanted, RecoveryEvent.Kind.PAUSED, RecoveryEvent.Reason.OPERATOR, T0, false);
        recovery(wanted, RecoveryEvent.Kind.RESUMED, RecoveryEvent.Reason.MAINTENANCE, T0, false);
        assertThat(wanted.size()).isEqualTo(1);
        recovery(wanted, RecoveryEvent.Kind.RESUMED, RecoveryEvent.Reason.OPERATOR, T0, false);
        assertThat(wanted.size()).isZero();
    }

    private void skipped(RecoveryEvent.Reason reason, Instant at) {
        recovery(fold, RecoveryEvent.Kind.SKIPPED, reason, at, false);
    }

    private void recovery(RecoveryEvent.Kind kind, Instant at, boolean dryRun) {
        recovery(fold, kind, RecoveryEvent.Reason.NONE, at, dryRun);
    }

    private static void recovery(
            Fold fold, RecoveryEvent.Kind kind, RecoveryEvent.Reason reason, Instant at, boolean dryRun) {
        var event = new RecoveryEvent(
                "i-1/" + kind + at,
                "n1",
                at,
                kind,
                reason,
                RecoveryEvent.SERVICE,
                "still unhealthy",
                ContainerIdentity.of("", "r-grafana-1", "", "r", "grafana", 1),
                new RecoveryEvent.Incident("i-1", "container.unhealthy", "", Severity.WARNING, List.of(), false),
                null,
                null,
                null,
                null,
                null,
                dryRun);
        RecoveryNews.of(event, at).forEach(change -> fold.take(change, at));
    }

    @Test
    void aReceiverThatCannotBeToldIsAnAlertOfItsOwn() {
        var undelivered = new Undelivered();
        undelivered.changes(Map.of("oncall", 2, "mail", 0), T0).forEach(change -> fold.take(change, T0));
        assertThat(fold.firing(T0).getFirst().labels().get("receiver")).isEqualTo("oncall");
        assertThat(undelivered.changes(Map.of("oncall", 3), T0)).isEmpty();
        undelivered.changes(Map.of(), T0).forEach(change -> fold.take(change, T0));
        assertThat(fold.firing(T0)).isEmpty();
    }

    @Test
    void aHostThatIsGoneHasNoAlerts() {
        take(fold, Events.lost("n1", State.RAISED, T0, 7));
        take(fold, Events.lost("n2", State.RAISED, T0, 7));
        fold.forget("n1");
        assertThat(fold.firing(T0)).extracting(alert -> alert.subject().host()).containsExactly("n2");
    }
}
