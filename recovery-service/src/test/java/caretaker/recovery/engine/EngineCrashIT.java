package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.engine.Recreation.Step;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.PrivateEngine;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real engine that is killed and starts anew in the middle of what it was asked to do. */
@Timeout(300)
class EngineCrashIT {
    private final PrivateEngine engine = PrivateEngine.assume();
    private final Set<Step> crashes = EnumSet.noneOf(Step.class);
    private Host host;

    @BeforeEach
    void connect() {
        host = new Host(engine.address(), Path.of("unused"), 10, step -> {
            if (crashes.remove(step)) {
                engine.restart();
            }
        });
    }

    @AfterEach
    void end() {
        host.close();
        engine.close();
    }

    /** whatever it starts by itself, one is left in the end, with the name and volume there were. */
    @Test
    void anEngineThatIsKilledWithinARecreationLeavesOneContainer() {
        DockerEngine docker = engine.docker();
        String name = "anew";
        String id = docker.run(
                List.of(
                        "--name",
                        name,
                        "--network",
                        "none",
                        "-v",
                        "/data",
                        "--stop-timeout",
                        "0",
                        "--restart",
                        "always"),
                "sh",
                "-c",
                "echo run >> /data/runs; exec sleep 100000");
        String volume = docker.docker("inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", name);
        for (Step step : List.of(Step.RENAMED, Step.DISARMED, Step.CREATED, Step.STARTED)) {
            // Given
            Sighting before = host.seen(docker.docker("inspect", "--format", "{{.Id}}", name));
            String operation = Host.newOperation();
            Rung rung = Rung.of(Action.RECREATE);
            crashes.add(step);

            // When
            host.perform(host.operation(before, rung, operation, false));
            assertThat(crashes).as("killed after %s", step).isEmpty();

            // Then
            Effect.Perform again = host.operation(before, rung, operation, true);
            Awaitility.await(step.toString())
                    .atMost(Host.LIMIT)
                    .until(() -> host.perform(again), new Result.Done()::equals);
            assertThat(docker.docker("ps", "-a", "--format", "{{.Names}}")).isEqualTo(name);
            assertThat(docker.docker("inspect", "--format", "{{range .Mounts}}{{.Name}}{{end}}", name))
                    .isEqualTo(volume);
            assertThat(docker.docker(
                            "inspect", "--format", "{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}", name))
                    .isEqualTo("true always");
            assertThat(docker.docker("inspect", "--format", "{{.Id}}", name))
                    .isNotEqualTo(before.identity().id());
        }
        assertThat(docker.docker("exec", name, "head", "-n", "1", "/data/runs")).isEqualTo("run");
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + id))
                .isEmpty();
    }
}
