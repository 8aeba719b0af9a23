package caretaker.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The agent as a process of its own, to be killed. */
final class AgentProcess {
    private AgentProcess() {}

    static Process start(Path config, Path log) throws IOException {
        return start(List.of(), config, log);
    }

    /** @param by the words of a program that starts it; none: nobody does */
    static Process start(List<String> by, Path config, Path log) throws IOException {
        List<String> words = new ArrayList<>(by);
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                GpuAgentMain.class.getName(),
                "--config",
                config.toString()));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** As {@code kill -9} does. */
    static void kill(Process process) {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
