package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.Decoded;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.recovery.engine.Databases;
import caretaker.testkit.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes: killed at each step of a repair, and two for one host. */
@Timeout(300)
class CrashIT {
    private static final Duration LIMIT = RecoveryHost.LIMIT;

    @TempDir
    private Path directory;

    private RecoveryHost host;

    @BeforeEach
    void host() {
        host = new RecoveryHost(directory);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** SIGKILL as soon as the step is on the bus; the same operation goes on, and is done once. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PENDING", "ACTING", "VERIFYING"})
    void killedAtAStepItGoesOnWithTheSameOperation(Phase step) {
        // Given
        int port = FreePort.find();
        String id = host.container("killed", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);
        try (var service = new ServiceProcess(host.config("data", port, "docker: {resync: 1h}"), port).awaitReady()) {
            // When
            try (var states = new States("killed")) {
                host.says(id, Condition.CONTAINER_EXITED);
                states.await(state -> state.phase() == step);
                service.kill();
            }
            service.restart();

            // Then
            RecoveryEvent succeeded = host.awaitTold("killed", Kind.SUCCEEDED);
            assertThat(host.operations("killed")).containsExactly(succeeded.operation());
            assertThat(host.starts(id))
                    .as("the run that failed, and the repair")
                    .isEqualTo(2);
            host.awaitPhase("killed", Phase.OK);
        }
    }

    /** killed while a service is stopped for a copy, it is not taken for what a person has stopped. */
    @Test
    void killedInACopyItGoesOnAndTheServiceRunsAgain() {
        // Given
        int port = FreePort.find();
        String id = host.container("dashboards", """
                mkdir -p /tmp/www/api; echo '{"database": "failing"}' > /tmp/www/api/health
                httpd -f -p 3000 -h /tmp/www
                """, "-v", "/var/lib/grafana", "--stop-timeout", "2");
        Path folder = Databases.folder(directory.resolve("service"), true);
        host.docker.docker("cp", folder + "/.", id + ":/var/lib/grafana");
        Path config = host.config("data", port, "verify-every: 1s", "docker: {resync: 1h}");
        try (var service = new ServiceProcess(config, port).awaitReady();
                var killed = new FirstEvent(host.project, "die", service::kill)) {
            // When
            killed.await();
            service.restart();

            // Then
            RecoveryEvent failed = host.awaitTold("dashboards", Kind.FAILED);
            assertThat(failed.message()).contains("grafana.db in it is damaged");
            await().atMost(LIMIT)
                    .until(() -> host.told("dashboards").stream()
                            .anyMatch(event -> event.reason() == RecoveryEvent.Reason.NEEDS_APPROVAL));
            assertThat(host.runs("dashboards")).isTrue();
            assertThat(host.told("dashboards").stream()
                            .filter(event -> event.kind() == Kind.STARTED)
                            .map(event ->
                                    Objects.requireNonNull(event.operation()).id())
                            .distinct())
                    .hasSize(1);
        }
    }

    /** killed between two attempts, the next one is the second, a rung higher. */
    @Test
    void killedAfterAnAttemptThatDidNotHelpItGoesOnWithTheNext() {
        // Given
        int port = FreePort.find();
        String runs = "n=$(cat /state/runs 2>/dev/null || echo 0); n=$((n+1)); echo $n > /state/runs; ";
        String id = host.container("twice", runs + "if [ $n -lt 3 ]; then exit 3; fi; sleep 100000", "-v", "/state");
        host.awaitExit(id);
        try (var service = new ServiceProcess(host.config("data", port, "docker: {resync: 1h}"), port).awaitReady()) {
            // When
            try (var states = new States("twice")) {
                host.says(id, Condition.CONTAINER_EXITED);
                states.await(state -> state.phase() == Phase.FAILED_ATTEMPT);
                service.kill();
            }
            service.restart();

            // Then
            RecoveryEvent succeeded = host.awaitTold("twice", Kind.SUCCEEDED);
            List<RecoveryEvent.Operation> operations = host.operations("twice");
            assertThat(operations)
                    .extracting(RecoveryEvent.Operation::action)
                    .containsExactly(Action.START, Action.RECREATE);
            assertThat(operations.getLast()).isEqualTo(succeeded.operation());
            assertThat(incidents("twice")).hasSize(1);
            assertThat(host.docker.docker("exec", host.project + "-twice-1", "cat", "/state/runs"))
                    .isEqualTo("3");
        }
    }

    /** killed while it is not unwell for long enough, it is waited for no longer than without that. */
    @Test
    void killedWhileAFailureIsYoungItIsTheSameFailureAfterwards() {
        // Given
        int port = FreePort.find();
        String id = host.container(
                "patient",
                "rm -f /tmp/ill; exec sleep 100000",
                "--health-cmd",
                "test ! -e /tmp/ill",
                "--health-interval",
                "1s",
                "--health-retries",
                "1",
                "--stop-timeout",
                "0");
        try (var service = new ServiceProcess(host.config("data", port, "docker: {resync: 1h}"), port).awaitReady()) {
            host.docker.docker("exec", id, "touch", "/tmp/ill");
            await().atMost(LIMIT)
                    .until(() -> host.inspect(id, "{{.State.Health.Status}}").equals("unhealthy"));

            // When
            try (var states = new States("patient")) {
                host.says(id, Condition.CONTAINER_UNHEALTHY);
                states.await(state -> state.phase() == Phase.SUSPECT);
                service.kill();
            }
            service.restart();

            // Then
            RecoveryEvent succeeded = host.awaitTold("patient", Kind.SUCCEEDED);
            assertThat(host.operations("patient")).containsExactly(succeeded.operation());
            assertThat(incidents("patient")).hasSize(1);
            assertThat(host.starts(id)).isEqualTo(2);
        }
    }

    /** nobody forgets a quarantine or its release, and both are told, whenever it is killed. */
    @Test
    void killedInTheMomentOfAQuarantineOrOfItsReleaseItStandsByThem() {
        // Given
        int port = FreePort.find();
        String id = host.container("hopeless", "exit 127");
        host.awaitExit(id);
        try (var service = new ServiceProcess(host.config("data", port), port).awaitReady()) {
            // When
            try (var states = new States("hopeless")) {
                host.says(id, Condition.CONTAINER_EXITED);
                states.await(state -> state.phase() == Phase.QUARANTINED);
                service.kill();
            }
            service.restart();

            // Then
            service.awaitReady();
            assertThat(host.states("hopeless").getLast().phase()).isEqualTo(Phase.QUARANTINED);
            assertThat(host.kinds("hopeless"))
                    .containsOnlyOnce(Kind.QUARANTINED)
                    .doesNotContain(Kind.STARTED);

            // When
            String anna = "{\"container\":\"%s\",\"by\":\"anna\"}".formatted(host.key("hopeless"));
            try (var states = new States("hopeless")) {
                states.await(state -> state.phase() == Phase.QUARANTINED);
                var asked = CompletableFuture.runAsync(
                        () -> Http.post(port, "/api/v1/release", anna), Thread::startVirtualThread);
                states.await(state -> state.phase() != Phase.QUARANTINED);
                service.kill();
                assertThat(asked.handle((_, _) -> true).join()).isTrue();
            }
            service.restart();

            // Then
            await().atMost(LIMIT)
                    .until(() -> host.kinds("hopeless").getLast() == Kind.QUARANTINED
                            && incidents("hopeless").size() == 2);
            assertThat(host.kinds("hopeless"))
                    .containsSubsequence(Kind.QUARANTINED, Kind.RELEASED, Kind.QUARANTINED)
                    .doesNotContain(Kind.STARTED)
                    .containsOnlyOnce(Kind.RELEASED);
            assertThat(host.starts(id)).isEqualTo(1);
        }
    }

    private List<String> incidents(String service) {
        return host.states(service).stream()
                .map(RecoveryState::incident)
                .filter(Objects::nonNull)
                .map(RecoveryState.Incident::id)
                .distinct()
                .toList();
    }

    /** one acts, the other stands by and takes over; one data folder is for one process. */
    @Test
    void theSecondStandsByUntilTheFirstIsGone() {
        // Given
        int firstPort = FreePort.find();
        int secondPort = FreePort.find();
        try (var first = new ServiceProcess(host.config("first", firstPort), firstPort).awaitReady();
                var second = new ServiceProcess(host.config("second", secondPort), secondPort)) {
            second.program().awaitPort(secondPort, LIMIT);
            await().atMost(LIMIT).until(() -> second.notReady().contains("another instance acts"));

            // When: a third one with the folder of the first
            try (var third = new ServiceProcess(host.config("first", FreePort.find()), 0)) {
                await().atMost(LIMIT).until(() -> !third.program().process().isAlive());

                // Then
                assertThat(third.program().process().exitValue()).isEqualTo(7);
                await().atMost(LIMIT) // its output is read by a thread
                        .until(() ->
                                String.join("\n", third.program().output()).contains("is in use by another process"));
            }

            // When
            first.kill();

            // Then
            second.awaitReady();
            String id = host.container("inherited", RecoveryHost.FAILS_ONCE);
            host.awaitExit(id);
            host.says(id, Condition.CONTAINER_EXITED);
            host.awaitTold("inherited", Kind.SUCCEEDED);
            assertThat(host.starts(id)).isEqualTo(2);

            // When: the first comes back
            first.restart();
            first.program().awaitPort(firstPort, LIMIT);

            // Then
            await().atMost(LIMIT).until(() -> first.notReady().contains("another instance acts"));
            assertThat(second.isReady()).isTrue();
        }
    }

    /** Reads what is remembered of a container as it is written, for whoever asks again and again is late. */
    private final class States implements AutoCloseable {
        private final RecoveryStateCodec codec = new RecoveryStateCodec();
        private final Deque<RecoveryState> unread = new ArrayDeque<>();
        private final byte[] key;
        private final KafkaConsumer<byte[], byte[]> consumer;

        /** From the first one on; reads when it returns. */
        States(String service) {
            key = (host.name + "/" + host.key(service)).getBytes(UTF_8);
            consumer = new KafkaConsumer<>(
                    Map.<String, Object>of("bootstrap.servers", host.broker.bootstrapServers()),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            List<TopicPartition> partitions = consumer.partitionsFor(host.topic("state")).stream()
                    .map((PartitionInfo info) -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            partitions.forEach(consumer::position);
        }

        /** Waits for the next one of this kind. */
        void await(Predicate<RecoveryState> wanted) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        read();
                        while (!unread.isEmpty()) {
                            if (wanted.test(unread.removeFirst())) {
                                return true;
                            }
                        }
                        return false;
                    });
        }

        private void read() {
            for (var record : consumer.poll(Duration.ofMillis(20))) {
                if (Arrays.equals(record.key(), key)
                        && codec.decode(record.value()) instanceof Decoded.Known<RecoveryState>(RecoveryState state)) {
                    unread.addLast(state);
                }
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
