package caretaker.agent.nvml;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The C library of {@code src/test/native}, compiled once into {@code target/native}; without gcc the test is
 * skipped.
 */
public final class NativeLibrary {
    /** The newest driver the library plays; it has every function. */
    public static final int NEWEST_DRIVER = 610;

    /** A driver that lacks all names of 535 and later. */
    public static final int OLD_DRIVER = 525;

    public static final Path SOURCES = Path.of("src", "test", "native");

    private static final List<String> UNITS = List.of("nvml.c", "partitions.c", "guard.c", "scenario.c", "control.c");

    private NativeLibrary() {}

    /** The library as a driver of this branch has it. */
    public static synchronized Path ofDriver(int branch) {
        Path library = Path.of("target", "native", Integer.toString(branch), Nvml.DEFAULT_LIBRARY);
        if (!isUpToDate(library)) {
            List<String> arguments = new ArrayList<>(List.of(
                    "-std=c11",
                    "-O2",
                    "-fPIC",
                    "-shared",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-DDRIVER_BRANCH=" + branch,
                    "-Wl,-soname," + Nvml.DEFAULT_LIBRARY));
            UNITS.forEach(unit -> arguments.add(SOURCES.resolve(unit).toString()));
            compile(library, arguments, List.of("-lm", "-lpthread"));
        }
        return library.toAbsolutePath();
    }

    /** Runs gcc; the result is put in place only when it is whole. */
    static void compile(Path result, List<String> arguments, List<String> libraries) {
        Assumptions.assumeTrue(hasGcc(), "gcc is not installed: the C library for these tests can't be built");
        Path unfinished = result.resolveSibling(
                result.getFileName() + "." + ProcessHandle.current().pid());
        List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(arguments);
        command.addAll(List.of("-o", unfinished.toString()));
        command.addAll(libraries);
        try {
            Files.createDirectories(result.toAbsolutePath().getParent());
            Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (gcc.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + "\n" + said);
            }
            Files.move(unfinished, result, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("compiling " + result, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while compiling " + result, e);
        }
    }

    static boolean hasGcc() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
    }

    private static boolean isUpToDate(Path library) {
        if (!Files.exists(library)) {
            return false;
        }
        try (Stream<Path> sources = Files.list(SOURCES)) {
            long built = Files.getLastModifiedTime(library).toMillis();
            return sources.allMatch(source -> source.toFile().lastModified() <= built);
        } catch (IOException e) {
            throw new UncheckedIOException("looking at " + SOURCES, e);
        }
    }
}
