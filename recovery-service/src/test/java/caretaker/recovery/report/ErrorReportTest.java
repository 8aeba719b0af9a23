package caretaker.recovery.report;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.ContainerIdentity;
import caretaker.contracts.HealthEvent.Severity;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryEvent.Snapshot;
import caretaker.recovery.playbook.LogPatterns;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The report has the parts that a person expects, and no secret. */
class ErrorReportTest {
    private static final Instant AT = Instant.parse("2026-11-23T18:00:00Z");
    private static final ContainerIdentity GRAFANA =
            new ContainerIdentity("4f", "lab-grafana-1", "grafana/grafana:13.0", "lab", "grafana", 1);
    private static final Snapshot BEFORE = new Snapshot("4f", "exited", "", 137, true, AT.minusSeconds(3600), 2);
    private static final Snapshot AFTER = new Snapshot("4f", "running", "healthy", 0, false, AT, 2);

    private static RecoveryEvent event(Kind kind, Reason reason, int second, String message) {
        boolean isOperation = kind == Kind.STARTED || kind == Kind.SUCCEEDED || kind == Kind.FAILED;
        return new RecoveryEvent(
                "i-1/" + kind + second,
                "node-1",
                AT.plusSeconds(second),
                kind,
                reason,
                RecoveryEvent.SERVICE,
                message,
                GRAFANA,
                new RecoveryEvent.Incident(
                        "i-1", "container.oom-killed", "137", Severity.WARNING, List.of("a-1/7"), false),
                isOperation ? new RecoveryEvent.Operation("i-1/1", Action.START, 1) : null,
                BEFORE,
                kind == Kind.SUCCEEDED ? AFTER : null,
                kind == Kind.SUCCEEDED ? Duration.ofMillis(31_620) : null,
                kind == Kind.STARTED ? new Evidence("/data/evidence/i-1.json", "ab".repeat(32), 4711) : null,
                false);
    }

    private static final List<RecoveryEvent> EVENTS = List.of(
            event(Kind.SUCCEEDED, Reason.NONE, 32, "start helped"),
            event(Kind.REQUESTED, Reason.NONE, 0, "lab-grafana-1 was killed for want of memory"),
            event(Kind.STARTED, Reason.NONE, 1, "start begins"),
            event(Kind.STARTED, Reason.NONE, 1, "start begins"));

    @Test
    void itHasTheSixPartsInTheirOrder() {
        var findings = new Findings(
                List.of("level=error msg=\"database is locked\"", "```", "bye"),
                Map.of("container_memory_usage_bytes", "1073741824"),
                List.of("GF_SECURITY_ADMIN_PASSWORD=hunter2", "TZ=UTC"),
                Map.of("image", "grafana/grafana:13.0"),
                new LogPatterns().of("grafana", List.of("database is locked")),
                List.of("delete its volume"));
        assertThat(ErrorReport.of(EVENTS, findings)).isEqualTo("""
                # Error Report

                ## Summary
                - **Issue**: lab-grafana-1 on node-1: lab-grafana-1 was killed for want of memory
                - **Impact**: lab-grafana-1 for 31.620 s; over
                - **Incident**: i-1, container.oom-killed, code 137, warning
                - **Time**: 2026-11-23T18:00:00Z to 2026-11-23T18:00:32Z

                ## Steps to Reproduce
                1. Run lab-grafana-1 from grafana/grafana:13.0 on node-1.
                2. Its run of 2026-11-23T17:00:00Z lasts until it fails.
                3. 2026-11-23T18:00:00Z: lab-grafana-1 was killed for want of memory
                4. See: exited, exit code 137, killed for want of memory, restarted 2 times by the engine.

                ## Diagnosis
                - **Logs**:

                  ````text
                  level=error msg="database is locked"
                  ```
                  bye
                  ````

                - **Meaning**: SQLite is contended; local disk, WAL, no copies of the live file
                - **Metrics**: `container_memory_usage_bytes=1073741824`
                - **Configuration**: `env GF_SECURITY_ADMIN_PASSWORD=[redacted]`, `env TZ=[redacted]`, `image=grafana/grafana:13.0`
                - **Evidence**: /data/evidence/i-1.json, 4711 bytes, SHA-256 %s

                ## Resolution
                - **Steps Taken**:
                  - 2026-11-23T18:00:00Z lab-grafana-1: requested by recovery-service: lab-grafana-1 was killed for want of memory
                  - 2026-11-23T18:00:01Z lab-grafana-1: started start, attempt 1 by recovery-service: start begins
                  - 2026-11-23T18:00:32Z lab-grafana-1: succeeded start, attempt 1 by recovery-service: start helped
                - **Outcome**: repaired and proven after 31.620 s; the container is running, healthy, restarted 2 times by the engine

                ## Follow-Up
                - local disk, WAL, no copies of the live file
                - Raise the memory limit, or find what takes the memory
                - Only a person may delete its volume
                """.formatted("ab".repeat(32)));
    }

    @Test
    void aQuarantineSaysHowItEnds() {
        String report = ErrorReport.of(
                List.of(event(Kind.QUARANTINED, Reason.BUDGET, 9, "5 attempts within 30 min")), Findings.NONE);
        assertThat(report)
                .contains("- **Outcome**: given up: 5 attempts within 30 min")
                .contains("caretaker recovery release lab-grafana-1")
                .contains("- **Logs**: nothing was saved");
    }

    /** whatever holds it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GF_SECURITY_ADMIN_PASSWORD=canary-7",
                "password: canary-7",
                "\"apiKey\":\"canary-7\"",
                "api_key = 'canary-7 with spaces'",
                "Authorization: Bearer canary-7",
                "authorization: basic Y2FuYXJ5LTc=canary-7",
                "postgres://admin:canary-7@db:5432/x",
                "https://hooks:canary-7@example.org/a",
                "AWS_SECRET_ACCESS_KEY=canary-7",
                "token=canary-7&x=1",
                "-----BEGIN RSA PRIVATE KEY----- canary-7 -----END RSA PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY----- canary-7",
            })
    void noSecretIsInAnyPart(String secret) {
        assertThat(Redaction.text("before " + secret)).startsWith("before").doesNotContain("canary-7");
        var findings = new Findings(
                List.of(secret),
                Map.of("m", secret),
                List.of("X=" + secret),
                Map.of("c", secret),
                List.of(),
                List.of());
        String report = ErrorReport.of(
                List.of(event(Kind.REQUESTED, Reason.NONE, 0, secret), event(Kind.FAILED, Reason.TIMEOUT, 1, secret)),
                findings);
        assertThat(report).doesNotContain("canary-7");
    }

    @Test
    void aLongOrOddTextChangesNothingOfTheForm() {
        var findings = new Findings(
                Collections.nCopies(5000, "x".repeat(5000)), Map.of(), List.of(), Map.of(), List.of(), List.of());
        String report = ErrorReport.of(
                List.of(event(Kind.FAILED, Reason.TIMEOUT, 1, "a\n## Summary\n<script>[x](http://y)")), findings);
        assertThat(report.lines().filter(line -> line.equals("## Summary"))).hasSize(1);
        assertThat(report).doesNotContain("<script>").doesNotContain("](http").hasSizeLessThan(300_000);
    }
}
