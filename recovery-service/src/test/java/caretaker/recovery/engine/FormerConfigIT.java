package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.Prometheus;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input;
import caretaker.recovery.incident.Input.ProbeAnswer;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import caretaker.testkit.DockerEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stand-in for Prometheus that reads its file, on a real engine. */
class FormerConfigIT {
    private static final String GOOD = "scrape: every 15s # password: hunter2\n";
    private static final String BROKEN = "broken: [\n";

    private final DockerEngine docker = DockerEngine.assume();

    @TempDir
    private Path dir;

    private Path file;
    private Host host;

    @BeforeEach
    void connect() throws IOException {
        host = new Host("unix://" + DockerEngine.SOCKET, dir.resolve("incidents"));
        Path folder = Files.createDirectory(dir.resolve("conf"));
        file = Files.writeString(folder.resolve("prometheus.yml"), GOOD);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
    }

    /** Runs, is ready, and what it has read was kept. */
    private Sighting prometheus(String... mounts) {
        List<String> words = new ArrayList<>(List.of("--stop-timeout", "0"));
        Stream.of(mounts).forEach(mount -> words.addAll(List.of("-v", mount)));
        String id = docker.run(words, "sh", "-c", Prometheus.script(), "--config.file=/conf/prometheus.yml");
        Sighting seen = host.await(
                id,
                now -> now.state() == State.EXITED
                        || host.look(now, Probe.PROMETHEUS, false).probe() == ProbeAnswer.PASSED);
        host.engine.keepConfig(seen);
        return seen;
    }

    private String folder() {
        return file.getParent() + ":/conf";
    }

    private Effect.Perform operation(Sighting before, String operation, boolean again) {
        var rung = new Rung(
                Action.FORMER_CONFIG,
                true,
                Requirement.FORMER_CONFIG,
                9090,
                "/cgi-bin/reload",
                "",
                List.of(),
                Duration.ofSeconds(30));
        return host.operation(before, rung, operation, again);
    }

    private Result putBack(Sighting before) {
        return host.perform(operation(before, Host.newOperation(), false));
    }

    private Input.Looked look(Sighting of) {
        return (Input.Looked) host.engine.look(new Effect.Look(
                7, of.identity(), Probe.NONE, Requirement.FORMER_CONFIG, true, "incident-1", List.of()));
    }

    private List<Path> kept(Sighting of, String kind) throws IOException {
        Path folder = dir.resolve("configs").resolve(of.key().replace('/', '+'));
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> each.getFileName().toString().startsWith(kind))
                    .sorted()
                    .toList();
        }
    }

    private String metrics(Sighting of) {
        return docker.docker("exec", of.identity().id(), "cat", "/www/metrics");
    }

    private void awaitRead(Sighting of, boolean well) {
        Awaitility.await()
                .atMost(Host.LIMIT)
                .until(() -> metrics(of).contains("last_reload_successful " + (well ? 1 : 0)));
    }

    private void says(Sighting of, String text) throws IOException {
        Files.writeString(file, text);
        docker.docker("kill", "-s", "HUP", of.identity().id());
    }

    @Test
    void whatDoesNotStartWithItsFileStartsWithTheFormerOne() throws IOException {
        // Given
        Sighting seen = prometheus(folder());
        assertThat(kept(seen, "good")).hasSize(1);
        assertThat(look(seen).allowed()).as("it is the one that there is").isFalse();
        Files.writeString(file, BROKEN);
        docker.docker("restart", "-t", "0", seen.identity().id());
        Sighting before = host.await(seen.identity().id(), now -> now.state() == State.EXITED);
        Input.Looked looked = look(before);
        assertThat(looked.allowed()).isTrue();
        assertThat(looked.former()).isNotNull();

        // When
        assertThat(putBack(before)).isEqualTo(new Result.Done());

        // Then
        host.await(seen.identity().id(), now -> now.state() == State.RUNNING);
        assertThat(file).hasContent(GOOD);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(kept(seen, "broken"))
                .singleElement()
                .satisfies(aside -> assertThat(aside).hasContent(BROKEN));
        for (Path each : Stream.concat(kept(seen, "good").stream(), kept(seen, "broken").stream())
                .toList()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                    .isEqualTo("rw-------");
        }
        String evidence = Files.readString(
                Path.of(Objects.requireNonNull(looked.evidence()).path()));
        assertThat(evidence).doesNotContain("hunter2");
    }

    /** It is not restarted: by HTTP where it lets itself be asked, else by a signal. */
    @Test
    void whatRunsReadsTheFormerOneAndIsNotRestarted() throws IOException {
        Sighting seen = prometheus(folder());
        says(seen, BROKEN);
        awaitRead(seen, false);
        host.engine.keepConfig(seen);
        assertThat(kept(seen, "good")).as("what it could not read is not good").hasSize(1);
        assertThat(putBack(seen)).isEqualTo(new Result.Done());
        awaitRead(seen, true);
        assertThat(file).hasContent(GOOD);
        Files.createFile(file.resolveSibling("lifecycle"));
        says(seen, BROKEN);
        awaitRead(seen, false);
        assertThat(putBack(host.seen(seen.identity().id()))).isEqualTo(new Result.Done());
        awaitRead(seen, true);
        assertThat(host.seen(seen.identity().id()).startedAt()).isEqualTo(seen.startedAt());
    }

    /** What was written after it was read last may be anything. */
    @Test
    void whatItHasNotReadYetIsNotKept() throws IOException {
        Sighting seen = prometheus(folder());
        Files.writeString(file, BROKEN);
        Files.setLastModifiedTime(
                file, FileTime.from(InstantSource.system().instant().plusSeconds(2)));
        host.engine.keepConfig(seen);
        assertThat(kept(seen, "good")).hasSize(1);
    }

    /** killed after the file was put back and before it was read; another good one is older. */
    @Test
    void begunAgainItPutsTheSameOneBack() throws IOException {
        Files.writeString(file, "older: 1\n");
        Sighting seen = prometheus(folder());
        says(seen, GOOD);
        Awaitility.await().atMost(Host.LIMIT).until(() -> {
            host.engine.keepConfig(seen);
            return kept(seen, "good").size() == 2;
        });
        says(seen, BROKEN);
        awaitRead(seen, false);
        String operation = Host.newOperation();
        var asked = new AtomicInteger();
        Result held = host.engine.perform(operation(seen, operation, false), () -> asked.incrementAndGet() == 1);
        assertThat(held).isEqualTo(new Result.Held());
        assertThat(file).hasContent(GOOD);
        assertThat(host.perform(operation(seen, operation, true))).isEqualTo(new Result.Done());
        awaitRead(seen, true);
        assertThat(file).hasContent(GOOD);
        assertThat(kept(seen, "broken")).hasSize(1);
    }

    /** The engine replaces no file that may not be written, or is mounted by itself: where the other is, is told. */
    @Test
    void whatCannotBeReplacedIsToldOfAndStaysAsItIs() throws IOException {
        for (String mount : List.of(folder() + ":ro", file + ":/conf/prometheus.yml")) {
            Files.writeString(file, GOOD);
            Sighting seen = prometheus(mount);
            says(seen, BROKEN);
            awaitRead(seen, false);
            Path good = kept(seen, "good").getFirst();
            assertThat(putBack(seen))
                    .as(mount)
                    .isInstanceOfSatisfying(
                            Result.Refused.class,
                            refused -> assertThat(refused.why())
                                    .startsWith("/conf/prometheus.yml cannot be replaced, the former one is in " + good)
                                    .doesNotContain("hunter2"));
            assertThat(file).hasContent(BROKEN);
        }
    }

    @Test
    void withoutAFormerOneNothingIsTouched() throws IOException {
        Files.writeString(file, BROKEN);
        Sighting seen = prometheus(folder());
        assertThat(seen.state()).isEqualTo(State.EXITED);
        assertThat(look(seen).allowed()).isFalse();
        assertThat(putBack(seen)).isEqualTo(new Result.Refused("no former configuration of it was kept"));
        assertThat(file).hasContent(BROKEN);
    }
}
