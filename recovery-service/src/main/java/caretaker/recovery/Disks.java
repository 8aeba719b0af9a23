package caretaker.recovery;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The disks on which containers of this host write, as far as they can be seen from here. Any thread may ask. */
record Disks(List<Path> paths) {
    /** Where Docker keeps its containers and volumes, unless it was told otherwise. */
    private static final Path DOCKER = Path.of("/var/lib/docker");

    private static final long FULL_BYTES = 1L << 30;
    private static final int FULL_PARTS = 100;

    static Disks of(Path data) {
        return new Disks(List.of(data, DOCKER));
    }

    /** Whether less than a hundredth of one is free, and less than 1 GiB. What cannot be asked is not full. */
    boolean isOneFull() {
        return paths.stream().anyMatch(Disks::isFull);
    }

    private static boolean isFull(Path path) {
        try {
            if (Files.notExists(path)) {
                return false;
            }
            FileStore store = Files.getFileStore(path);
            return isFull(store.getUsableSpace(), store.getTotalSpace());
        } catch (IOException e) {
            return false;
        }
    }

    static boolean isFull(long usable, long total) {
        return total > 0 && usable < FULL_BYTES && usable < total / FULL_PARTS;
    }
}
