package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import caretaker.testkit.DockerEngine;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies that break off, by an engine that a real one cannot be made to be, and a disk without room. */
@Timeout(180)
class CopyBrokenIT {
    private static final String OF_IT = "/containers/" + FakeDaemon.ID;
    private static final String INSPECT = "GET " + OF_IT + "/json";
    private static final String ARCHIVE = "GET " + OF_IT + "/archive";
    private static final String STOP = "POST " + OF_IT + "/stop";
    private static final String START = "POST " + OF_IT + "/start";

    private final FakeDaemon daemon = new FakeDaemon();
    private final AtomicReference<@Nullable HttpServerRequest> held = new AtomicReference<>();
    private final AtomicInteger read = new AtomicInteger();

    @TempDir
    private Path directory;

    private @Nullable Host host;

    @AfterEach
    void end() {
        if (host != null) {
            host.close();
        }
        daemon.close();
    }

    private Host host() {
        Host made = host == null ? new Host(daemon.address(), directory.resolve("incidents")) : host;
        host = made;
        return made;
    }

    private static Rung rung(boolean stop) {
        return new Rung(
                Action.COPY_ASIDE,
                false,
                Requirement.NOTHING,
                0,
                "/data",
                "",
                List.of(),
                Duration.ofSeconds(30),
                stop,
                "",
                "",
                "");
    }

    private static Buffer tar() {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            tar.putArchiveEntry(new TarArchiveEntry("data/"));
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    /** The first one who reads gets it all, the second one only its beginning. */
    private void archive(HttpServerRequest request) {
        if (read.incrementAndGet() == 1) {
            request.response().end(tar());
        } else {
            request.response().setChunked(true).write(tar().slice(0, 512)).onComplete(_ -> held.set(request));
        }
    }

    /** On a thread of its own: those that all share are few. */
    private CompletableFuture<Result> copying(Sighting before, boolean stop) {
        return CompletableFuture.supplyAsync(
                () -> host().perform(host().operation(before, rung(stop))), Thread::startVirtualThread);
    }

    private void breaksOff() {
        await().atMost(Host.LIMIT).until(() -> held.get() != null);
        HttpServerRequest request = held.get();
        if (request != null) {
            request.connection().close();
        }
    }

    /** The engine holds back every word about a container that is copied: the others must not wait for that. */
    @Test
    void whileItIsCopiedAllAreListed() {
        // Given
        daemon.on(ARCHIVE, this::archive);
        Sighting before = host().seen(FakeDaemon.ID);
        var copying = copying(before, false);
        await().atMost(Host.LIMIT).until(() -> held.get() != null);
        daemon.on(INSPECT, FakeDaemon::never);

        // When
        Sighting meanwhile = host().seen(FakeDaemon.ID);

        // Then
        assertThat(meanwhile).isEqualTo(before);

        // When
        daemon.on(INSPECT, FakeDaemon.json(200, FakeDaemon.container(FakeDaemon.STARTED)));
        breaksOff();

        // Then
        assertThat(copying.join())
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains("broke off"));
        assertThat(daemon.writes()).as("it was not to be stopped").isEmpty();
    }

    private void stops(String then) {
        String exited = FakeDaemon.container(FakeDaemon.STARTED).replace("\"running\"", "\"exited\"");
        daemon.on(ARCHIVE, this::archive).on(STOP, request -> {
            daemon.on(INSPECT, FakeDaemon.json(200, exited));
            request.response().setStatusCode(204).end();
        });
        daemon.on(
                START,
                request -> FakeDaemon.json(then.isEmpty() ? 204 : 500, then).accept(request));
    }

    @Test
    void whatWasStoppedForACopyThatBrokeOffIsStarted() {
        // Given
        stops("");
        Sighting before = host().seen(FakeDaemon.ID);
        var copying = copying(before, true);

        // When
        breaksOff();

        // Then
        assertThat(copying.join()).isInstanceOf(Result.Refused.class);
        assertThat(daemon.writes()).containsExactly(STOP, START);
    }

    @Test
    void thatItCannotBeStartedAgainIsTold() {
        // Given
        stops("{\"message\":\"the port is taken\"}");
        Sighting before = host().seen(FakeDaemon.ID);
        var copying = copying(before, true);

        // When
        breaksOff();

        // Then
        assertThat(copying.join())
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why())
                                .contains("broke off", "cannot be started again: the port is taken"));
    }

    /** A disk in memory that is smaller than what must stay free: nothing is stopped, and nothing is written. */
    @Test
    void withoutRoomNothingIsStopped() {
        // Given
        try (var docker = DockerEngine.assume()) {
            String volume = docker.name("small");
            String name = docker.name("full");
            docker.docker(
                    "volume",
                    "create",
                    "-d",
                    "local",
                    "-o",
                    "type=tmpfs",
                    "-o",
                    "device=tmpfs",
                    "-o",
                    "o=size=32m",
                    volume);
            try {
                String id =
                        docker.run(List.of("--name", name, "-v", volume + ":/small", "-v", "/data"), "sleep", "1000");
                Path disk = Path.of(docker.docker("volume", "inspect", "--format", "{{.Mountpoint}}", volume));
                Assumptions.assumeTrue(Files.isWritable(disk), "only root may write into a volume of the engine");
                try (var real = new Host("unix://" + DockerEngine.SOCKET, disk.resolve("incidents"))) {
                    Sighting before = real.seen(id);

                    // When
                    Result result = real.perform(real.operation(before, rung(true), "incident-1/1", false));

                    // Then
                    assertThat(result)
                            .isInstanceOfSatisfying(
                                    Result.Refused.class,
                                    refused -> assertThat(refused.why()).contains("no room", "1 GiB must stay free"));
                    assertThat(real.seen(id).startedAt()).isEqualTo(before.startedAt());
                    assertThat(real.seen(id).state()).isEqualTo(State.RUNNING);
                    assertThat(disk.resolve("copies/incident-1.1")).isEmptyDirectory();
                }
            } finally {
                docker.docker("rm", "-f", "-v", name);
                docker.docker("volume", "rm", volume);
            }
        }
    }
}
