package caretaker.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A program that a test started, and that ends with the test at the latest. Its last lines of output are kept. */
public final class RunningProgram implements AutoCloseable {
    /** What Prometheus and Alertmanager say when they listen. */
    public static final String PROMETHEUS_LISTENS = "msg=\"Listening on\"";

    private static final Pattern PORT = Pattern.compile("(?:\\bport\\W+|address=\\S+:)(\\d+)");
    private static final int LINES_KEPT = 10_000;
    private static final int LINES_SHOWN = 50;

    private final String name;
    private final Process process;
    private final Deque<String> lines = new ArrayDeque<>();

    private final Thread reader = Thread.ofPlatform().daemon().unstarted(this::readOutput);

    private RunningProgram(String name, Process process) {
        this.name = name;
        this.process = process;
        reader.setName("output of " + name);
    }

    /** Starts {@code program}; stdout and stderr are read together. */
    public static RunningProgram start(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return start(new ProcessBuilder(command));
    }

    /** Starts a prepared process: with a directory or an environment of its own. */
    public static RunningProgram start(ProcessBuilder builder) {
        String name = Path.of(builder.command().getFirst()).getFileName().toString();
        try {
            var running =
                    new RunningProgram(name, builder.redirectErrorStream(true).start());
            running.reader.start();
            return running;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() == LINES_KEPT) {
                        lines.removeFirst();
                    }
                    lines.addLast(line);
                }
            }
        } catch (IOException e) {
            // The stream closes under the reader when the process is killed.
        }
    }

    /** Waits until a line of the output has {@code text} in it. */
    public RunningProgram awaitLine(String text, Duration limit) {
        return await(
                "a line with \"" + text + "\"", limit, () -> output().stream().anyMatch(line -> line.contains(text)));
    }

    /** Waits until something accepts connections on the port of 127.0.0.1. */
    public RunningProgram awaitPort(int port, Duration limit) {
        return await("port " + port, limit, () -> accepts(port));
    }

    /**
     * Waits until it says where it listens: told to take any free port, it gets one that nobody else takes meanwhile.
     *
     * @param text what is in the line of its output that has the port
     */
    public int awaitItsPort(String text, Duration limit) {
        return await("a port in a line with " + text, limit, () -> !ports(text).isEmpty())
                .ports(text)
                .getFirst();
    }

    /** The ports in those lines of its output until now that have {@code text} in them. */
    public List<Integer> ports(String text) {
        return output().stream()
                .filter(line -> line.contains(text))
                .map(PORT::matcher)
                .filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
    }

    private RunningProgram await(String what, Duration limit, BooleanSupplier condition) {
        try {
            Awaitility.await()
                    .atMost(limit)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> condition.getAsBoolean() || !(process.isAlive() || reader.isAlive()));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(name + ": no " + what + " within " + limit + tail(), e);
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError(name + " ended with " + process.exitValue() + " before " + what + tail());
        }
        return this;
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What it has printed, oldest line first. */
    public List<String> output() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** The process itself: its pid, its signals, its exit value. */
    public Process process() {
        return process;
    }

    private String tail() {
        List<String> all = output();
        return "; its last output:\n"
                + String.join("\n", all.subList(Math.max(0, all.size() - LINES_SHOWN), all.size()));
    }

    /** Asks it to end, and after five seconds no longer asks. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
