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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The agent with a real broker, which comes, goes and forgets. */
class GpuAgentIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
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
            await().atMost(LIMIT).until(() -> bus.readings("node-3").size() >= 3);
            for (String host : List.of("node-1", "node-2", "node-3")) {
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
            assertThat(bus.readings(HOST).getFirst().sequence()).isEqualTo(1);
        }
    }

    @Test
    void whileTheBrokerIsAwayNoEventIsLostAndReadingsAreBounded() throws IOException {
        Path script =
                faults("at 3s gpu 1 of gpu-01: lost\nat 3500ms gpu 2 of gpu-01: lost\nat 4s gpu 3 of gpu-01: lost");
        try (var agent = start("buffer: {readings: 10}\nsimulated: {faults: " + script + "}")) {
            await().atMost(LIMIT).until(() -> !bus.readings(HOST).isEmpty());
            broker.stop();
            await().atMost(LIMIT)
                    .until(() ->
                            Pages.metric(agent, "nvidia_gpu_agent_publish_total{instance=\"gpu-01\",result=\"dropped\"")
                                            >= 30
                                    && Pages.metric(agent, "caretaker_outbox_queue_records{topic=\"caretaker.health\"}")
                                            >= 3);
            assertThat(Pages.metric(agent, "caretaker_outbox_queue_records{topic=\"caretaker.readings\"}"))
                    .isLessThanOrEqualTo(11); // the ten on their way out, and the newest
            broker.start();
            await().atMost(LIMIT).until(() -> events().size() == 3);
            assertThat(bus.events(HOST))
                    .extracting(HealthEvent::sequence)
                    .containsSubsequence(1L, 2L, 3L); // a lost acknowledgement may repeat one
            List<Long> sequences =
                    bus.readings(HOST).stream().map(Readings::sequence).toList();
            assertThat(new HashSet<>(sequences)).hasSameSizeAs(sequences);
            assertThat(sequences).isSorted();
        }
    }

    private Set<String> events() {
        var ids = new HashSet<String>();
        bus.events(HOST).forEach(event -> ids.add(event.id()));
        return ids;
    }

    @Test
    void aBrokerThatComesBackEmptyIsFilledAgain() {
        try (var _ = start("simulated: {gpus: 2}")) {
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 2);
            broker.stop();
            broker.wipe();
            broker.start();
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> bus.readings(HOST).size() > 2);
        }
    }

    @Test
    void aKilledAgentGoesOnUnderANewIdentity() throws IOException {
        Path config = Files.writeString(dir.resolve("agent.yaml"), settings("source: simulated"));
        Process first = AgentProcess.start(config, dir.resolve("first.log"));
        await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 3);
        AgentProcess.kill(first);
        int before = bus.readings(HOST).size();
        Process second = AgentProcess.start(config, dir.resolve("second.log"));
        try {
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > before + 3);
            List<Readings> readings = bus.readings(HOST);
            Readings restarted = readings.get(before);
            assertThat(restarted.agentId()).isNotEqualTo(readings.getFirst().agentId());
            assertThat(restarted.sequence()).isEqualTo(1);
            assertThat(restarted.gpus()).extracting(GpuReading::uuid).isEqualTo(uuids(readings.getFirst()));
        } finally {
            AgentProcess.kill(second);
        }
    }

    private static List<String> uuids(Readings readings) {
        return readings.gpus().stream().map(GpuReading::uuid).toList();
    }

    @Test
    @ResourceLock("nvml") // one library for the process, and one scenario
    void aDriverThatHangsIsToldWithinThreeIntervalsAndIsNotCalledAgain() {
        TestNvml driver = TestNvml.load();
        driver.scenario("gpus 2");
        try (var agent = start("source: nvml\nnvml: {library: " + driver.library() + "}")) {
            await().atMost(LIMIT).until(() -> bus.readings(HOST).size() > 2);
            driver.apply("call nvmlDeviceGetPowerUsage hang gpu 1");
            await().atMost(LIMIT).until(() -> bus.events(HOST).size() == 1);
            HealthEvent event = bus.events(HOST).getFirst();
            assertThat(event.condition()).isEqualTo(Condition.GPU_HUNG);
            assertThat(event.entity().name()).isEqualTo("GPU 1");
            assertThat(event.evidence()).containsEntry("call", "nvmlDeviceGetPowerUsage");
            assertThat(Long.parseLong(String.valueOf(event.evidence().get("runningMillis"))))
                    .isBetween(600L, 800L);
            assertThat(bus.readings(HOST).getLast().gpus()).hasSize(2).allMatch(gpu -> gpu.state() == GpuState.HUNG);
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
        assertThat(driver.violations()).isEmpty(); // two threads inside at once would be one
        assertThat(driver.sessions()).isZero();
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

    private GpuAgent start(String settings) {
        String source = settings.contains("source:") ? settings : "source: simulated\n" + settings;
        return GpuAgent.start(Config.parse(GpuAgentConfig.class, settings(source), "agent.yaml", Map.of()));
    }

    private String settings(String more) {
        return "host: " + HOST
                + "\nkernel-log: {source: none}\ndocker: {enabled: false}\nintervals: {fast: 200ms}\nhttp: {port: 0}"
                + "\nkafka: {bootstrap-servers: [\""
                + broker.bootstrapServers() + "\"]}\n" + more + "\n";
    }
}
