package caretaker.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Stands for {@code /dev/kmsg}: a pipe, so that its reader waits in a read and wakes when something is written. */
final class KernelDevice implements AutoCloseable {
    private final Path path;
    private final RandomAccessFile open;

    KernelDevice(Path dir) throws IOException, InterruptedException {
        path = dir.resolve("kmsg");
        Processes.output(List.of("mkfifo", path.toString()), dir, Map.of());
        open = new RandomAccessFile(path.toFile(), "rw"); // so that it neither ends nor holds up who opens it
    }

    Path path() {
        return path;
    }

    /** For the agent's configuration. */
    String setting() {
        return "kernel-log: {path: \"" + path + "\"}\n";
    }

    @Override
    public void close() throws IOException {
        open.close();
    }
}
