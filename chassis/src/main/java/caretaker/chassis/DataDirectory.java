package caretaker.chassis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;

/**
 * The folder in which a service keeps what must outlive its process. One process at a time: the operating system drops
 * the lock when that ends, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
    private static final String LOCK = "lock";

    /** Why the folder cannot be used, in one line with a hint. */
    public static final class Unusable extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean taken;

        Unusable(String message, boolean taken) {
            super(message);
            this.taken = taken;
        }

        /** Whether another process uses it. */
        public boolean isTaken() {
            return taken;
        }
    }

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the folder if it is absent, and sees that it can be written to.
     *
     * @throws Unusable if another process has it, or if nothing can be written
     */
    public static DataDirectory open(Path path) {
        FileChannel lock;
        try {
            Files.createDirectories(path);
            lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw unusable(path, e);
        }
        try {
            take(path, lock);
            return new DataDirectory(path, lock);
        } catch (IOException e) {
            close(lock);
            throw unusable(path, e);
        } catch (Unusable e) {
            close(lock);
            throw e;
        }
    }

    private static void take(Path path, FileChannel lock) throws IOException {
        boolean taken;
        try {
            taken = lock.tryLock() == null;
        } catch (OverlappingFileLockException e) {
            taken = true; // by this process
        }
        if (taken) {
            throw new Unusable("data-dir " + path + " is in use by another process; give each its own", true);
        }
        lock.truncate(0);
        var pid = ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(US_ASCII));
        while (pid.hasRemaining()) {
            lock.write(pid);
        }
        lock.force(true);
    }

    private static Unusable unusable(Path path, IOException e) {
        return new Unusable(
                "data-dir " + path + " cannot be used: " + e + "; it must be a folder that this user may write to,"
                        + " with free space",
                false);
    }

    /** A folder below it. It need not exist. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LoggerFactory.getLogger(DataDirectory.class).atWarn().setCause(e).log("close of a lock failed");
        }
    }

    @Override
    public void close() {
        close(lock);
    }
}
