package caretaker.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does something at the engine's first event of a kind from now on in a project, within milliseconds. */
final class FirstEvent implements AutoCloseable {
    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private final Process program;

    FirstEvent(String project, String event, Runnable action) {
        Instant now = Instant.now();
        String since = now.getEpochSecond() + "." + String.format("%09d", now.getNano());
        List<String> command = List.of(
                "docker",
                "events",
                "--since",
                since,
                "--filter",
                "label=com.docker.compose.project=" + project,
                "--filter",
                "event=" + event);
        try {
            program = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().name("first " + event).start(() -> {
            try (BufferedReader lines = program.inputReader(UTF_8)) {
                String first = lines.readLine();
                action.run();
                if (first == null || !first.contains(" " + event + " ")) {
                    throw new IOException("no event but: " + first);
                }
                heard.complete(null);
            } catch (IOException e) {
                heard.completeExceptionally(e);
            }
        });
    }

    /** Returns once it has been done. */
    void await() {
        heard.orTimeout(RecoveryHost.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        program.destroyForcibly();
    }
}
