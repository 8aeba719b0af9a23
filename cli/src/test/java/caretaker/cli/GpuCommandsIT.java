package caretaker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.agent.GpuAgent;
import caretaker.agent.GpuAgentConfig;
import caretaker.chassis.config.Config;
import caretaker.contracts.HostInventory;
import caretaker.contracts.HostInventoryCodec;
import caretaker.contracts.Topic;
import caretaker.testkit.ManualClock;
import caretaker.testkit.TestBroker;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code caretaker gpu …} and {@code caretaker events inject} against a real broker and two simulated hosts. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GpuCommandsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestBroker broker = TestBroker.own();
    private GpuAgent agent;

    private record Ended(int exitCode, String out, String err) {}

    @BeforeAll
    void startAgent(@TempDir Path dir) throws IOException {
        Path faults = Files.writeString(
                dir.resolve("faults"), "at 1s gpu 1 of node-2: lost\nat 1s gpu 0 of node-2: power-brake\n");
        agent = GpuAgent.start(Config.parse(
                GpuAgentConfig.class,
                "",
                "test",
                Map.of(),
                Map.of(
                        "source", "simulated",
                        "kafka.bootstrap-servers", broker.bootstrapServers(),
                        "http.port", "0",
                        "intervals.fast", "200ms",
                        "simulated.hosts", "2",
                        "simulated.gpus", "2",
                        "simulated.faults", faults.toString())));
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(run("gpu", "status", "--host", "node-1").out()).containsPattern("(?m)^  1    ok ");
            assertThat(run("gpu", "status", "--host", "node-2").out())
                    .containsPattern("(?m)^  1    LOST ")
                    .contains("! critical  gpu.lost");
        });
    }

    @AfterAll
    void stop() {
        agent.close();
        broker.close();
    }

    @Test
    void statusShowsGpusAndWhatIsRaised() throws IOException {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(run("gpu", "status").out())
                        .containsPattern("(?m)^node-1  readings \\d+\\.\\d s ago, agent \\w+")
                        .containsPattern("(?m)^  0    ok +\\d+% +[0-9.]+/\\d+ GiB +\\d+ C +\\d+/\\d+ W")
                        .containsPattern("(?m)^  1    LOST ")
                        .containsPattern("(?m)^  ! critical  gpu.lost  GPU 1: .*advice: reboot-node"));

        JsonNode json = JSON.readTree(run("gpu", "status", "--json").out());
        assertThat(json.at("/schemaVersion").asInt()).isEqualTo(1);
        assertThat(json.at("/hosts/0/host").asText()).isEqualTo("node-1");
        assertThat(json.at("/hosts/0/gpus/0/up").asBoolean()).isTrue();
        assertThat(json.at("/hosts/0/gpus/0/memoryTotalBytes").asLong()).isPositive();
        assertThat(json.at("/hosts/0/gpus/0/name").asText()).isNotBlank();
        assertThat(json.at("/hosts/1/gpus/1/state").asText()).isEqualTo("lost");
        assertThat(json.at("/hosts/1/conditions/0/condition").asText()).isEqualTo("gpu.lost");
        assertThat(json.at("/hosts/1/conditions/0/formerRun").asBoolean()).isFalse();
    }

    @Test
    void aWatchedStatusGoesOnWithNewReadings() {
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> { // a reading a second takes an agent that gets its share of CPU
                            String[] documents = run(
                                            "gpu", "status", "--host", "node-1", "--json", "--watch", "--for", "2s")
                                    .out()
                                    .split("\n");
                            assertThat(documents.length).isBetween(2, 4);
                            assertThat(JSON.readTree(documents[0])
                                            .at("/hosts/0/sequence")
                                            .asLong())
                                    .isLessThan(JSON.readTree(documents[1])
                                            .at("/hosts/0/sequence")
                                            .asLong());
                        });
    }

    @Test
    void checkEndsWithWhatItFound() throws IOException {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(run("gpu", "check", "--host", "node-1"))
                        .satisfies(ended -> assertThat(ended.exitCode()).isZero())
                        .satisfies(
                                ended -> assertThat(ended.out()).contains("ok    gpus.up         node-1: 2 answer")));
        Ended failed = run("gpu", "check", "--json");
        assertThat(failed.exitCode()).isEqualTo(Exit.CHECK_FAILED);
        JsonNode json = JSON.readTree(failed.out());
        assertThat(json.at("/status").asText()).isEqualTo("failed");
        assertThat(json.at("/checks").findValuesAsText("id")).contains("readings.fresh", "gpus.up", "conditions");
        assertThat(run("gpu", "check", "--host", "node-9").exitCode()).isEqualTo(Exit.NOT_FOUND);
    }

    /** Else a reader that is slow would find every host silent. */
    @Test
    void whatIsReadIsAsOldAsItWasWhereTheTopicsEnded() {
        // Given
        var clock = new ManualClock(Instant.now());
        Instant asked = clock.instant();
        var options = new BusOptions();
        new CommandLine(options)
                .registerConverter(Duration.class, new Durations())
                .parseArgs("--bootstrap", broker.bootstrapServers());
        try (var reader = new BusReader(options, clock)) {
            reader.begin(Map.of(Topic.READINGS.fullName(), Duration.ofMinutes(10)));

            // When
            Instant ended = reader.readToEnd(null, _ -> clock.advance(Duration.ofMillis(1)));

            // Then
            assertThat(ended).isEqualTo(asked).isBefore(clock.instant());
        }
    }

    @Test
    void throttleShowsWhatHeldAGpuDown() {
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(run("gpu", "throttle", "--host", "node-2", "--since", "30s")
                            .out())
                    .containsPattern("(?m)^node-2 GPU 0  of [0-9.]+ s:.* hw_power_brake ~[0-9.]+%");
            JsonNode live = JSON.readTree(
                    run("gpu", "throttle", "--for", "2s", "--json").out());
            assertThat(live.at("/gpus")).hasSize(4);
            assertThat(live.at("/gpus/0/observedSeconds").asDouble()).isBetween(0.5, 2.5);
        });
    }

    @Test
    void aDrillIsMarkedAndCountsNowhere() {
        Ended asked = run("events", "inject", "gpu.xid", "--host", "node-1", "--gpu", "1");
        assertThat(asked.exitCode()).isEqualTo(Exit.REFUSED);
        assertThat(asked.err())
                .contains("not injected: gpu.xid raised of GPU 1 on node-1")
                .contains("--yes");

        Ended done = run("events", "inject", "gpu.lost", "--host", "node-1", "--gpu", "1", "--code", "79", "--yes");
        assertThat(done.exitCode()).isZero();
        assertThat(done.out()).contains("injected as a drill: gpu.lost raised of GPU 1 on node-1");
        assertThat(run("gpu", "status", "--host", "node-1").out()).contains("! DRILL critical  gpu.lost  GPU 1: drill");
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThat(run("gpu", "check", "--host", "node-1").exitCode())
                                .isZero());
        assertThat(run("events", "tail", "health", "--since", "10m", "--host", "node-1", "--max", "1")
                        .out())
                .contains("DRILL  critical  gpu.lost raised  GPU 1  drill");

        run("events", "inject", "gpu.lost", "--host", "node-1", "--gpu", "1", "--state", "cleared", "--yes");
        assertThat(run("gpu", "status", "--host", "node-1").out()).doesNotContain("DRILL");
        run("events", "inject", "gpu.lost", "--host", "node-2", "--gpu", "1", "--state", "cleared", "--yes");
        assertThat(run("gpu", "status", "--host", "node-2").out()).contains("! critical  gpu.lost");
    }

    @Test
    void aDrillOfAContainerSaysWhichRunOfWhichItIs() throws Exception {
        Instant started = Instant.parse("2026-03-01T10:00:00.123Z");
        var grafana = new HostInventory.Container(
                "c".repeat(64),
                "grafana-1",
                "grafana/grafana",
                "research",
                "grafana",
                1,
                "running",
                "",
                started,
                List.of(),
                List.of());
        send(new HostInventory(
                "node-7",
                "agent",
                1,
                Instant.parse("2026-03-01T10:00:01Z"),
                Duration.ofSeconds(30),
                "",
                null,
                0,
                List.of(),
                List.of(grafana),
                List.of(),
                HostInventory.Omitted.NONE));

        Ended unknown = run("events", "inject", "container.exited", "--host", "node-7", "--container", "x", "--yes");
        assertThat(unknown.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(unknown.err()).contains("host node-7 has no container x; there are: grafana-1");
        Ended nowhere = run("events", "inject", "container.exited", "--host", "node-8", "--container", "x", "--yes");
        assertThat(nowhere.exitCode()).isEqualTo(Exit.NOT_FOUND);

        Ended done =
                run("events", "inject", "container.exited", "--host", "node-7", "--container", "grafana-1", "--yes");
        assertThat(done.err()).isEmpty();
        JsonNode event = JSON.readTree(
                        run("events", "tail", "health", "--since", "10m", "--host", "node-7", "--max", "1", "--json")
                                .out())
                .at("/value/data");
        assertThat(event.at("/entity/id").asText()).isEqualTo(grafana.id());
        assertThat(event.at("/entity/name").asText()).isEqualTo("grafana-1");
        assertThat(event.at("/evidence/containerId").asText()).isEqualTo(grafana.id());
        assertThat(event.at("/evidence/startedAt").asText()).isEqualTo(started.toString());
        assertThat(event.at("/evidence/composeService").asText()).isEqualTo("grafana");
        assertThat(event.at("/evidence/composeNumber").asText()).isEqualTo("1");
        assertThat(event.at("/drill").asBoolean()).isTrue();
    }

    private void send(HostInventory inventory) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.INVENTORY.fullName(),
                            inventory.host().getBytes(StandardCharsets.UTF_8),
                            new HostInventoryCodec().encode(inventory)))
                    .get();
        }
    }

    @Test
    void wrongWordsAreAnsweredWithAHint() {
        Ended condition = run("events", "inject", "gpu.xdi", "--host", "node-1", "--yes");
        assertThat(condition.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(condition.err()).contains("no condition 'gpu.xdi'; did you mean gpu.xid");
        Ended gpu = run("events", "inject", "gpu.xid", "--host", "node-1", "--gpu", "7", "--yes");
        assertThat(gpu.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(gpu.err()).contains("host node-1 has no GPU 7");
        Ended host = run("events", "inject", "gpu.xid", "--host", "nod-1", "--yes");
        assertThat(host.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(host.err()).contains("there are: node-1, node-2");
    }

    @Test
    void withoutABrokerEveryCommandSaysSoInTime() throws IOException {
        for (String command : new String[] {"gpu status", "gpu check", "gpu throttle"}) {
            Ended ended = execute(Stream.concat(
                            Stream.of(command.split(" ")),
                            Stream.of("--bootstrap", "127.0.0.1:1", "--timeout", "2s", "--json"))
                    .toArray(String[]::new));
            assertThat(ended.exitCode()).isEqualTo(Exit.UNREACHABLE);
            assertThat(ended.err()).contains("no answer from Kafka at 127.0.0.1:1");
            assertThat(JSON.readTree(ended.out()).at("/errors/0/code").asInt()).isEqualTo(Exit.UNREACHABLE);
        }
    }

    private Ended run(String... arguments) {
        return execute(Stream.concat(Stream.of(arguments), Stream.of("--bootstrap", broker.bootstrapServers()))
                .toArray(String[]::new));
    }

    private static Ended execute(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Ended(exitCode, out.toString(), err.toString());
    }
}
