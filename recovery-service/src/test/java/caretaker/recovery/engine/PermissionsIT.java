package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.EngineEvents;
import caretaker.recovery.containers.Scope;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Rung;
import caretaker.recovery.playbook.Rung.Requirement;
import caretaker.testkit.DockerEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of a real volume that belong to the wrong user. */
class PermissionsIT {
    private static final String DATA = "/var/lib/grafana";
    private static final String SERVES = "if touch " + DATA + "/lock; then exec sleep 100000; fi; "
            + "echo \"GF_PATHS_DATA='" + DATA + "' is not writable.\"; exit 1";

    private final DockerEngine docker = DockerEngine.assume();
    private final String volume = docker.name("volume");
    private final List<String> images = new ArrayList<>();

    @TempDir
    private Path dir;

    private Host host;

    @BeforeEach
    void connect() {
        host = new Host("unix://" + DockerEngine.SOCKET, dir.resolve("incidents"));
        files("mkdir -p " + DATA + "/plugins; touch " + DATA + "/plugins/a " + DATA + "/grafana.db; "
                + "ln -s /etc " + DATA + "/link; busybox chmod 700 " + DATA + "/plugins; "
                + "busybox chmod 640 " + DATA + "/grafana.db");
    }

    @AfterEach
    void end() {
        host.close();
        docker.close();
        images.forEach(image -> docker.docker("rmi", "-f", image));
        docker.docker("volume", "rm", "-f", volume);
    }

    private String files(String command) {
        return docker.docker("run", "--rm", "-v", volume + ":" + DATA, docker.image(), "sh", "-c", command);
    }

    /** Owner and mode of each file. */
    private String owners() {
        return files("cd " + DATA + " && stat -c '%u:%g %a %n' . plugins plugins/a grafana.db");
    }

    private static final String BEFORE = "0:0 755 .\n0:0 700 plugins\n0:0 644 plugins/a\n0:0 640 grafana.db";

    private Sighting failed(String... options) {
        List<String> words = new ArrayList<>(List.of("--user", "472", "-v", volume + ":" + DATA));
        words.addAll(List.of(options));
        String id = docker.run(words, "sh", "-c", SERVES);
        return host.await(id, seen -> seen.state() == State.EXITED);
    }

    private Effect.Perform operation(Sighting before, String path, String operation, boolean again) {
        var rung = new Rung(
                Action.FIX_PERMISSIONS,
                false,
                Requirement.NOTHING,
                0,
                path,
                "472:0",
                List.of(),
                Duration.ofSeconds(30));
        return host.operation(before, rung, operation, again);
    }

    private Result fix(Sighting before) {
        return host.perform(operation(before, DATA, Host.newOperation(), false));
    }

    private List<String> helpers(Sighting of) {
        return docker.docker(
                        "ps",
                        "-aq",
                        "--no-trunc",
                        "--filter",
                        "label=caretaker.helps=" + of.identity().id())
                .lines()
                .toList();
    }

    @Test
    void theFilesGetTheirOwnerKeepTheirModesAndTheContainerRuns() {
        // Given
        Sighting before = failed();

        // When
        assertThat(fix(before)).isEqualTo(new Result.Done());

        // Then
        Sighting after = host.seen(before.identity().id());
        assertThat(after.state()).isEqualTo(State.RUNNING);
        assertThat(owners()).isEqualTo(BEFORE.replace("0:0", "472:0"));
        assertThat(files("stat -c %u /etc")).as("what a link leads to").isEqualTo("0");
        assertThat(helpers(before)).isEmpty();
    }

    /** asked before anything is made, and again before the container is started. */
    @Test
    void withoutTheLastWordNothingIsMadeAndNothingIsStarted() {
        Sighting before = failed();
        Effect.Perform perform = operation(before, DATA, Host.newOperation(), false);
        assertThat(host.engine.perform(perform, () -> false)).isEqualTo(new Result.Held());
        assertThat(owners()).isEqualTo(BEFORE);
        var asked = new AtomicInteger();
        assertThat(host.engine.perform(perform, () -> asked.incrementAndGet() == 1))
                .isEqualTo(new Result.Held());
        assertThat(host.seen(before.identity().id()).state()).isEqualTo(State.EXITED);
        assertThat(host.perform(perform)).as("once more is as good").isEqualTo(new Result.Done());
    }

    /** what a killed run has left behind goes first, and nobody takes it for a container that failed. */
    @Test
    void aHelperThatAKilledRunHasLeftIsNotRepairedAndIsRemoved() {
        Sighting before = failed();
        String operation = Host.newOperation();
        String left = docker.create(
                List.of(
                        "--name",
                        "caretaker-helper-" + before.identity().id().substring(0, 12),
                        "--label",
                        "caretaker.role=helper",
                        "--label",
                        "caretaker.recovery=false",
                        "--label",
                        "caretaker.watch=false",
                        "--label",
                        "caretaker.operation=" + operation,
                        "--label",
                        "caretaker.helps=" + before.identity().id()),
                "false");
        docker.docker("start", left);
        Sighting helper = host.await(left, seen -> seen.state() == State.EXITED);
        assertThat(new Scope(List.of(), List.of()).of(helper, "")).isInstanceOf(Scope.Consent.Refused.class);
        assertThat(host.perform(operation(before, DATA, operation, true))).isEqualTo(new Result.Done());
        assertThat(helpers(before)).isEmpty();
        assertThat(host.seen(before.identity().id()).state()).isEqualTo(State.RUNNING);
    }

    /** Whoever answers without heeding the filter loses nothing by that. */
    @Test
    void nobodyElsesContainerIsTakenForAHelper() {
        try (var daemon = new FakeDaemon();
                var other = new Host(daemon.address(), dir.resolve("fake"))) {
            daemon.on("GET /events", FakeDaemon.json(200, ""));
            other.watching();
            assertThat(daemon.asked).anyMatch(each -> each.contains("/containers/json?all=1&filters="));
            assertThat(daemon.writes()).isEmpty();
        }
    }

    /** only a mount that can be written to, of a container that runs as that user. */
    @Test
    void nothingElseIsTouched() throws IOException {
        Sighting before = failed();
        assertThat(refused(host.perform(operation(before, "/tmp", Host.newOperation(), false))))
                .isEqualTo("/tmp is no volume and no bind of it");
        assertThat(refused(host.perform(operation(before, DATA + "/plugins", Host.newOperation(), false))))
                .contains("is no volume and no bind of it");
        Path own = Files.createDirectory(dir.resolve("ro"));
        Sighting readOnly = failed("-v", own + ":/config:ro");
        assertThat(refused(host.perform(operation(readOnly, "/config", Host.newOperation(), false))))
                .isEqualTo("/config is mounted read-only");
        assertThat(refused(fix(failed("--user", "1000:472")))).isEqualTo("it runs as user 1000, not as 472");
        String root = docker.run(List.of("-v", volume + ":" + DATA), "sh", "-c", "exit 1");
        assertThat(refused(fix(host.await(root, seen -> seen.state() == State.EXITED))))
                .isEqualTo("it runs as user root, not as 472");
        assertThat(owners()).isEqualTo(BEFORE);
    }

    private static String refused(Result result) {
        assertThat(result).isInstanceOf(Result.Refused.class);
        return ((Result.Refused) result).why();
    }

    /** What is mounted below belongs to somebody else, and an image's other volumes are not made for the helper. */
    @Test
    void whatIsMountedBelowStaysAsItIs() throws IOException {
        Path below = Files.createDirectory(dir.resolve("dashboards"));
        Files.writeString(below.resolve("a.json"), "{}");
        Object owner = Files.getAttribute(below.resolve("a.json"), "unix:uid");
        String image = docker.image("VOLUME " + DATA, "VOLUME /other", "USER 472");
        String id = docker.run(
                List.of("-v", volume + ":" + DATA, "-v", below + ":" + DATA + "/dashboards"),
                image,
                new String[] {"sh", "-c", SERVES});
        Sighting before = host.await(id, seen -> seen.state() == State.EXITED);
        try (var events = new EngineEvents(docker, "mount")) {
            assertThat(fix(before)).isEqualTo(new Result.Done());
            List<String> made = events.ids("create", "caretaker.helps", id);
            assertThat(made).hasSize(1);
            assertThat(events.ids("mount", "container", made.getFirst())).containsExactly(volume);
        }
        assertThat(owners()).contains("472:0 640 grafana.db");
        assertThat(Files.getAttribute(below.resolve("a.json"), "unix:uid")).isEqualTo(owner);
    }

    /** Its last word is told; a helper that does not end is removed as well. */
    @Test
    void aProgramThatFailsOrHangsIsToldOfAndRemoved() {
        String broken = image("echo first >&2; echo 'chown: token=abc' >&2; exit 3");
        assertThat(refused(fix(of(broken)))).isEqualTo("chown ended with code 3: chown: token=[redacted]");
        Sighting hangs = of(image("busybox sleep 1000"));
        var rung = new Rung(
                Action.FIX_PERMISSIONS, false, Requirement.NOTHING, 0, DATA, "472:0", List.of(), Duration.ofSeconds(1));
        assertThat(refused(host.perform(host.operation(hangs, rung)))).isEqualTo("chown has not ended within 1 s");
        assertThat(helpers(hangs)).isEmpty();
    }

    /** An image whose own chown does this instead. */
    private String image(String script) {
        String id = docker.run(
                List.of("-e", "SCRIPT=#!/bin/sh\n" + script + "\n"),
                "sh",
                "-c",
                "rm /bin/chown; echo \"$SCRIPT\" > /bin/chown; busybox chmod 755 /bin/chown");
        docker.docker("wait", id);
        String image = "caretaker-test/" + docker.name("image");
        docker.docker("commit", id, image);
        images.add(image);
        return image;
    }

    private Sighting of(String image) {
        String id = docker.run(
                List.of("--user", "472", "-v", volume + ":" + DATA), image, new String[] {"sh", "-c", SERVES});
        return host.await(id, seen -> seen.state() == State.EXITED);
    }
}
