package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.EngineEvents;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.Looked;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import caretaker.testkit.DockerEngine;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real databases in real containers that are copied aside. */
class CopyAsideIT {
    /** As a process ends that is killed: nobody catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final DockerEngine docker = DockerEngine.assume();
    private final AtomicReference<CopyAside.@Nullable Step> killedAfter = new AtomicReference<>();

    @TempDir
    private Path directory;

    private Host host;

    @BeforeEach
    void begin() {
        host = new Host("unix://" + DockerEngine.SOCKET, directory.resolve("incidents"), 10, step -> {
            if (step == killedAfter.get()) {
                throw new Killed();
            }
        });
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    private Path copies() {
        return directory.resolve("copies");
    }

    /** A container that runs, with the folder in a volume of its own at /var/lib/grafana. */
    private Sighting running(boolean isDamaged) {
        String id = docker.create(
                List.of("--name", docker.name("copied"), "--stop-timeout", "0", "-v", "/var/lib/grafana"),
                "sleep",
                "1000");
        docker.docker("cp", Databases.folder(directory.resolve("service"), isDamaged) + "/.", id + ":/var/lib/grafana");
        docker.docker("start", id);
        return host.seen(id);
    }

    private static Rung rung(String path, boolean stop, String check) {
        return new Rung(
                Action.COPY_ASIDE,
                false,
                Requirement.NOTHING,
                0,
                path,
                "",
                List.of(),
                Duration.ofMinutes(1),
                stop,
                check,
                "",
                "");
    }

    private static final Rung GRAFANA = rung("/var/lib/grafana", true, "grafana.db");

    private Result copy(Sighting before, Rung rung, int attempt, boolean again) {
        return host.perform(host.operation(before, rung, "incident-1/" + attempt, again));
    }

    private Looked looked(Sighting of) {
        Input answer = host.engine.look(new Effect.Look(
                7, of.identity(), Probe.NONE, Requirement.DAMAGED_COPY, false, "incident-1", List.of()));
        return (Looked) answer;
    }

    private JsonNode record(int attempt) {
        try {
            return new ObjectMapper()
                    .readTree(copies().resolve("incident-1." + attempt + "/copy.json")
                            .toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> files(int attempt) {
        try (Stream<Path> files = Files.list(copies().resolve("incident-1." + attempt))) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aWholeDatabaseIsCopiedAndTheContainerRunsAgain() throws IOException {
        // Given
        host.watching();
        Sighting before = running(false);

        // When
        Result result = copy(before, GRAFANA, 1, false);

        // Then
        assertThat(result).isEqualTo(new Result.Done());
        assertThat(files(1)).containsExactly("copy.json", "copy.tar", "copy.tar.sha256");
        Path tar = copies().resolve("incident-1.1/copy.tar");
        assertThat(record(1).path("sha256").asText()).isEqualTo(sha256(tar));
        assertThat(Files.readString(tar.resolveSibling("copy.tar.sha256"))).isEqualTo(sha256(tar) + "  copy.tar\n");
        assertThat(record(1).path("bytes").asLong()).isEqualTo(Files.size(tar));
        assertThat(record(1).path("check").asText()).isEqualTo("ok");
        assertThat(record(1).path("container").asText()).isEqualTo(before.key());
        Sighting after = host.seen(before.identity().id());
        assertThat(after.state()).isEqualTo(State.RUNNING);
        assertThat(after.startedAfter(before.startedAt())).isTrue();
        assertThat(looked(after).allowed()).as("a restore is for damaged ones").isFalse();
        assertThat(looked(after).copy())
                .isEqualTo(new Input.Copy(
                        false,
                        "copy of /var/lib/grafana in " + tar.getParent() + " (" + Files.size(tar)
                                + " bytes); grafana.db in it is whole"));
    }

    @Test
    void aDamagedDatabaseIsFoundAndWhatLimpedIsNotLeftDown() {
        // Given
        Sighting before = running(true);

        // When
        Result result = copy(before, GRAFANA, 1, false);

        // Then
        assertThat(result).isEqualTo(new Result.Done());
        assertThat(record(1).path("check").asText()).isEqualTo("damaged");
        assertThat(record(1).path("said")).isNotEmpty();
        assertThat(files(1)).as("what was taken out of it is gone").hasSize(3);
        Sighting after = host.seen(before.identity().id());
        assertThat(after.state()).isEqualTo(State.RUNNING);
        assertThat(looked(after).allowed()).isTrue();
        assertThat(looked(after).copy())
                .isNotNull()
                .satisfies(copy -> assertThat(copy.what()).contains("grafana.db in it is damaged: "));
        // a service that starts anew reads the same
        try (var anew = new Host("unix://" + DockerEngine.SOCKET, directory.resolve("incidents"))) {
            Input answer = anew.engine.look(new Effect.Look(
                    8, after.identity(), Probe.NONE, Requirement.DAMAGED_COPY, false, "incident-1", List.of()));
            assertThat(((Looked) answer).allowed()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"true,EXITED", "false,RUNNING"})
    void whatWasDownStaysDownOnlyWithADamagedDatabase(boolean isDamaged, State then) {
        // Given
        Sighting before = running(isDamaged);
        docker.docker("stop", before.identity().id());
        Sighting down = host.seen(before.identity().id());

        // When
        Result result = copy(down, GRAFANA, 1, false);

        // Then
        assertThat(result).isEqualTo(new Result.Done());
        assertThat(host.seen(before.identity().id()).state()).isEqualTo(then);
    }

    /** killed anywhere, the same operation goes on: one stop, one copy, and in the end it runs. */
    @ParameterizedTest
    @EnumSource(CopyAside.Step.class)
    void killedAfterEachStepItGoesOn(CopyAside.Step step) throws IOException {
        // Given
        Sighting before = running(false);
        String id = before.identity().id();
        try (var events = new EngineEvents(docker, "die")) {
            killedAfter.set(step);
            assertThatThrownBy(() -> {
                        Result result = copy(before, GRAFANA, 1, false);
                        throw new AssertionError("not killed: " + result);
                    })
                    .isInstanceOf(Killed.class);
            killedAfter.set(null);
            Path tar = copies().resolve("incident-1.1/copy.tar");
            Object first =
                    Files.exists(tar) ? Files.readAttributes(tar, "unix:ino").get("ino") : null;

            // When
            Result result = copy(before, GRAFANA, 1, true);

            // Then
            assertThat(result).isEqualTo(new Result.Done());
            assertThat(files(1)).containsExactly("copy.json", "copy.tar", "copy.tar.sha256");
            if (first != null) {
                assertThat(Files.readAttributes(tar, "unix:ino"))
                        .as("no second copy")
                        .containsEntry("ino", first);
            }
            Sighting after = host.seen(id);
            assertThat(after.state()).isEqualTo(State.RUNNING);
            assertThat(after.startedAfter(before.startedAt())).isTrue();
            assertThat(events.count("die", id)).isEqualTo(1);

            // When
            Result once = copy(before, GRAFANA, 1, true);

            // Then
            assertThat(once).as("once more changes nothing").isEqualTo(new Result.Done());
            assertThat(host.seen(id).startedAt()).isEqualTo(after.startedAt());
        }
    }

    /** asked before each call that changes something; whoever is next goes on. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoMayNotGoOnLeavesTheRestToTheNext(int allowed) {
        // Given
        Sighting before = running(false);
        int[] asked = {0};

        // When
        Result result =
                host.engine.perform(host.operation(before, GRAFANA, "incident-1/1", false), () -> asked[0]++ < allowed);

        // Then
        assertThat(result).isInstanceOf(Result.Unknown.class);
        assertThat(copy(before, GRAFANA, 1, true)).isEqualTo(new Result.Done());
        assertThat(host.seen(before.identity().id()).state()).isEqualTo(State.RUNNING);
    }

    /** A playbook that was changed while its copy was made: what was stopped for it runs again. */
    @Test
    void withoutItsRungItIsOnlyBroughtBack() {
        // Given
        Sighting before = running(false);
        killedAfter.set(CopyAside.Step.STOPPED);
        assertThatThrownBy(() -> copy(before, GRAFANA, 1, false)).isInstanceOf(Killed.class);
        killedAfter.set(null);
        Effect.Perform perform = host.operation(before, GRAFANA, "incident-1/1", true);

        // When
        Result result =
                host.perform(new Effect.Perform(perform.container(), perform.operation(), Rung.of(Action.NONE), true));

        // Then
        assertThat(result).isEqualTo(new Result.Done());
        assertThat(host.seen(before.identity().id()).state()).isEqualTo(State.RUNNING);
    }

    /** The bound of this host is 1 MiB. */
    @Test
    void whatIsMoreThanTheBoundIsNotCopiedAndRunsAgain() {
        // Given
        Sighting before = running(false);
        String id = before.identity().id();
        docker.docker("exec", id, "dd", "if=/dev/zero", "of=/var/lib/grafana/more", "bs=1M", "count=2");

        // When
        Result result = copy(before, GRAFANA, 1, false);

        // Then
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains("1048576 bytes", "docker.max-copy"));
        assertThat(files(1)).isEmpty();
        assertThat(host.seen(id).state()).isEqualTo(State.RUNNING);
        assertThat(looked(before).copy()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"/nowhere,there is no /nowhere in it", "/var/link,is a link to /var/lib/grafana"})
    void whatIsNotThereStopsNothing(String path, String why) {
        // Given
        Sighting before = running(false);
        docker.docker("exec", before.identity().id(), "busybox", "ln", "-s", "/var/lib/grafana", "/var/link");

        // When
        Result result = copy(before, rung(path, true, ""), 1, false);

        // Then
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains(why));
        assertThat(host.seen(before.identity().id()).startedAt()).isEqualTo(before.startedAt());
    }

    /** A Prometheus may have its data elsewhere: its command says so. */
    @ParameterizedTest
    @CsvSource({"--storage.tsdb.path=/data/", "--storage.tsdb.path=../data", "--storage.tsdb.path /data"})
    void whereItIsMayBeAFlagOfItsCommand(String flags) {
        // Given
        String id = docker.run(
                List.of("--name", docker.name("flag"), "--stop-timeout", "0", "-w", "/tmp"),
                "sh",
                "-c",
                "mkdir -p /data/wal; echo here > /data/wal/00000001; exec sleep 1000",
                "prometheus",
                flags.contains(" ") ? "--storage.tsdb.path" : flags,
                flags.contains(" ") ? "/data" : "--other=/x");
        Sighting before = host.seen(id);
        Rung rung = new Rung(
                Action.COPY_ASIDE,
                false,
                Requirement.NOTHING,
                0,
                "/prometheus/wal",
                "",
                List.of(),
                Duration.ofMinutes(1),
                false,
                "",
                "--storage.tsdb.path",
                "");

        // When
        Result result = Awaitility.await()
                .atMost(Host.LIMIT)
                .until(() -> copy(before, rung, 1, false), done -> done.equals(new Result.Done()));

        // Then
        assertThat(result).isEqualTo(new Result.Done());
        assertThat(record(1).path("path").asText()).isEqualTo("/data/wal");
    }

    /** A running one is copied as it is; the newest five copies are kept, whosever they are. */
    @Test
    void theNewestFiveAreKept() throws IOException {
        // Given
        Sighting before = running(false);

        // When
        for (int attempt = 1; attempt <= Copies.MOST + 1; attempt++) {
            assertThat(copy(before, rung("/var/lib/grafana/grafana.db", false, ""), attempt, false))
                    .isEqualTo(new Result.Done());
        }

        // Then
        try (Stream<Path> folders = Files.list(copies())) {
            assertThat(folders.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "incident-1.2", "incident-1.3", "incident-1.4", "incident-1.5", "incident-1.6");
        }
        assertThat(record(6).path("check").asText()).isEqualTo("none");
        assertThat(host.seen(before.identity().id()).startedAt()).isEqualTo(before.startedAt());
        assertThat(looked(before).copy())
                .isNotNull()
                .satisfies(copy -> assertThat(copy.what()).contains("incident-1.6"));
    }

    /** somebody has started it anew since it was decided on. */
    @Test
    void anotherRunIsLeftAlone() {
        // Given
        Sighting before = running(false);
        docker.docker("restart", before.identity().id());

        // When
        Result result = copy(before, GRAFANA, 1, false);

        // Then
        assertThat(result).isEqualTo(new Result.Changed());
        assertThat(copies()).doesNotExist();
    }
}
