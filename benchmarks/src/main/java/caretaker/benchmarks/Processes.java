package caretaker.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Processes that are measured from outside, by what the kernel says of them. */
final class Processes {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on every Linux
    private static final int USER_TIME = 13;

    private Processes() {}

    /** A JVM with this one's classes. */
    static ProcessBuilder java(List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
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
