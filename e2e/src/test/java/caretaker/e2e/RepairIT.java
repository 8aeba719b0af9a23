package caretaker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.DockerEngine;
import caretaker.testkit.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a real container's crash by agent, Kafka and recovery service to the report that a person reads. */
@Timeout(900)
class RepairIT {
    private static final String REPORT = "its error report: caretaker report ";

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    private Path dir;

    @Test
    void theDemoShowsACrashAndItsRepairAndTheReport() throws Exception {
        // Given: the built-in playbook, but for the time that it must be well
        Programs.assume("gcc");
        Path playbooks = Files.writeString(dir.resolve("playbooks.yml"), """
                playbooks:
                  - name: grafana
                    match: {services: [grafana]}
                    ladder: [{action: restart}, {action: recreate}]
                    probe: grafana
                    stable-for: 2s
                    never: [delete its volume]
                """);
        try (var docker = DockerEngine.assume();
                var demo = CaretakerProcess.demoWithRepair(
                        "--hosts", "1", "--gpus", "1", "--set", "recovery-service.playbooks=" + playbooks)) {
            // When
            demo.awaitReady().awaitLine(REPORT, LIMIT);

            // Then
            String line = demo.output().stream()
                    .filter(each -> each.contains(REPORT))
                    .findFirst()
                    .orElseThrow();
            String incident =
                    line.substring(line.indexOf(REPORT) + REPORT.length()).strip();
            String url = "http://127.0.0.1:" + demo.recoveryPort();
            var report = CaretakerProcess.run("report", incident, "--url", url);
            assertThat(report.exitCode()).as(report.output()).isZero();
            assertThat(report.output())
                    .contains(
                            "# Error Report",
                            "repaired and proven",
                            "fatal error",
                            "Only a person may delete its volume");
            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> { // the engine looks at its health every two seconds
                                var list = CaretakerProcess.run("recovery", "list", "--url", url);
                                assertThat(list.exitCode()).as(list.output()).isZero();
                                assertThat(list.output()).contains("grafana");
                                var verify =
                                        CaretakerProcess.run("recover", "verify", "--service", "grafana", "--url", url);
                                assertThat(verify.exitCode())
                                        .as(verify.output())
                                        .isZero();
                            });

            assertThat(demo.terminate()).contains(0);
            assertThat(docker.docker("ps", "-a", "--format", "{{.Names}}"))
                    .doesNotContain("caretaker-demo-" + demo.process().pid());
        }
    }
}
