package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEventCodec;
import caretaker.contracts.MaintenanceLock;
import caretaker.contracts.MaintenanceLockCodec;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryEvent.Reason;
import caretaker.contracts.RecoveryState.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/** The whole service on a real engine and a real broker. */
@TestInstance(Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = "kill switch", mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@Timeout(180)
class RecoveryServiceIT {
    private static final Duration LIMIT = RecoveryHost.LIMIT;

    private RecoveryHost host;
    private RecoveryService service;
    private Path data;

    @BeforeAll
    void start(@TempDir Path directory) {
        host = new RecoveryHost(directory);
        data = directory.resolve("data");
        service = host.start("data");
    }

    @AfterAll
    void close() {
        if (service != null) {
            service.close();
        }
        if (host != null) {
            host.close();
        }
    }

    /** written down first, done once, proven, with evidence from before. */
    @Test
    void whatCrashedRunsAgainAndItsRepairIsProven() throws Exception {
        // Given
        String id = host.container(
                "web",
                "echo password=hunter2; echo it is over; " + RecoveryHost.FAILS_ONCE_WHEN_ASKED,
                RecoveryHost.WELL_WHEN_ASKED);

        // When
        HealthEvent event = host.failure(id);
        host.says(event);
        host.awaitTaken("web", event);
        host.becomesWell("web", id);

        // Then
        RecoveryEvent succeeded = host.awaitTold("web", Kind.SUCCEEDED);
        assertThat(host.kinds("web")).containsExactly(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
        assertThat(Objects.requireNonNull(succeeded.operation()).action()).isEqualTo(Action.START);
        assertThat(Objects.requireNonNull(succeeded.before()).state()).isEqualTo("exited");
        assertThat(Objects.requireNonNull(succeeded.after()).state()).isEqualTo("running");
        assertThat(Objects.requireNonNull(succeeded.incident()).eventIds()).contains(event.id());
        assertThat(host.runs("web")).isTrue();
        assertThat(host.starts(id)).isEqualTo(2);
        host.awaitPhase("web", Phase.OK);
        assertThat(host.states("web")).extracting(state -> state.phase()).contains(Phase.ACTING, Phase.VERIFYING);

        Evidence evidence = Objects.requireNonNull(succeeded.evidence());
        byte[] bundle = Files.readAllBytes(Path.of(evidence.path()));
        assertThat(Path.of(evidence.path())).startsWith(data);
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bundle)))
                .isEqualTo(evidence.sha256());
        assertThat(new String(bundle, UTF_8)).contains("it is over").doesNotContain("hunter2");

        String report = report(Objects.requireNonNull(succeeded.incident()).id());
        assertThat(report)
                .contains("## Summary", "## Steps to Reproduce", "## Diagnosis", "## Resolution", "## Follow-Up")
                .contains("it is over", "repaired and proven")
                .doesNotContain("hunter2");
        assertThat(Http.get(service.port(), "/metrics").body())
                .contains(
                        "caretaker_recovery_actions_total{action=\"start\",outcome=\"succeeded\",service=\"web\"} 1.0");
    }

    private String report(String incident) {
        var answer = new String[1];
        await().atMost(LIMIT).until(() -> {
            var response = Http.get(service.port(), "/api/v1/incidents/" + incident + "/report");
            answer[0] = response.body();
            return response.statusCode() == 200 && response.body().contains("repaired and proven");
        });
        return answer[0];
    }

    /** the same event a hundred times over is one repair. */
    @Test
    void aHundredReplaysAreOneRepair() {
        // Given
        String id = host.container("replayed", RecoveryHost.FAILS_ONCE_WHEN_ASKED, RecoveryHost.WELL_WHEN_ASKED);
        HealthEvent event = host.failure(id);
        byte[] value = new HealthEventCodec().encode(event);
        List<ProducerRecord<byte[], byte[]>> hundred = Stream.generate(
                        () -> new ProducerRecord<>(host.topic("health"), host.name.getBytes(UTF_8), value))
                .limit(100)
                .toList();

        // When
        host.broker.send(hundred);
        host.awaitTaken("replayed", event);
        host.becomesWell("replayed", id);
        host.awaitTold("replayed", Kind.SUCCEEDED);
        host.broker.send(hundred);
        String other = host.container("after-replay", RecoveryHost.FAILS_ONCE);
        host.awaitExit(other);
        HealthEvent last = host.says(other, Condition.CONTAINER_EXITED);
        host.awaitTaken("after-replay", last); // what was sent before it was read before it

        // Then
        assertThat(host.kinds("replayed")).containsExactly(Kind.REQUESTED, Kind.STARTED, Kind.SUCCEEDED);
        assertThat(host.starts(id)).isEqualTo(2);
    }

    /** one rung higher each time, then left alone until a person says otherwise. */
    @Test
    void whatNeverComesWellEndsInQuarantineUntilItIsReleased() {
        // Given
        String id = host.container("never", "exit 3");
        host.awaitExit(id);

        // When
        host.says(id, Condition.CONTAINER_EXITED);

        // Then
        RecoveryEvent quarantined = host.awaitTold("never", Kind.QUARANTINED);
        assertThat(quarantined.reason()).isEqualTo(Reason.BUDGET);
        assertThat(host.told("never").stream()
                        .filter(each -> each.kind() == Kind.STARTED)
                        .map(each -> Objects.requireNonNull(each.operation()).action()))
                .containsExactly(Action.START, Action.RECREATE);
        String now = host.inspect(host.project + "-never-1", "{{.Id}}");
        assertThat(now).as("it was created anew").isNotEqualTo(id);
        assertThat(host.inspect(now, "{{index .Config.Labels \"com.docker.compose.service\"}}"))
                .isEqualTo("never");

        // When
        host.says(now, Condition.CONTAINER_EXITED);
        var answer = Http.post(
                service.port(), "/api/v1/release", "{\"container\":\"" + host.key("never") + "\",\"by\":\"anna\"}");

        // Then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        RecoveryEvent released = host.awaitTold("never", Kind.RELEASED);
        assertThat(released.actor()).isEqualTo("user:anna");
    }

    /** what a person stops stays stopped, whatever is told of it. */
    @Test
    void whatAPersonStoppedStaysStopped() {
        // Given
        String id = host.container("stopped", "trap 'exit 0' TERM; while :; do sleep 0.1; done");

        // When
        host.docker.docker("stop", id);
        host.says(id, Condition.CONTAINER_EXITED);

        // Then
        RecoveryEvent skipped = host.awaitTold("stopped", Kind.SKIPPED);
        assertThat(skipped.reason()).isEqualTo(Reason.MANUAL_STOP);
        assertThat(host.starts(id)).isEqualTo(1);
    }

    /** without a yes nothing is done, and nothing is told. */
    @Test
    void whatDidNotOptInIsNotTouched() {
        // Given
        String silent = host.container("silent", RecoveryHost.FAILS_ONCE, "--label", "caretaker.recovery=no");
        String unclear = host.container("unclear", RecoveryHost.FAILS_ONCE, "--label", "caretaker.recovery=ja");
        host.awaitExit(silent);
        host.awaitExit(unclear);

        // When
        host.says(silent, Condition.CONTAINER_EXITED);
        host.says(unclear, Condition.CONTAINER_EXITED);

        // Then
        assertThat(host.awaitTold("unclear", Kind.SKIPPED).reason()).isEqualTo(Reason.BAD_LABEL);
        assertThat(host.starts(silent)).isEqualTo(1);
        assertThat(host.starts(unclear)).isEqualTo(1);
        assertThat(host.kinds("silent")).doesNotContain(Kind.STARTED);
    }

    /** another container has taken its place since. */
    @Test
    void whatWasMadeAnewMeanwhileIsLeftAlone() {
        // Given
        String id = host.container("replaced", "exit 3", "--label", "caretaker.recovery=false");
        host.awaitExit(id);
        HealthEvent event = host.event(id, Condition.CONTAINER_EXITED);
        host.docker.docker("rm", "-f", id);
        String next = host.container("replaced", "sleep 100000");
        await().atMost(LIMIT)
                .until(() ->
                        Http.get(service.port(), "/api/v1/containers").body().contains(next));

        // When
        host.says(event);

        // Then
        assertThat(host.awaitTold("replaced", Kind.SKIPPED).reason()).isEqualTo(Reason.STALE);
        assertThat(host.starts(next)).isEqualTo(1);
    }

    /** a lock on the bus holds a repair back, and its end lets it go on. */
    @Test
    void aMaintenanceLockHoldsARepairBack() {
        // Given
        Instant begun = Instant.now();
        var lock = new MaintenanceLock(
                host.name, host.key("locked"), "user:anna", "tests", begun, begun.plus(Duration.ofHours(1)));
        byte[] key = lock.key().getBytes(UTF_8);
        host.broker.send(host.topic("maintenance"), key, new MaintenanceLockCodec().encode(lock));
        await().atMost(LIMIT)
                .until(() -> Http.get(service.port(), "/api/v1/host").body().contains(host.key("locked")));
        String id = host.container("locked", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);

        // When
        host.says(id, Condition.CONTAINER_EXITED);

        // Then
        assertThat(host.awaitTold("locked", Kind.SKIPPED).reason()).isEqualTo(Reason.MAINTENANCE);
        assertThat(host.starts(id)).isEqualTo(1);

        // When
        host.broker.send(host.topic("maintenance"), key, null);

        // Then
        host.awaitTold("locked", Kind.SUCCEEDED);
    }

    /** while the file is there nothing is begun. */
    @Test
    @ResourceLock("kill switch")
    void theKillSwitchStopsEverythingNew() throws Exception {
        // Given
        Path file = Files.createFile(data.resolve("stop"));
        try {
            await().atMost(LIMIT)
                    .until(() -> host.told(null).stream()
                            .anyMatch(event -> event.kind() == Kind.PAUSED && event.reason() == Reason.PAUSED));
            String id = host.container("switched", RecoveryHost.FAILS_ONCE);
            host.awaitExit(id);

            // When
            host.says(id, Condition.CONTAINER_EXITED);

            // Then
            assertThat(host.awaitTold("switched", Kind.SKIPPED).reason()).isEqualTo(Reason.PAUSED);
            assertThat(host.starts(id)).isEqualTo(1);
        } finally {
            Files.delete(file);
        }
        host.awaitTold("switched", Kind.SUCCEEDED);
    }

    /** what lives in the network of another one is restarted with it. */
    @Test
    void whoSharesANamespaceFollows() {
        // Given
        String provider = host.container("provider", RecoveryHost.FAILS_ONCE_WHEN_ASKED);
        String follower = host.container("follower", "sleep 100000", "--network", "container:" + provider);
        await().atMost(LIMIT)
                .until(() ->
                        Http.get(service.port(), "/api/v1/containers").body().contains(host.key("follower")));

        // When
        host.says(host.failure(provider));

        // Then
        host.awaitTold("provider", Kind.SUCCEEDED);
        RecoveryEvent followed = host.awaitTold("follower", Kind.SUCCEEDED);
        assertThat(Objects.requireNonNull(followed.incident()).id())
                .as("one incident (R-33)")
                .isEqualTo(Objects.requireNonNull(
                                host.awaitTold("provider", Kind.SUCCEEDED).incident())
                        .id());
        assertThat(host.starts(follower)).isEqualTo(2);
    }

    /** nobody told, and it is found all the same. */
    @Test
    void whatNobodyToldOfIsFoundInTheList() {
        String id = host.container("untold", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);

        host.awaitTold("untold", Kind.SUCCEEDED);

        assertThat(host.runs("untold")).isTrue();
    }

    /** what cannot be acted on, or read, goes to the dead letters, and the next event is served. */
    @Test
    void whatCannotBeReadGoesToTheDeadLetters() {
        // Given
        byte[] key = host.name.getBytes(UTF_8);
        var nameless = host.event("ab".repeat(32), Condition.CONTAINER_EXITED, "1", Map.of("name", "nobody"));
        String id = host.container("well-read", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);

        // When
        host.broker.send(host.topic("health"), key, "no event {".getBytes(UTF_8));
        host.says(nameless);
        host.broker.send(host.topic("health"), "another-host".getBytes(UTF_8), "no event {".getBytes(UTF_8));
        host.says(id, Condition.CONTAINER_EXITED);

        // Then
        host.awaitTold("well-read", Kind.SUCCEEDED);
        await().atMost(LIMIT)
                .until(() -> host.broker.readAll(host.topic("dead-letters")).size() >= 2);
        assertThat(host.broker.readAll(host.topic("dead-letters"))).hasSize(2);
    }

    /** told, and nothing done. */
    @Test
    void aDryRunOnlySaysWhatWouldBeDone() {
        String id = host.container("rehearsed", RecoveryHost.FAILS_ONCE, "--label", "caretaker.recovery.dry-run=yes");
        host.awaitExit(id);

        host.says(id, Condition.CONTAINER_EXITED);

        RecoveryEvent skipped = host.awaitTold("rehearsed", Kind.SKIPPED);
        assertThat(skipped.reason()).isEqualTo(Reason.DRY_RUN);
        assertThat(skipped.dryRun()).isTrue();
        assertThat(Objects.requireNonNull(skipped.operation()).action()).isEqualTo(Action.START);
        assertThat(host.starts(id)).isEqualTo(1);
    }

    /** A person's word is enough for a repair, and is in the audit. */
    @Test
    void aPersonAsksForARepair() {
        String id = host.container("asked", "sleep 100000");
        await().atMost(LIMIT)
                .until(() ->
                        Http.get(service.port(), "/api/v1/containers").body().contains(host.key("asked")));
        host.docker.docker("kill", id);

        var answer = Http.post(
                service.port(), "/api/v1/repair", "{\"container\":\"" + host.key("asked") + "\",\"by\":\"anna\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        RecoveryEvent succeeded = host.awaitTold("asked", Kind.SUCCEEDED);
        assertThat(succeeded.actor()).isEqualTo("user:anna");
        assertThat(host.starts(id)).isEqualTo(2);
    }

    /** what it needs is repaired first, whoever is told of first. */
    @Test
    void whatAContainerNeedsIsRepairedBeforeIt() {
        // Given
        String database = host.container("database", RecoveryHost.FAILS_ONCE);
        String shop = host.container(
                "shop",
                RecoveryHost.FAILS_ONCE,
                "--label",
                "com.docker.compose.depends_on=database:service_started:false");
        host.awaitExit(database);
        host.awaitExit(shop);
        await().atMost(LIMIT)
                .until(() ->
                        Http.get(service.port(), "/api/v1/containers").body().contains(host.key("database")));

        // When
        host.says(shop, Condition.CONTAINER_EXITED);
        host.says(database, Condition.CONTAINER_EXITED);

        // Then
        RecoveryEvent shops = host.awaitTold("shop", Kind.SUCCEEDED);
        RecoveryEvent databases = host.awaitTold("database", Kind.SUCCEEDED);
        Instant begun = host.awaitTold("shop", Kind.STARTED).time();
        assertThat(begun).isAfterOrEqualTo(databases.time());
        assertThat(shops.time()).isAfter(databases.time());
    }

    /** compose puts another one in its place while its repair is being proven: that one is nobody's to judge. */
    @Test
    void whatIsMadeAnewDuringItsRepairEndsIt() {
        // Given
        String id = host.container("slow", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);
        host.says(id, Condition.CONTAINER_EXITED);
        await().atMost(LIMIT)
                .until(() -> host.states("slow").stream().anyMatch(state -> state.phase() == Phase.VERIFYING));

        // When
        host.docker.docker("rm", "-f", id);
        String next = host.container("slow", "sleep 100000");

        // Then
        RecoveryEvent skipped = host.awaitTold("slow", Kind.SKIPPED);
        assertThat(skipped.reason()).isEqualTo(Reason.STALE);
        assertThat(host.starts(next)).isEqualTo(1);
    }
}
