package caretaker.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.agent.nvml.TestNvml;
import caretaker.chassis.config.Config;
import caretaker.contracts.Condition;
import caretaker.contracts.GpuReading;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.State;
import caretaker.contracts.Part;
import caretaker.contracts.PartColumn;
import caretaker.contracts.PartReading;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A real container that uses a GPU, from the engine, the driver and the kernel's log to a real broker. */
@ResourceLock("nvml") // one library for the process, and one scenario
class GpuContainerIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String HOST = "gpu-container";
    private static final long GIBIBYTE = 1L << 30;

    private final DockerEngine docker = DockerEngine.assume();
    private final TestBroker broker = TestBroker.shared();
    private final BusReader bus = new BusReader(broker);
    private final TestNvml driver = TestNvml.load();

    @TempDir
    private Path dir;

    @AfterEach
    void end() {
        docker.close();
        assertThat(driver.violations()).isEmpty();
    }

    private GpuAgent start(Path kernelLog) throws IOException {
        Files.writeString(kernelLog, "");
        return GpuAgent.start(Config.parse(
                GpuAgentConfig.class,
                """
                host: %s
                intervals: {fast: 200ms, slow: 400ms}
                http: {port: 0}
                kafka: {bootstrap-servers: ["%s"]}
                source: nvml
                nvml: {library: %s}
                kernel-log: {path: %s}
                """.formatted(HOST, broker.bootstrapServers(), driver.library(), kernelLog),
                "agent.yaml",
                Map.of()));
    }

    private List<HealthEvent> events(Condition condition, String entity) {
        return bus.events(HOST).stream()
                .filter(event -> event.condition() == condition)
                .filter(event -> event.entity().name().equals(entity))
                .toList();
    }

    private Optional<PartReading> use(String container) {
        List<GpuReading> gpus = bus.readings(HOST).getLast().gpus();
        return gpus.getFirst().parts(Part.CONTAINER).stream()
                .filter(part -> part.text(0).equals(container))
                .findFirst();
    }

    @Test
    void p13WhatAContainerUsesIsReadItsXidSaysWhoseItIsAndItsEndIsAnEvent() throws IOException {
        String name = docker.name("train");
        String id = docker.run(
                List.of(
                        "--name",
                        name,
                        "--label",
                        "com.docker.compose.project=lab",
                        "--label",
                        "com.docker.compose.service=train"),
                "sleep",
                "1000");
        String pid = docker.docker("inspect", "--format", "{{.State.Pid}}", id).strip();
        driver.scenario("gpus 1\ngpu 0 process " + pid + " compute " + GIBIBYTE + " sm 40");
        Path kernelLog = dir.resolve("kmsg");
        try (var _ = start(kernelLog)) {
            await().atMost(LIMIT).until(() -> !bus.readings(HOST).isEmpty());
            PartReading use = await().atMost(LIMIT)
                    .until(() -> use(name), Optional::isPresent)
                    .orElseThrow();
            assertThat(use.text(1)).isEqualTo(id);
            assertThat(use.text(3)).isEqualTo("lab");
            assertThat(use.text(4)).isEqualTo("train");
            assertThat(use.get(PartColumn.CONTAINER_MEMORY_USED_BYTES)).isEqualTo(GIBIBYTE);

            String pci = Objects.requireNonNull(
                            bus.readings(HOST).getFirst().gpus().getFirst().identity())
                    .pciBusId()
                    .substring(4, 14)
                    .toLowerCase(Locale.ROOT);
            String line = "4,1," + System.nanoTime() / 1000 + ",-;NVRM: Xid (PCI:" + pci + "): 94, pid=" + pid
                    + ", name=sleep, Contained: SM (0x1)\n";
            Files.write(kernelLog, line.getBytes(UTF_8), StandardOpenOption.APPEND);
            await().atMost(LIMIT)
                    .until(() -> !events(Condition.GPU_XID, "GPU 0").isEmpty());
            HealthEvent xid = events(Condition.GPU_XID, "GPU 0").getFirst();
            assertThat(xid.action()).isEqualTo(Action.RESTART_CONTAINER);
            assertThat(xid.evidence())
                    .containsEntry("container", name)
                    .containsEntry("containerId", id)
                    .containsEntry("composeService", "train");

            docker.docker("kill", "--signal", "KILL", docker.run(List.of("--name", name + "-2"), "sleep", "1000"));
            String failing = docker.run(List.of("--name", name + "-3"), "sh", "-c", "exit 3");
            await().atMost(LIMIT)
                    .until(() ->
                            !events(Condition.CONTAINER_EXITED, name + "-3").isEmpty());
            HealthEvent exited = events(Condition.CONTAINER_EXITED, name + "-3").getFirst();
            assertThat(exited.state()).isEqualTo(State.RAISED);
            assertThat(exited.code()).isEqualTo("3");
            assertThat(exited.entity().id()).isEqualTo(failing);
            assertThat(events(Condition.CONTAINER_EXITED, name + "-2")).isEmpty(); // somebody's own doing: R-62
        }
    }
}
