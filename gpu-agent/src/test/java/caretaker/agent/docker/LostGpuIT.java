package caretaker.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.agent.containers.ContainerState.Phase;
import caretaker.agent.health.Finding;
import caretaker.contracts.Condition;
import caretaker.contracts.HealthEvent;
import caretaker.contracts.HealthEvent.Action;
import caretaker.contracts.HealthEvent.State;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that were given a device with the number of NVIDIA's, and lose it. */
class LostGpuIT {
    private final DockerEngine docker = DockerEngine.assume();
    private final WatchedHost host = new WatchedHost("resync: 1s").known();

    @TempDir
    private Path dir;

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    /** R-75, where the health check tells it. */
    @Test
    void aHealthCheckThatNvmlDoesNotAnswerIsALostGpuAsLongAsTheHostsAreWell() throws Exception {
        Finding driverGone =
                new Finding(Condition.GPU_DRIVER_GONE, Finding.host("gpu-01"), "", "the driver is gone", Map.of());
        host.ledger.raise("test", driverGone);
        String id = docker.run(
                List.of(
                        "--device", device() + ":/dev/nvidia3",
                        "--health-cmd", "echo 'Failed to initialize NVML: Unknown Error'; exit 255",
                        "--health-interval", "1s",
                        "--health-retries", "1"),
                "sleep",
                "1000");
        host.event(id, Condition.CONTAINER_UNHEALTHY, State.RAISED);
        assertThat(host.find(id, Condition.GPU_CONTAINER_LOST_GPU, State.RAISED))
                .isEmpty();
        host.ledger.clear(Condition.GPU_DRIVER_GONE, "gpu-01");
        HealthEvent raised = host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.RAISED);
        assertThat(raised.action()).isEqualTo(Action.RECREATE_CONTAINER);
        assertThat(raised.evidence())
                .containsEntry("gpus", "3")
                .containsEntry("seenBy", "health check")
                .containsEntry("checkOutput", "Failed to initialize NVML: Unknown Error ");
        docker.docker("rm", "-f", id);
        host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.CLEARED);
    }

    /** R-75, without anything that runs in the container: the cgroup has lost the device. */
    @Test
    void aCgroupWithoutTheDeviceIsALostGpu() throws Exception {
        Path cgroups = Path.of("/sys/fs/cgroup/devices");
        Assumptions.assumeTrue(
                Files.isWritable(cgroups), "cgroups of version 1 that can be written; version 2 keeps no list");
        String id = docker.run(List.of("--device", device() + ":/dev/nvidia3"), "sleep", "1000");
        host.await(id, state -> state.phase() == Phase.RUNNING && !state.gpus().isEmpty());
        Path group = cgroups.resolve("docker").resolve(id);
        assertThat(Files.readString(group.resolve("devices.list"))).contains("c 195:3 rwm");
        Files.writeString(group.resolve("devices.deny"), "c 195:3 rwm"); // as systemd does when it reloads
        HealthEvent raised = host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.RAISED);
        assertThat(raised.evidence()).containsEntry("seenBy", "device list of its cgroup");
        Files.writeString(group.resolve("devices.allow"), "c 195:3 rwm");
        host.event(id, Condition.GPU_CONTAINER_LOST_GPU, State.CLEARED);
    }

    private String device() throws IOException, InterruptedException {
        Path device = dir.resolve("nvidia3");
        int status = new ProcessBuilder(Programs.assume("mknod").toString(), device.toString(), "c", "195", "3")
                .start()
                .waitFor();
        Assumptions.assumeTrue(status == 0, "the right to make a device file");
        return device.toString();
    }
}
