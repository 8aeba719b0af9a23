package caretaker.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.testkit.DockerEngine;
import caretaker.testkit.Programs;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training job in a real container is scraped by a real Prometheus because of its labels alone: agent, bus and
 * collector between them, the scrape configuration the one that we ship.
 */
class JobDiscoveryIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String PYTHON = "/usr/bin/python3";

    @TempDir
    private Path dir;

    /** @param settings of their agents */
    private static CaretakerProcess twoHosts(String... settings) {
        List<String> words = new ArrayList<>(List.of("demo", "--hosts", "2", "--gpus", "1"));
        for (String setting : settings) {
            words.addAll(List.of("--set", "gpu-agent." + setting));
        }
        return CaretakerProcess.start(words.toArray(String[]::new)).awaitReady();
    }

    @Test
    void aJobsMetricsAreInPrometheusUnderItsOwnNamesForAsLongAsItsContainerRuns() throws Exception {
        Path prometheus = Programs.assume("prometheus");
        assumePythonClient();
        try (var docker = DockerEngine.assume()) {
            String project = docker.name("jobs"); // others run containers, too
            try (var demo = twoHosts(
                            "docker.enabled=true", "docker.projects=" + project, "inventory.address=127.0.0.1");
                    var server = PrometheusServer.start(prometheus, demo, dir)) {
                String name = docker.name("train");
                docker.run(hostile(docker, project), "sleep", "600");

                // When
                docker.run(training(name, project), PYTHON, "/job/train.py");

                // Then
                String job = "{job=\"trainer\",instance=\"node-1\",host=\"node-1\",container=\"" + name
                        + "\",model=\"llama \\\"70b\\\"\",dataset=\"c4\",run=\"7\"}";
                await().atMost(LIMIT).untilAsserted(() -> {
                    assertThat(server.query("ml_batches_processed_total" + job)).isPositive();
                    assertThat(server.query("ml_training_loss" + job)).isBetween(0.5, 2.0);
                    assertThat(server.query("ml_training_batch_duration_seconds_count" + job))
                            .isPositive();
                });
                JsonNode list = new ObjectMapper().readTree(demo.get("/sd/ml"));
                assertThat(list).hasSize(1); // nothing that the hostile one asks for
                assertThat(list.at("/0/targets/0").textValue()).startsWith("127.0.0.1:");
                await().atMost(LIMIT) // each job has its own turn
                        .untilAsserted(() -> assertThat(server.query("count(count by (job) (up))"))
                                .isEqualTo(3));

                // When
                docker.docker("stop", "-t", "0", name);

                // Then
                await().atMost(LIMIT).untilAsserted(() -> {
                    assertThat(demo.get("/sd/ml")).isEqualTo("[]");
                    assertThat(server.query("count(ml_batches_processed_total)"))
                            .isNaN();
                    assertThat(server.query("count(up{job=\"trainer\"})")).isNaN();
                });
            }
        }
    }

    /** As docs/discovery.md tells the operator to. */
    @Test
    void aHostIsTakenOutOfTheInventoryWithARecordWithoutValue() throws Exception {
        Path kcat = Programs.assume("kcat");
        try (var demo = twoHosts("inventory.interval=1h")) { // a sign of life would bring the host back
            await().atMost(LIMIT).until(() -> demo.metrics().contains("caretaker_collector_inventory_hosts 2"));
            Process command = new ProcessBuilder(
                            kcat.toString(),
                            "-P",
                            "-b",
                            demo.bootstrap(),
                            "-t",
                            "caretaker.inventory",
                            "-K:",
                            "-Z",
                            "-X",
                            "partitioner=murmur2_random")
                    .redirectErrorStream(true)
                    .start();
            try (var in = command.getOutputStream()) {
                in.write("node-2:\n".getBytes(UTF_8));
            }
            String said = new String(command.getInputStream().readAllBytes(), UTF_8);
            assertThat(command.waitFor()).as(said).isZero();
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(demo.metrics())
                            .contains("caretaker_collector_inventories_total{outcome=\"removed\"} 1")
                            .contains("caretaker_collector_inventory_hosts 1"));
        }
    }

    /** Python's client of Prometheus, as Debian has it. */
    private static void assumePythonClient() throws IOException, InterruptedException {
        boolean there = Files.isExecutable(Path.of(PYTHON))
                && new ProcessBuilder(PYTHON, "-c", "import prometheus_client")
                                .redirectErrorStream(true)
                                .start()
                                .waitFor()
                        == 0;
        Assumptions.assumeTrue(there, "no python3-prometheus-client; apt-get install it");
    }

    /** The image has no Python: it is this machine's own, mounted. */
    private static List<String> training(String name, String project) {
        return List.of(
                "--name", name,
                "-p", "8000",
                "-v", "/usr:/usr:ro",
                "-v", "/usr/lib:/lib:ro",
                "-v", "/usr/lib64:/lib64:ro",
                "-v", Path.of("src/test/resources").toAbsolutePath() + ":/job:ro",
                "--label", "com.docker.compose.project=" + project,
                "--label", "caretaker.metrics.port=8000",
                "--label", "caretaker.metrics.job=trainer",
                "--label", "caretaker.ml.model=llama \"70b\"",
                "--label", "caretaker.ml.dataset=c4",
                "--label", "caretaker.ml.run=7",
                "--label", "instance=node-2",
                "--label", "__address__=10.0.0.8:9090");
    }

    /** Would like to be the collector itself. */
    private static List<String> hostile(DockerEngine docker, String project) {
        return List.of(
                "--name", docker.name("hostile"),
                "-p", "8000",
                "--label", "com.docker.compose.project=" + project,
                "--label", "caretaker.metrics.port=8000",
                "--label", "caretaker.metrics.job=caretaker-collector",
                "--label", "caretaker.ml.model=a\nb");
    }
}
