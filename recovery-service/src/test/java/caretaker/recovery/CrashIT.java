package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.Decoded;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.contracts.RecoveryState;
import caretaker.contracts.RecoveryState.Phase;
import caretaker.contracts.RecoveryStateCodec;
import caretaker.recovery.engine.Databases;
import caretaker.testkit.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes: killed at each step of a repair, and two for one host. */
@Timeout(180)
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
        Instant begun = Instant.now();
        String id = host.container("killed", RecoveryHost.FAILS_ONCE);
        host.awaitExit(id);
        try (var service = new ServiceProcess(host.config("data", port, "docker: {resync: 1h}"), port).awaitReady()) {
            // When
            host.says(id, Condition.CONTAINER_EXITED);
            awaitPhase(step);
            service.kill();
            service.restart();

            // Then
            RecoveryEvent succeeded = host.awaitTold("killed", Kind.SUCCEEDED);
            List<String> operations = host.told("killed").stream()
                    .filter(event -> event.kind() == Kind.STARTED)
                    .map(event -> Objects.requireNonNull(event.operation()).id())
                    .distinct()
                    .toList();
            assertThat(operations)
                    .containsExactly(
                            Objects.requireNonNull(succeeded.operation()).id());
            assertThat(host.starts(id, begun))
                    .as("the run that failed, and the repair")
                    .isEqualTo(2);
            assertThat(host.states("killed").getLast().phase()).isEqualTo(Phase.OK);
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
        try (var service = new ServiceProcess(config, port).awaitReady()) {
            // When
            awaitPhase(Phase.ACTING);
            await().atMost(LIMIT)
                    .until(() -> !host.inspect(id, "{{.State.Running}}").equals("true"));
            service.kill();
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

    /** Reads the topic as it grows, for whoever asks again and again is late. */
    private void awaitPhase(Phase step) {
        var codec = new RecoveryStateCodec();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", host.broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(host.topic("state")).stream()
                    .map((PartitionInfo info) -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        for (var record : consumer.poll(Duration.ofMillis(20))) {
                            if (new String(record.key(), UTF_8).startsWith(host.name + "/")
                                    && codec.decode(record.value())
                                            instanceof Decoded.Known<RecoveryState>(RecoveryState state)
                                    && state.phase() == step) {
                                return true;
                            }
                        }
                        return false;
                    });
        }
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
                assertThat(String.join("\n", third.program().output())).contains("is in use by another process");
            }

            // When
            first.kill();

            // Then
            second.awaitReady();
            Instant begun = Instant.now();
            String id = host.container("inherited", RecoveryHost.FAILS_ONCE);
            host.awaitExit(id);
            host.says(id, Condition.CONTAINER_EXITED);
            host.awaitTold("inherited", Kind.SUCCEEDED);
            assertThat(host.starts(id, begun)).isEqualTo(2);

            // When: the first comes back
            first.restart();
            first.program().awaitPort(firstPort, LIMIT);

            // Then
            await().atMost(LIMIT).until(() -> first.notReady().contains("another instance acts"));
            assertThat(second.isReady()).isTrue();
        }
    }
}
