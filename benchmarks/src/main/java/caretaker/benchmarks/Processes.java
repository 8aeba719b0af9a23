package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Processes that are measured from outside, by what the kernel says of them. */
final class Processes {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux
    private static final int USER_TIME = 13;

    /** How the files of the broker, the tests and the other services begin. */
    private static final List<String> NOT_THE_AGENTS = List.of(
            "caretaker-benchmarks",
            "caretaker-broker",
            "caretaker-cli",
            "caretaker-collector",
            "caretaker-testkit",
            "awaitility",
            "caffeine",
            "commons-beanutils",
            "commons-collections",
            "commons-digester",
            "commons-validator",
            "hamcrest",
            "hash4j",
            "jackson-core-3",
            "jackson-databind-3",
            "jose4j",
            "junit",
            "kafka-coordinator",
            "kafka-group",
            "kafka-metadata",
            "kafka-raft",
            "kafka-server",
            "kafka-share",
            "kafka-storage",
            "kafka-tools",
            "kafka-transaction",
            "kafka_",
            "log4j",
            "picocli",
            "rocksdb",
            "scala",
            "snakeyaml-2");

    private Processes() {}

    /** A JVM with this one's classes. */
    static ProcessBuilder java(List<String> options, String main, String... arguments) {
        return java(System.getProperty("java.class.path"), options, main, arguments);
    }

    /** The agent's process, with no more libraries than it has on a host: the list of each costs it memory. */
    static ProcessBuilder agent(Path root, Path config) {
        return service(root.resolve("gpu-agent/jvm.options"), "caretaker.agent.GpuAgentMain", config);
    }

    /** The same for any service of a host. */
    static ProcessBuilder service(Path options, String main, Path config) {
        String own = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> NOT_THE_AGENTS.stream()
                        .noneMatch(
                                start -> Path.of(jar).getFileName().toString().startsWith(start)))
                .collect(Collectors.joining(File.pathSeparator));
        var builder = java(own, List.of("@" + options), main, "--config", config.toString());
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        return builder;
    }

    private static ProcessBuilder java(String path, List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", path, main));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command);
    }

    /** CPU seconds, user and system, that a process has had. */
    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1); // from the third field on
        return (Long.parseLong(fields[USER_TIME - 2]) + Long.parseLong(fields[USER_TIME - 1])) / TICKS_PER_SECOND;
    }

    /** Resident memory in MiB: now, or the most it has had. */
    static double residentMebibytes(long pid, boolean most) throws IOException {
        String key = most ? "VmHWM:" : "VmRSS:";
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("no " + key + " of process " + pid);
    }

    /** Runs to the end and returns what it printed on stdout. */
    static String output(List<String> command, Path dir, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + process.exitValue());
        }
        return output;
    }
}
