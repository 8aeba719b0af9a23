package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.agent.nvml.TestNvml;
import caretaker.chassis.config.Config;
import caretaker.contracts.Column;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** XIDs from a driver's events and a kernel's log to a real broker. */
@ResourceLock("nvml") // one library for the process, and one scenario
class XidIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int SLOWNESS = 10;
    private static final AtomicInteger HOSTS = new AtomicInteger();

    private final String host = "xid-" + HOSTS.incrementAndGet(); // its own on the broker that all share
    private final TestBroker broker = TestBroker.shared();
    private final BusReader bus = new BusReader(broker);
    private final TestNvml driver = TestNvml.load();
    private long sequence;

    @TempDir
    private Path dir;

    @BeforeEach
    void twoGpus() throws IOException {
        driver.scenario("gpus 2");
        Files.writeString(kmsg(), "");
    }

    @AfterEach
    void theDriverWasUsedAsItMustBe() {
        assertThat(driver.violations()).isEmpty();
    }

    private Path kmsg() {
        return dir.resolve("kmsg");
    }

    private GpuAgent start() {
        return start("");
    }

    private GpuAgent start(String settings) {
        String yaml = "host: " + host + "\nintervals: {fast: 100ms}\nhttp: {port: 0}\ndocker: {enabled: false}\n"
                + "kafka: {bootstrap-servers: [\"" + broker.bootstrapServers() + "\"]}\n"
                + "source: nvml\nnvml: {library: " + driver.library() + "}\nkernel-log: {path: " + kmsg() + "}\n"
                + settings;
        // Its clock is slow: the two seconds within which things belong together leave a slow machine twenty.
        long begin = System.nanoTime();
        var agent = GpuAgent.start(
                Config.parse(GpuAgentConfig.class, yaml, "agent.yaml", Map.of()),
                InstantSource.system(),
                () -> begin + (System.nanoTime() - begin) / SLOWNESS);
        await().atMost(LIMIT).until(() -> bus.readings(host).size() > 2);
        return agent;
    }

    /** Says all of it at once. */
    private void kernel(String... texts) throws IOException {
        var lines = new StringBuilder();
        for (String text : texts) {
            lines.append("3," + ++sequence + "," + System.nanoTime() / 1000 + ",-;" + text + "\n");
        }
        Files.write(kmsg(), lines.toString().getBytes(UTF_8), StandardOpenOption.APPEND);
    }

    private String pci(int gpu) {
        GpuReading reading = bus.readings(host).getFirst().gpus().get(gpu);
        return java.util.Objects.requireNonNull(reading.identity())
                .pciBusId()
                .substring(4, 14)
                .toLowerCase(java.util.Locale.ROOT);
    }

    private List<HealthEvent> events(Condition condition) {
        return bus.events(host).stream()
                .filter(event -> event.condition() == condition)
                .toList();
    }

    @Test
    void anXidOfBothSourcesIsOneEventWithItsLineAndIsCountedOnce() throws IOException {
        try (var agent = start()) {
            String line = "NVRM: Xid (PCI:" + pci(1) + "): 94, pid="
                    + ProcessHandle.current().pid() + ", name=java, Contained: SM (0x1). RST: No, D-RST: No";
            kernel(line); // first: an event waits 20 ms for its line, and this machine may stand still for longer
            await().atMost(LIMIT).until(() -> !events(Condition.GPU_XID).isEmpty());
            driver.apply("gpu 1 xid 94");
            driver.apply("gpu 1 xid 48"); // once this is told, the one before it was taken
            await().atMost(LIMIT).until(() -> events(Condition.GPU_XID).size() > 1);
            assertThat(events(Condition.GPU_XID)).extracting(HealthEvent::code).containsExactly("94", "48");
            HealthEvent event = events(Condition.GPU_XID).getFirst();
            assertThat(event.state()).isEqualTo(State.OCCURRED);
            assertThat(event.code()).isEqualTo("94");
            assertThat(event.entity().name()).isEqualTo("GPU 1");
            assertThat(event.action()).isEqualTo(Action.RESTART_APP); // of a process in no container that is known
            assertThat(event.evidence()).containsEntry("line", line).containsEntry("process", "java");
            await().atMost(LIMIT).until(() -> counted(1, "48") == 1);
            assertThat(counted(1, "94")).isEqualTo(1);
            assertThat(Pages.metric(
                            agent,
                            "nvidia_gpu_agent_xids_total{gpu=\"1\",instance=\"" + host + "\",uuid=\""
                                    + event.entity().id() + "\",xid=\"94\""))
                    .isEqualTo(1);
            assertThat(Pages.metric(
                            agent,
                            "nvidia_gpu_agent_xids_total{gpu=\"0\",instance=\"" + host + "\",uuid=\""
                                    + bus.readings(host)
                                            .getFirst()
                                            .gpus()
                                            .getFirst()
                                            .uuid() + "\",xid=\"48\""))
                    .isZero();
            assertThat(Pages.metric(agent, "caretaker_agent_kernel_log_available{instance=\"" + host + "\""))
                    .isEqualTo(1);
        }
    }

    private long counted(int gpu, String code) {
        return bus.readings(host).getLast().gpus().get(gpu).parts(Part.XID).stream()
                .filter(part -> part.text(0).equals(code))
                .mapToLong(part -> part.get(PartColumn.XID_ERRORS))
                .sum();
    }

    @Test
    void theNextRunCountsOn() {
        String settings = "data-dir: " + dir.resolve("data") + "\n";
        try (var _ = start(settings)) {
            driver.apply("gpu 1 xid 94");
            await().atMost(LIMIT).until(() -> counted(1, "94") == 1);
        }
        String first = bus.readings(host).getLast().agentId();
        try (var _ = start(settings)) {
            await().atMost(LIMIT)
                    .until(() -> !bus.readings(host).getLast().agentId().equals(first));
            assertThat(counted(1, "94")).isEqualTo(1);
            assertThat(bus.readings(host).getLast().gpus().get(1).get(Column.XID_LAST))
                    .isEqualTo(94);
            driver.apply("gpu 1 xid 94");
            await().atMost(LIMIT).until(() -> counted(1, "94") == 2);
        }
    }

    @Test
    void a45IsFoldedIntoItsCauseAndCounted() throws IOException {
        try (var agent = start()) {
            String pci = pci(0);
            List<String> lines = new ArrayList<>();
            lines.add("NVRM: Xid (PCI:" + pci + "): 31, pid=4194303, name=train, MMU Fault");
            for (int i = 0; i < 5; i++) {
                lines.add("NVRM: Xid (PCI:" + pci + "): 45, pid=4194303, name=train, Ch 0000001" + i);
            }
            lines.add("NVRM: Xid (PCI:" + pci + "): 62, the end");
            kernel(lines.toArray(String[]::new));
            await().atMost(LIMIT).until(() -> events(Condition.GPU_XID).size() == 2);
            assertThat(events(Condition.GPU_XID)).extracting(HealthEvent::code).containsExactly("31", "62");
            await().atMost(LIMIT).until(() -> counted(0, "45") == 1); // of one process within two seconds: one
            assertThat(Pages.metric(agent, "nvidia_gpu_agent_xids_folded_total{instance=\"" + host + "\""))
                    .isEqualTo(1);
        }
    }

    @Test
    void aGpuThatFellOffTheBusIsLostBeforeThePollSeesItAndBackWhenItAnswers() throws IOException {
        try (var _ = start()) {
            kernel(
                    "NVRM: Xid (PCI:" + pci(1) + "): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
                    "NVRM: GPU " + pci(1) + ".0: GPU has fallen off the bus.");
            await().atMost(LIMIT).until(() -> !events(Condition.GPU_LOST).isEmpty());
            driver.apply("gpu 1 lost");
            assertThat(events(Condition.GPU_XID)).extracting(HealthEvent::code).containsExactly("79");
            assertThat(events(Condition.GPU_LOST)).singleElement().satisfies(event -> {
                assertThat(event.entity().name()).isEqualTo("GPU 1");
                assertThat(event.evidence()).containsKey("line");
            });

            driver.apply("gpu 1 back");
            await().atMost(LIMIT)
                    .until(() -> events(Condition.GPU_LOST).stream()
                            .anyMatch(event -> event.state() == State.CLEARED
                                    && event.entity().name().equals("GPU 1")));
        }
    }

    @Test
    void aHostOnWhichNobodyTellsXidsWarns() throws IOException {
        driver.scenario("gpus 2\ngpu * event-types 0");
        Files.delete(kmsg());
        try (var _ = start()) {
            await().atMost(LIMIT)
                    .until(() -> events(Condition.GPU_EVENTS_UNAVAILABLE).stream()
                            .anyMatch(event ->
                                    event.state() == State.RAISED && event.severity() == HealthEvent.Severity.WARNING));
        }
    }

    @Test
    void aKernelLogThatCannotBeReadIsOneConditionAndTheRestGoesOn() throws IOException {
        Files.delete(kmsg());
        try (var agent = start()) {
            await().atMost(LIMIT)
                    .until(() -> !events(Condition.KERNEL_LOG_UNAVAILABLE).isEmpty());
            assertThat(events(Condition.KERNEL_LOG_UNAVAILABLE)).singleElement().satisfies(event -> {
                assertThat(event.severity()).isEqualTo(HealthEvent.Severity.INFO);
                assertThat(event.message()).contains("is not there");
            });
            assertThat(Pages.metric(agent, "caretaker_agent_kernel_log_available{instance=\"" + host + "\""))
                    .isZero();
            driver.apply("gpu 0 xid 48");
            await().atMost(LIMIT).until(() -> events(Condition.GPU_XID).size() == 1);
            assertThat(events(Condition.GPU_XID).getFirst().evidence()).containsEntry("source", "nvml");
        }
    }
}
