package caretaker.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The machine's Docker engine, used by its own command. Others may use it at the same time: all that is made here has
 * names of its own, and closing removes exactly that.
 *
 * <p>No registry is needed: images hold nothing but busybox from this machine.
 */
public final class DockerEngine implements AutoCloseable {
    public static final Path SOCKET = Path.of("/var/run/docker.sock");

    /**
     * A shell's command that runs out of memory where it has 8 MiB, until {@link #awaitStarved}; then it ends with 137.
     * Once is not enough: the engine begins to watch a container's memory some time after its start.
     */
    public static final String STARVES = "while [ ! -e /tmp/noticed ]; do dd if=/dev/zero of=/dev/null bs=64M count=10;"
            + " sleep 0.1; done; exit 137";

    private static final String LABEL = "caretaker-test-run";
    private static final String[] COMMANDS = {
        "sh", "sleep", "true", "false", "cat", "echo", "head", "kill", "mkdir", "rm", "tail", "test", "touch", "dd",
        "httpd", "nc", "wget", "chown", "stat"
    };

    /** The image that nothing was changed in: one for all tests of a process, which takes it away when it ends. */
    private static @Nullable String plain;

    private final List<String> docker;
    private final Path busybox;
    private final boolean isShared;
    private final String run =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private final Map<List<String>, String> images = new HashMap<>();
    private int names;

    private DockerEngine(List<String> docker, Path busybox, boolean isShared) {
        this.docker = docker;
        this.busybox = busybox;
        this.isShared = isShared;
    }

    /** The engine; without one the test that asks is skipped and says why. */
    public static DockerEngine assume() {
        Path docker = Programs.assume("docker");
        Path busybox = Programs.assume("busybox");
        Result info = execute(List.of(docker.toString(), "info", "--format", "{{.ServerVersion}}"));
        Assumptions.assumeTrue(info.status() == 0, () -> "no Docker engine answers; start dockerd: " + info.output());
        return new DockerEngine(List.of(docker.toString()), busybox, true);
    }

    /** Another one, by its socket. */
    static DockerEngine at(Path socket) {
        Path docker = Programs.assume("docker");
        return new DockerEngine(
                List.of(docker.toString(), "-H", "unix://" + socket), Programs.assume("busybox"), false);
    }

    /** A name that nobody else uses, for a container or a network. */
    public synchronized String name(String about) {
        return "ct-" + about + "-" + run.substring(0, 8) + "-" + ++names;
    }

    /** An image with a shell, changed by instructions of a Dockerfile such as {@code ENV A=b}; its name. */
    public synchronized String image(String... changes) {
        return changes.length == 0 && isShared ? plain(this) : images.computeIfAbsent(List.of(changes), this::build);
    }

    private static synchronized String plain(DockerEngine by) {
        String known = plain;
        if (known == null) {
            String built = by.build(List.of());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> execute(by.words("rmi", "-f", built))));
            plain = built;
            return built;
        }
        return known;
    }

    private String build(List<String> changes) {
        String name = "caretaker-test/" + run + ":" + (changes.isEmpty() ? "plain" : "changed-" + images.size());
        try {
            Path root = Files.createTempDirectory("caretaker-image");
            Path bin = Files.createDirectories(root.resolve("bin"));
            Files.createDirectories(root.resolve("tmp"));
            Files.copy(busybox, bin.resolve("busybox"));
            for (String command : COMMANDS) {
                Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
            }
            Path archive = root.resolve("image.tar");
            must(List.of("tar", "-C", root.toString(), "-cf", archive.toString(), "bin", "tmp"));
            List<String> command = words("import");
            changes.forEach(change -> command.addAll(List.of("--change", change)));
            command.addAll(List.of("--change", "LABEL " + LABEL + "=" + run, archive.toString(), name));
            must(command);
            must(List.of("rm", "-r", root.toString()));
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException("building an image", e);
        }
    }

    /** Starts a container in the background; its id. Options come first, as in {@code docker run}. */
    public String run(List<String> options, String... command) {
        return run(options, image(), command);
    }

    /** The same from an image of {@link #image}. */
    public String run(List<String> options, String image, String[] command) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--label", LABEL + "=" + run));
        words.addAll(options);
        words.add(image);
        words.addAll(List.of(command));
        return docker(words.toArray(String[]::new)).lines().toList().getLast();
    }

    /** Waits until the engine has noticed that a container {@link #STARVES}, and until that has ended. */
    public void awaitStarved(String id) {
        Awaitility.await("the engine's word that " + id + " starves")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> !docker(
                                "events", "--since=10m", "--until=0s", "--filter=container=" + id, "--filter=event=oom")
                        .isEmpty());
        docker("cp", "/etc/hosts", id + ":/tmp/noticed");
        docker("wait", id);
    }

    /** Makes a container without starting it; its id. */
    public String create(List<String> options, String... command) {
        List<String> words = new ArrayList<>(List.of("create", "--label", LABEL + "=" + run));
        words.addAll(options);
        words.add(image());
        words.addAll(List.of(command));
        return docker(words.toArray(String[]::new)).lines().toList().getLast();
    }

    /** Runs a command of Docker's and gives what it printed; fails if the command does. */
    public String docker(String... words) {
        return must(words(words));
    }

    private List<String> words(String... words) {
        List<String> command = new ArrayList<>(docker);
        command.addAll(Arrays.asList(words));
        return command;
    }

    /** Removes all that was made here. */
    @Override
    public synchronized void close() {
        String containers = docker("ps", "-aq", "--no-trunc", "--filter", "label=" + LABEL + "=" + run);
        containers.lines().forEach(id -> execute(words("rm", "-f", "-v", id)));
        images.values().forEach(image -> execute(words("rmi", "-f", image)));
    }

    private record Result(int status, String output) {}

    private static String must(List<String> command) {
        Result result = execute(command);
        if (result.status() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + result.output());
        }
        return result.output();
    }

    private static Result execute(List<String> command) {
        try {
            Path output = Files.createTempFile("caretaker-docker", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(180, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(String.join(" ", command) + ": not done within three minutes");
                }
                return new Result(
                        process.exitValue(), Files.readString(output, UTF_8).strip());
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(String.join(" ", command) + ": interrupted", e);
        }
    }
}
