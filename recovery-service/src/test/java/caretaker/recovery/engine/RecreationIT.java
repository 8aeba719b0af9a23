package caretaker.recovery.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.contracts.RecoveryEvent.Action;
import caretaker.recovery.containers.Sighting;
import caretaker.recovery.containers.Sighting.State;
import caretaker.recovery.incident.Effect;
import caretaker.recovery.incident.Input.Result;
import caretaker.recovery.playbook.Playbook.Probe;
import caretaker.recovery.playbook.Rung;
import caretaker.testkit.DockerEngine;
import caretaker.testkit.FreePort;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real containers that are created anew. */
class RecreationIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As a process ends that is killed: nobody catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final DockerEngine docker = DockerEngine.assume();
    private final AtomicReference<Recreation.@Nullable Step> killedAfter = new AtomicReference<>();
    private final List<String> networks = new ArrayList<>();
    private final List<String> volumes = new ArrayList<>();

    private final Host host = new Host("unix://" + DockerEngine.SOCKET, Path.of("unused"), 10, step -> {
        if (step == killedAfter.get()) {
            throw new Killed();
        }
    });

    @AfterEach
    void end() {
        host.close();
        docker.close();
        networks.forEach(network -> docker.docker("network", "rm", network));
        volumes.forEach(volume -> docker.docker("volume", "rm", volume));
    }

    private JsonNode inspect(String id) {
        try {
            return JSON.readTree(docker.docker("inspect", id)).get(0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String network(String about) {
        String name = docker.name(about);
        docker.docker("network", "create", name);
        networks.add(name);
        return name;
    }

    private String now(Sighting before) {
        return Objects.requireNonNull(host.look(before, Probe.NONE, false).sighting(), "it is gone")
                .identity()
                .id();
    }

    /** all that it was asked for with is there again, and compose knows it by its labels. */
    @Test
    void itIsTheSameInAllButItsId() {
        String volume = docker.name("volume");
        docker.docker("volume", "create", volume);
        volumes.add(volume);
        String first = network("one");
        String second = network("two");
        String name = docker.name("same");
        String project = docker.name("shop");
        String image = docker.image("VOLUME /state", "ENTRYPOINT [\"sh\"]", "EXPOSE 7070", "ENV FROM_IMAGE=1");
        String id = docker.run(
                List.of(
                        "--name", name,
                        "--label", "com.docker.compose.project=" + project,
                        "--label", "com.docker.compose.service=db",
                        "--label", "com.docker.compose.container-number=1",
                        "--label", "odd=nö\n\"{}\" 💥",
                        "-e", "PASSWORD=secret-word",
                        "-v", volume + ":/named:ro",
                        "-v", "/anonymous",
                        "--mount", "type=tmpfs,destination=/fast",
                        "--network", first,
                        "--network-alias", "db",
                        "--restart", "unless-stopped",
                        "--health-cmd", "test -f /state/here",
                        "--health-interval", "1s",
                        "--memory", "64m",
                        "--cap-add", "NET_ADMIN",
                        "--ulimit", "nofile=128:256",
                        "--stop-timeout", "1",
                        "--user", "0:0",
                        "-p", "127.0.0.1::7070"),
                image,
                new String[] {"-c", "echo here >> /state/here; echo here >> /anonymous/here; exec sleep 1000"});
        docker.docker("network", "connect", "--alias", "other", "--ip", ip(second), second, id);
        JsonNode old = inspect(id);
        Sighting before = host.seen(id);

        assertThat(host.perform(before, Action.RECREATE)).isEqualTo(new Result.Done());

        String anew = now(before);
        assertThat(anew).isNotEqualTo(id);
        JsonNode is = inspect(anew);
        assertThat(is.path("Name").asText()).isEqualTo("/" + name);
        assertThat(is.path("Image")).isEqualTo(old.path("Image"));
        assertThat(is.path("State").path("Running").asBoolean()).isTrue();
        for (String setting : List.of(
                "RestartPolicy",
                "Memory",
                "CapAdd",
                "Ulimits",
                "PortBindings",
                "NetworkMode",
                "DeviceRequests",
                "Mounts")) {
            assertThat(is.path("HostConfig").path(setting))
                    .as(setting)
                    .isEqualTo(old.path("HostConfig").path(setting));
        }
        for (String setting : List.of(
                "Env", "Cmd", "Entrypoint", "Healthcheck", "StopTimeout", "User", "Image", "ExposedPorts", "Volumes")) {
            assertThat(is.path("Config").path(setting))
                    .as(setting)
                    .isEqualTo(old.path("Config").path(setting));
        }
        assertThat(is.path("Config").path("Hostname").asText()).isEqualTo(anew.substring(0, 12));
        assertThat(is.path("Config").path("Labels").path("odd").asText()).isEqualTo("nö\n\"{}\" 💥");
        assertThat(is.path("Config").path("Labels").path("caretaker.replaces").asText())
                .isEqualTo(id);
        assertThat(is.path("NetworkSettings").path("Networks").properties())
                .extracting(entry -> entry.getKey())
                .containsExactlyInAnyOrder(first, second);
        assertThat(aliases(is, first)).containsExactlyInAnyOrder("db", anew.substring(0, 12));
        assertThat(aliases(is, second)).containsExactlyInAnyOrder("other", anew.substring(0, 12));
        assertThat(is.path("NetworkSettings").path("Networks").path(second).path("IPAMConfig"))
                .isEqualTo(old.path("NetworkSettings")
                        .path("Networks")
                        .path(second)
                        .path("IPAMConfig"));
        Sighting running = host.await(anew, seen -> seen.state() == State.RUNNING);
        assertThat(running.key()).isEqualTo(project + "/db/1");
        Awaitility.await()
                .atMost(Host.LIMIT)
                .until(() -> docker.docker("exec", anew, "cat", "/state/here", "/anonymous/here")
                        .equals("here\nhere\nhere\nhere"));
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + id))
                .isEmpty();

        assertThat(host.perform(running, Action.RECREATE)).isEqualTo(new Result.Done());
        assertThat(inspect(now(before))
                        .path("Config")
                        .path("Labels")
                        .path("caretaker.replaces")
                        .asText())
                .isEqualTo(anew + "," + id);
    }

    private String ip(String network) {
        String subnet = docker.docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", network);
        String base = subnet.substring(0, subnet.lastIndexOf('.'));
        // only a network with a subnet of the user's takes addresses
        docker.docker("network", "rm", network);
        docker.docker("network", "create", "--subnet", subnet, network);
        return base + ".77";
    }

    private static List<String> aliases(JsonNode inspected, String network) {
        List<String> aliases = new ArrayList<>();
        inspected
                .path("NetworkSettings")
                .path("Networks")
                .path(network)
                .path("Aliases")
                .forEach(alias -> aliases.add(alias.asText()));
        return aliases;
    }

    /** */
    @Test
    void whoLivesInItsNamespacesFollowsIt() {
        String name = docker.name("provider");
        String provider =
                docker.run(List.of("--name", name, "--stop-timeout", "0", "--ipc", "shareable"), "sleep", "1000");
        String follower = docker.run(
                List.of(
                        "--name", docker.name("follower"),
                        "--network", "container:" + provider,
                        "--ipc", "container:" + provider,
                        "--pid", "container:" + provider,
                        "--stop-timeout", "0"),
                docker.image("EXPOSE 7070"),
                new String[] {"sleep", "1000"});
        Sighting one = host.seen(provider);
        Sighting two = host.seen(follower);
        assertThat(two.shares()).containsExactly(name);
        assertThat(host.perform(one, Action.RECREATE)).isEqualTo(new Result.Done());
        Sighting left = host.seen(follower);
        assertThat(left.shares())
                .as("its id is gone, and it still means the same")
                .containsExactly(name);
        Effect.Perform restart = host.operation(left, Rung.of(Action.RESTART));
        assertThat(host.perform(restart))
                .as("it cannot be restarted: the id is gone")
                .isInstanceOf(Result.Refused.class);
        Sighting down = host.seen(follower);
        assertThat(down.stopped()).isFalse();
        assertThat(host.perform(down, Action.RECREATE)).isEqualTo(new Result.Done());
        String anew = now(two);
        assertThat(inspect(anew).path("HostConfig").path("NetworkMode").asText())
                .isEqualTo("container:" + now(one));
        assertThat(inspect(anew).path("HostConfig").path("PidMode").asText()).isEqualTo("container:" + now(one));
        assertThat(host.seen(anew).shares()).containsExactly(name);
    }

    /** The old one is back, running, with its name. */
    @Test
    void aNewOneThatCannotStartIsTakenBack() throws IOException {
        String name = docker.name("back");
        int port = FreePort.find();
        String id = docker.run(
                List.of("--name", name, "--stop-timeout", "0", "-p", "127.0.0.1:" + port + ":80", "-v", "/anonymous"),
                "sleep",
                "1000");
        Sighting before = host.seen(id);
        docker.docker("stop", id);
        Sighting stopped = host.seen(id);
        try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            Result result = host.perform(stopped, Action.RECREATE);
            assertThat(result)
                    .isInstanceOfSatisfying(
                            Result.Refused.class,
                            refused -> assertThat(refused.why())
                                    .contains("address already in use")
                                    .hasSizeLessThanOrEqualTo(500));
        }
        assertThat(host.seen(id).identity().name()).isEqualTo(name);
        assertThat(host.seen(id).state()).as("it did not run before").isEqualTo(State.EXITED);
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "name=" + name))
                .isEqualTo(id);
        docker.docker("start", id);
        Sighting running = host.seen(id);
        docker.docker("tag", docker.image(), name + ":gone");
        assertThat(running.startedAfter(before.startedAt())).isTrue();
        docker.docker("rmi", name + ":gone");
        assertThat(host.perform(running, Action.RECREATE)).isEqualTo(new Result.Done());
    }

    @Test
    void aRunningOneRunsAgainAfterItWasTakenBack() {
        String network = network("lost");
        String name = docker.name("runs");
        String id = docker.run(List.of("--name", name, "--stop-timeout", "0", "--network", network), "sleep", "1000");
        Sighting before = host.seen(id);
        String blocker =
                docker.create(List.of("--name", "caretaker-replaced-" + id.substring(0, 12) + ".no.0"), "true");
        Result result = host.perform(before, Action.RECREATE);
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains("already in use"));
        assertThat(host.seen(id).state()).isEqualTo(State.RUNNING);
        assertThat(host.seen(id).identity().name()).isEqualTo(name);
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + blocker))
                .isEqualTo(blocker);
    }

    /** killed anywhere, the same operation goes on; there is one container in the end, with its data. */
    @ParameterizedTest
    @EnumSource(Recreation.Step.class)
    void killedAtAnyStepItGoesOn(Recreation.Step step) {
        String network = network("more");
        String name = docker.name("killed");
        String id = docker.run(
                List.of("--name", name, "--stop-timeout", "0", "-v", "/anonymous", "--restart", "on-failure:7"),
                "sh",
                "-c",
                "echo here >> /anonymous/here; exec sleep 1000");
        docker.docker("network", "connect", network, id);
        Sighting before = host.seen(id);
        Rung rung = Rung.of(Action.RECREATE);
        String operation = Host.newOperation();
        killedAfter.set(step);
        assertThatThrownBy(() -> {
                    Result result = host.perform(host.operation(before, rung, operation, false));
                    throw new AssertionError("not killed: " + result);
                })
                .isInstanceOf(Killed.class);
        killedAfter.set(null);
        if (step.compareTo(Recreation.Step.DISARMED) >= 0 && step != Recreation.Step.REMOVED) {
            assertThat(inspect(id).at("/HostConfig/RestartPolicy/Name").asText())
                    .isEqualTo("no");
        }
        assertThat(host.perform(host.operation(before, rung, operation, true))).isEqualTo(new Result.Done());
        String anew = now(before);
        assertThat(anew).isNotEqualTo(id);
        JsonNode is = inspect(anew);
        assertThat(is.at("/HostConfig/RestartPolicy/Name").asText()).isEqualTo("on-failure");
        assertThat(is.at("/HostConfig/RestartPolicy/MaximumRetryCount").asInt()).isEqualTo(7);
        assertThat(is.path("State").path("Running").asBoolean()).isTrue();
        assertThat(is.path("Name").asText()).isEqualTo("/" + name);
        assertThat(is.path("NetworkSettings").path("Networks").has(network)).isTrue();
        assertThat(docker.docker("exec", anew, "head", "-n", "1", "/anonymous/here"))
                .isEqualTo("here");
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + id))
                .isEmpty();
        assertThat(host.perform(host.operation(before, rung, operation, true)))
                .as("once more changes nothing")
                .isEqualTo(new Result.Done());
        assertThat(now(before)).isEqualTo(anew);
    }

    /** asked before each call; whoever was replaced meanwhile leaves the rest to the other. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whoMayNotGoOnStopsBetweenTwoCalls(int allowed) {
        String name = docker.name("fence");
        String id = docker.run(List.of("--name", name, "--stop-timeout", "0"), "sleep", "1000");
        Sighting before = host.seen(id);
        String operation = Host.newOperation();
        Rung rung = Rung.of(Action.RECREATE);
        int[] asked = {0};
        assertThat(host.engine.perform(host.operation(before, rung, operation, false), () -> asked[0]++ < allowed))
                .isInstanceOf(Result.Unknown.class);
        assertThat(docker.docker("ps", "-q", "--filter", "name=" + name)).isEmpty();
        assertThat(host.perform(host.operation(before, rung, operation, true))).isEqualTo(new Result.Done());
        assertThat(host.seen(now(before)).state()).isEqualTo(State.RUNNING);
    }

    /** an engine that has started the old half by itself is no reason to let two run on one volume. */
    @Test
    void anOldHalfThatRunsAgainIsRemovedTooOnceTheNewOneHasStarted() {
        String name = docker.name("twice");
        String id = docker.run(List.of("--name", name, "--stop-timeout", "0"), "sleep", "1000");
        Sighting before = host.seen(id);
        String operation = Host.newOperation();
        Rung rung = Rung.of(Action.RECREATE);
        killedAfter.set(Recreation.Step.STARTED);
        assertThatThrownBy(() -> host.perform(host.operation(before, rung, operation, false)))
                .isInstanceOf(Killed.class);
        killedAfter.set(null);
        docker.docker("start", id);
        assertThat(host.perform(host.operation(before, rung, operation, true))).isEqualTo(new Result.Done());
        assertThat(docker.docker("ps", "-aq", "--no-trunc", "--filter", "id=" + id))
                .isEmpty();
        assertThat(host.seen(now(before)).state()).isEqualTo(State.RUNNING);
    }

    /** */
    @Test
    void whatComposeHasMadeMeanwhileIsLeftAlone() {
        String name = docker.name("mean");
        String id = docker.run(List.of("--name", name, "--stop-timeout", "0"), "sleep", "1000");
        Sighting before = host.seen(id);
        Rung rung = Rung.of(Action.RECREATE);
        String operation = Host.newOperation();
        killedAfter.set(Recreation.Step.RENAMED);
        assertThatThrownBy(() -> host.perform(host.operation(before, rung, operation, false)))
                .isInstanceOf(Killed.class);
        killedAfter.set(null);
        String other = docker.run(List.of("--name", name), "sleep", "1000");
        assertThat(host.perform(host.operation(before, rung, operation, true))).isEqualTo(new Result.Changed());
        assertThat(now(before)).isEqualTo(other);
        docker.docker("rm", "-f", other);
    }

    @Test
    void whatIsRemovedAtItsEndIsNotCreatedAnew() {
        String id = docker.run(List.of("--rm"), "sleep", "1000");
        assertThat(host.perform(host.seen(id), Action.RECREATE))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.why()).contains("--rm"));
        assertThat(host.seen(id).state()).isEqualTo(State.RUNNING);
    }
}
