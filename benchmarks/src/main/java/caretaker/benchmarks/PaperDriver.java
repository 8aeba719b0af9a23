package caretaker.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The tests' C library with NVML's interface, compiled for a measurement. */
final class PaperDriver {
    static final String SCENARIO_VARIABLE = "CARETAKER_NVML_SCENARIO";
    private static final String SOURCES = "gpu-agent/src/test/native";

    private PaperDriver() {}

    static Path sources(Path root) {
        return root.resolve(SOURCES);
    }

    /** Compiles the library of the newest driver into {@code dir}. */
    static Path compile(Path root, Path dir) throws IOException, InterruptedException {
        Path library = dir.resolve("libnvidia-ml.so.1");
        Processes.output(
                List.of(
                        "gcc",
                        "-std=c11",
                        "-O2",
                        "-fPIC",
                        "-shared",
                        "-DDRIVER_BRANCH=610",
                        "-Wl,-soname,libnvidia-ml.so.1",
                        "-o",
                        library.toString(),
                        "nvml.c",
                        "partitions.c",
                        "guard.c",
                        "scenario.c",
                        "control.c",
                        "-lm",
                        "-lpthread"),
                sources(root),
                Map.of());
        return library;
    }
}
