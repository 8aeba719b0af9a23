package caretaker.recovery.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.contracts.RecoveryEvent.Evidence;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.Health;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import caretaker.testkit.DockerEngine;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real containers that fail in all the ways that they can, and what is kept of it. */
class ContainersIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DockerEngine docker = DockerEngine.assume();

    @TempDir
    private Path dir;

    private Host host;

    @BeforeEach
    void connect() {
        host = new Host("unix://" + DockerEngine.SOCKET, dir.resolve("incidents"), 2, _ -> {});
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    private void awaitSaid(String id, String... words) {
        Awaitility.await().atMost(Host.LIMIT).until(() -> {
            String said = docker.docker("logs", id);
            return List.of(words).stream().allMatch(said::contains);
        });
    }

    /** who stops a container by hand is known by the engine's events, those before the start of the watch too. */
    @Test
    void whatAPersonStopsIsSeenAsStopped() {
        String before = docker.run(List.of("--stop-timeout", "0"), "sleep", "1000");
        docker.docker("stop", before);
        host.watching();
        host.await(before, Sighting::stopped);
        String after = docker.run(List.of(), "sh", "-c", "trap 'exit 7' TERM; echo set; while :; do sleep 0.1; done");
        awaitSaid(after, "set");
        String crashed = docker.run(List.of(), "sh", "-c", "exit 7");
        docker.docker("stop", after);
        assertThat(host.await(after, Sighting::stopped).exitCode()).isEqualTo(7);
        docker.docker("wait", crashed);
        assertThat(host.seen(crashed).stopped()).isFalse();
        docker.docker("start", before);
        host.await(before, seen -> seen.state() == State.RUNNING && !seen.stopped());
        assertThat(host.changes.get()).isPositive();
        String ours = docker.run(List.of("--stop-timeout", "0"), "sleep", "1000");
        assertThat(host.perform(host.seen(ours), Action.STOP)).isEqualTo(new Result.Done());
        docker.docker("stop", before); // its events come after all of the other's
        host.await(before, Sighting::stopped);
        assertThat(host.seen(ours).stopped()).as("it was this service").isFalse();
    }

    @Test
    void healthAndAWantOfMemoryAreSeen() {
        String ill = docker.run(
                List.of(
                        "--health-cmd",
                        "echo no password=hunter2; false",
                        "--health-interval",
                        "200ms",
                        "--health-retries",
                        "1"),
                "sleep",
                "1000");
        Sighting seen = host.await(ill, now -> now.health() == Health.UNHEALTHY);
        assertThat(seen.isIll()).isTrue();
        String starved = docker.run(List.of("--memory", "8m", "--memory-swap", "8m"), "sh", "-c", DockerEngine.STARVES);
        docker.awaitStarved(starved);
        Sighting dead = host.await(starved, Sighting::oomKilled);
        assertThat(dead.exitCode()).isEqualTo(137);
        assertThat(dead.endedAsIfStopped()).isFalse();
    }

    /** the engine gets the container's own signal, and kills it after the container's own timeout. */
    @Test
    void whatHangsInItsStopIsKilledAfterItsOwnTimeout() {
        String deaf =
                docker.run(List.of("--stop-timeout", "1"), "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done");
        Sighting before = host.seen(deaf);
        assertThat(host.perform(before, Action.RESTART)).isEqualTo(new Result.Done());
        assertThat(host.seen(deaf).startedAfter(before.startedAt())).isTrue();
        String polite = docker.run(
                List.of("--stop-signal", "USR1", "--stop-timeout", "60"),
                "sh",
                "-c",
                "trap 'exit 9' USR1; echo set; while :; do sleep 0.1; done");
        awaitSaid(polite, "set");
        assertThat(host.perform(host.seen(polite), Action.STOP)).isEqualTo(new Result.Done());
        assertThat(host.seen(polite).exitCode()).isEqualTo(9);
    }

    /** */
    @Test
    void whatIsRemovedOrPausedMeanwhileIsNotTouched() {
        String id = docker.run(List.of(), "sleep", "1000");
        Sighting before = host.seen(id);
        docker.docker("pause", id);
        assertThat(host.perform(before, Action.RESTART)).isEqualTo(new Result.Changed());
        assertThat(host.seen(id).state()).isEqualTo(State.PAUSED);
        docker.docker("unpause", id);
        docker.docker("rm", "-f", id);
        assertThat(host.perform(before, Action.RESTART)).isEqualTo(new Result.Changed());
        assertThat(host.perform(before, Action.RECREATE)).isEqualTo(new Result.Changed());
        assertThat(host.look(before, Probe.NONE, true).sighting()).isNull();
    }

    @Test
    void aCommandRunsWithoutAShellAndItsLastWordIsTold() {
        String id = docker.run(List.of(), "sleep", "1000");
        Sighting before = host.seen(id);
        assertThat(exec(before, "test", "-f", "/bin/busybox")).isEqualTo(new Result.Done());
        assertThat(exec(before, "sh", "-c", "echo first >&2; echo 'token=abc $(id)' >&2; exit 3"))
                .isEqualTo(new Result.Refused("the command ended with code 3: token=[redacted] $(id)"));
        assertThat(exec(before, "echo", "; touch /tmp/shell")).isEqualTo(new Result.Done());
        assertThat(exec(before, "test", "-f", "/tmp/shell")).isInstanceOf(Result.Refused.class);
        assertThat(exec(before, "no-such-program")).isInstanceOf(Result.Refused.class);
        assertThat(exec(before, "sleep", "1000")).isInstanceOf(Result.Unknown.class);
    }

    private Result exec(Sighting before, String... command) {
        return host.perform(host.operation(
                before,
                new Rung(
                        Action.EXEC, false, Requirement.NOTHING, 0, "", "", List.of(command), Duration.ofSeconds(10))));
    }

    /** */
    @Test
    void evidenceIsSavedBeforeAnythingIsDoneWithoutSecrets() throws IOException {
        String id = docker.run(
                List.of(
                        "-e", "DB_PASSWORD=env-secret",
                        "--label", "api_token=label-secret",
                        "--label", "url=http://user:url-secret@host/",
                        "--health-cmd", "echo password=health-secret; false",
                        "--health-interval", "200ms",
                        "--health-retries", "1"),
                "sh",
                "-c",
                "echo out; echo 'password=log-secret' >&2; while :; do sleep 1; done",
                "--password",
                "argument-secret");
        Sighting seen = host.await(id, now -> now.health() == Health.UNHEALTHY);
        awaitSaid(id, "out", "log-secret");
        Looked looked = host.look(seen, Probe.NONE, true);
        assertThat(looked.log()).containsExactlyInAnyOrder("out", "password=[redacted]");
        Evidence evidence = Objects.requireNonNull(looked.evidence());
        Path file = Path.of(evidence.path());
        assertThat(file).isEqualTo(dir.resolve("incidents/incident-1/evidence-1.json"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(evidence.bytes()).isEqualTo(Files.size(file));
        assertThat(evidence.sha256()).isEqualTo(sha256(file));
        String text = Files.readString(file);
        assertThat(text)
                .doesNotContain(
                        "env-secret", "label-secret", "url-secret", "health-secret", "log-secret", "argument-secret");
        JsonNode bundle = JSON.readTree(text);
        assertThat(bundle.path("inspect").path("Config").path("Env").has("DB_PASSWORD"))
                .isTrue();
        assertThat(bundle.path("health").path("Log").isEmpty()).isFalse();
        assertThat(bundle.path("host").path("diskOfData").path("freeBytes").asLong())
                .isPositive();
        assertThat(bundle.path("host").path("memory").path("MemTotalKibibytes").asLong())
                .isPositive();
        assertThat(bundle.path("log").size()).isEqualTo(2);
        assertThat(Objects.requireNonNull(host.look(seen, Probe.NONE, true).evidence())
                        .path())
                .endsWith("evidence-2.json");
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** at most 1 MiB of each incident's state, whatever a container writes. */
    @Test
    void aLogOfLongLinesDoesNotGrowTheEvidence() throws IOException {
        String id = docker.run(
                List.of("-e", "LONG=" + "x".repeat(100_000)),
                "sh",
                "-c",
                "for i in 1 2 3 4 5 6 7 8; do head -c 1000000 /dev/zero; echo; done; echo the end");
        docker.docker("wait", id);
        Looked looked = host.look(host.seen(id), Probe.NONE, true);
        Evidence evidence = Objects.requireNonNull(looked.evidence());
        assertThat(evidence.bytes()).isLessThanOrEqualTo(1 << 20);
        assertThat(looked.log()).last().isEqualTo("the end");
        assertThat(JSON.readTree(Path.of(evidence.path()).toFile())
                        .path("container")
                        .asText())
                .isNotEmpty();
    }

    @Test
    void aTerminalsLogIsReadToo() {
        String id = docker.run(List.of("-t"), "echo", "from a terminal");
        docker.docker("wait", id);
        assertThat(host.look(host.seen(id), Probe.NONE, true).log()).containsExactly("from a terminal");
        String silent = docker.run(List.of("--log-driver", "none"), "echo", "nothing");
        docker.docker("wait", silent);
        assertThat(host.look(host.seen(silent), Probe.NONE, true).log())
                .singleElement()
                .asString()
                .contains("cannot be read");
    }

    /** the container's own address. */
    @Test
    void aServiceIsAskedAtItsContainersAddress() {
        String id = docker.run(
                List.of("--name", docker.name("grafana"), "-p", "127.0.0.1::3000"),
                "sh",
                "-c",
                "mkdir -p /tmp/api; echo '{\"database\": \"ok\"}' > /tmp/api/health; exec httpd -f -p 3000 -h /tmp");
        Sighting seen = host.seen(id);
        Awaitility.await()
                .atMost(Host.LIMIT)
                .until(() -> host.look(seen, Probe.GRAFANA, false).probe() == ProbeAnswer.PASSED);
        String follower = docker.run(List.of("--network", "container:" + id), "sleep", "1000");
        assertThat(host.look(host.seen(follower), Probe.GRAFANA, false).probe()).isEqualTo(ProbeAnswer.PASSED);
        assertThat(host.look(seen, Probe.PROMETHEUS, false).probe()).isEqualTo(ProbeAnswer.FAILED);
        docker.docker("stop", "-t", "0", id);
        assertThat(host.look(seen, Probe.GRAFANA, false).probe()).isEqualTo(ProbeAnswer.NONE);
    }

    @Test
    void labelsOfAnyKindAreNoTroubleAndOldHalvesAreNotListed() throws Unavailable {
        String odd = docker.run(
                List.of(
                        "--name",
                        docker.name("odd"),
                        "--label",
                        "com.docker.compose.project=../../etc",
                        "--label",
                        "com.docker.compose.service=--rm",
                        "--label",
                        "com.docker.compose.container-number=99999999999",
                        "--label",
                        "caretaker.long=" + "x".repeat(100_000),
                        "--label",
                        "caretaker.replaces=,,," + "../".repeat(50)),
                "sleep",
                "1000");
        assertThat(host.seen(odd).key()).isEqualTo(host.seen(odd).identity().name());
        String once = docker.run(
                List.of(
                        "--name", docker.name("once"),
                        "--label", "com.docker.compose.project=shop",
                        "--label", "com.docker.compose.service=web",
                        "--label", "com.docker.compose.container-number=1",
                        "--label", "com.docker.compose.oneoff=True"),
                "sleep",
                "1000");
        assertThat(host.seen(once).key()).as("a compose run is not the service").startsWith("ct-once");
        String half = docker.run(List.of("--name", "caretaker-replaced-" + odd.substring(0, 12)), "sleep", "1000");
        assertThat(host.engine.list()).noneMatch(seen -> seen.identity().id().equals(half));
        assertThat(host.registry
                        .get("caretaker.recovery.engine.old.halves")
                        .gauge()
                        .value())
                .isGreaterThanOrEqualTo(1);
    }

    /** what an earlier run said is evidence, and no reason to judge this one. */
    @Test
    void onlyWhatThisRunSaidIsJudged() throws IOException {
        String id = docker.run(
                List.of(),
                "sh",
                "-c",
                "test -e /again || { touch /again; echo bind: address already in use; sleep 2; exit 1; }; echo 2nd run");
        docker.docker("wait", id);
        assertThat(host.look(host.seen(id), Probe.NONE, true).log()).containsExactly("bind: address already in use");
        docker.docker("start", id);
        docker.docker("wait", id);
        Looked looked = host.look(host.seen(id), Probe.NONE, true);
        assertThat(looked.log()).containsExactly("2nd run");
        assertThat(Files.readString(
                        Path.of(Objects.requireNonNull(looked.evidence()).path())))
                .contains("address already in use", "2nd run");
    }

    /** an incident that goes on for days keeps its beginning and its end. */
    @Test
    void anIncidentKeepsItsFirstBundleAndTheNewest() {
        var metrics = new EngineMetrics(new SimpleMeterRegistry());
        var store = new EvidenceStore(dir.resolve("long"), 2, metrics);
        for (int i = 1; i <= 30; i++) {
            Evidence saved =
                    store.save("long", Integer.toString(i).getBytes(UTF_8)).orElseThrow();
            assertThat(Path.of(saved.path()))
                    .hasFileName("evidence-" + i + ".json")
                    .hasContent(Integer.toString(i));
        }
        Path folder = dir.resolve("long/long");
        assertThat(folder)
                .isDirectoryContaining("glob:**/evidence-1.json")
                .isDirectoryNotContaining("glob:**/evidence-2.json");
        assertThat(Objects.requireNonNull(folder.toFile().list())).hasSize(20);
        assertThat(metrics.bundlesRemoved.count()).isEqualTo(10);
    }

    /** Of more incidents than are kept the oldest goes. */
    @Test
    void theEvidenceOfOldIncidentsMakesRoom() throws IOException {
        var metrics = new EngineMetrics(new SimpleMeterRegistry());
        var store = new EvidenceStore(dir.resolve("kept"), 2, metrics);
        for (String incident : List.of("one", "two", "three", "../../escape", "")) {
            assertThat(store.save(incident, new byte[] {'{', '}'})).isPresent();
            try (var folders = Files.list(dir.resolve("kept"))) {
                folders.filter(folder -> folder.endsWith("one"))
                        .forEach(folder ->
                                assertThat(folder.toFile().setLastModified(1)).isTrue());
            }
        }
        try (var folders = Files.list(dir.resolve("kept"))) {
            assertThat(folders).hasSize(2).noneMatch(folder -> folder.endsWith("one"));
        }
        assertThat(dir.resolve("escape")).doesNotExist();
        assertThat(metrics.evidenceRemoved.count()).isEqualTo(3);
    }
}
