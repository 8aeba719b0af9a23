package caretaker.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.agent.nvml.TestNvml;
import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.GpuState;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.Readings;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The agent with a real broker, which comes, goes and forgets. */
class GpuAgentIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String HOST = "gpu-01";

    private final TestBroker broker = TestBroker.own();
    private final BusReader bus = new BusReader(broker);

    @TempDir
    private Path dir;

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void simulatedHostsArePublishedUnderTheirNamesAndMetricsUnderTheirs() {
        try (var agent = start("simulated: {hosts: 3}")) {
            for (String host : List.of("node-1", "node-2", "node-3")) {
                await().atMost(LIMIT).until(() -> bus.readings(host).size() >= 3);
                List<Readings> readings = bus.readings(host);
                assertThat(readings.getFirst().gpus()).hasSize(8);
                assertThat(readings.getFirst().info()).isNotNull();
                for (int i = 0; i < readings.size(); i++) {
                    assertThat(readings.get(i).sequence()).isEqualTo(i + 1);
                }
            }
            assertThat(bus.keys("caretaker.readings")).containsOnly("node-1", "node-2", "node-3");
            await().atMost(LIMIT).until(() -> Pages.status(agent, "/-/ready") == 200);
            assertThat(Pages.status(agent, "/-/healthy")).isEqualTo(200);
            // The acknowledgement of what is on the bus may still be on its way.
            await().atMost(LIMIT)
                    .until(() -> Pages.metric(agent, "nvidia_gpu_agent_publish_total{instance=\"gpu-01\",result=\"ok\"")
                            > 0);
            assertThat(Pages.body(agent, "/metrics"))
                    .contains("nvidia_gpu_agent_poll_duration_seconds_bucket{instance=\"gpu-01\",tier=\"fast\",le=")
                    .contains("nvidia_gpu_agent_last_success_timestamp_seconds{instance=\"gpu-01\",tier=\"rare\"}")
                    .contains("nvidia_gpu_agent_publish_total{instance=\"gpu-01\",result=\"ok\",topic=")
                    .contains("nvidia_gpu_agent_publish_delay_seconds_count{")
                    .contains("nvidia_gpu_agent_buffered_messages{instance=\"gpu-01\"}");
        }
    }

    @Test
    void whatHappenedBeforeTheBrokerCameIsToldWhenItComes() throws IOException {
        broker.stop();
        try (var agent = start("simulated: {faults: " + faults("at 500ms gpu 2 of gpu-01: lost") + "}")) {
            assertThat(Pages.status(agent, "/-/ready")).isEqualTo(503);
            await().atMost(LIMIT).until(() -> Pages.metric(agent, "nvidia_gpu_agent_buffered_messages") > 20);
            broker.start();
            await().atMost(LIMIT).until(() -> !bus.events(HOST).isEmpty());
            assertThat(bus.events(HOST)).extracting(HealthEvent::condition).containsExactly(Condition.GPU_LOST);
            await().atMost(LIMIT).until(() -> !bus.readings(HOST).isEmpty());
            assertThat(bus.readings(HOST).getFirst().sequence()).isEqualTo(1);
        }
    }

    @Test
    void whileTheBrokerIsAwayNoEventIsLostAndReadingsAreBounded() throws IOException {
        Path script = faults("""
                at 60s gpu 1 of gpu-01: lost
                at 60500ms gpu 2 of gpu-01: lost
                at 61s gpu 3 of gpu-01: lost
                """);
        var ahead = new AtomicReference<>(Duration.ZERO);
        InstantSource clock = () -> Instant.now().plus(ahead.get());
        try (var agent = start("buffer: {readings: 10}\nsimulated: {faults: " + script + "}", clock)) {
            await().atMost(LIMIT).until(() -> !bus.readings(HOST).isEmpty());
            broker.stop();
            ahead.set(Duration.ofMinutes(1)); // nothing happens before the broker is away
            await().atMost(LIMIT)
                    .until(() ->
                            Pages.metric(agent, "nvidia_gpu_agent_publish_total{instance=\"gpu-01\",result=\"dropped\"")
                                            >= 30
                                    && Pages.metric(agent, "caretaker_outbox_queue_records{topic=\"caretaker.health\"}")
                                            >= 3);
            assertThat(Pages.metric(agent, "caretaker_outbox_queue_records{topic=\"caretaker.readings\"}"))
                    .isLessThanOrEqualTo(20); // ten that wait, and a round of ten that is on its way
            broker.start();
            await().atMost(LIMIT).untilAsserted(() -> assertThat(events()).hasSize(3));
            assertThat(bus.events(HOST))
                    .extracting(HealthEvent::sequence)
                    .containsSubsequence(1L, 2L, 3L); // a lost acknowledgement may repeat one
            List<Long> sequences =
                    bus.readings(HOST).stream().map(Readings::sequence).toList();
            List<Long> once = sequences.stream().distinct().toList();
            assertThat(once).isSorted();
            assertThat(sequences).hasSizeLessThanOrEqualTo(once.size() + 10); // a round may be repeated as well
        }
    }

    /** Each once, however often it was sent. */
    private Set<HealthEvent> events() {
        return new LinkedHashSet<>(bus.events(HOST));
    }

    @Test
    void aBrokerThatComesBackEmptyIsFilledAgain() {
        try (var _ = start("simulated: {gpus: 2}")) {
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 2);
            broker.stop();
            broker.wipe();
            broker.start();
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 2);
        }
    }

    @Test
    void aKilledAgentGoesOnUnderANewIdentity() throws IOException {
        Path config = Files.writeString(dir.resolve("agent.yaml"), settings("source: simulated"));
        Process first = AgentProcess.start(config, dir.resolve("first.log"));
        await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 3);
        AgentProcess.kill(first);
        Readings before = bus.readings(HOST).getFirst();
        Process second = AgentProcess.start(config, dir.resolve("second.log"));
        try {
            await().atMost(LIMIT).until(() -> otherThan(before).size() > 3);
            Readings restarted = otherThan(before).getFirst();
            assertThat(restarted.sequence()).isEqualTo(1);
            assertThat(restarted.gpus()).extracting(GpuReading::uuid).isEqualTo(uuids(before));
        } finally {
            AgentProcess.kill(second);
        }
    }

    /** Those of another run of the agent. */
    private List<Readings> otherThan(Readings run) {
        return bus.readings(HOST).stream()
                .filter(each -> !each.agentId().equals(run.agentId()))
                .toList();
    }

    private static List<String> uuids(Readings readings) {
        return readings.gpus().stream().map(GpuReading::uuid).toList();
    }

    @Test
    @ResourceLock("nvml") // one library for the process, and one scenario
    void aDriverThatHangsIsToldAfterThreeIntervalsAndIsNotCalledAgain() {
        TestNvml driver = TestNvml.load();
        driver.scenario("gpus 2");
        // Three intervals are longer than this machine may stand still in a call that does not hang.
        String settings = settings("source: nvml\nnvml: {library: " + driver.library() + "}")
                .replace("fast: 200ms", "fast: 1s");
        try (var agent = GpuAgent.start(Config.parse(GpuAgentConfig.class, settings, "agent.yaml", Map.of()))) {
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 2);
            driver.apply("call nvmlDeviceGetPowerUsage hang gpu 1");
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() == 1);
            HealthEvent event = bus.events(HOST).getFirst();
            assertThat(event.condition()).isEqualTo(Condition.GPU_HUNG);
            assertThat(event.entity().name()).isEqualTo("GPU 1");
            assertThat(event.evidence()).containsEntry("call", "nvmlDeviceGetPowerUsage");
            assertThat(Long.parseLong(String.valueOf(event.evidence().get("runningMillis"))))
                    .isGreaterThanOrEqualTo(3000L);
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(bus.readings(HOST).getLast().gpus())
                            .hasSize(2)
                            .allMatch(gpu -> gpu.state() == GpuState.HUNG));
            assertThat(Pages.metric(agent, "nvidia_gpu_agent_call_stuck")).isEqualTo(1);
            assertThat(Pages.status(agent, "/-/ready")).isEqualTo(503);

            driver.apply("call nvmlDeviceGetPowerUsage well");
            driver.releaseHangs();
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() == 2);
            assertThat(bus.events(HOST).getLast().state()).isEqualTo(HealthEvent.State.CLEARED);
            await().atMost(LIMIT)
                    .until(() -> bus.readings(HOST).getLast().gpus().getFirst().state() == GpuState.OK);
            assertThat(Pages.metric(agent, "nvidia_gpu_agent_call_stuck")).isZero();
        }
        await().atMost(LIMIT).until(() -> driver.sessions() == 0); // closing does not wait for it for ever
        assertThat(driver.violations()).isEmpty(); // two threads inside at once would be one
    }

    @Test
    void aHostWithoutDriverIsToldAndTheProcessEndsWithEight() throws Exception {
        Path config = Files.writeString(dir.resolve("agent.yaml"), settings("nvml: {library: libno-driver.so.1}"));
        Path log = dir.resolve("log");
        assertThat(AgentProcess.start(config, log).waitFor()).isEqualTo(8);
        assertThat(Files.readString(log))
                .isEqualTo("no NVIDIA driver (libno-driver.so.1 not found); use --simulate N or `caretaker demo`\n");
    }

    private Path faults(String script) throws IOException {
        return Files.writeString(dir.resolve("faults"), script);
    }

    /** One with a simulated source. */
    private GpuAgent start(String settings) {
        return start(settings, InstantSource.system());
    }

    private GpuAgent start(String settings, InstantSource clock) {
        String yaml = settings("source: simulated\n" + settings);
        return GpuAgent.start(
                Config.parse(GpuAgentConfig.class, yaml, "agent.yaml", Map.of()), clock, System::nanoTime);
    }

    private String settings(String more) {
        return "host: " + HOST
                // ten seconds after GPUs were lost it would be told that they are fewer
                + "\nhealth: {conditions: {gpu.count-mismatch: {enabled: false}}}"
                + "\nkernel-log: {source: none}\ndocker: {enabled: false}\nintervals: {fast: 200ms}\nhttp: {port: 0}"
                + "\nkafka: {bootstrap-servers: [\""
                + broker.bootstrapServers() + "\"]}\n" + more + "\n";
    }
}
