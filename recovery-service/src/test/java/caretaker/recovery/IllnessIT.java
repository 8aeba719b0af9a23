package caretaker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.Condition;
import caretaker.contracts.RecoveryEvent;
import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Kind;
import caretaker.testkit.DockerEngine;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What does not simply exit: the whole service, on containers that are ill in other ways. */
@ResourceLock(value = "kill switch", mode = ResourceAccessMode.READ)
@Timeout(180)
class IllnessIT {
    /** what runs and is unhealthy is restarted, and its repair is proven by its health. */
    @Test
    void anUnhealthyContainerIsRestartedUntilItIsHealthy(@TempDir Path directory) {
        try (var host = new RecoveryHost(directory)) {
            String id = host.container(
                    "ill",
                    "if [ -e /tmp/ran ]; then touch /tmp/well; fi; touch /tmp/ran; trap 'exit 0' TERM;"
                            + " while :; do sleep 0.2; done",
                    "--health-cmd",
                    "test -e /tmp/well",
                    "--health-interval",
                    "300ms",
                    "--health-retries",
                    "2");
            await().atMost(RecoveryHost.LIMIT)
                    .until(() -> host.inspect(id, "{{.State.Health.Status}}").equals("unhealthy"));
            try (var _ = host.start("data")) {
                host.says(id, Condition.CONTAINER_UNHEALTHY);
                RecoveryEvent succeeded = host.awaitTold("ill", Kind.SUCCEEDED);
                assertThat(Objects.requireNonNull(succeeded.operation()).action())
                        .isEqualTo(Action.RESTART);
                assertThat(Objects.requireNonNull(succeeded.after()).health()).isEqualTo("healthy");
                assertThat(host.inspect(id, "{{.State.Health.Status}}")).isEqualTo("healthy");
            }
        }
    }

    /** out of memory is no reason to give up; what is told of it says that it was. */
    @Test
    void aContainerThatRanOutOfMemoryIsStartedAgain(@TempDir Path directory) {
        try (var host = new RecoveryHost(directory)) {
            String id = host.container(
                    "starved",
                    "if [ -e /tmp/noticed ]; then sleep 100000; fi; " + DockerEngine.STARVES,
                    "--memory",
                    "8m",
                    "--memory-swap",
                    "8m");
            host.docker.awaitStarved(id);
            await().atMost(RecoveryHost.LIMIT)
                    .until(() -> host.inspect(id, "{{.State.OOMKilled}}").equals("true"));
            try (var _ = host.start("data")) {
                host.says(id, Condition.CONTAINER_EXITED);
                RecoveryEvent succeeded = host.awaitTold("starved", Kind.SUCCEEDED);
                assertThat(Objects.requireNonNull(succeeded.before()).oomKilled())
                        .isTrue();
                assertThat(host.runs("starved")).isTrue();
            }
        }
    }
}
