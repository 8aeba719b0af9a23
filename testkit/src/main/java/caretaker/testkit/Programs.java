package caretaker.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** Programs of this machine that a test runs against, such as Prometheus or openssl. */
public final class Programs {
    /** Debian's package, where it is not called like the program. */
    private static final Map<String, String> PACKAGES = Map.of(
            "amtool", "prometheus-alertmanager",
            "busybox", "busybox-static",
            "docker", "docker.io",
            "exim4", "exim4-daemon-light",
            "promtool", "prometheus");

    private Programs() {}

    /** Where the program is on {@code PATH}. */
    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .filter(dir -> !dir.isEmpty())
                .map(dir -> Path.of(dir, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** Where the program is; without it the test that asks is skipped and says how to install it. */
    public static Path assume(String name) {
        Optional<Path> found = find(name);
        Assumptions.assumeTrue(
                found.isPresent(),
                () -> name + " is not installed: apt-get install " + PACKAGES.getOrDefault(name, name));
        return found.orElseThrow();
    }
}
