package caretaker.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.RunningProgram;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user meets it: what it prints, what it exits with, what it leaves behind. */
class CommandLineIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path dir;

    @Test
    void theDemoServesItsGpusAndEndsCleanlyOnSigterm() throws Exception {
        try (var demo = CaretakerProcess.start("demo").awaitReady()) {
            assertThat(demo.output())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("ready in")
                            .contains("http://127.0.0.1:" + demo.collectorPort() + "/metrics"));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(demo.metrics()
                                    .lines()
                                    .filter(line -> line.startsWith("nvidia_gpu_up{"))
                                    .count())
                            .isEqualTo(32));
            assertThat(demo.terminate()).hasValue(0);
        }
    }

    @Test
    void aKilledRunLeavesItsFolderUsable() throws Exception {
        String data = dir.resolve("data").toString();
        int kafka;
        try (var run =
                CaretakerProcess.start("run", "--simulate", "2", "--data", data).awaitReady()) {
            kafka = run.kafkaPort();

            // When
            run.kill();
        }

        // Then
        try (var again = CaretakerProcess.start(kafka, "run", "--simulate", "2", "--data", data)
                .awaitReady()) {
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(again.metrics()).contains("nvidia_gpu_up{"));
            assertThat(again.terminate()).hasValue(0);
        }
    }

    @Test
    void aSecondInstanceOnTheSameFolderAndATakenPortAreSaid() throws Exception {
        String data = dir.resolve("data").toString();
        try (var run =
                CaretakerProcess.start("run", "--simulate", "1", "--data", data).awaitReady()) {
            var second = CaretakerProcess.startInVain("run", "--simulate", "1", "--data", data);
            assertThat(second.exitCode()).isEqualTo(7);
            assertThat(second.output()).contains("caretaker: ").contains(data);

            var sameKafka = CaretakerProcess.startInVain(
                    "run",
                    "--simulate",
                    "1",
                    "--data",
                    dir.resolve("other").toString(),
                    "--set",
                    "kafka-port=" + run.kafkaPort());
            assertThat(sameKafka.exitCode()).isEqualTo(8);
            assertThat(sameKafka.output()).contains(Integer.toString(run.kafkaPort()));
        }
        try (var taken = new ServerSocket(0)) {
            var blocked = CaretakerProcess.startInVain("demo", "--set", "collector.http.port=" + taken.getLocalPort());
            assertThat(blocked.exitCode()).isEqualTo(8);
            assertThat(blocked.output())
                    .contains(Integer.toString(taken.getLocalPort()))
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        var ended = CaretakerProcess.startInVain("run", "--simulate", "1", "--data", file.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains(file.toString()).doesNotContain("\tat ");
    }

    @Test
    void withoutADriverItSaysWhatToDo() throws Exception {
        var ended = CaretakerProcess.startInVain(
                "run",
                "--data",
                dir.resolve("data").toString(),
                "--set",
                "gpu-agent.nvml.library=libnvidia-ml-absent.so.1");
        assertThat(ended.exitCode()).isEqualTo(8);
        assertThat(ended.output())
                .contains(
                        "no NVIDIA driver (libnvidia-ml-absent.so.1 not found); use --simulate N or `caretaker demo`");
    }

    @Test
    void badSettingsAreLocated() throws Exception {
        Path config =
                Files.writeString(dir.resolve("run.yml"), "gpu-agent:\n  intervals:\n    fast: 5\nkafka-prot: 1\n");
        var ended = CaretakerProcess.run("run", "--config", config.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output())
                .contains("run.yml:3:11: gpu-agent.intervals.fast: '5' is not a duration")
                .contains("run.yml:4:1: kafka-prot: unknown key; did you mean 'kafka-port'?");
    }

    @Test
    void eventsTailPrintsReadingsForPeopleAndAsJson() throws Exception {
        try (var demo = CaretakerProcess.start("demo", "--hosts", "2", "--faults", "none")
                .awaitReady()) {
            var people = CaretakerProcess.run(
                    "events", "tail", "readings", "--bootstrap", demo.bootstrap(), "--host", "node-2", "--max", "2");
            assertThat(people.exitCode()).isZero();
            assertThat(people.output().lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .containsPattern(
                                    "^[0-9:.]+ {2}readings {2}node-2 {2}#\\d+ \\| 0: \\d+% \\d+C \\d+W \\d+GiB"));

            var json = CaretakerProcess.run(
                    "events",
                    "tail",
                    "readings",
                    "--since",
                    "1m",
                    "--max",
                    "1",
                    "--json",
                    "--bootstrap",
                    demo.bootstrap());
            assertThat(json.output()).contains("\"utilization_percentage\":").contains("\"topic\":\"caretaker.");

            var unknown = CaretakerProcess.run("events", "tail", "nonsense", "--bootstrap", demo.bootstrap());
            assertThat(unknown.exitCode()).isEqualTo(5);
            assertThat(unknown.output()).contains("no topic caretaker.nonsense").contains("caretaker.readings");
        }
        var nobody = CaretakerProcess.run("events", "tail", "--bootstrap", "127.0.0.1:1");
        assertThat(nobody.exitCode()).isEqualTo(8);
        assertThat(nobody.output()).contains("no answer from Kafka at 127.0.0.1:1");
    }

    @Test
    void aScriptedFaultShowsAsRaisedAndClearedAndChecksFailMeanwhile() throws Exception {
        // Given: one that comes back, and one that is lost for as long as a check may take
        Path faults = Files.writeString(dir.resolve("faults"), """
                at 2s gpu 1 of node-1: xid 79
                at 2s gpu 1 of node-1: lost
                at 2s gpu 2 of node-1: lost
                at 30s gpu 1 of node-1: back
                """);
        try (var demo = CaretakerProcess.start("demo", "--hosts", "1", "--faults", faults.toString())
                        .awaitReady();
                var tail = RunningProgram.start(CaretakerProcess.command(List.of(
                        "events", "tail", "caretaker.health", "--since", "10m", "--bootstrap", demo.bootstrap())))) {
            // Then
            tail.awaitLine("gpu.xid occurred  GPU 1", LIMIT)
                    .awaitLine("gpu.lost raised  GPU 1", LIMIT)
                    .awaitLine("gpu.lost raised  GPU 2", LIMIT);
            var check = CaretakerProcess.run("gpu", "check", "--bootstrap", demo.bootstrap());
            assertThat(check.exitCode()).isEqualTo(4);
            assertThat(check.output()).contains("gpu.lost");
            tail.awaitLine("gpu.lost cleared  GPU 1", LIMIT);
        }
    }

    @Test
    void helpNamesEveryCommandAndUsageErrorsExitWithTwo() throws Exception {
        assertThat(CaretakerProcess.run("help").output())
                .contains(
                        "demo",
                        "run",
                        "gpu-agent",
                        "collector",
                        "alert-router",
                        "alertmanager",
                        "events",
                        "Exit codes");
        assertThat(CaretakerProcess.run("--version").exitCode()).isZero();
        assertThat(CaretakerProcess.run("frobnicate").exitCode()).isEqualTo(2);
        assertThat(CaretakerProcess.run("collector", "--print-config").output()).contains("port: 9811");
    }
}
