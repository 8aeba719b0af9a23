package caretaker.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Docker engine of a test's own, which can be killed. It has network and mounts of its own: one that was told to have
 * no bridge would otherwise take away the bridge of the machine's engine.
 *
 * <p>Its containers have no network but {@code none}. They outlive a killed engine as those of any engine do.
 */
public final class PrivateEngine implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Path directory;
    private final Path dockerd;
    private final Path nsenter;
    private final RunningProgram namespaces;
    private final DockerEngine docker;
    private RunningProgram engine;

    private PrivateEngine(Path directory, Path dockerd, Path nsenter, RunningProgram namespaces) {
        this.directory = directory;
        this.dockerd = dockerd;
        this.nsenter = nsenter;
        this.namespaces = namespaces;
        docker = DockerEngine.at(socket());
        engine = launch();
    }

    /** Starts one; where that is not possible the test that asks is skipped and says why. */
    public static PrivateEngine assume() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can start a dockerd");
        Path dockerd = Programs.assume("dockerd");
        Path nsenter = Programs.assume("nsenter");
        Path unshare = Programs.assume("unshare");
        try {
            var namespaces = RunningProgram.start(
                            unshare, "--net", "--mount", "sh", "-c", "echo apart; exec sleep 100000")
                    .awaitLine("apart", LIMIT);
            return new PrivateEngine(Files.createTempDirectory("ct-engine"), dockerd, nsenter, namespaces);
        } catch (IOException e) {
            throw new UncheckedIOException("starting an engine", e);
        }
    }

    private Path socket() {
        return directory.resolve("sock");
    }

    /** As a service's settings name it. */
    public String address() {
        return "unix://" + socket();
    }

    /** Its command. */
    public DockerEngine docker() {
        return docker;
    }

    private RunningProgram launch() {
        return RunningProgram.start(
                        nsenter,
                        "--net",
                        "--mount",
                        "--target",
                        Long.toString(namespaces.process().pid()),
                        dockerd.toString(),
                        "--data-root=" + directory.resolve("data"),
                        "--exec-root=" + directory.resolve("exec"),
                        "--pidfile=" + directory.resolve("pid"),
                        "--host=" + address(),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false")
                .awaitLine("API listen on", LIMIT);
    }

    /** SIGKILL, and a new one over the same data. It answers when this returns. */
    public void restart() {
        List<ProcessHandle> helpers = engine.process().descendants().toList();
        engine.process().destroyForcibly().onExit().join();
        helpers.forEach(helper -> {
            helper.destroyForcibly();
            helper.onExit().join();
        });
        try {
            Files.deleteIfExists(directory.resolve("pid"));
            Files.deleteIfExists(directory.resolve("exec/containerd/containerd.pid")); // another may have this number
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        engine = launch();
    }

    @Override
    public void close() {
        try {
            docker.close();
        } finally {
            engine.close();
            ProcessHandle.allProcesses()
                    .filter(each -> each.info().commandLine().orElse("").contains(directory.toString()))
                    .forEach(ProcessHandle::destroyForcibly);
            namespaces.close();
            delete();
        }
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what is left of an engine is in " + directory, e);
        }
    }
}
