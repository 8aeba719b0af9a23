package caretaker.contracts;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryEvent.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The records of the recovery service that the golden files hold. */
final class Recoveries {
    static final Instant AT = Instant.parse("2026-11-23T18:00:00.123456789Z");
    static final Instant SINCE = Instant.parse("2026-11-23T17:59:58.5Z");
    static final ContainerIdentity GRAFANA =
            new ContainerIdentity("4f5e6d", "research-grafana-1", "grafana/grafana:13.0", "research", "grafana", 1);
    private static final Snapshot BEFORE =
            new Snapshot("4f5e6d", "exited", "unhealthy", 137, true, Instant.parse("2026-11-23T09:00:00Z"), 3);
    private static final Snapshot AFTER = new Snapshot("4f5e6d", "running", "healthy", 0, false, AT, 3);
    private static final Evidence EVIDENCE = new Evidence("/var/lib/caretaker/evidence/1.json", "0f".repeat(32), 4711);

    private Recoveries() {}

    static RecoveryEvent succeeded() {
        return new RecoveryEvent(
                "i-1/2/succeeded",
                "node-07",
                AT,
                RecoveryEvent.Kind.SUCCEEDED,
                Reason.NONE,
                RecoveryEvent.SERVICE,
                "research-grafana-1 was restarted and is well",
                GRAFANA,
                new RecoveryEvent.Incident(
                        "i-1",
                        "container.oom-killed",
                        "137",
                        HealthEvent.Severity.WARNING,
                        List.of("a-1/7", "a-1/8"),
                        true),
                new RecoveryEvent.Operation("i-1/2", Action.RESTART, 2),
                BEFORE,
                AFTER,
                Duration.ofMillis(1620),
                EVIDENCE,
                true);
    }

    static RecoveryEvent started(String group) {
        return new RecoveryEvent(
                "i-1/2/started",
                "node-07",
                AT,
                RecoveryEvent.Kind.STARTED,
                Reason.NONE,
                RecoveryEvent.SERVICE,
                "restart begins",
                GRAFANA,
                null,
                new RecoveryEvent.Operation("i-1/2", Action.RESTART, 2, group),
                BEFORE,
                null,
                null,
                null,
                false);
    }

    static RecoveryEvent breakerReset() {
        return new RecoveryEvent(
                "node-07/breaker/4",
                "node-07",
                AT,
                RecoveryEvent.Kind.BREAKER_RESET,
                Reason.OPERATOR,
                "user:anna",
                "",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false);
    }

    static RecoveryState verifying() {
        return new RecoveryState(
                "node-07",
                GRAFANA,
                12,
                new RecoveryState.Writer("r-1", 3),
                AT,
                RecoveryState.Phase.VERIFYING,
                AT.plusSeconds(30),
                new RecoveryState.Incident(
                        "i-1",
                        "container.oom-killed",
                        "137",
                        HealthEvent.Severity.WARNING,
                        SINCE,
                        "4f5e6d",
                        Instant.parse("2026-11-23T09:00:00Z"),
                        List.of("a-1/7"),
                        "grafana",
                        1,
                        "research/db/1",
                        true,
                        true),
                new RecoveryState.Operation(
                        "i-1/2",
                        Action.RECREATE,
                        2,
                        RecoveryEvent.SERVICE,
                        AT,
                        AT.plusSeconds(90),
                        BEFORE,
                        true,
                        EVIDENCE),
                List.of(SINCE, AT),
                List.of(SINCE),
                AT,
                null,
                List.of("a-1/6", "a-1/7"));
    }

    static RecoveryState quarantined() {
        return new RecoveryState(
                "node-07",
                new ContainerIdentity("", "cadvisor", "", "", "", 0),
                1,
                new RecoveryState.Writer("r-1", 3),
                AT,
                RecoveryState.Phase.QUARANTINED,
                null,
                null,
                null,
                List.of(),
                List.of(),
                null,
                new RecoveryState.Quarantine(Reason.BUDGET, SINCE, AT, "user:anna", "5 attempts in 30 min"),
                List.of());
    }

    static RecoveryHostState host() {
        return new RecoveryHostState(
                "node-07",
                2,
                new RecoveryState.Writer("r-1", 3),
                AT,
                new RecoveryHostState.Breaker(SINCE, 4, 6, false),
                new RecoveryHostState.Pause(SINCE, AT, "user:anna", "move of the rack"),
                Map.of());
    }

    static RecoveryHostState ill() {
        return new RecoveryHostState(
                "node-07", 3, new RecoveryState.Writer("r-1", 3), AT, null, null, Map.of("gpu.lost GPU-1", SINCE));
    }

    static MaintenanceLock lock() {
        return new MaintenanceLock(
                "node-07", "research/grafana", "backup-service", "snapshot", SINCE, SINCE.plusSeconds(600));
    }
}
